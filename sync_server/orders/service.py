"""Taking in a sale that a terminal made: kept as it is, checked by deriving it anew."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from retail import cart as rules
from retail.errors import N_, CartRefused, RetailError, SaleError
from retail.loyalty.purchase import paid_in_points
from retail.messages import SaleBody
from retail.occasion import Occasion
from retail.pricing import PriceBook
from retail.sale import Sale, differences, sale_from
from retail.stock import moves_of
from sync_server.carts import queries as cart_queries
from sync_server.carts import service as carts
from sync_server.carts.queries import StoredCart
from sync_server.catalogue import queries as catalogue
from sync_server.customers import service as customers
from sync_server.db import insert_absent, insert_if_absent
from sync_server.holds import capture
from sync_server.inbox.service import Device, open_exception
from sync_server.loyalty import queries as loyalty_queries
from sync_server.loyalty import service as loyalty
from sync_server.loyalty import shown, telling
from sync_server.orders import queries
from sync_server.orders.tables import paid_lines, sales
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.stock import service as stock
from sync_server.stored_value import at_the_till
from sync_server.terminals import service as terminals
from sync_server.vouchers.key import CodeKey


def commit(
    session: Session,
    device: Device,
    cart_id: str,
    body: SaleBody,
    cause: Cause,
    now: int,
    key: CodeKey | None = None,
) -> dict[str, Any]:
    """Everything that a sale means, in one transaction: the sale, its stock, its points, its lines out of the cart.

    The goods are sold and the money is in the drawer, so nothing but a sale that cannot be kept at all is refused:
    where a figure, the card or the cart is not as we know it, a person decides, and the receipt stays what it is.
    """
    sale = sale_from(body.sale)
    if sale.terminal != device.dev or sale.store != device.store:
        raise SaleError("sale.not_yours", N_("This sale was made at another terminal."))
    visit = cart_queries.find_head(session, cart_id)
    own = {cart_id, visit.cart.moved_to} - {""} if visit is not None and visit.opened_by == device.dev else set()
    taken = capture.take(session, sale, own, now, body.allowances)
    rows = taken.rows + _differences(session, sale, device, taken.promotions)
    shopper = ""
    if body.card:
        try:
            shopper = customers.holder(session, body.card)
        except CartRefused:
            rows.append({"what": "card", "line": "", "sold": body.card, "derived": None})
    _keep(session, sale, shopper, body.receipt, now)
    if sale.loads:
        rows += at_the_till.take_in(session, key, device, sale, body.cards, now)
    stock.move(session, moves_of(sale), sale.at)
    settled = _settle_cart(session, device, cart_id, sale, body.fence, cause, now)
    if not settled:
        rows.append({"what": "cart", "line": "", "sold": cart_id, "derived": None})
    _paid_once(session, sale, settled or sale.cart, now)
    if taken.promotions and settled:
        # What is left in the cart has no coupon any more.
        outbox.unspelled(session, [carts.stream(settled)], now)
    terminals.sold(session, device.dev, now, sale.number)
    if rows:
        open_exception(session, sale.store, "discrepancy", sale.id, {"number": sale.number, "rows": rows}, now)
    if shopper:
        asks = catalogue.book(session, sale.store).asks_for_standing
        was_first = asks and loyalty_queries.known(session, shopper).first
        _reward(session, sale, shopper, cause, now)
        if was_first:
            # What is left in her carts is no first purchase any more.
            loyalty.cost_anew(session, shopper, now)
        elif asks:
            _first_no_more(session, device, sale, shopper, now)
    return {"sale": sale.id, "points": sale.points if shopper else 0}


def _keep(session: Session, sale: Sale, shopper: str, receipt: dict[str, Any], now: int) -> None:
    kept = insert_if_absent(
        session,
        sales,
        id=sale.id,
        number=sale.number,
        store=sale.store,
        terminal=sale.terminal,
        shopper=shopper,
        total=sale.total,
        currency=sale.currency,
        points=sale.points if shopper else 0,
        body=sale.as_dict(),
        receipt=receipt,
        at=sale.at,
        received=now,
    )
    if not kept:
        raise SaleError(
            "sale.number_used",
            N_("Sale {number} came before with other contents. Both are kept; a person decides."),
            number=sale.number,
        )


def _paid_once(session: Session, sale: Sale, cart_id: str, now: int) -> None:
    """A line is paid once. Where a terminal that could not hear of it took the money again, both sales are facts: a
    person refunds one of them."""
    wanted = [{"cart": cart_id, "line": line.id, "sale": sale.id} for line in sale.lines]
    noted = {row.line for row in insert_absent(session, paid_lines, wanted)}
    twice = [row["line"] for row in wanted if row["line"] not in noted]
    others = queries.paid_before(session, cart_id, twice) if twice else {}
    if others:
        number = queries.number_of(session, min(others.values()))
        rows = [
            {
                "what": "paid",
                "line": line.id,
                "sold": line.names,
                "derived": queries.number_of(session, others[line.id]),
            }
            for line in sale.lines
            if line.id in others
        ]
        detail = {"number": sale.number, "params": {"other": number}, "rows": rows}
        open_exception(session, sale.store, "paid_twice", sale.id, detail, now)


def _settle_cart(session: Session, device: Device, cart_id: str, sale: Sale, fence: int, cause: Cause, now: int) -> str:
    """The paid lines leave the cart, the rest stays, and the visit is over; the cart that they left, or empty for
    somebody else's visit."""
    visit = carts.named(session, cart_id, device.actor, device.store)
    if visit.opened_by != device.dev:
        return ""
    stored = carts.carried_on(session, visit)
    paid = rules.Settle(tuple(line.id for line in sale.lines), fence)
    if stored.cart.status == "open":
        carts.operate(session, stored, device.actor, paid, cause, sale.at, now)
    carts.close_visit(session, cart_id, device.dev, cause, sale.at)
    _let_go(session, device, stored, cause, sale.at, now)
    return stored.cart.id


