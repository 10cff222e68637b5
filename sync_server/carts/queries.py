"""Reading carts, and how they look to everybody who watches them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from retail import pricing
from retail.cart import Cart, CartLine, line_as_dict
from retail.catalogue import Names
from retail.lease import Lease
from retail.loyalty.programme import Programme
from retail.loyalty.purchase import points_of
from retail.occasion import Occasion
from retail.pricing import PriceBook
from retail.promotions import shown
from retail.promotions.explanation import HINTS_MAX
from retail.promotions.promotion import RuleBook
from sync_server.carts.tables import cart_lines, carts
from sync_server.catalogue import queries as catalogue
from sync_server.coupons import queries as coupons
from sync_server.errors import NotFound
from sync_server.loyalty import approvals
from sync_server.prepared import Answer, Prepared
from sync_server.terminals import queries as terminals

ITEMS_AT_ONCE = 500
PURCHASES_KEPT_MAX = 200
"""By each connection."""

# Statements of the path of a scan are made once: building them costs as much as running them.
_HEAD = select(carts).where(carts.c.id == bindparam("cart"))
HEAD = Prepared(_HEAD, "cart")
HEAD_LOCKED = Prepared(_HEAD.with_for_update(), "cart")
LINES = Prepared(
    # As a line has them, so that a row makes one without a look at names.
    select(*(cart_lines.c[name] for name in CartLine.__dataclass_fields__))
    .where(cart_lines.c.cart == bindparam("cart"))
    .order_by(cart_lines.c.n),
    "cart",
)
VISITS_INTO = Prepared(
    select(carts.c.id).where(
        carts.c.moved_to == bindparam("live"), carts.c.opened_by == bindparam("device"), carts.c.status == "moved"
    ),
    "live",
    "device",
)


@dataclass(frozen=True, slots=True)
class StoredCart:
    """A cart with what only the hub knows of it."""

    cart: Cart
    store: str
    opened_by: str

    @property
    def live(self) -> bool:
        return not self.opened_by


@dataclass(frozen=True, slots=True)
class Asked:
    """A cart and its lines that were asked for together."""

    head: Answer
    lines: Answer

    def cart(self) -> StoredCart | None:
        """The cart; one that has moved has no lines of its own any more."""
        head = self.head.first()
        return None if head is None else _stored(head, {row.id: CartLine(*row) for row in self.lines.all()})


def ask(session: Session, cart_id: str, lock: bool = False) -> Asked:
    """As `find`, for who asks for something else as well before it looks."""
    # The lines come second: they are those of the moment in which the row was locked.
    head = (HEAD_LOCKED if lock else HEAD).ask(session, cart=cart_id)
    return Asked(head, LINES.ask(session, cart=cart_id))


def find(session: Session, cart_id: str, lock: bool = False) -> StoredCart | None:
    """The cart under this id. `lock` holds its row until the commit, so that nobody else changes it meanwhile."""
    return ask(session, cart_id, lock).cart()


def find_head(session: Session, cart_id: str) -> StoredCart | None:
    """As `find`, without the lines: enough to know whose cart it is."""
    row = HEAD.first(session, cart=cart_id)
    return None if row is None else _stored(row, {})


def _stored(row: Any, lines: dict[str, CartLine]) -> StoredCart:
    lease = Lease(row.paying, row.fence, row.paying_since, row.paying_until) if row.paying else None
    cart = Cart(row.id, lines, row.shopper, row.status, row.moved_to, row.next_n, lease, row.fence)
    return StoredCart(cart, row.store, row.opened_by)


def get(session: Session, cart_id: str) -> StoredCart:
    stored = find(session, cart_id)
    if stored is None:
        raise NotFound()
    return stored


def leases_over(session: Session, now: int, most: int) -> list[str]:
    """Carts whose lease ran out before `now` (ms) and of which nobody was told yet."""
    over = select(carts.c.id).where(carts.c.paying != "", carts.c.paying_until <= now)
    return list(session.scalars(over.order_by(carts.c.paying_until).limit(most)))


def live_cart_id(session: Session, shopper: str) -> str:
    """The id of a shopper's live cart; empty when there is none yet."""
    found = session.scalar(select(carts.c.id).where(carts.c.shopper == shopper, carts.c.opened_by == ""))
    return found or ""


def visits_into(session: Session, cart_id: str, device: str) -> list[str]:
    """The visits of a device whose lines are in this cart now."""
    return [row.id for row in VISITS_INTO.all(session, live=cart_id, device=device)]


