"""People and screens as programs: a till's page, a shopper's phone and the device bench, over their own protocols.

They speak what the browsers speak (docs/protocol.md, pos_terminal/README.md), so the walk of `bin/run --check` and the
benchmarks go through the same doors as a person.
"""

import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

import httpx
import socketio

from retail.messages import PROTO
from retail.replica import State, applied

ANSWER_TIMEOUT_S = 10
SEEN_TIMEOUT_S = 10.0
NO_DELAY = {"sockopt": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]}

Predicate = Callable[[State], Any]


class NotSeen(Exception):
    """Something did not come onto a screen in time; the message says what and where."""


class Refused(Exception):
    """An order was refused; the message is the sentence of the other side."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Screen:
    """What one socket shows: named states that grow by events, and a way to wait for what has to appear."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.states: dict[str, State] = {}
        self._versions: dict[str, int] = {}
        self._changed = threading.Condition()
        self.client = socketio.Client(reconnection=False, websocket_extra_options=NO_DELAY)

    def connect(self, url: str, **options: Any) -> Self:
        self.client.connect(url, transports=["websocket"], wait_timeout=ANSWER_TIMEOUT_S, **options)
        return self

    def close(self) -> None:
        self.client.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, event: str, payload: Any) -> Any:
        """The answer to one message; a refusal is raised."""
        answer = self.client.call(event, payload, timeout=ANSWER_TIMEOUT_S)
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(answer["error"]["message"].format(**answer["error"].get("params", {})))
        return answer

    def adopt(self, stream: str, version: int, state: State) -> None:
        with self._changed:
            self.states[stream], self._versions[stream] = state, version
            self._changed.notify_all()

    def receive(self, stream: str, event: dict[str, Any]) -> bool:
        """Apply an event; False where one before it is missing."""
        with self._changed:
            known = self._versions.get(stream, -1)
            if event["v"] <= known:
                return True
            if event["p"] != known:
                return False
            self.states[stream] = applied(self.states[stream], event["changes"])
            self._versions[stream] = event["v"]
            self._changed.notify_all()
        return True

    def see(self, stream: str, what: str, seen: Predicate, within_s: float = SEEN_TIMEOUT_S) -> tuple[Any, float]:
        """Wait until `seen` finds something in a state: what it found, and the monotonic moment in seconds."""
        with self._changed:
            found = self._changed.wait_for(lambda: stream in self.states and seen(self.states[stream]), within_s)
            if not found:
                raise NotSeen(f"{what} did not come onto the {self.name} within {within_s:g} s")
            return found, time.monotonic()


class TillPage(Screen):
    """The page of a till or kiosk, without a browser."""

    VIEW = "view"

    def __init__(self, url: str, name: str = "till") -> None:
        super().__init__(name)
        self.client.on("view", lambda message: self.adopt(self.VIEW, message["v"], message["state"]))
        self.client.on("ev", self._event)
        self.connect(url)

    def _event(self, event: dict[str, Any]) -> None:
        if not self.receive(self.VIEW, event):
            self.client.emit("view", None, callback=lambda m: self.adopt(self.VIEW, m["v"], m["state"]))

    def do(self, command: str, **body: Any) -> Any:
        """Carry out a command of the page; its result."""
        return self.ask("do", {"id": str(uuid.uuid4()), "command": command, **body}).get("result")

    def sees(self, what: str, seen: Predicate, within_s: float = SEEN_TIMEOUT_S) -> tuple[Any, float]:
        return self.see(self.VIEW, what, seen, within_s)


class Phone(Screen):
    """A shopper's phone: signed in over HTTP, live over the socket."""

    def __init__(self, url: str, login: str, password: str, name: str = "phone") -> None:
        super().__init__(name)
        self.url = url
        self.dev, self.seq = f"phone-{uuid.uuid4()}", 0
        self._http = httpx.Client(base_url=url, timeout=ANSWER_TIMEOUT_S)
        answer = self._http.post("sign-in", json={"login": login, "password": password})
        if answer.is_error:
            raise Refused(f"the shop did not sign the shopper in: {answer.text[:200]}")
        self.shopper: str = answer.json()["shopper"]["id"]
        self.client.on("ev", self._event)
        cookie = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        hail = {"proto": [PROTO, PROTO], "app": "phone", "dev": self.dev, "inc": 1}
        self.connect(url, headers={"Cookie": cookie}, auth=hail)
        self._follow(f"shopper:{self.shopper}")
        self.cart = self.states[f"shopper:{self.shopper}"]["cart"]
        self._follow(f"cart:{self.cart}")

    def close(self) -> None:
        super().close()
        self._http.close()

    def _follow(self, stream: str) -> None:
        (answer,) = self.ask("sub", [{"s": stream, "e": 0, "v": 0}])["streams"]
        if "error" in answer:
            raise Refused(f"the hub does not show {stream}: {answer['error']['message']}")
        self.adopt(stream, answer["v"], answer["state"])

    def _event(self, event: dict[str, Any]) -> None:
        if not self.receive(event["s"], event):
            # The socket's own thread may not wait for an answer.
            threading.Thread(target=self._follow, args=(event["s"],), daemon=True).start()

    def add(self, item: str, quantity: int = 1000) -> dict[str, Any]:
        """Put something into the live cart, as a virtual line."""
        self.seq += 1
        body = {"line": str(uuid.uuid4()), "item": item, "quantity": quantity, "fulfilment": "collect"}
        operation = {
            "id": str(uuid.uuid4()),
            "kind": "cart.add",
            "ver": 1,
            "at": now_ms(),
            "cart": self.cart,
            "body": body,
        }
        (result,) = self.ask("ops", {"seq0": self.seq, "ops": [operation]})["results"]
        if result["status"] != "ok":
            raise Refused(f"the hub refused what the phone added: {result}")
        answer: dict[str, Any] = result["result"]
        return answer

    def sees_in_cart(self, what: str, seen: Predicate, within_s: float = SEEN_TIMEOUT_S) -> tuple[Any, float]:
        return self.see(f"cart:{self.cart}", what, seen, within_s)

    def sees_of_mine(self, what: str, seen: Predicate, within_s: float = SEEN_TIMEOUT_S) -> tuple[Any, float]:
        return self.see(f"shopper:{self.shopper}", what, seen, within_s)


class BenchHands:
    """Hands at the device bench: they hold codes before a scanner, look at paper and drawer, pull the plug."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=ANSWER_TIMEOUT_S)

    def close(self) -> None:
        self._http.close()

    def _order(self, name: str, **order: Any) -> dict[str, Any]:
        answer = self._http.post(f"api/{name}", json=order)
        if answer.is_error:
            raise Refused(f"the bench refused {name}: {answer.text[:200]}")
        said: dict[str, Any] = answer.json()
        return said

    def scan(self, terminal: str, text: str) -> float:
        """Hold a code before a scanner: the monotonic moment (s) just before."""
        began = time.monotonic()
        self._order("scan", terminal=terminal, text=text)
        return began

    def plug(self, into: bool) -> None:
        """The network plug: out stops the hub, in starts it."""
        self._order("plug", **{"in": into})

    def paper(self, terminal: str) -> list[dict[str, Any]]:
        """The receipts that came out, oldest first: `{text: [line], paper: [structured line], cut}`."""
        receipts: list[dict[str, Any]] = self._http.get("api/paper", params={"terminal": terminal}).json()["receipts"]
        return receipts

    def drawer_open(self, terminal: str) -> bool:
        return bool(self._http.get("api/drawer", params={"terminal": terminal}).json()["open"])