def _let_go(session: Session, device: Device, paid: StoredCart, cause: Cause, at: int, now: int) -> None:
    """Lines that the terminal asked for and had not received when it was paid must not stay in a hand that nobody
    sees: they are the shopper's again, unless another visit of the terminal holds them."""
    if not paid.live or cart_queries.visits_into(session, paid.cart.id, device.dev):
        return
    rest = cart_queries.find(session, paid.cart.id, lock=True)
    if rest is not None and rest.cart.of(device.dev):
        carts.operate(session, rest, device.actor, rules.Release(), cause, at, now)


def _differences(session: Session, sale: Sale, device: Device, coupons: frozenset[str]) -> list[dict[str, Any]]:
    """Derive the sale anew, as of the moment that it was priced and with the coupons that it had, and name what
    differs."""
    try:
        at = sale.priced_at or sale.at
        book = catalogue.book(session, sale.store)
        ours = catalogue.occasion(session, sale.store, device.actor.channel, sale.shopper, at)
        ours = replace(ours, coupons=coupons)
        if not book.asks_for_standing:
            return differences(sale, book, ours)
        theirs = replace(ours, tier=sale.tier, first=sale.first)
        return differences(sale, book, theirs) or _above_standing(session, sale, book, ours, at)
    except RetailError as error:
        return [{"what": error.code, "line": "", "sold": None, "derived": error.sentence}]


def _above_standing(session: Session, sale: Sale, book: PriceBook, ours: Occasion, at: int) -> list[dict[str, Any]]:
    """Where somebody was served as of a tier that she does not have, or as a first purchase that it was not, and paid
    less for it: a till that was away did not know better, and a person should. What it knew too little of is no case.

    Of the time before the present tier nobody knows which it was: then the till's word stands.
    """
    rows: list[dict[str, Any]] = []
    if sale.tier != ours.tier and sale.tier and loyalty_queries.known(session, sale.shopper).since <= at:
        rows.append({"what": "tier", "line": "", "sold": sale.tier, "derived": ours.tier})
    if sale.first and not ours.first:
        rows.append({"what": "first", "line": "", "sold": True, "derived": False})
    wrong = {row["what"] for row in rows}
    known = replace(ours, tier=ours.tier if "tier" in wrong else sale.tier, first=sale.first and "first" not in wrong)
    return rows if rows and differences(sale, book, known) else []


def _first_no_more(session: Session, device: Device, sale: Sale, shopper: str, now: int) -> None:
    """Sales that were made later and came earlier may have been sold as a first purchase, which with this one they are
    not: a person is told of each that was cheaper for it."""
    for later in queries.made(session, loyalty_queries.bought_after(session, shopper, sale.at)):
        if not later.first:
            continue
        try:
            at = later.priced_at or later.at
            ours = catalogue.occasion(session, later.store, device.actor.channel, later.shopper, at)
            ours = replace(ours, coupons=frozenset(coupon.promotion for coupon in later.coupons))
            rows = _above_standing(session, later, catalogue.book(session, later.store), ours, at)
        except RetailError:
            # Of goods that nobody knows any more there is a case already.
            continue
        rows = [row for row in rows if row["what"] == "first"]
        if rows:
            detail = {"number": later.number, "rows": rows}
            open_exception(session, later.store, "discrepancy", f"{later.id}:first", detail, now)


def _reward(session: Session, sale: Sale, shopper: str, cause: Cause, now: int) -> None:
    """Give the points and show the shopper the order, its receipt and the new balance."""
    rules = [line.points_rule for line in sale.lines]
    lines = loyalty.earned_by(sale.points, [(line.id, line.points) for line in sale.lines], rules)
    # Tiers count money: what was paid with points was counted when it was earned.
    paid = sale.total - min(sale.total, paid_in_points(sale.tenders))
    given = loyalty.earn(session, loyalty.Purchase(sale.id, shopper, lines, paid, sale.cashier, sale.at), now)
    for reason in given.suspicions:
        # One case for a card, a day and a cashier: more of the same is the same case.
        source = f"{shopper}:{given.day}:{reason}" + (f":{sale.cashier}" if reason == "cashier" else "")
        detail = {"number": sale.number, "params": {"shopper": shopper, "reason": reason}}
        open_exception(session, sale.store, "points_pace", source, detail, now)
    orders = queries.shown_by(session, sale.id, shopper)
    changes = {"points": shown.points(session, shopper), "orders": orders}
    outbox.record(session, customers.stream(shopper), changes, cause, now)
    if given.shared:
        telling.tell(session, shopper, now)