def view(session: Session, stored: StoredCart) -> dict[str, Any]:
    """The state of `cart:<id>` as docs/protocol.md has it, priced by the hub."""
    claims = claims_of(session, stored)
    priced = _priced(session, stored, stored.cart, claims)
    places = terminals.places(session)
    lines = {row.line.id: _line_view(row, places, priced.book.rules) for row in priced.lines}
    coupons_shown = _coupons(claims, priced)
    return {**_head(stored.cart, places), "lines": lines, **_sums(priced), "coupons": coupons_shown} | {
        "approvals": approvals.open_in(session, stored.cart.id)
    }


@dataclass(frozen=True, slots=True)
class Priced:
    """A cart as it would be paid: what is in each hand, and what was chosen online, is a purchase of its own."""

    purchases: tuple[pricing.PricedCart, ...]
    occasions: tuple[Occasion, ...]
    """Of each purchase."""
    book: PriceBook
    programme: Programme

    @property
    def lines(self) -> list[pricing.PricedLine]:
        return [row for purchase in self.purchases for row in purchase.lines]


def _priced(session: Session, stored: StoredCart, cart: Cart, claims: list[Any]) -> Priced:
    owners: dict[str, list[CartLine]] = {}
    for line in cart.lines.values():
        owners.setdefault(line.owner, []).append(line)
    purchases, occasions = [], []
    switched_on = frozenset(row.promotion for row in claims)
    for owner, lines in owners.items():
        channel = lines[0].origin if lines[0].in_hand else "online"
        store = _store_of(session, stored, lines[0])
        book, occasion = catalogue.book(session, store), catalogue.occasion(session, store, channel, cart.shopper)
        if switched_on:
            occasion = replace(occasion, coupons=switched_on)
        purchases.append(_purchase(session, (cart.id, owner), lines, book, occasion))
        occasions.append(occasion)
    book = catalogue.book(session, stored.store)
    return Priced(tuple(purchases), tuple(occasions), book, catalogue.programme(session, stored.store))


def claims_of(session: Session, stored: StoredCart) -> list[Any]:
    """The coupons of a cart; nobody is asked for them where no promotion wants one."""
    rules = catalogue.book(session, stored.store).rules
    return coupons.claims_in(session, stored.cart.id) if rules.ask_for_coupons else []


def _coupons(claims: list[Any], priced: Priced) -> list[dict[str, Any]]:
    rules = priced.book.rules
    purchases = [(one.given, occasion) for one, occasion in zip(priced.purchases, priced.occasions, strict=True)]
    return [
        {
            "claim": row.claim,
            "promotion": row.promotion,
            "names": rules.named[row.promotion].names if row.promotion in rules.named else {},
            **shown.coupon(rules.named.get(row.promotion), purchases),
        }
        for row in claims
    ]


def _store_of(session: Session, stored: StoredCart, line: CartLine) -> str:
    """The store by whose prices a line is sold: where the hand is that holds it, else the cart's own."""
    return terminals.store_of(session).get(line.owner, stored.store) if line.in_hand else stored.store


def _purchase(
    session: Session, key: tuple[str, str], lines: list[CartLine], book: PriceBook, occasion: Occasion
) -> pricing.PricedCart:
    """The price of these lines. What a cart cost after its last change is what it costs before its next one, so it is
    kept from one to the other."""
    kept = session.info.setdefault("kept", {}).setdefault("purchases", {})
    asked = (book.version, occasion, lines)
    found = kept.get(key)
    if found is None or found[0] != asked:
        if len(kept) >= PURCHASES_KEPT_MAX:
            kept.clear()
        found = kept[key] = (asked, pricing.price(lines, book, occasion))
    priced: pricing.PricedCart = found[1]
    return priced


