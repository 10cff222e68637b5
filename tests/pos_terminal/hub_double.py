"""A small hub that speaks docs/protocol.md over a real Flask-SocketIO server, with faults on command.

It keeps one cart per id, applies operations with `retail.cart`, and remembers every operation in the order it took
effect. It is a double for the till's tests, not a second hub: no database, no prices beyond the book it was given.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Flask, jsonify, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, disconnect, emit, join_room
from werkzeug.serving import make_server

from omnitill.ports import free_ports
from pos_terminal.ids import now_ms
from pos_terminal.web.serving import QuietHandler
from retail.codec import digest

NOTHING_ALLOWED = {"error": {"code": "loyalty.none", "message": "There are no points.", "params": {}}}


class HubDouble:
    """`drop_acks` swallows that many answers after the effect; `refuse` is a refusal at the door; `rejects` maps a
    kind to the error of its rejection; `on_ops` sees a batch before it takes effect. Reference data goes out in pages
    of `page_rows` products; `on_page` may send something else in place of one. `refuse_code` refuses a code.
    `hold_answer` answers who wants something set aside, `sold_answer` who asks for a sale, `allow_answer` who wants
    points for the time without it."""

    def __init__(self, reference: dict[str, Any], port: int = 0) -> None:
        self.reference = reference
        self.id = str(uuid4())
        self.taken: list[dict[str, Any]] = []
        self.results: dict[int, dict[str, Any]] = {}
        self.hashes: dict[int, str] = {}
        self.carts: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}
        self.moved: dict[str, str] = {}
        self.drop_acks = 0
        self.refuse: dict[str, Any] | None = None
        self.rejects: dict[str, dict[str, Any]] = {}
        self.hailed: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.present: list[dict[str, Any]] = []
        self.onlookers: list[dict[str, Any]] = []
        self.fetches: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.page_rows = 1_000
        self.on_page: Callable[[dict[str, Any]], Any] = lambda page: None
        self.enrolled: list[dict[str, Any]] = []
        self.refuse_code: dict[str, Any] | None = None
        self.enrol_answer: dict[str, Any] = {}
        self.offset_ms = 0
        self.asked_to_hold: list[dict[str, Any]] = []
        self.hold_answer: Callable[[dict[str, Any]], Any] = lambda body: ("", 503)
        self.sold_answer: Callable[[dict[str, Any]], Any] = lambda body: ("", 503)
        self.asked_to_allow: list[dict[str, Any]] = []
        self.allow_answer: Callable[[dict[str, Any]], Any] = lambda body: (NOTHING_ALLOWED, 409)
        self.on_ops: Callable[[dict[str, Any]], None] = lambda batch: None
        self.changed = threading.Condition()
        self._lock = threading.RLock()
        self._sids: set[str] = set()
        self._port = port
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def reserve(self) -> None:
        """Choose a port now, so that a till can be told an address where nobody answers yet."""
        (self._port,) = free_ports(1)

    def start(self) -> None:
        if not self._port:
            self.reserve()
        app = Flask("hub_double")
        self.sockets = SocketIO(app, async_mode="threading", transports=["websocket"])
        for event, handler in (
            ("connect", self._connect),
            ("disconnect", self._gone),
            ("tick", lambda t0: {"now": now_ms() + self.offset_ms}),
            ("sub", self._sub),
            ("unsub", lambda names: {}),
            ("pull", self._pull),
            ("ops", self._ops),
            ("status", self._status),
            ("presence", self._presence),
        ):
            self.sockets.on_event(event, handler)
        app.add_url_rule("/v1/reference", "reference", self._reference)
        app.add_url_rule("/v1/enrol", "enrol", self._enrol, methods=["POST"])
        app.add_url_rule("/v1/hold", "hold", self._hold, methods=["POST"])
        app.add_url_rule("/v1/allowance", "allowance", self._allow, methods=["POST"])
        app.add_url_rule("/v1/balance", "balance", self._hold, methods=["POST"])
        app.add_url_rule("/v1/sold", "sold", lambda: self.sold_answer(request.get_json()), methods=["POST"])
        app.add_url_rule("/v1/card", "card", self._hold, methods=["POST"])
        app.add_url_rule("/v1/time", "time", lambda: {"now": now_ms() + self.offset_ms})
        app.add_url_rule("/pictures/<name>.svg", "picture", lambda name: (f"<svg>{name}</svg>", 200))
        self._server = make_server("127.0.0.1", self._port, app, threaded=True, request_handler=QuietHandler)
        self._server.daemon_threads = True
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Away: the port is closed and everybody is disconnected."""
        if self._server is None:
            return
        self._server.shutdown()
        # It is the thread that closes the port, and may do so after it has said that it is done.
        self._serving.join()
        self.cut()
        self._server = None

    def cut(self) -> None:
        for sid in list(self._sids):
            self.sockets.server.disconnect(sid)

    def wait(self, met: Callable[[], bool], limit_s: float = 10) -> None:
        """Until `met()`; fails with what it was waiting for."""
        with self.changed:
            assert self.changed.wait_for(met, limit_s), f"not within {limit_s} s; taken: {self.kinds}"

    @property
    def cards(self) -> dict[str, dict[str, Any]]:
        return {row["number"]: row for row in self.reference["cards"]}

    @property
    def kinds(self) -> list[str]:
        return [operation["kind"] for operation in self.taken]

    @property
    def last_seq(self) -> int:
        return max(self.results, default=0)

    def _connect(self, auth: dict[str, Any]) -> None:
        if self.refuse is not None:
            raise Refused(self.refuse["message"], self.refuse)
        with self._lock:
            self.hailed.append(auth)
            self._sids.add(request.sid)  # type: ignore[attr-defined]
        limits = {"ops_batch": 200, "batch_bytes": 65536, "message_bytes": 1048576, "cart_lines": 500}
        you = {"dev": auth["dev"], "store": self.reference["store"]["id"]}
        emit(
            "hello",
            {
                "proto": 1,
                "now": now_ms() + self.offset_ms,
                "last_seq": self.last_seq,
                "heads_ms": 10000,
                "limits": limits,
                "you": you,
            },
        )
        self._tell()

    def _status(self, status: dict[str, Any]) -> None:
        with self._lock:
            self.statuses.append(status)
        self._tell()

    def _presence(self, word: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.present.append(word)
        self._tell()
        return {"s": word["s"], "who": self.onlookers}

    def look(self, cart: str, *who: dict[str, Any]) -> None:
        """These are in front of the cart now; all who listen hear it."""
        self.onlookers = list(who)
        self.sockets.emit("onlookers", {"s": f"cart:{cart}", "who": self.onlookers}, to=f"cart:{cart}")

    def tell_heads(self, cart: str) -> None:
        """Where the cart's stream stands, as the hub tells all who listen every few seconds."""
        name = f"cart:{cart}"
        self.sockets.emit("heads", {name: self.versions.get(name, 1)}, to=name)

    def _gone(self, *_: Any) -> None:
        with self._lock:
            self._sids.discard(request.sid)  # type: ignore[attr-defined]
        self._tell()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _reference(self) -> Any:
        body = self.reference
        self.fetches.append(request.headers.get("Authorization", ""))
        self.asked.append(dict(request.args))
        if request.headers.get("If-None-Match") == f'"{body["e"]}.{body["version"]}"':
            return "", 304
        start = int(request.args.get("next", "0"))
        page = body | {"first": not start, "products": body["products"][start : start + self.page_rows]}
        if start + self.page_rows < len(body["products"]):
            page |= {"next": str(start + self.page_rows), "staff": [], "cards": []}
        try:
            return self.on_page(page) or jsonify(page)
        finally:
            self._tell()

    def _enrol(self) -> Any:
        """`enrol_answer` changes what every code is answered; a new incarnation numbers from 1, and is let in."""
        self.enrolled.append(request.get_json())
        if self.refuse_code is not None:
            return {"error": self.refuse_code}, 403
        place = self.reference["terminal"]
        answer = {"terminal": place["id"], "store": self.reference["store"]["id"], "kind": place["kind"], "names": {}}
        known = {"inc": 0, "last_seq": 0}
        answer |= {"token": "new token", "inc": 1, "first_sale": 1, "known": known, "hub": self.id, **self.enrol_answer}
        self.results, self.hashes, self.refuse = {}, {}, None
        return answer

    def _hold(self) -> Any:
        """What `hold_answer` makes of the question: a body, or a body with its status."""
        body = request.get_json()
        with self._lock:
            self.asked_to_hold.append(body)
        self._tell()
        return self.hold_answer(body)

    def _allow(self) -> Any:
        body = request.get_json()
        with self._lock:
            self.asked_to_allow.append(body)
        self._tell()
        return self.allow_answer(body)

    def _sub(self, wanted: list[dict[str, Any]]) -> dict[str, Any]:
        for row in wanted:
            join_room(row["s"])
        return {"streams": [self._pull(row) for row in wanted]}

    def _pull(self, position: dict[str, Any]) -> dict[str, Any]:
        name = position["s"]
        if name.startswith("store:"):
            state = {"reference": self.reference["version"], "heads": {}}
            return {"s": name, "e": self.reference["e"], "v": self.versions.get(name, 1), "state": state}
        cart = self.carts.get(name.removeprefix("cart:"))
        if cart is None:
            return {"s": name, "error": {"code": "stream.unknown", "message": "There is no such stream.", "params": {}}}
        return {"s": name, "e": 1, "v": self.versions.get(name, 1), "state": cart}

    def new_reference(self, **changes: Any) -> None:
        """A new version of the reference data; terminals hear that there is one."""
        self.reference = {**self.reference, **changes, "version": self.reference["version"] + 1}
        self._event(f"store:{self.reference['store']['id']}", {"reference": self.reference["version"]})

    def put(self, cart: str, **line: Any) -> None:
        """Somebody else changes a line of a cart (the phone, another till): the event goes to all who listen."""
        with self._lock:
            state = self.carts[cart]
            state["lines"] = {**state["lines"], line["id"]: {**state["lines"].get(line["id"], {}), **line}}
            self._event(f"cart:{cart}", {"lines": {line["id"]: state["lines"][line["id"]]}})

    def tell_cart(self, cart: str, **changes: Any) -> None:
        """Something besides the lines of a cart changed."""
        with self._lock:
            self.carts[cart] |= changes
            self._event(f"cart:{cart}", changes)

    def _cart(self, cart: str) -> dict[str, Any]:
        return self.carts.setdefault(cart, {"id": cart, "status": "open", "lines": {}, "shopper": ""})

    def _change_line(self, cart: str, dev: str, body: dict[str, Any]) -> None:
        """A line in the terminal's hand, as far as the terminal looks at it."""
        state = self._cart(cart)
        row = state["lines"].get(body["line"], {**body, "quantity": 0, "owner": dev, "origin": "till", "n": 1})
        more = body["quantity"] if "quantity" in body else body.get("to", 0) - body["seen"]
        quantity = row["quantity"] + more
        change = {body["line"]: {**row, "id": body["line"], "quantity": quantity} if quantity > 0 else None}
        state["lines"] = {key: kept for key, kept in {**state["lines"], **change}.items() if kept is not None}
        self._event(f"cart:{cart}", {"lines": change})

    def drop_line(self, cart: str, line: str) -> None:
        """Somebody else took a line of a cart over and paid it."""
        with self._lock:
            state = self.carts[cart]
            state["lines"] = {key: row for key, row in state["lines"].items() if key != line}
            self._event(f"cart:{cart}", {"lines": {line: None}})

    def _event(self, name: str, changes: dict[str, Any], skip: int = 0) -> None:
        p = self.versions.get(name, 1) + skip
        self.versions[name] = p + 1
        event = {
            "s": name,
            "e": self.reference["e"] if name.startswith("store:") else 1,
            "p": p,
            "v": p + 1,
            "by": [],
            "changes": changes,
            "at": now_ms(),
            "scan": None,
        }
        self.sockets.emit("ev", event, to=name)

    def _ops(self, batch: dict[str, Any]) -> Any:
        self.on_ops(batch)
        with self._lock:
            results = [self._one(seq, op) for seq, op in enumerate(batch["ops"], batch["seq0"])]
            answer = {"last_seq": self.last_seq, "results": results}
            drop = self.drop_acks > 0
            self.drop_acks -= drop
        self._tell()
        if drop:
            disconnect()
        return answer

    def _one(self, seq: int, operation: dict[str, Any]) -> dict[str, Any]:
        if seq in self.results:
            same = self.hashes[seq] == digest(operation)
            return {**self.results[seq], "dup": True} if same else {"seq": seq, "status": "conflict", "error": {}}
        if seq != self.last_seq + 1:
            return {"seq": seq, "status": "gap"}
        error = self.rejects.get(operation["kind"])
        if error is not None:
            result = {"seq": seq, "status": "rejected", "error": error}
        else:
            self.taken.append(operation)
            result = {"seq": seq, "status": "ok", "result": self._effect(operation)}
        self.results[seq], self.hashes[seq] = result, digest(operation)
        return result

    def _effect(self, operation: dict[str, Any]) -> dict[str, Any]:
        body, cart = operation["body"], self.moved.get(operation["cart"] or "", operation["cart"] or "")
        dev = self.hailed[-1]["dev"]
        match operation["kind"]:
            case "cart.add" | "cart.set" | "cart.remove":
                self._change_line(cart, dev, body)
                return {"cart": cart}
            case "cart.attach":
                card = self.cards[body["card"]]
                live = f"live-{card['shopper']}"
                self.moved[operation["cart"]] = live
                state = self.carts.setdefault(
                    live, {"id": live, "status": "open", "lines": {}, "shopper": card["shopper"]}
                )
                ours = {key: row for key, row in self._cart(cart)["lines"].items() if row["owner"] == dev}
                state["lines"] = {**state["lines"], **ours}
                self._event(f"cart:{live}", {"lines": ours})
                shopper = {"id": card["shopper"], "name": card["name"], "language": card["language"]}
                return {"cart": live, "shopper": {**shopper, "card": card["number"], "points": card["points"]}}
            case "cart.take":
                self.put(cart, id=body["line"], owner=self.hailed[-1]["dev"])
                return {"cart": cart}
            case "checkout.begin":
                return {"cart": cart, "fence": 7, "until": now_ms() + 120_000}
            case "sale.commit":
                return {"sale": body["sale"]["id"], "points": body["sale"]["points"]}
            case _:
                return {"cart": cart}
