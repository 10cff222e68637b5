"""A shopper's phone as a process of its own: what it does is on its disk before it is sent, so it may die anywhere.

It acts by itself. On standard input it hears `rest` (do nothing new) and `report` (answer with one JSON line of what it
shows); it ends with its standard input.
"""

import json
import queue
import sys
import threading
import time
import uuid
from pathlib import Path
from random import Random
from typing import Any

import click
import httpx
import socketio
from socketio.exceptions import SocketIOError

from omnitill.blackbox.disk import PhoneDisk
from omnitill.simulation import replica as rules
from omnitill.simulation.replica import Pending, Replica
from omnitill.visitors import NO_DELAY, now_ms
from retail.messages import PROTO

BATCH_MAX = 50
CONNECT_TIMEOUT_S = 4
ANSWER_TIMEOUT_S = 6
SILENCE_S = 21.0
"""docs/protocol.md: a client that heard nothing for 20 s may take the connection for dead."""

LOOK_S = 0.05
BACK_OFF_S = (0.1, 1.0)
PACE_S = (0.05, 0.4)


class NoAnswer(Exception):
    """The line broke, or the answer did not come in time."""


class BlackboxPhone:
    """One thread does everything in turn; Socket.IO's own threads only hand over what came."""

    def __init__(self, hub: str, disk: PhoneDisk, seed: int, goods: list[str]) -> None:
        self.hub, self.disk, self.goods = hub, disk, goods
        self.random = Random(f"{seed} {disk.count}")
        self.resting = threading.Event()
        self.wants_report = threading.Event()
        self.replicas: dict[str, Replica] = {}
        self._inbox: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._client: Any = None
        self._through, self._dev, self._shopper = 0, "", disk.setting("shopper")
        self._next_act = 0.0

    def live(self, login: str, password: str) -> None:
        """Sign in once, then connect, follow and act for ever."""
        if self._shopper:
            self._follow_known()
        while True:
            try:
                if not self._shopper:
                    self._sign_in(login, password)
                self._session()
            except (NoAnswer, SocketIOError, httpx.HTTPError, queue.Empty, OSError, KeyError, ValueError) as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                self._hang_up()
            self._idle(self.random.uniform(*BACK_OFF_S))

    def _sign_in(self, login: str, password: str) -> None:
        with httpx.Client(base_url=self.hub, timeout=ANSWER_TIMEOUT_S, trust_env=False) as client:
            answer = client.post("/sign-in", json={"login": login, "password": password})
            answer.raise_for_status()
            self.disk.keep("cookie", "; ".join(f"{name}={value}" for name, value in client.cookies.items()))
            self._shopper = answer.json()["shopper"]["id"]
            self.disk.keep("shopper", self._shopper)
        self._follow_known()

    def _idle(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._own_turn()
            time.sleep(min(LOOK_S, max(0.0, until - time.monotonic())))

    # The line.

    def _session(self) -> None:
        inbox = self._inbox = queue.Queue()
        client = self._client = socketio.Client(
            reconnection=False, handle_sigint=False, websocket_extra_options=NO_DELAY
        )
        for name in ("hello", "ev", "heads", "kick"):
            client.on(name, lambda body=None, name=name: inbox.put((name, body)))
        client.on("disconnect", lambda *_: inbox.put(("lost", None)))
        hail = {"proto": [PROTO, PROTO], "app": "phone", "version": "1.0", "dev": self.disk.setting("dev"), "inc": 1}
        options = {"headers": {"Cookie": self.disk.setting("cookie")}, "auth": hail}
        client.connect(self.hub, transports=["websocket"], wait_timeout=CONNECT_TIMEOUT_S, **options)
        name, hello = inbox.get(timeout=ANSWER_TIMEOUT_S)
        if name != "hello":
            raise NoAnswer(name)
        self._dev, self._through = hello["you"]["dev"], hello["last_seq"]
        self.disk.keep("known_as", self._dev)
        if self._through > self.disk.count:
            self.disk.keep("broken", f"the hub has {self._through} operations, the phone made {self.disk.count}")
        self._flush()
        self._subscribe(list(self.replicas))
        self._listen(inbox)

    def _listen(self, inbox: "queue.Queue[tuple[str, Any]]") -> None:
        heard = time.monotonic()
        while time.monotonic() - heard < SILENCE_S:
            try:
                name, body = inbox.get(timeout=LOOK_S)
            except queue.Empty:
                self._own_turn()
                self._flush()
                continue
            heard = time.monotonic()
            if name in ("lost", "kick"):
                return
            if name == "ev":
                self._received(body)
            elif name == "heads":
                behind = [s for s, v in body.items() if s in self.replicas and self._lacks(self.replicas[s], v)]
                for stream in behind:
                    self._pull(stream)
        raise NoAnswer("silence")

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # A polite close waits for the other side, which may be a dead line.
            threading.Thread(target=client.disconnect, daemon=True).start()

    def _ask(self, name: str, body: Any) -> Any:
        answer = self._client.call(name, body, timeout=ANSWER_TIMEOUT_S)
        if not isinstance(answer, dict) or "error" in answer:
            raise NoAnswer(f"{name}: {answer}")
        return answer

    # What comes down.

    def _follow_known(self) -> None:
        self._follow(f"shopper:{self._shopper}")
        self._also_the_cart()

    def _follow(self, stream: str) -> None:
        found = self.disk.saved(stream)
        for seq, op in self.disk.waiting():
            if f"cart:{op['cart']}" == stream:
                found = rules.propose(found, Pending(op["id"], seq))
        self.replicas[stream] = found

    @property
    def cart(self) -> str:
        """The live cart, as soon as the account is here."""
        state = self.replicas[f"shopper:{self._shopper}"].state if self._shopper else None
        return str(state["cart"]) if state else ""

    def _also_the_cart(self) -> str:
        stream = f"cart:{self.cart}"
        if not self.cart or stream in self.replicas:
            return ""
        self._follow(stream)
        return stream

    def _subscribe(self, streams: list[str]) -> None:
        through = self._through
        answer = self._ask("sub", [self.replicas[stream].position for stream in streams])
        for row in answer["streams"]:
            self._answered(row, through)
        stream = self._also_the_cart()
        if stream:
            self._subscribe([stream])

    def _lacks(self, known: Replica, v: int) -> bool:
        return v > known.v or any(op.seq <= self._through for op in known.pending)

    def _received(self, event: dict[str, Any]) -> None:
        self.disk.told(event)
        stream = event["s"]
        if stream not in self.replicas:
            return
        self.replicas[stream], gap = rules.receive(self.replicas[stream], event, self._dev)
        self._save(stream)
        if gap:
            self._pull(stream)

    def _answered(self, answer: dict[str, Any], through: int) -> None:
        stream = answer["s"]
        found = self.replicas[stream]
        if "state" in answer:
            found = rules.adopt(found, answer, self._dev)
        for event in answer.get("events", ()):
            self.disk.told(event | {"s": stream, "e": answer["e"]})
            found, _ = rules.receive(found, event | {"s": stream, "e": answer["e"]}, self._dev)
        self.replicas[stream] = rules.contains(found, through)
        self._save(stream)

    def _pull(self, stream: str) -> None:
        through = self._through
        self._answered(self._ask("pull", self.replicas[stream].position), through)

    def _save(self, stream: str) -> None:
        found = self.replicas[stream]
        if found.state is not None and not found.pending:
            self.disk.save(found)

    # What goes up.

    def _own_turn(self) -> None:
        if self.wants_report.is_set():
            self.wants_report.clear()
            self._report()
        now = time.monotonic()
        if self.resting.is_set() or not self.cart or now < self._next_act:
            return
        self._next_act = now + self.random.uniform(*PACE_S)
        if f"cart:{self.cart}" in self.replicas:
            self._act()

    def _act(self) -> None:
        state = self.replicas[f"cart:{self.cart}"].state or {}
        lines = [row for row in state.get("lines", {}).values() if row["owner"] == "hub"]
        if not lines or self.random.random() < 0.6:
            body: dict[str, Any] = {"line": uuid.uuid4().hex, "item": self.random.choice(self.goods)}
            body |= {
                "quantity": self.random.choice([1000, 1000, 2000, -1000]),
                "fulfilment": "collect",
                "weighed": False,
            }
            return self._keep("cart.add", body)
        line = self.random.choice(lines)
        if self.random.random() < 0.6 or line["weighed"]:
            return self._keep("cart.remove", {"line": line["id"], "seen": line["quantity"]})
        to = 1000 * self.random.randint(0, 5)
        return self._keep("cart.set", {"line": line["id"], "to": to, "seen": line["quantity"]})

    def _keep(self, kind: str, body: dict[str, Any]) -> None:
        op = {"id": str(uuid.uuid4()), "kind": kind, "ver": 1, "at": now_ms(), "cart": self.cart, "body": body}
        seq = self.disk.append(op)
        stream = f"cart:{op['cart']}"
        self.replicas[stream] = rules.propose(self.replicas[stream], Pending(str(op["id"]), seq))

    def _flush(self) -> None:
        while rows := self.disk.waiting(BATCH_MAX):
            answer = self._ask("ops", {"seq0": rows[0][0], "ops": [op for _, op in rows]})
            settled = [row for row in answer["results"] if row["status"] in ("ok", "rejected", "conflict")]
            if not settled:
                raise NoAnswer(f"nothing settled: {answer}")
            self.disk.settle(settled)
            ids = {seq: op["id"] for seq, op in rows}
            for row in settled:
                if row["status"] != "ok" and row["seq"] in ids:
                    self.replicas = {s: rules.settled(one, ids[row["seq"]]) for s, one in self.replicas.items()}
            self._through = max(self._through, answer["last_seq"])

    def _report(self) -> None:
        streams = {
            name: {"e": one.e, "v": one.v, "state": one.state, "pending": [op.seq for op in one.pending]}
            for name, one in self.replicas.items()
        }
        print(json.dumps({"outbox": [seq for seq, _ in self.disk.waiting()], "streams": streams}), flush=True)


def _hear(phone: BlackboxPhone) -> None:
    for line in sys.stdin:
        {"rest": phone.resting, "report": phone.wants_report}[line.strip()].set()
    # Nobody holds us any more.
    phone.disk.end()


@click.command()
@click.option("--hub", required=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--login", required=True)
@click.option("--password", required=True)
@click.option("--seed", type=int, required=True)
@click.option("--goods", required=True, help="Ids of products, with commas between.")
def main(hub: str, data: Path, login: str, password: str, seed: int, goods: str) -> None:
    """A shopper's phone with a disk of its own."""
    data.mkdir(parents=True, exist_ok=True)
    phone = BlackboxPhone(hub, PhoneDisk(data / "phone.sqlite"), seed, goods.split(","))
    print(json.dumps({"ready": "phone"}), flush=True)
    threading.Thread(target=_hear, args=(phone,), daemon=True).start()
    phone.live(login, password)


if __name__ == "__main__":
    main()
