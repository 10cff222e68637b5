"""A Flask-SocketIO server that speaks docs/protocol.md for phones and no more: one live cart and one shopper's stream,
kept in memory. It prices with the engine of `retail`, so a page that shows a wrong amount is caught."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO, disconnect, join_room
from memory_shop import MemoryShop

from retail import cart as carts
from retail.errors import RetailError
from retail.loyalty import earned
from retail.messages import Batch, Hail, Operation, Position, body_of, cart_operation, parse
from retail.money import extend
from retail.replica import difference
from storefront.pages import COOKIE

EPOCH = 1
TILL = "till-1"
UNTIL_TIMEOUT_S = 15


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class ProtocolHub:
    """The demo shopper's streams. `scan` is what a till does; `accepted` are the ids of the operations carried out;
    with `silent` the next operations are carried out and the line is cut before the answer; with `newer` it says more
    than the protocol has today; `protos` are the versions that it serves."""

    def __init__(self, app: Flask, shop: MemoryShop) -> None:
        self.app, self.shop = app, shop
        self.socketio = SocketIO(app, async_mode="threading", transports=["websocket"])
        self.lock = threading.Condition()
        self.cart = carts.Cart("cart-1", shopper=shop.demo.id)
        self.orders: dict[str, Any] = {}
        self.points = shop.demo.points
        self.seqs: dict[tuple[str, int], int] = {}
        self.results: dict[tuple[str, int, int], dict[str, Any]] = {}
        self.accepted: list[str] = []
        self.silent = False
        self.newer = False
        self.protos = (1, 1)
        self.account: dict[str, Any] = {"zone": "UTC", "currency": "EUR", "lots": [], "outlook": None, "entries": []}
        """What `GET /v1/points` answers beside the points; the entries of a lot are those that name it."""
        app.add_url_rule("/v1/points", "points", self._points)
        self.credit: list[dict[str, Any]] = []
        """The accounts that `GET /v1/credit` answers."""
        app.add_url_rule("/v1/credit", "credit", lambda: {"accounts": self.credit})
        self.versions = {self.cart_stream: 1, self.shopper_stream: 1}
        self.devices: dict[str, tuple[str, int]] = {}
        self._shown = {stream: self.state(stream) for stream in self.versions}
        for name in ("connect", "disconnect", "sub", "unsub", "ops", "pull", "tick"):
            self.socketio.on_event(name, getattr(self, name))

    @property
    def cart_stream(self) -> str:
        return f"cart:{self.cart.id}"

    @property
    def shopper_stream(self) -> str:
        return f"shopper:{self.shop.demo.id}"

    def connect(self, auth: Any = None) -> None:
        hail = parse(Hail, auth)
        if self.shop.sessions.get(request.cookies.get(COOKIE, "")) != self.shop.demo.id:
            raise ConnectionRefusedError({"code": "unauthorised", "message": "Sign in to see your cart.", "params": {}})
        if not self.protos[0] <= hail.proto[1] or not hail.proto[0] <= self.protos[1]:
            refused = {"code": "upgrade", "message": "Load the page again.", "params": {}}
            raise ConnectionRefusedError(refused["message"], refused)
        # The hub calls a device by a name of its own; a phone must go by what the greeting says.
        device = (f"{hail.dev}.{self.shop.demo.id}"[:64], hail.inc)
        self.devices[request.sid] = device  # type: ignore[attr-defined]
        hello = {
            "proto": 1,
            "now": now_ms(),
            "last_seq": self.seqs.get(device, 0),
            "heads_ms": 10_000,
            "limits": {"ops_batch": 200},
            "you": {"dev": device[0], "shopper": self.shop.demo.id},
        }
        self.socketio.emit("hello", self.said(hello), to=request.sid)  # type: ignore[attr-defined]
        if self.newer:
            self.socketio.emit("weather", {"sun": True}, to=request.sid)  # type: ignore[attr-defined]

    def disconnect(self, _reason: Any = None) -> None:
        self.devices.pop(request.sid, None)  # type: ignore[attr-defined]

    def said(self, message: dict[str, Any]) -> dict[str, Any]:
        return {**message, "mood": {"lines": {"x": None}}} if self.newer else message

    def sub(self, positions: Any) -> dict[str, Any]:
        with self.lock:
            return {"streams": [self._answer(parse(Position, one), joining=True) for one in positions]}

    def unsub(self, _streams: Any) -> dict[str, Any]:
        return {}

    def pull(self, position: Any) -> dict[str, Any]:
        with self.lock:
            return self._answer(parse(Position, position), joining=False)

    def tick(self, _t0: Any) -> dict[str, int]:
        return {"now": now_ms()}

    def _answer(self, seen: Position, *, joining: bool) -> dict[str, Any]:
        if joining:
            join_room(seen.s)
        return self.said({"s": seen.s, "e": EPOCH, "v": self.versions[seen.s], "state": self.said(self.state(seen.s))})

    def ops(self, payload: Any) -> dict[str, Any]:
        batch, device = parse(Batch, payload), self.devices[request.sid]  # type: ignore[attr-defined]
        with self.lock:
            results = [self._one(device, batch.seq0 + place, op) for place, op in enumerate(batch.ops)]
            if self.silent:
                # The work is done and committed, and the line is cut before the answer.
                self.silent = False
                disconnect()
            self.lock.notify_all()
            return {"last_seq": self.seqs.get(device, 0), "results": results}

    def until(self, seen: Callable[[carts.Cart], bool]) -> None:
        """Wait until the cart is so: what a page shows as pending is still on its way here."""
        with self.lock:
            assert self.lock.wait_for(lambda: seen(self.cart), UNTIL_TIMEOUT_S), self.cart

    def _one(self, device: tuple[str, int], seq: int, raw: Any) -> dict[str, Any]:
        last = self.seqs.get(device, 0)
        if seq <= last:
            return {**self.results[(*device, seq)], "dup": True}
        if seq > last + 1:
            return {"seq": seq, "status": "gap"}
        if raw["id"] in self.accepted:
            self.seqs[device] = seq
            self.results[(*device, seq)] = {"seq": seq, "status": "conflict"}
            return self.results[(*device, seq)]
        try:
            operation = parse(Operation, raw)
            wanted = cart_operation(operation.kind, body_of(operation), now_ms())
            assert wanted is not None
            self.cart = carts.apply(self.cart, carts.Actor(device[0], "online"), wanted, now_ms())
            self.accepted.append(str(operation.id))
            result: dict[str, Any] = {"seq": seq, "status": "ok", "result": {"cart": self.cart.id}}
        except RetailError as error:
            result = {"seq": seq, "status": "rejected", "error": error.as_dict()}
        self.seqs[device] = seq
        self.results[(*device, seq)] = result
        if result["status"] == "ok":
            self.publish(self.cart_stream, by=[{"dev": device[0], "seq": seq}])
        return result

    def scan(self, item: str, quantity: int = 1000) -> None:
        """Till 1 scans a product into the shopper's live cart."""
        with self.lock:
            add = carts.Add(f"line-{item}", item, quantity)
            self.cart = carts.apply(self.cart, carts.Actor(TILL, "till"), add, now_ms())
            self.publish(self.cart_stream, scan=now_ms())

    def pay(self, order: dict[str, Any]) -> None:
        """The till was paid: its lines leave the cart, the order and its points are the shopper's."""
        with self.lock:
            paid = tuple(line.id for line in self.cart.of(TILL))
            self.cart = carts.apply(self.cart, carts.Actor(TILL, "till"), carts.Settle(paid), now_ms())
            self.orders[order["id"]] = order
            self.shop.orders = {self.shop.demo.id: self.orders}
            self.points += order["points"]
            self.publish(self.cart_stream)
            self.publish(self.shopper_stream)

    def publish(self, stream: str, by: Any = (), scan: int | None = None) -> None:
        state = self.state(stream)
        changes, self._shown[stream] = difference(self._shown[stream], state), state
        before = self.versions[stream]
        self.versions[stream] = before + 1
        event = {"s": stream, "e": EPOCH, "p": before, "v": before + 1, "by": list(by), "changes": self.said(changes)}
        self.socketio.emit("ev", self.said({**event, "at": now_ms(), "scan": scan}), to=stream)

    def state(self, stream: str) -> dict[str, Any]:
        return self._cart_state() if stream == self.cart_stream else self._shopper_state()

    def _points(self) -> dict[str, Any]:
        lot = request.args.get("lot", "")
        entries = [row for row in self.account["entries"] if lot in ("", row["lot"])]
        return {**self.account, "points": {"active": self.points}, "entries": entries}

    def _shopper_state(self) -> dict[str, Any]:
        demo = self.shop.demo
        shopper = {"id": demo.id, "names": demo.name, "name": demo.name["en"], "language": "en", "card": demo.card}
        return {"shopper": shopper, "cart": "cart-1", "points": {"active": self.points}, "orders": dict(self.orders)}

    def _cart_state(self) -> dict[str, Any]:
        lines = {line.id: self._line(line) for line in self.cart.lines.values()}
        total = sum(line["total"] for line in lines.values())
        in_hand = sum(line["total"] for line in lines.values() if line["place"])
        totals = {"total": total, "in_hand": in_hand, "virtual": total - in_hand, "tax": 0, "currency": "EUR"}
        return {
            "id": self.cart.id,
            "status": "open",
            "moved_to": "",
            "shopper": self.cart.shopper,
            "lines": lines,
            "totals": {**totals, "count": len(lines), "points": earned(total)},
        }

    def _line(self, line: carts.CartLine) -> dict[str, Any]:
        offer = self.shop.product(line.item)
        assert offer is not None
        till = next(one for one in self.shop.sample.terminals if one.id == TILL)
        store = next(one for one in self.shop.sample.stores if one.id == till.store)
        return {
            **{name: getattr(line, name) for name in ("id", "item", "quantity", "owner", "origin", "weighed")},
            "fulfilment": line.fulfilment,
            "n": line.n,
            "at": line.at,
            "names": offer.product.names,
            "unit": offer.product.unit,
            "picture": offer.product.picture,
            "place": {"device": TILL, "names": till.name, "store": store.names} if line.in_hand else None,
            "unit_price": offer.product.price,
            "total": extend(offer.product.price, line.quantity),
        }
