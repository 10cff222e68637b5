"""A phone: the rules of a client as docs/protocol.md has them, written once more in small.

What it keeps on its disk (its count, what waits, the last states) outlives a crash; the rest is a page that is
opened again.
"""

from dataclasses import replace
from typing import Any

from omnitill.simulation import replica as rules
from omnitill.simulation.hub import SimHub
from omnitill.simulation.network import Weather, Wire
from omnitill.simulation.replica import Pending, Replica
from omnitill.simulation.till import CLOCK
from omnitill.simulation.world import LATE, Broken, Crashed, Device, World
from retail.cart import Actor
from sync_server.inbox import service

BATCH_MAX = 50
AGAIN_MS = 3_000
ACK_TIMEOUT_MS = 5_000
PULL_JITTER_MS = 120
RECONNECT_MS = (200, 5_000)


class NoAnswer(Exception):
    """Whether it arrived is unknown."""


class SimPhone(Device):
    """One shopper's browser. `count`, `outbox` and `saved` are its disk."""

    def __init__(
        self, world: World, weather: Weather, name: str, shopper: str, store: str, hub: SimHub, plant: str = ""
    ) -> None:
        super().__init__(world, name)
        self.weather, self.hub, self.shopper, self._plant = weather, hub, shopper, plant
        dev = f"{name}.{shopper}"
        self.device = service.Device(dev, 1, Actor(dev, "online"), store, shopper)
        self.skew_ms = world.random.randint(-(10**8), 10**8) if weather.wrong_clocks else 0
        self.count = 0
        self.outbox: dict[int, dict[str, Any]] = {}
        self.saved: dict[str, Replica] = {}
        self.sent: dict[int, dict[str, Any]] = {}
        self.acked: dict[int, str] = {}
        self.wire: Wire | None = None

    def entered(self) -> None:
        CLOCK.skew_ms = self.skew_ms

    def boot(self) -> None:
        self.wire, self._online = None, False
        self._busy = self._again = False
        self._through = 0
        self._repairing: set[str] = set()
        self.replicas: dict[str, Replica] = {}
        self._follow(f"shopper:{self.shopper}")
        self.spawn(self._dial)
        self.world.trace(self.name, "is up")

    def fell(self) -> None:
        if self.wire is not None:
            self.wire.drop()
            self.wire = None

    # What the shopper does.

    @property
    def cart(self) -> str:
        """The live cart, as soon as the account is here."""
        state = self.replicas[f"shopper:{self.shopper}"].state
        return str(state["cart"]) if state else ""

    def act(self, kind: str, body: dict[str, Any]) -> None:
        """Keep an operation first, show it as pending, then send it."""
        op: dict[str, Any] = {
            "id": CLOCK.uuid7(),
            "kind": kind,
            "ver": 1,
            "at": CLOCK.now_ms(),
            "cart": self.cart,
            "body": body,
        }
        self._perhaps_crash("before keeping")
        self.count += 1
        self.outbox[self.count] = self.sent[self.count] = op
        self.world.trace(self.name, self.count, kind, body)
        self._perhaps_crash("after keeping")
        stream = f"cart:{op['cart']}"
        self.replicas[stream] = rules.propose(self.replicas[stream], Pending(op["id"], self.count))
        self.spawn(self._flush)

    def _perhaps_crash(self, where: str) -> None:
        if self.world.chance(self.weather.device_crash / 5):
            self.world.trace(self.name, "crashes", where)
            raise Crashed

    # The line.

    def _dial(self) -> None:
        while not self.hub.alive:
            self.sleep(self.world.random.randint(*RECONNECT_MS))
        wire = self.wire = Wire(self.world, self.weather, self, self, self.hub, self.hub, (self.device, "phone"))
        self.hub.later(1, lambda: self.hub.arrived(wire))
        self.sleep(ACK_TIMEOUT_MS)
        if self.wire is wire and not self._online:
            wire.close()
            self._hang_up()

    def _hang_up(self) -> None:
        self.wire, self._online = None, False
        self.later(self.world.random.randint(*RECONNECT_MS), lambda: self.spawn(self._dial))

    def hung_up(self, wire: Wire) -> None:
        if wire is self.wire:
            self._hang_up()

    def heard(self, wire: Wire, name: str, body: Any) -> None:
        if wire is not self.wire:
            return
        match name:
            case "hello":
                self._online = True
                self._through = body["last_seq"]
                self.spawn(self._greeted)
            case "ev":
                self._received(body)
            case "heads":
                for stream, v in body.items():
                    if stream in self.replicas and self._lacks(self.replicas[stream], v):
                        self._repair(stream)

    def _lacks(self, known: Replica, v: int) -> bool:
        """Whether the hub has more, or answered something that still looks as if it waited: then its event is inside
        a snapshot that came before the answer, and only a newer answer can say so."""
        answered = any(op.seq <= self._through for op in known.pending)
        return v > known.v or (answered and self._plant != "wait_for_events")

    def _ask(self, name: str, body: Any) -> Any:
        wire = self.wire
        if wire is None or not self._online:
            raise NoAnswer
        ticket = self.ticket()
        wire.ask(name, body, ticket.fulfil)
        answer = ticket.wait(ACK_TIMEOUT_MS)
        if answer is LATE or "error" in answer:
            raise NoAnswer
        return answer

    # What comes down.

    def _follow(self, stream: str) -> None:
        found = self.replicas[stream] = self.saved.get(stream, Replica(stream))
        for seq, op in self.outbox.items():
            if f"cart:{op['cart']}" == stream:
                found = self.replicas[stream] = rules.propose(found, Pending(op["id"], seq))
        if self._online:
            self.spawn(lambda: self._subscribe([stream]))
        self._taken(stream)

    def _greeted(self) -> None:
        self._flush()
        self._subscribe(list(self.replicas))

    def _subscribe(self, streams: list[str]) -> None:
        through = self._through
        try:
            answer = self._ask("sub", [self.replicas[stream].position for stream in streams])
        except NoAnswer:
            # A line on which even that fails is no line: the next one begins with the same question.
            if self.wire is not None:
                self.wire.close()
                self._hang_up()
            return
        for row in answer["streams"]:
            if "error" not in row:
                self._answered(row, through)

    def _received(self, event: dict[str, Any]) -> None:
        stream = event["s"]
        if stream not in self.replicas:
            return
        if self._plant == "no_gap_check" and self.replicas[stream].state is not None:
            event = event | {"p": self.replicas[stream].v}
        self.replicas[stream], gap = rules.receive(self.replicas[stream], event, self.device.dev)
        self._taken(stream)
        if gap:
            self._repair(stream)

    def _answered(self, answer: dict[str, Any], through: int) -> None:
        """An answer holds all that was said to be done before it was asked for, be it events or a state."""
        stream = answer["s"]
        found = self.replicas[stream]
        snapshot = "state" in answer
        if snapshot:
            found = rules.adopt(found, answer, self.device.dev)
        for event in answer.get("events", ()):
            found, _ = rules.receive(found, event, self.device.dev)
        if snapshot or self._plant != "wait_for_events":
            found = rules.contains(found, through)
        self.replicas[stream] = found
        self._taken(stream)

    def _repair(self, stream: str) -> None:
        if stream in self._repairing:
            return
        self._repairing.add(stream)
        self.spawn(lambda: self._pull(stream))

    def _pull(self, stream: str) -> None:
        try:
            self.sleep(self.world.random.randint(0, PULL_JITTER_MS))
            through = self._through
            self._answered(self._ask("pull", self.replicas[stream].position), through)
        except NoAnswer:
            # The next event or the next heads show the gap again.
            pass
        finally:
            self._repairing.discard(stream)

    def _taken(self, stream: str) -> None:
        found = self.replicas[stream]
        if found.state is not None and not found.pending:
            self.saved[stream] = replace(found, kept=())
        if self.cart and f"cart:{self.cart}" not in self.replicas:
            self._follow(f"cart:{self.cart}")

    # What goes up.

    def _flush(self) -> None:
        if not self._online:
            return
        if self._busy:
            self._again = True
            return
        self._busy = True
        try:
            self._send_all()
        except NoAnswer:
            self.later(AGAIN_MS, lambda: self.spawn(self._flush))
        finally:
            self._busy = False
        if self._again:
            self._again = False
            self._flush()

    def _send_all(self) -> None:
        while self.outbox:
            seqs = sorted(self.outbox)[:BATCH_MAX]
            rows = {seq: self.outbox[seq] for seq in seqs}
            if self._plant == "forget_when_sent":
                self.outbox = {seq: op for seq, op in self.outbox.items() if seq not in rows}
            answer = self._ask("ops", {"seq0": seqs[0], "ops": list(rows.values())})
            self._perhaps_crash("after the answer to ops")
            self._settle(rows, answer)

    def _settle(self, rows: dict[int, dict[str, Any]], answer: dict[str, Any]) -> None:
        for row in answer["results"]:
            if row["status"] not in ("ok", "rejected"):
                raise Broken(f"{self.name} was answered {row} although its count never parted from the hub's")
            self.acked[row["seq"]] = row["status"]
            self.outbox.pop(row["seq"], None)
            if row["status"] == "rejected" and row["seq"] in rows:
                refused = rows[row["seq"]]["id"]
                self.replicas = {name: rules.settled(one, refused) for name, one in self.replicas.items()}
        self._through = max(self._through, answer["last_seq"])
