"""What a page or a device may ask for: one schema and one handler for each command (README.md)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pos_terminal import allowed, approving, card_sales, closing, hands, held, payment, signing, till
from pos_terminal.card_shown import Card, attach
from pos_terminal.errors import TillRefused
from pos_terminal.giving_up import give_up
from pos_terminal.return_commands import RETURN_COMMANDS
from pos_terminal.store import outbox
from pos_terminal.store.replica import SEARCH_LIMIT_MAX, Replica
from pos_terminal.turn import Turn
from retail import barcode, coupons, stored_value, voucher_codes, why
from retail.barcode import BadgeCode, CardCode, MeasuredCode, ProductCode
from retail.cart import LINE_QUANTITY_MAX
from retail.catalogue import Product
from retail.errors import N_, CatalogueError
from retail.messages import CODE_TYPED_MAX, Key, Message
from retail.money import QUANTITY_ONE
from retail.tender import Tender

Quantity = Annotated[int, Field(ge=1, le=LINE_QUANTITY_MAX)]
Digits = Annotated[str, Field(min_length=1, max_length=20)]
Result = dict[str, Any] | None


class Nothing(Message):
    pass


class SignIn(Message):
    number: Digits
    pin: Digits


class Unlock(Message):
    manager_number: Digits
    pin: Digits
    number: Digits


class Scan(Message):
    """A code as it was read; `aim` is the symbology identifier with its bracket."""

    text: Annotated[str, Field(max_length=4096)]
    aim: Annotated[str, Field(max_length=8)] = ""


class Item(Message):
    item: Key
    quantity: Quantity = QUANTITY_ONE


class Weight(Message):
    item: Key
    quantity: Quantity


class Line(Message):
    line: Key


class SeenLine(Message):
    line: Key
    seen: Annotated[int, Field(ge=0, le=LINE_QUANTITY_MAX)]


class SetLine(SeenLine):
    to: Annotated[int, Field(ge=0, le=LINE_QUANTITY_MAX)]


class Paid(Message):
    kind: Literal["cash"]
    amount: int


class CouponCode(Message):
    code: Annotated[str, Field(min_length=1, max_length=CODE_TYPED_MAX)]


class Claim(Message):
    claim: Key


class PaidFrom(Message):
    """What the hub is asked to set aside for the open payment; a gift card by its code, and its PIN if it has one."""

    kind: Literal["gift_card", "store_credit", "points"]
    code: Annotated[str, Field(max_length=CODE_TYPED_MAX)] = ""
    pin: Annotated[str, Field(max_length=20)] = ""


class Place(Message):
    n: int


class SaleOf(Message):
    sale: Annotated[str, Field(max_length=64)] = ""


class LoadOf(Message):
    load: Key


class Search(Message):
    q: Annotated[str, Field(max_length=200)]
    language: str = ""
    limit: Annotated[int, Field(ge=1, le=SEARCH_LIMIT_MAX)] = 20


class Browse(Message):
    department: Key
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=SEARCH_LIMIT_MAX)] = 20


class Language(Message):
    language: Literal["en", "ru"]


class Seq(Message):
    seq: int


def scan(turn: Turn, body: Scan) -> Result:
    till.ready(turn.till, turn.moment)
    if voucher := _code_in(body.text):
        if len(voucher) == stored_value.CODE_LENGTH and turn.till.kind == "till":
            turn.till = card_sales.scanned(turn.till, voucher, turn.moment)
            return None
        return ask_coupon(turn, CouponCode(code=voucher))
    match barcode.read(body.text, body.aim):
        case CardCode(number):
            attach(turn, Card(card=number))
            return None
        case BadgeCode():
            raise TillRefused("till.badge", N_("A badge alone opens nothing here. Sign in with your number and PIN."))
        case (ProductCode() | MeasuredCode()) as code:
            product = turn.replica.by_code(code)
            if product is None:
                raise CatalogueError(
                    "catalogue.unknown_code",
                    N_("Code {code} is not in the catalogue. Nothing was added; search for the product by its name."),
                    code=code.gtin.lstrip("0") if isinstance(code, ProductCode) else code.plu,
                )
            if isinstance(code, MeasuredCode):
                return _put(turn, product, code.quantity)
            return _put(turn, product, 0, product.packs.get(code.gtin, 0))


def _code_in(text: str) -> str:
    """What was scanned, where it is a voucher's code; one that is all digits is sooner a product's."""
    code = voucher_codes.plain(text)
    right = code.isalnum() and not code.isdecimal() and len(code) in (coupons.CODE_LENGTH, stored_value.CODE_LENGTH)
    return code if right and set(code) <= set(voucher_codes.ALPHABET) and voucher_codes.adds_up(code) else ""


def ask_coupon(turn: Turn, body: CouponCode) -> Result:
    """A coupon that was typed or scanned; what came of it shows itself once the hub has answered."""
    turn.step(held.ask_coupon(turn.till, body.code, turn.moment, turn.desk.link.online))
    return None


def pay_from(turn: Turn, body: PaidFrom) -> Result:
    turn.only("till")
    turn.staff_id()
    left = _left(turn)
    online = turn.desk.link.online
    if body.kind == "points" and left > 0:
        # What is allowed here already takes no network, and so comes first.
        programme = turn.book.programme(turn.till.paying_since or turn.moment.at)
        paid = allowed.usable(turn.till, programme, left, turn.moment.at)
        if paid is not None:
            allowed.check(turn.till, paid, turn.moment.at)
            turn.step(payment.tender(turn.till, paid))
            left -= paid.amount
            if not left or not online or not allowed.more_at_hub(turn.till):
                return closing.close_if_covered(turn)
    turn.step(held.ask_tender(turn.till, body.kind, left, turn.moment, online, body.code, body.pin))
    return None


def _left(turn: Turn) -> int:
    """What is left to pay without cash, which alone is rounded."""
    return payment.left_without_cash(turn.till, turn.priced()) if turn.till.phase == "paying" else 0


def card_out(turn: Turn, body: LoadOf) -> None:
    turn.only("till")
    turn.till = card_sales.take_out(turn.till, body.load)


def _put(turn: Turn, product: Product, quantity: int, pack: int = 0) -> Result:
    """A scanned product: one piece, the pieces of one pack, or the weight that its label carries."""
    if product.measured and quantity:
        return _stepped(turn, till.weigh(turn.till, product, quantity, turn.moment))
    return _stepped(turn, till.add(turn.till, product, QUANTITY_ONE * (pack or 1), turn.moment, pack=pack))


def _stepped(turn: Turn, step: till.Step) -> Result:
    turn.step(step)
    return {"line": next((wish.body["line"] for wish in step[1]), "")}


def add(turn: Turn, body: Item) -> Result:
    product = turn.book.product(body.item)
    if not product.measured:
        turn.book.check_quantity(body.item, body.quantity)
    return _stepped(turn, till.add(turn.till, product, body.quantity, turn.moment))


def weigh(turn: Turn, body: Weight) -> Result:
    return _stepped(turn, till.weigh(turn.till, turn.book.product(body.item), body.quantity, turn.moment))


def set_line(turn: Turn, body: SetLine) -> None:
    turn.step(till.set_quantity(turn.till, body.line, body.to, body.seen, turn.moment, turn.book))


def remove(turn: Turn, body: SeenLine) -> None:
    turn.step(till.remove(turn.till, body.line, body.seen, turn.moment))


def _hub_lines(turn: Turn) -> Mapping[str, Mapping[str, Any]]:
    return turn.desk.lines_of(turn.till.live)


def take(turn: Turn, body: Line) -> None:
    paying = turn.desk.paying(turn.till)
    turn.step(hands.take(turn.till, body.line, _hub_lines(turn), turn.desk.link.online, paying))


def take_all(turn: Turn, _: Nothing) -> None:
    lines, paying = _hub_lines(turn), turn.desk.paying(turn.till)
    for line in sorted(lines, key=lambda key: lines[key]["n"]):
        if hands.may_take(turn.till, lines[line], paying):
            turn.step(hands.take(turn.till, line, lines, turn.desk.link.online, paying))


def void_cart(turn: Turn, _: Nothing) -> None:
    turn.only("till")
    if turn.till.returning is not None:
        raise till.under_way()
    staff, lines = turn.staff_id(), turn.till.cart.lines.values()
    detail = [{"item": line.item, "quantity": line.quantity} for line in lines][:20]
    cards = [load.amount for load in turn.till.loads]
    if lines or cards:
        more = {"cards": cards} if cards else {}
        turn.note("cart.voided", staff, cart=turn.till.cart.id, lines=len(lines), first=detail, **more)
    give_up(turn)


def pay_begin(turn: Turn, _: Nothing) -> None:
    turn.only("till")
    turn.staff_id()
    # Who has no card has a cart that nobody else can see; and a hub that is away cannot be asked.
    seen = turn.till.shopper is not None and turn.till.cart.lines
    asking = _to_pay(turn) if seen and turn.desk.link.online else None
    turn.step(payment.begin(turn.till, asking, turn.moment.at))


def pay_renew(turn: Turn, _: Nothing) -> None:
    turn.step(payment.renew(turn.till, _to_pay(turn), turn.moment.at))


def _to_pay(turn: Turn) -> dict[str, int]:
    """The lines in hand with their quantities, without those of which the hub does not want to know."""
    cart = turn.till.cart
    unknown = outbox.disputed(turn.connection, cart.id, list(cart.lines), outbox.head(turn.connection).seq)
    return {line.id: line.quantity for line in cart.lines.values() if line.id not in unknown}


def tender(turn: Turn, body: Paid) -> Result:
    turn.step(payment.tender(turn.till, Tender(body.kind, body.amount)))
    return closing.close_if_covered(turn)


def next_shopper(turn: Turn, _: Nothing) -> None:
    if turn.till.phase in ("done", "thanks"):
        turn.till = till.fresh(turn.till)


def reprint(turn: Turn, body: SaleOf) -> None:
    last = turn.till.last_sale or {}
    closing.reprint(turn, body.sale or str(last.get("id", "")))


def why_this_price(turn: Turn, body: Line) -> Result:
    """How the price of a line in hand came about, row by row (`retail.why`)."""
    for line in turn.priced().lines:
        if line.line.id == body.line:
            return {"names": line.product.names, "rows": why.of_cart_line(line, turn.book)}
    return {"names": {}, "rows": []}


def start(turn: Turn, _: Nothing) -> None:
    turn.only("kiosk")
    turn.till = till.ready(turn.till, turn.moment)


def pay_at_till(turn: Turn, _: Nothing) -> None:
    turn.only("kiosk")
    turn.step(till.let_go(turn.till))


def start_over(turn: Turn, _: Nothing) -> None:
    turn.only("kiosk")
    give_up(turn)


def nothing(turn: Turn, _: Nothing) -> None:
    """`touch` and `dismiss` say only that somebody is there; the counter sees to the rest."""


COMMANDS: dict[str, tuple[type[Message], Callable[[Turn, Any], Result]]] = {
    "sign_in": (SignIn, lambda turn, body: signing.sign_in(turn, body.number, body.pin)),
    "unlock": (Unlock, lambda turn, body: signing.unlock(turn, body.manager_number, body.pin, body.number)),
    "lock": (Nothing, lambda turn, _: signing.lock(turn)),
    "sign_out": (Nothing, lambda turn, _: signing.sign_out(turn)),
    "scan": (Scan, scan),
    "add": (Item, add),
    "weigh": (Weight, weigh),
    "ask_close": (Nothing, lambda turn, _: turn.step(till.close_ask(turn.till))),
    "set": (SetLine, set_line),
    "remove": (SeenLine, remove),
    "take": (Line, take),
    "take_all": (Nothing, take_all),
    "attach": (Card, attach),
    "void_cart": (Nothing, void_cart),
    "pay_begin": (Nothing, pay_begin),
    "pay_renew": (Nothing, pay_renew),
    "tender": (Paid, tender),
    "coupon": (CouponCode, ask_coupon),
    "coupon_remove": (Claim, lambda turn, body: turn.step(held.take_off(turn.till, body.claim))),
    "card_out": (LoadOf, card_out),
    "pay_from": (PaidFrom, pay_from),
    "points_approve": (SignIn, lambda turn, body: signing.approve_points(turn, body.number, body.pin)),
    "points_without": (Nothing, lambda turn, _: turn.step(approving.without(turn.till))),
    "tender_remove": (Place, lambda turn, body: turn.step(payment.take_back(turn.till, body.n))),
    "pay_cancel": (Nothing, lambda turn, _: turn.step(payment.cancel(turn.till))),
    "pay_commit": (Nothing, lambda turn, _: closing.close(turn)),
    "next": (Nothing, next_shopper),
    "reprint": (SaleOf, reprint),
    "retry_print": (Nothing, lambda turn, _: reprint(turn, SaleOf())),
    "no_sale": (Nothing, lambda turn, _: closing.open_drawer(turn)),
    "why": (Line, why_this_price),
    "start": (Nothing, start),
    "pay_at_till": (Nothing, pay_at_till),
    "start_over": (Nothing, start_over),
    "touch": (Nothing, nothing),
    "dismiss": (Nothing, nothing),
    "seen": (Seq, lambda turn, body: closing.seen(turn, body.seq)),
    **RETURN_COMMANDS,
}


def search(replica: Replica, body: Search) -> Result:
    return {"products": replica.search(body.q, body.limit)}


def browse(replica: Replica, body: Browse) -> Result:
    found, total = replica.browse(body.department, body.offset, body.limit)
    return {"products": found, "total": total}


LOOKS: dict[str, tuple[type[Message], Callable[[Replica, Any], Result]]] = {
    "search": (Search, search),
    "browse": (Browse, browse),
}
"""What only looks and changes nothing: no transaction, no stored answer."""
