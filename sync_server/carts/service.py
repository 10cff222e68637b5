"""Changing carts: the same rules as at the till, with a stored event for everybody who watches."""

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from retail import cart as rules
from retail.cart import Actor, Cart, line_as_dict
from retail.errors import N_, CartRefused
from retail.lease import being_paid
from sync_server.carts import queries
from sync_server.carts.queries import StoredCart
from sync_server.carts.tables import cart_lines, carts
from sync_server.catalogue import queries as catalogue
from sync_server.db import insert_if_absent
from sync_server.errors import NotFound
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.prepared import Prepared
from sync_server.terminals import queries as terminals

LINE_FIELDS = tuple(column.name for column in cart_lines.c if column.name != "cart")
ADD_LINE = Prepared(insert(cart_lines).inline(), "cart", *LINE_FIELDS)
CHANGE_LINE = Prepared(
    update(cart_lines)
    .where(cart_lines.c.cart == bindparam("of_cart"), cart_lines.c.id == bindparam("line"))
    .values({name: bindparam(name) for name in LINE_FIELDS}),
    "of_cart",
    "line",
    *LINE_FIELDS,
)
DROP_LINE = Prepared(
    delete(cart_lines).where(cart_lines.c.cart == bindparam("of_cart"), cart_lines.c.id == bindparam("line")),
    "of_cart",
    "line",
)
EMPTY: dict[str, Any] = {
    "status": "open",
    "moved_to": "",
    "next_n": 1,
    "fence": 0,
    "paying": "",
    "paying_since": 0,
    "paying_until": 0,
}
OPEN = Prepared(insert(carts).inline(), *EMPTY, "id", "store", "opened_by", "shopper")
HEAD_FIELDS = ("shopper", "status", "moved_to", "next_n")
CHANGE_HEAD = Prepared(
    update(carts).where(carts.c.id == bindparam("cart")).values({name: bindparam(name) for name in HEAD_FIELDS}),
    "cart",
    *HEAD_FIELDS,
)


def stream(cart_id: str) -> str:
    return f"cart:{cart_id}"


def open_live_cart(session: Session, cart_id: str, store: str, shopper: str) -> None:
    """A shopper's live cart, new and empty; nobody has opened it."""
    OPEN.run(session, **EMPTY, id=cart_id, store=store, opened_by="", shopper=shopper)


def live_cart(session: Session, shopper: str) -> StoredCart:
    """The shopper's one live cart; it is there from the day the shopper is."""
    found = queries.find(session, queries.live_cart_id(session, shopper), lock=True)
    if found is None:
        raise NotFound()
    return found


def named(session: Session, cart_id: str, actor: Actor, store: str) -> StoredCart:
    """The cart under the id that a device used; a terminal's first word opens the cart of its visit.

    A visit that has moved has no lines of its own any more, and comes without.
    """
    asked = queries.ask(session, cart_id, lock=True)
    # What is named is changed next, and priced then.
    catalogue.ask_book(session, store)
    stored = asked.cart()
    if stored is not None:
        return stored
    if actor.channel == "online":
        raise CartRefused("cart.unknown", N_("This cart is not known. Open the cart again."))
    if not insert_if_absent(session, carts, **EMPTY, id=cart_id, store=store, opened_by=actor.device, shopper=""):
        # An operation and a question of the same device may both be the first word of a visit.
        return named(session, cart_id, actor, store)
    return StoredCart(Cart(cart_id), store, actor.device)


def carried_on(session: Session, stored: StoredCart) -> StoredCart:
    """The cart itself, or the live cart that the visit has moved into."""
    if stored.cart.status != "moved":
        return stored
    moved = queries.find(session, stored.cart.moved_to, lock=True)
    assert moved is not None, "a foreign cart row was removed by hand"
    return moved


def operate(
    session: Session, stored: StoredCart, actor: Actor, operation: rules.Operation, cause: Cause, at: int, now: int
) -> Cart:
    """Apply one operation to a cart, store it and record what changed; `now` is the hub's clock. The cart after it."""
    if isinstance(operation, rules.Add):
        # An unknown item is refused here, before the line exists: a cart can always be priced.
        catalogue.book(session, stored.store).product(operation.item)
        if actor.channel == "online" and operation.quantity > 0:
            catalogue.check_on_sale(session, stored.store, operation.item)
    try:
        after = rules.apply(rules.lapsed(stored.cart, now), actor, operation, at)
    except CartRefused as refused:
        raise _with_place(session, stored, refused) from None
    if actor.channel == "online":
        # A till weighs and counts by itself; a phone could ask for half a boot, by any of its operations.
        book = catalogue.book(session, stored.store)
        for line in queries.changed(stored.cart.lines, after.lines).values():
            book.check_quantity(line.item, line.quantity)
    save(session, stored, after, cause, at)
    return after