def changes(session: Session, stored: StoredCart, after: Cart) -> dict[str, Any]:
    """What makes the view of `after` of the view of `stored`: with one pricing, and a view of the changed lines only.

    The law is that of `retail.replica.difference`, which the tests hold it to.
    """
    places = terminals.places(session)
    before, old, new = stored.cart.lines, _head(stored.cart, places), _head(after, places)
    found: dict[str, Any] = {key: value for key, value in new.items() if old[key] != value}
    another = stored.cart.shopper != after.shopper and catalogue.book(session, stored.store).asks_for_whom
    if before == after.lines and not another:
        return found
    told = set(changed(before, after.lines))
    touched = [after.lines[key] for key in told] + [line for key, line in before.items() if key not in after.lines]
    claims = claims_of(session, stored)
    # As it was comes first: that is what is kept of the change before.
    was = _priced(session, stored, stored.cart, claims) if another or _entangled(session, stored, touched) else None
    priced = _priced(session, stored, after, claims)
    hints: dict[str, Any] = {}
    if was is not None and claims and (doing := _coupons(claims, priced)) != _coupons(claims, was):
        found["coupons"] = doing
    if was is not None:
        # One line more may change what another one costs or gets off.
        seen = {row.line.id: _cost(row) for row in was.lines}
        told = {row.line.id for row in priced.lines if _cost(row) != seen.get(row.line.id)}
        now = _hints(priced)
        hints = {"hints": now} if now != _hints(was) else {}
    rows = {row.line.id: _line_view(row, places, priced.book.rules) for row in priced.lines if row.line.id in told}
    gone = {line: None for line in before if line not in after.lines}
    return {**found, "lines": rows | gone, "totals": _totals(priced), **hints}


def _entangled(session: Session, stored: StoredCart, touched: list[CartLine]) -> bool:
    """Whether lines that were not touched may cost something else now that these were."""
    stores, items = {_store_of(session, stored, line) for line in touched}, {line.item for line in touched}
    return any(catalogue.book(session, store).entangled(items) for store in stores)


def _cost(row: pricing.PricedLine) -> tuple[Any, ...]:
    """What of a priced line is seen."""
    return row.line, row.unit_price, row.total, row.shares


def changed(before: Mapping[str, CartLine], after: Mapping[str, CartLine]) -> dict[str, CartLine]:
    """The lines that are new or not what they were. Nearly all of them are the very same objects, and to compare two
    costs more than to see that."""
    pairs = ((before.get(key), key, line) for key, line in after.items())
    return {key: line for known, key, line in pairs if known is not line and known != line}


def _head(cart: Cart, places: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    paying = None if cart.lease is None else {**asdict(cart.lease), "place": places.get(cart.lease.device)}
    return {
        "id": cart.id,
        "status": cart.status,
        "moved_to": cart.moved_to,
        "shopper": cart.shopper,
        "paying": paying,
    }


def _sums(priced: Priced) -> dict[str, Any]:
    return {"totals": _totals(priced), "hints": _hints(priced)}


def _hints(priced: Priced) -> list[dict[str, Any]]:
    rules = priced.book.rules
    found = [hint for one in priced.purchases for hint in shown.hints(one.given, rules)] if rules.promotions else []
    return found[:HINTS_MAX]


def _totals(priced: Priced) -> dict[str, int | str]:
    total = sum(one.total for one in priced.purchases)
    in_hand = sum(row.total for row in priced.lines if row.line.in_hand)
    return {
        "total": total,
        "in_hand": in_hand,
        "virtual": total - in_hand,
        "off": sum(one.off for one in priced.purchases),
        "tax": sum(one.tax for one in priced.purchases),
        "currency": priced.book.currency,
        "count": len(priced.lines),
        "points": sum(points_of(one, priced.programme) for one in priced.purchases),
    }


def _line_view(
    row: pricing.PricedLine, places: Mapping[str, dict[str, Names | str]], rules: RuleBook
) -> dict[str, Any]:
    return {
        **line_as_dict(row.line),
        "names": row.product.names,
        "unit": row.product.unit,
        "picture": row.product.picture,
        "place": places.get(row.line.owner),
        "unit_price": row.unit_price,
        "total": row.total,
        "list_total": row.list_total,
        "given": shown.given(row.discounts, rules) if row.shares else [],
    }


def open_carts_of(session: Session, shopper: str) -> list[str]:
    """The ids of the shopper's open carts: the live one, and visits that have not moved into it."""
    return list(session.scalars(select(carts.c.id).where(carts.c.shopper == shopper, carts.c.status == "open")))


def open_carts_with(session: Session, items: list[str] | None) -> set[str]:
    """The ids of the open carts that hold one of these items; of all that hold anything for None."""
    held = select(cart_lines.c.cart).join(carts, carts.c.id == cart_lines.c.cart).where(carts.c.status == "open")
    if items is None:
        return set(session.scalars(held.distinct()))
    found: set[str] = set()
    for start in range(0, len(items), ITEMS_AT_ONCE):
        some = items[start : start + ITEMS_AT_ONCE]
        found |= set(session.scalars(held.where(cart_lines.c.item.in_(some)).distinct()))
    return found
