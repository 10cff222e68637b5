"""Which operation is carried out by whom: one table, read from top to bottom."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from retail import cart as rules
from retail.errors import N_, MessageError
from retail.messages import (
    AttachBody,
    Message,
    NoteBody,
    Operation,
    ReturnBody,
    SaleBody,
    VoidBody,
    body_of,
    cart_operation,
)
from sync_server.carts import queries as cart_queries
from sync_server.carts import service as carts
from sync_server.coupons import queries as coupon_queries
from sync_server.coupons import service as coupons
from sync_server.customers import service as customers
from sync_server.errors import NotAllowed
from sync_server.holds import service as holds
from sync_server.inbox.service import Device
from sync_server.loyalty import queries as loyalty
from sync_server.orders import returns
from sync_server.orders import service as orders
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.staff import service as staff
from sync_server.vouchers.key import CodeKey

_TERMINALS_ONLY = (rules.Release, rules.Abandon, rules.Begin, rules.Cancel)


def carry(
    session: Session, device: Device, seq: int, operation: Operation, now: int, key: CodeKey | None = None
) -> dict[str, Any]:
    """One operation, checked and carried out; refusals are raised. Without the `key` no card is found by its code."""
    body = body_of(operation)
    cause = Cause(device.dev, seq, operation.at)
    match body:
        case AttachBody():
            return _attach(session, device, operation, body, cause, now)
        case SaleBody():
            _only_terminals(device)
            return orders.commit(session, device, _cart_of(operation), body, cause, now, key)
        case VoidBody():
            stored = _own_cart(session, device, operation)
            freed = holds.void(session, device, stored, body.hold, body.kind, now)
            # Its author waits for the event that names it.
            outbox.record(session, carts.stream(carts.carried_on(session, stored).cart.id), {}, cause, operation.at)
            return {"freed": freed}
        case ReturnBody():
            # A kiosk gives no money back, and stands where anybody can reach it.
            if device.actor.channel != "till":
                raise NotAllowed()
            return returns.commit(session, device, body, cause, now)
        case NoteBody():
            _only_terminals(device)
            staff.note(session, device.dev, body.action, body.staff, body.detail, operation.at)
            return {}
        case _:
            return _change_cart(session, device, operation, body, cause, now)


def _change_cart(
    session: Session, device: Device, operation: Operation, body: Message, cause: Cause, now: int
) -> dict[str, Any]:
    named = _own_cart(session, device, operation)
    stored = carts.carried_on(session, named)
    change = cart_operation(operation.kind, body, now)
    assert change is not None, "every kind that is no change of a cart has a case of its own"
    if isinstance(change, rules.Add) and device.actor.channel != "online":
        change = replace(change, named=True)
    if isinstance(change, _TERMINALS_ONLY):
        _only_terminals(device)
    after = carts.operate(session, stored, device.actor, change, cause, operation.at, now)
    if isinstance(change, rules.Release | rules.Abandon):
        if isinstance(change, rules.Abandon):
            coupons.release_cart(session, named.cart.id, now)
        carts.close_visit(session, named.cart.id, device.dev, cause, operation.at)
    if isinstance(change, rules.Begin) and after.lease is not None:
        return {"cart": stored.cart.id, "fence": after.lease.fence, "until": after.lease.until}
    return {"cart": stored.cart.id}


def _attach(
    session: Session, device: Device, operation: Operation, body: AttachBody, cause: Cause, now: int
) -> dict[str, Any]:
    _only_terminals(device)
    shopper = customers.by_card(session, body.card, now)
    visit = _own_cart(session, device, operation)
    _move_coupons(session, visit, shopper["id"], device, now)
    attach = rules.Attach(shopper["id"], body.replace)
    live = carts.attach(session, visit, device.actor, attach, cause, operation.at)
    return {"cart": live.cart.id, "shopper": shopper}


def _move_coupons(session: Session, visit: cart_queries.StoredCart, shopper: str, device: Device, now: int) -> None:
    """What the visit has claimed is the shopper's from now on, in the cart that the visit goes on in."""
    current = visit.cart.moved_to or visit.cart.id
    live = cart_queries.live_cart_id(session, shopper)
    if current != live and coupon_queries.claims_in(session, current):
        merged = tuple(name for name in loyalty.sharing(session, shopper) if name != shopper)
        coupons.attach(session, current, shopper, now, merged, device.dev, live)


def _cart_of(operation: Operation) -> str:
    if not operation.cart:
        raise MessageError("message.no_cart", N_("Operation {kind} has to name a cart."), kind=operation.kind)
    return operation.cart


def _only_terminals(device: Device) -> None:
    if device.actor.channel == "online":
        raise NotAllowed()


def _own_cart(session: Session, device: Device, operation: Operation) -> cart_queries.StoredCart:
    """The cart that an operation names: a phone's is its shopper's live cart, a terminal's is its own visit."""
    stored = carts.named(session, _cart_of(operation), device.actor, device.store)
    if device.actor.channel == "online":
        own = stored.live and stored.cart.shopper == device.shopper
    else:
        own = stored.opened_by == device.dev
    if not own:
        raise NotAllowed()
    return stored