def _with_place(session: Session, stored: StoredCart, refused: CartRefused) -> CartRefused:
    """A refusal that names a terminal says which one in words that a person knows."""
    lease = stored.cart.lease
    if refused.code != "cart.being_paid" or lease is None:
        return refused
    return being_paid(lease, terminals.places(session).get(lease.device, {}).get("names"))


def save(session: Session, stored: StoredCart, after: Cart, cause: Cause, at: int) -> None:
    """Store the rows that differ, and record the event for the cart's stream."""
    before = stored.cart
    _write_lines(session, before, after)
    if replace(before, lines=after.lines) != after:
        named = {"shopper": after.shopper, "status": after.status, "moved_to": after.moved_to, "next_n": after.next_n}
        CHANGE_HEAD.run(session, cart=after.id, **named)
    if before.lease != after.lease:
        _write_lease(session, before, after)
    outbox.record(session, stream(after.id), queries.changes(session, stored, after), cause, at)


def _write_lease(session: Session, before: Cart, after: Cart) -> None:
    """Compare and set: a lease is given, renewed and ended only as the one who does it has seen it."""
    held, lease = before.lease, after.lease
    done = session.execute(
        update(carts)
        .where(carts.c.id == after.id, carts.c.fence == before.fence, carts.c.paying == (held.device if held else ""))
        .values(
            fence=after.fence,
            paying=lease.device if lease else "",
            paying_since=lease.since if lease else 0,
            paying_until=lease.until if lease else 0,
        )
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise CartRefused("cart.stale")


def _write_lines(session: Session, before: Cart, after: Cart) -> None:
    for line_id in before.lines:
        if line_id not in after.lines:
            DROP_LINE.run(session, of_cart=after.id, line=line_id)
    for line in queries.changed(before.lines, after.lines).values():
        if line.id not in before.lines:
            ADD_LINE.run(session, cart=after.id, **line_as_dict(line))
        else:
            CHANGE_LINE.run(session, of_cart=after.id, line=line.id, **line_as_dict(line))


def attach(
    session: Session,
    visit: StoredCart,
    actor: Actor,
    operation: rules.Attach,
    cause: Cause,
    at: int,
) -> StoredCart:
    """The visit is this shopper's: the device's lines move into the shopper's live cart, which is returned."""
    current = carried_on(session, visit)
    if current.live and current.cart.shopper == operation.shopper:
        # Nothing changes, but the device waits for an event that names its operation.
        save(session, current, current.cart, cause, at)
        return current
    # The rule of the one slot is the cart's own: it refuses a second shopper unless a cashier replaces the first.
    rules.apply(current.cart, actor, operation, at)
    live = live_cart(session, operation.shopper)
    source, target = rules.move(current.cart, live.cart, actor.owner)
    if current.live:
        outbox.leave(session, actor.device, stream(current.cart.id))
        save(session, visit, replace(visit.cart, moved_to=live.cart.id), cause, at)
    else:
        source = replace(source, status="moved", moved_to=live.cart.id)
    save(session, current, source, cause, at)
    save(session, live, target, cause, at)
    return replace(live, cart=target)


def close_visit(session: Session, visit_id: str, device: str, cause: Cause, at: int) -> None:
    """The visit is over: the device no longer hears its cart, nor the live cart that it was part of."""
    stored = queries.get(session, visit_id)
    if stored.cart.status != "closed":
        save(session, stored, replace(stored.cart, status="closed"), cause, at)
    outbox.leave(session, device, stream(visit_id))
    moved_to = stored.cart.moved_to
    # A till that serves the same shopper twice at once still hears the cart for the other visit.
    if moved_to and not queries.visits_into(session, moved_to, device):
        outbox.leave(session, device, stream(moved_to))


def repriced_of(session: Session, shopper: str, at: int) -> None:
    """This shopper is offered other prices now: whoever watches one of the shopper's open carts asks anew."""
    outbox.unspelled(session, [stream(cart) for cart in queries.open_carts_of(session, shopper)], at)


def repriced(session: Session, items: list[str] | None, at: int) -> None:
    """These items (None for all) cost or are called something else now: whoever watches a cart with them asks anew."""
    held = queries.open_carts_with(session, items)
    outbox.unspelled(session, [stream(cart) for cart in held], at)
