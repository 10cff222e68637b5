"""What the carts must hold: the hub's committed operations, each applied exactly once to plain values.

Written from docs/protocol.md over the pure rules of `retail.cart`, without a database, so that a hub which loses or
doubles an operation, or its effect, ends with other lines than this.
"""

from dataclasses import replace
from typing import Any

from retail import cart as rules
from retail.cart import Actor, Cart
from retail.errors import RetailError
from retail.messages import (
    AttachBody,
    NoteBody,
    Operation,
    ReturnBody,
    SaleBody,
    VoidBody,
    body_of,
    cart_operation,
    parse,
)
from sync_server.inbox.service import Device


class ModelHub:
    """Carts by id. `live` names each shopper's cart, `cards` whose a card is, `opened` who began a visit."""

    def __init__(self, live: dict[str, str], cards: dict[str, str]) -> None:
        self._live, self._cards = live, cards
        self.carts = {cart: Cart(cart, shopper=shopper) for shopper, cart in live.items()}
        self._opened: dict[str, str] = {}
        self._carried: dict[str, str] = {}

    def carry(self, device: Device, raw: dict[str, Any], now: int) -> str:
        """Carry out an operation, at `now` by the hub's clock, unless it was before; what its device has to be told."""
        if raw["id"] not in self._carried:
            before = dict(self.carts)
            try:
                self._apply(device, parse(Operation, raw), now)
                self._carried[raw["id"]] = "ok"
            except RetailError:
                self.carts = before
                self._carried[raw["id"]] = "rejected"
        return self._carried[raw["id"]]

    def _apply(self, device: Device, operation: Operation, now: int) -> None:
        body, actor = body_of(operation), device.actor
        if isinstance(body, NoteBody | ReturnBody):
            return
        visit = self._named(operation.cart or "", actor)
        if isinstance(body, VoidBody):
            return
        if isinstance(body, AttachBody):
            self._attach(visit, actor, rules.Attach(self._cards[body.card], body.replace), operation.at)
            return
        current = rules.lapsed(self._carried_on(visit), now)
        if isinstance(body, SaleBody):
            paid = rules.Settle(tuple(row["id"] for row in body.sale["lines"]), body.fence)
            if current.status == "open":
                self._put(rules.apply(current, actor, paid, operation.at))
            self._close(visit.id)
            self._let_go(current.id, actor, operation.at)
            return
        change = cart_operation(operation.kind, body, now)
        assert change is not None
        if isinstance(change, rules.Add) and actor.channel != "online":
            # docs/protocol.md: a terminal's addition is about exactly the line it names.
            change = replace(change, named=True)
        self._put(rules.apply(current, actor, change, operation.at))
        if isinstance(change, rules.Release | rules.Abandon):
            self._close(visit.id)

    def _named(self, name: str, actor: Actor) -> Cart:
        if name not in self.carts:
            self._put(Cart(name))
            self._opened[name] = actor.device
        return self.carts[name]

    def _carried_on(self, visit: Cart) -> Cart:
        return self.carts[visit.moved_to] if visit.status == "moved" else visit

    def _put(self, cart: Cart) -> None:
        self.carts[cart.id] = cart

    def _close(self, visit: str) -> None:
        self._put(replace(self.carts[visit], status="closed"))

    def _let_go(self, cart: str, actor: Actor, at: int) -> None:
        """What the terminal was given and did not sell is the shopper's again, once its last visit is over."""
        visits = (name for name, dev in self._opened.items() if dev == actor.device)
        busy = any(self.carts[name].status == "moved" and self.carts[name].moved_to == cart for name in visits)
        if cart in self._live.values() and not busy:
            self._put(rules.apply(self.carts[cart], actor, rules.Release(), at))

    def _attach(self, visit: Cart, actor: Actor, attach: rules.Attach, at: int) -> None:
        current, live = self._carried_on(visit), self.carts[self._live[attach.shopper]]
        if current.id == live.id:
            return
        rules.apply(current, actor, attach, at)
        source, target = rules.move(current, live, actor.owner)
        if current.id == visit.id:
            source = replace(source, status="moved", moved_to=live.id)
        else:
            self._put(replace(visit, moved_to=live.id))
        self._put(source)
        self._put(target)
