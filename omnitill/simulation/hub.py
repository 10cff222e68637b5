"""The hub: its real inbox, handlers, outbox and fan-out over a database in memory, behind a door of our own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from omnitill.simulation.memory import engine_of, fill, keyed_hub_template
from omnitill.simulation.network import Wire
from omnitill.simulation.world import Broken, Crashed, Device, World
from retail import lease
from retail.chain import origin
from retail.errors import RetailError
from retail.messages import Batch, Hail, Position, parse
from sync_server.db import Database
from sync_server.errors import NotAllowed, as_error
from sync_server.inbox import copies, handlers, service
from sync_server.inbox.parts import in_parts
from sync_server.inbox.tables import devices, operations
from sync_server.outbox import service as outbox
from sync_server.realtime.connection import Connection, Connections, check_may_hear, state_of
from sync_server.realtime.fanout import Fanout
from sync_server.writers import InlineWriter

HEADS_MS = 10_000
CARRIED = "carried"
STEPS_BACK = 0.2
"""How often a batch lets others go first behind one of its operations."""

Answered = Callable[[Any], None]


class SimHub(Device):
    """One hub process. `carried` is everything it committed, in order: `(device, seq, operation, result, when)`; `told`
    is every event that it sent to anybody."""

    def __init__(self, world: World, crash: float, plant: str = "") -> None:
        super().__init__(world, "hub")
        self._crash, self._plant = crash, plant
        self.engine = engine_of("hub")
        fill(self.engine, keyed_hub_template())
        self.carried: list[tuple[service.Device, int, dict[str, Any], dict[str, Any], int]] = []
        self.told: list[dict[str, Any]] = []
        self.db = Database(self.engine, self.engine, InlineWriter())

    def boot(self) -> None:
        self.db = Database(self.engine, self.engine, InlineWriter())
        self._connections, self._wires = Connections(), dict[str, Wire]()
        self._fanout = Fanout(self._emit, lambda sid, stream: None, self._connections)
        self.db.after_commit += [self._note, self._fanout.publish]
        if self._plant != "no_heads":
            self.later(HEADS_MS, self._send_heads)
        self.world.trace(self.name, "is up")

    def fell(self) -> None:
        for wire in self._wires.values():
            wire.drop()
        self._wires = {}

    def _note(self, told: dict[Any, Any]) -> None:
        """What was committed is written down by the one who sees everything, whether or not the hub lives on."""
        if CARRIED not in told:
            return
        device, ops, results = told[CARRIED]
        for operation, row in zip(ops, results, strict=True):
            if row["status"] in ("ok", "rejected") and not row.get("dup"):
                self.carried.append((device, row["seq"], operation, row, self.world.now))
            self.world.trace(self.name, device.dev, row["seq"], operation["kind"], row)
        self._perhaps_crash("after the commit of", device.dev)

    def _emit(self, name: str, event: Any, stream: str) -> None:
        self.told.append(event)
        for connection in self._connections.all():
            if stream in connection.streams:
                self._wires[connection.sid].push(name, event)

    def _send_heads(self) -> None:
        for connection in self._connections.all():
            names = sorted(connection.streams)
            heads = self.db.read(lambda session, names=names: outbox.heads(session, names))  # type: ignore[misc]
            if heads:
                self._wires[connection.sid].push("heads", heads)
        self.later(HEADS_MS, self._send_heads)

    def arrived(self, wire: Wire, hail: Hail | None = None) -> None:
        """A device stands at the door; it is greeted. None of our terminals is a copy, so none is refused."""
        device, app = wire.hail
        if hail is not None:
            try:
                copies.check(self.db, device, hail, self.world.now)
            except RetailError as error:
                raise Broken(f"{device.dev} was taken for a copy: {error}") from error
        connection = Connection(wire.sid, device, app)
        self._connections.add(connection)
        self._wires[wire.sid] = wire
        last = self.db.read(lambda session: service.last_seq(session, device.dev, device.inc))
        you = {"dev": device.dev, "store": device.store, "shopper": device.shopper}
        wire.push("hello", {"proto": 1, "now": self.world.now, "last_seq": last, "limits": {}, "you": you})

    def left(self, wire: Wire) -> None:
        self._connections.remove(wire.sid)
        self._wires.pop(wire.sid, None)

    def asked(self, wire: Wire, name: str, body: Any, answer: Answered) -> None:
        """One message of a socket; refusals are answers, as the hub's own door has it."""
        connection = self._connections.get(wire.sid)
        try:
            if connection is None:
                # What was on its way when the line broke may still be read: an operation is then carried out unheard.
                if name != "ops":
                    return
                connection = Connection("gone", *wire.hail)
            match name:
                case "ops":
                    answer(self._ops(connection, body, answer))
                case "sub":
                    answer({"streams": [self._join(connection, parse(Position, row)) for row in body]})
                case "unsub":
                    connection.streams.difference_update(body)
                    answer({})
                case "pull":
                    seen = parse(Position, body)
                    if seen.s not in connection.streams:
                        raise NotAllowed()
                    answer(self._answer(connection, seen))
                case "tick":
                    answer({"now": self.world.now})
        except Exception as error:
            told = as_error(error)
            if told["error"]["code"] == "hub.fault":
                raise Broken(f"the hub failed at {name}: {error!r}") from error
            answer(told)

    def _join(self, connection: Connection, seen: Position) -> dict[str, Any]:
        try:
            self.db.read(lambda session: check_may_hear(session, connection, seen.s))
            connection.streams.add(seen.s)
            return self._answer(connection, seen)
        except NotAllowed as error:
            return {"s": seen.s, **as_error(error)}

    def _answer(self, connection: Connection, seen: Position) -> dict[str, Any]:
        now = self.world.now
        return self.db.read(
            lambda session: outbox.answer(session, seen, lambda: state_of(session, connection, seen.s, now))
        )

    def _ops(self, connection: Connection, body: Any, answer: Answered) -> dict[str, Any]:
        whole, device = parse(Batch, body), connection.device

        def accepted(batch: Batch) -> dict[str, Any]:
            return self.db.write(lambda session: self._accepted(session, device, batch, answer))

        done = in_parts(whole, accepted)
        self._perhaps_crash("before the answer to", device.dev, whole.seq0)
        return done

    def _accepted(self, session: Session, device: service.Device, batch: Batch, answer: Answered) -> dict[str, Any]:
        if self._plant == "no_seq_check":
            forget(session, device, batch.seq0)
        now = self.world.now
        with unfenced() if self._plant == "no_fence" else nullcontext():
            done = service.accept(session, device, batch, handlers.carry, now, lambda: self.world.chance(STEPS_BACK))
        if self._plant == "emit_before_commit":
            self._fanout.publish(dict(session.info))
        if self._plant == "ack_before_commit":
            answer(done)
        if "error" in done:
            raise Broken(f"{device.dev}: a batch was refused: {done['error']}")
        session.info[CARRIED] = (device, batch.ops[: len(done["results"])], done["results"])
        self._perhaps_crash("before the commit of", device.dev, batch.seq0)
        return done

    def _perhaps_crash(self, *where: Any) -> None:
        if self.world.chance(self._crash):
            self.world.trace(self.name, "crashes", *where)
            raise Crashed


@contextmanager
def unfenced() -> Iterator[None]:
    """The planted fault: who is done ends whatever lease the cart has, whoever has it and whatever its number."""
    kept = lease.ended
    # The tills' and the model's carts keep their rules: they are not the hub, and nothing of theirs runs meanwhile.
    lease.ended = lambda *_: None
    try:
        yield
    finally:
        lease.ended = kept


def forget(session: Session, device: service.Device, seq0: int) -> None:
    """The planted fault: the hub no longer knows which numbers it has seen."""
    session.execute(
        delete(operations).where(
            operations.c.dev == device.dev, operations.c.inc == device.inc, operations.c.seq >= seq0
        )
    )
    before = select(operations.c.chain).where(
        operations.c.dev == device.dev, operations.c.inc == device.inc, operations.c.seq == seq0 - 1
    )
    head = session.scalar(before) or origin(device.dev, device.inc)
    session.execute(update(devices).where(devices.c.dev == device.dev).values(last_seq=seq0 - 1, chain=head))
