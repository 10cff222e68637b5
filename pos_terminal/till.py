"""The terminal as a pure state machine: a state and what somebody wants, to a new state and what the hub must hear.

No disk, no clock, no socket. `Moment` carries the time and the ids; refusals are exceptions and leave no trace. The
cart here holds only the lines in this terminal's own hand; what others have in the shopper's cart comes from the hub.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from pos_terminal.brought_back import Credit, Returning, returning_from
from pos_terminal.errors import TillRefused
from pos_terminal.loads import Load as Load
from pos_terminal.set_aside import Allowed, Approval, Asking, Coupon
from retail.cart import Actor, Add, Cart, CartLine, Operation, Remove, SetQuantity, apply, line_from
from retail.catalogue import Product
from retail.errors import N_, CartRefused
from retail.messages import HoldKind
from retail.pricing import PriceBook
from retail.tender import Tender

Kind = Literal["till", "kiosk"]
IDLE_LOCK_MS = 5 * 60 * 1000
"""After a restart the cashier stays signed in, unless the till was left alone for longer than this."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff at the till."""

    id: str
    number: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """Whose card was shown. `points` as far as known; `confirmed` once the hub has said so."""

    id: str
    name: Any
    language: str
    card: str
    points: int | None
    confirmed: bool = False
    groups: tuple[str, ...] = ()
    """Customer groups, which price lists ask for."""
    tier: str = ""
    first: bool = False
    """Whether the shopper never bought before."""
    counted: int = 0
    """What counts for tiers, as the programme measures it."""
    as_of: int = 0
    """When points and tier were so, in ms of the hub's clock; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An operation for the hub; `with_cart` tells whether it names the visit's cart."""

    kind: str
    body: dict[str, Any]
    with_cart: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` in ms; `new_id` gives a fresh UUIDv7 each time."""

    at: int
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Checkout:
    """The lease that the open payment asked for, at `asked_at`; `fence` is 0 until the hub has given it, and `until` is
    when it ends. Both times in ms of the hub's clock."""

    asked_at: int
    fence: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Till:
    """Everything that has to survive the end of the process. `live` is the shopper's cart at the hub."""

    kind: Kind
    device: str
    phase: str
    language: str
    home_language: str = "en"
    """What a kiosk speaks when nobody stands before it."""
    staff: Person | None = None
    cart: Cart = field(default_factory=lambda: Cart(""))
    live: str = ""
    shopper: Shopper | None = None
    tenders: tuple[Tender, ...] = ()
    checkout: Checkout | None = None
    """None where nobody pays, or where payment goes on without a lease."""
    coupons: tuple[Coupon, ...] = ()
    asking: Asking | None = None
    allowed: Allowed | None = None
    loads: tuple[Load, ...] = ()
    dropped: tuple[tuple[str, str, HoldKind], ...] = ()
    """Visit, id and kind of what was set aside and is wanted no more, as far as nobody has said so yet."""
    paying_since: int = 0
    """When the open payment began, in ms: no promotion begins or ends under the hands of somebody who pays."""
    began_at: int = 0
    """When the visit began: what the shopper chose before that is from earlier."""
    taking: tuple[str, ...] = ()
    ask: str = ""
    last_sale: Mapping[str, Any] | None = None
    returning: Returning | None = None
    last_return: Mapping[str, Any] | None = None
    credit: Credit | None = None
    paid_unasked: tuple[str, ...] = ()
    """Returns that the hub refused, or of which it would have kept some cash, after their money was given; as far as it
    was not told so yet."""
    touched_at: int = 0

    @property
    def actor(self) -> Actor:
        return Actor(self.device, self.kind)

    @property
    def at_hub(self) -> list[tuple[str, HoldKind]]:
        """Id and kind of what the hub has set aside for the open payment: no cash, and not what was allowed before."""
        nonce = self.allowed.nonce if self.allowed else ""
        return [(one.hold, one.kind) for one in self.tenders if one.kind != "cash" and one.hold != nonce]

    @property
    def in_visit(self) -> bool:
        """Whether somebody has begun something that is not finished."""
        begun = self.cart.lines or self.loads or self.shopper or self.taking or self.coupons or self.asking
        return bool(begun or self.returning or self.credit)


KNOWN = ("tier", "first", "counted", "as_of")
"""Of a card, beside its points."""

Step = tuple[Till, list[Wish]]


def rest_phase(kind: Kind) -> str:
    """Where a terminal stands between two shoppers."""
    return "selling" if kind == "till" else "attract"


def first(kind: Kind, device: str, language: str) -> Till:
    """A terminal that was never used."""
    return Till(kind, device, "signed_out" if kind == "till" else "attract", language, language)


def fresh(till: Till) -> Till:
    """The visit is over; who works here and what was sold last stay."""
    return replace(
        till,
        phase=rest_phase(till.kind),
        language=till.language if till.kind == "till" else till.home_language,
        cart=Cart(""),
        live="",
        shopper=None,
        tenders=(),
        checkout=None,
        coupons=(),
        asking=None,
        allowed=None,
        loads=(),
        began_at=0,
        taking=(),
        ask="",
    )


def ready(till: Till, moment: Moment) -> Till:
    """The till ready for one more thing in the cart, in a new visit where the last one is done."""
    match till.phase:
        case "signed_out":
            raise TillRefused("till.signed_out", N_("Nobody is signed in. Sign in and scan again."))
        case "locked":
            raise TillRefused("till.locked", N_("The till is locked. Enter the PIN and scan again; the cart is kept."))
        case "paying":
            raise TillRefused(
                "till.paying",
                N_("Nothing was added. Finish the payment or cancel it, then scan again."),
            )
        case "returning":
            raise under_way()
        case "returned":
            # The goods that were in hand before are still there.
            till = replace(till, phase="selling")
        case "done" | "thanks":
            till = fresh(till)
    if till.kind == "kiosk":
        till = replace(till, phase="scanning")
    if not till.cart.id:
        till = replace(till, cart=Cart(moment.new_id()), began_at=moment.at)
    return till


def under_way() -> TillRefused:
    """Nothing else is done while goods are taken back."""
    return TillRefused("till.returning", N_("Nothing was added. Finish the return or cancel it, then scan again."))


def add(till: Till, product: Product, quantity: int, moment: Moment, weighed: bool = False, pack: int = 0) -> Step:
    """More of a product, counted in packs of `pack` pieces where that is not 0; goods by weight or length without one
    make the till ask for it."""
    till = ready(till, moment)
    if product.measured and not weighed:
        return replace(till, ask=product.id), []
    before = till.cart
    wanted = Add(moment.new_id(), product.id, quantity, weighed=weighed, pack=pack)
    cart = apply(before, till.actor, wanted, moment.at)
    line = next(line for line in cart.lines.values() if before.lines.get(line.id) is not line)
    return replace(till, cart=cart, ask=""), [_added(line, wanted)]


def _added(line: CartLine, wanted: Add) -> Wish:
    """The addition, which names the very line that it went into here: so the hub adds to the same."""
    return Wish(
        "cart.add",
        {
            "line": line.id,
            "item": wanted.item,
            "quantity": wanted.quantity,
            "fulfilment": wanted.fulfilment,
            "weighed": wanted.weighed,
        }
        # A hub of before packs takes every other addition.
        | ({"pack": wanted.pack} if wanted.pack else {}),
    )


def weigh(till: Till, product: Product, quantity: int, moment: Moment) -> Step:
    """Goods by weight, length or volume, as a line of their own; `quantity` in thousandths of the unit."""
    if not product.measured:
        raise TillRefused("till.not_weighed", N_("This product is sold by the piece. Enter a number of pieces."))
    return add(till, product, quantity, moment, weighed=True)


def close_ask(till: Till) -> Step:
    return replace(till, ask=""), []


def set_quantity(till: Till, line: str, to: int, seen: int, moment: Moment, book: PriceBook) -> Step:
    """A line in hand becomes `to`, for somebody who saw `seen`; goods by the piece come in whole pieces."""
    till = changing(till)
    if line in till.cart.lines:
        book.check_quantity(till.cart.lines[line].item, to)
    return _applied(till, SetQuantity(line, to, seen), Wish("cart.set", {"line": line, "to": to, "seen": seen}), moment)


def remove(till: Till, line: str, seen: int, moment: Moment) -> Step:
    return _applied(changing(till), Remove(line, seen), Wish("cart.remove", {"line": line, "seen": seen}), moment)


def changing(till: Till) -> Till:
    """The till, where its cart may be changed now."""
    if till.phase not in ("selling", "scanning"):
        raise TillRefused("till.not_selling", N_("The cart cannot be changed now."))
    return till


def _applied(till: Till, operation: Operation, wish: Wish, moment: Moment) -> Step:
    return replace(till, cart=apply(till.cart, till.actor, operation, moment.at)), [wish]


def attach(till: Till, card: Mapping[str, Any], moment: Moment, replacing: bool = False) -> Step:
    """The cart is this shopper's from now on; the hub is told and confirms later."""
    till = ready(till, moment)
    same = till.shopper is not None and till.shopper.id == card["shopper"]
    if till.shopper is not None and not same and not (replacing and till.kind == "till"):
        raise CartRefused(
            "cart.other_shopper",
            N_("This cart already belongs to another shopper. A cashier can change that."),
        )
    if same:
        return till, []
    shopper = Shopper(
        card["shopper"], card.get("names") or card["name"], card.get("language", ""), card["number"], card.get("points")
    )
    known = {key: card[key] for key in KNOWN if key in card}
    shopper = replace(shopper, groups=tuple(card.get("groups") or ()), **known)
    language = shopper.language if till.kind == "kiosk" and shopper.language else till.language
    # Lines that were asked for go on with the visit: the hub moves them along, and they come with the new cart.
    # What a shopper's own phone claimed stays in that shopper's cart.
    coupons = tuple(one for one in till.coupons if one.ours)
    till = replace(till, shopper=shopper, live="", language=language, coupons=coupons)
    return till, [Wish("cart.attach", {"card": shopper.card, "replace": replacing})]


def give_up(till: Till) -> Step:
    """The goods go back to the shelf and the visit ends; nothing is said of a visit that never began.

    One with a card and without goods has begun: a visit that stays open at the hub would keep for the terminal what it
    was given of the shopper's cart and did not sell.
    """
    if till.taking:
        # Lines that were asked for and are not here yet stay the shopper's: giving up would throw them out as well.
        wishes = [Wish("cart.remove", {"line": line.id, "seen": line.quantity}) for line in till.cart.lines.values()]
        return fresh(till), [*wishes, Wish("cart.release", {})]
    return fresh(till), [Wish("cart.abandon", {})] if till.cart.lines or till.shopper or till.coupons else []


def let_go(till: Till) -> Step:
    """The goods stay in the shopper's cart, to be taken at any till, and the visit ends here."""
    if till.shopper is None:
        raise TillRefused(
            "till.no_shopper",
            N_("Show your card first, so that the till can find your basket."),
        )
    if not till.cart.lines:
        raise TillRefused("sale.empty", N_("There is nothing to pay yet. Scan something first."))
    return replace(fresh(till), phase="thanks"), [Wish("cart.release", {})]


def sold(till: Till, summary: Mapping[str, Any], body: dict[str, Any]) -> Step:
    """The sale is made: it is told to the hub, and the till is done with this shopper."""
    paid = till.credit is not None and any(one.hint == till.credit.number for one in till.tenders)
    till = replace(fresh(till), phase="done", last_sale=summary, credit=None if paid else till.credit)
    return till, [Wish("sale.commit", body)]


def dismissed(till: Till, numbers: Collection[str]) -> Till:
    """Who no longer works here (`numbers` are those who do) is signed out between two shoppers, never in a visit."""
    resting = till.phase in ("selling", "locked", "done", "thanks") and not till.in_visit
    if till.kind != "till" or till.staff is None or till.staff.number in numbers or not resting:
        return till
    return replace(fresh(till), phase="signed_out", staff=None)


def woken(till: Till, now: int) -> Till:
    """The state after a restart: the same, but a till left alone for long, or whose clock jumped, asks for the PIN, and
    no money that was asked for before comes by itself. Points that wait for their owner's word wait on."""
    asking, left = till.asking, till.kind == "till" and till.staff is not None
    left = left and abs(now - till.touched_at) > IDLE_LOCK_MS
    if asking is not None and asking.kind != "coupon" and (left or asking.approval is None):
        till = replace(till, asking=None, dropped=(*till.dropped, (asking.cart, asking.hold, asking.kind)))
    return replace(without_tenders(till), phase="locked", checkout=None) if left else till


def without_tenders(till: Till) -> Till:
    """What was handed over is given back, and what was set aside for it is to be freed as soon as somebody can say
    so."""
    held = [(till.cart.id, hold, kind) for hold, kind in till.at_hub]
    return replace(till, tenders=(), dropped=(*till.dropped, *held))


def as_text(till: Till) -> str:
    """The state as JSON; `till_from` reads it. All of a long cart is written at each scan, so it is done in one go."""
    return orjson.dumps(till).decode()


def asking_from(body: Mapping[str, Any] | None) -> Asking | None:
    approval = body and body.get("approval")
    return Asking(**{**body, "approval": Approval(**approval) if approval else None}) if body else None


def till_from(body: Mapping[str, Any]) -> Till:
    cart, staff, shopper, checkout = body["cart"], body["staff"], body["shopper"], body.get("checkout")
    lines = {key: line_from(row) for key, row in cart["lines"].items()}
    return Till(
        **{
            **body,
            "cart": Cart(**{**cart, "lines": lines}),
            "staff": Person(**staff) if staff else None,
            "shopper": Shopper(**{**shopper, "groups": tuple(shopper.get("groups", ()))}) if shopper else None,
            "tenders": tuple(Tender(**row) for row in body["tenders"]),
            "coupons": tuple(Coupon(**row) for row in body.get("coupons", ())),
            "asking": asking_from(body.get("asking")),
            "allowed": Allowed(**body["allowed"]) if body.get("allowed") else None,
            "loads": tuple(Load(**row) for row in body.get("loads", ())),
            "dropped": tuple((cart, hold, kind) for cart, hold, kind in body.get("dropped", ())),
            "checkout": Checkout(**checkout) if checkout else None,
            "taking": tuple(body["taking"]),
            "returning": returning_from(body.get("returning")),
            "credit": Credit(**body["credit"]) if body.get("credit") else None,
            "paid_unasked": tuple(body.get("paid_unasked", ())),
        }
    )
