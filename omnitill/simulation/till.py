"""A till or kiosk: its real counter, journal, link and pusher; only threads, sockets and files are replaced."""

import queue
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from omnitill.simulation.hub import SimHub
from omnitill.simulation.memory import (
    CASHIER,
    SHOP,
    MemoryStore,
    engine_of,
    fill,
    key_of,
    raw,
    replica_of,
    till_template,
)
from omnitill.simulation.network import Weather, Wire
from omnitill.simulation.world import LATE, Crashed, Device, Ticket, World
from pos_terminal import ids
from pos_terminal.app import voices
from pos_terminal.counter import Answer, Counter, Setting
from pos_terminal.store import outbox
from pos_terminal.sync.line import CONNECT_TIMEOUT_S, LinkBroken
from pos_terminal.sync.link import Item, Link
from pos_terminal.sync.presence import Looker
from pos_terminal.sync.pull import ReferencePull
from retail.cart import Actor
from retail.messages import Hail, parse
from sync_server.inbox import service

VOICES = voices()
BACKOFF_MS = (100, 5_000)
DAY_MS = 24 * 60 * 60 * 1000


class Clock:
    """Stands in for `pos_terminal.ids`: the clock and the ids of the terminal whose step it is."""

    world: World
    skew_ms = 0

    def now_ms(self) -> int:
        return self.world.now + self.skew_ms

    def uuid7(self) -> str:
        value = (self.now_ms() & (2**48 - 1)) << 80 | self.world.random.getrandbits(80)
        value = value & ~(0xF << 76) | 0x7 << 76
        return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


CLOCK = Clock()


@contextmanager
def virtual_clock(world: World) -> Iterator[None]:
    """All terminals of this process live by the world's time as long as the block lasts."""
    kept = ids.now_ms, ids.uuid7
    CLOCK.world, CLOCK.skew_ms = world, 0
    ids.now_ms, ids.uuid7 = CLOCK.now_ms, CLOCK.uuid7
    try:
        yield
    finally:
        ids.now_ms, ids.uuid7 = kept


class FragileStore(MemoryStore):
    """A journal whose process may die right before or right after any of its commits."""

    def __init__(self, till: "SimTill", crash: float, unsynced: bool) -> None:
        super().__init__(engine_of(till.name))
        self._till, self._crash, self._unsynced = till, crash, unsynced
        self._before = b""

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        world = self._till.world
        if self._unsynced:
            self._before = raw(self.engine).serialize()
        with super().begin() as connection:
            yield connection
            if world.chance(self._crash):
                world.trace(self._till.name, "crashes before a commit")
                raise Crashed
        if world.chance(self._crash):
            world.trace(self._till.name, "crashes after a commit")
            raise Crashed

    def power_lost(self) -> None:
        """The planted fault: the disk had only promised to write the last transaction."""
        if self._before:
            raw(self.engine).deserialize(self._before)


class Mailbox(queue.Queue[Item]):
    """The link's inbox for one thread: who reads an empty one lets the others run."""

    def __init__(self, till: "SimTill") -> None:
        super().__init__()
        self._till = till
        self._reader: Any = None

    def put_nowait(self, item: Item) -> None:
        super().put_nowait(item)
        if self._reader is not None:
            self._reader.fulfil(None)

    def get(self, block: bool = True, timeout: float | None = None) -> Item:
        while self.empty():
            self._reader = self._till.ticket()
            came = self._reader.wait(None if timeout is None else int(timeout * 1000))
            self._reader = None
            if came is LATE:
                raise queue.Empty
        return super().get(block=False)


class Bell(threading.Event):
    """An event for one thread."""

    def __init__(self, till: "SimTill") -> None:
        super().__init__()
        self._till = till
        self._sleeper: Any = None

    def set(self) -> None:
        super().set()
        if self._sleeper is not None:
            self._sleeper.fulfil(None)

    def wait(self, timeout: float | None = None) -> bool:
        while not self.is_set():
            self._sleeper = self._till.ticket()
            self._sleeper.wait()
            self._sleeper = None
        return True


class NoReference(ReferencePull):
    """The catalogue does not change during a run."""

    def __init__(self) -> None:
        pass

    def ask(self) -> None:
        pass


class Asked:
    """A question to the hub; of several answers only the first is heard."""

    def __init__(self, till: "SimTill", name: str) -> None:
        self._till, self._name = till, name
        self._came: list[Any] = []
        self._ticket: Ticket | None = None

    def hear(self, answer: Any) -> None:
        self._came.append(answer)
        if self._ticket is not None:
            self._ticket.fulfil(answer)

    def answer(self, limit_s: float) -> Any:
        if not self._came:
            self._ticket = self._till.ticket()
            if self._ticket.wait(int(limit_s * 1000)) is LATE:
                raise LinkBroken(f"no answer to {self._name}")
        if self._name == "ops":
            self._till.acknowledged(self._came[0])
        self._till.perhaps_crash(f"after the answer to {self._name}")
        return self._came[0]


class Line:
    """What the link takes for its line to the hub."""

    def __init__(self, till: "SimTill", wire: Wire) -> None:
        self._till, self.wire = till, wire

    def ask(self, name: str, body: Any) -> Asked:
        asked = Asked(self._till, name)
        self.wire.ask(name, body, asked.hear)
        self._till.perhaps_crash(f"after sending {name}")
        return asked

    def offer(self, name: str, body: Any) -> Asked | None:
        """The network may have no room just now: then nothing is said."""
        if not self.wire.open or self._till.world.chance(self._till.weather.no_room):
            return None
        return self.ask(name, body)

    def call(self, name: str, body: Any, limit_s: float) -> Any:
        return self.ask(name, body).answer(limit_s)


class SimLink(Link):
    """The real link over a wire of the simulation. Only the making of a connection is ours."""

    def __init__(self, till: "SimTill") -> None:
        super().__init__(till.counter, "", "", till.signer, NoReference())
        self._sim = till
        self._inbox, self._wake = Mailbox(till), Bell(till)

    def live(self) -> None:
        """Connect, follow, lose the line, wait, again: for as long as the process lives."""
        while True:
            self._session()
            self._offline()
            self._sim.sleep(self._sim.world.random.randint(*BACKOFF_MS))

    def _session(self) -> bool:
        till, self._inbox = self._sim, Mailbox(self._sim)
        wire = till.connect()
        if wire is None:
            till.sleep(CONNECT_TIMEOUT_S * 1000)
            return False
        line: Any = Line(till, wire)
        closed = threading.Event()
        try:
            self._welcomed(line, self._expect("hello"))
            till.spawn(lambda: self._push_loop(line, closed))
            # Nobody watches who looks at a cart here: nothing is decided by it.
            self._follow(line, Looker(self._counter, lambda word, hear: None, lambda answer=None: None))
        except (LinkBroken, queue.Empty) as error:
            till.world.trace(till.name, "the link broke:", error)
        finally:
            closed.set()
            self._wake.set()
            wire.close()
        return True

    def heard(self, wire: Wire, name: str, body: Any) -> None:
        if wire is self._sim.wire:
            self._put((name, body))

    def hung_up(self, wire: Wire) -> None:
        if wire is self._sim.wire:
            self._put(("lost", "hung up"))


class SimTill(Device):
    """A terminal's process, and beside it what its people will swear to: what they were told."""

    def __init__(self, world: World, weather: Weather, name: str, hub: SimHub, plant: str = "") -> None:
        super().__init__(world, name)
        place = next(row for row in SHOP.terminals if row.id == name)
        self.weather, self.hub, self.kind, self.inc = weather, hub, place.kind, 1
        self.device = service.Device(name, self.inc, Actor(name, place.kind), store=place.store)
        self.skew_ms = world.random.randint(-2 * DAY_MS, 2 * DAY_MS) if weather.wrong_clocks else 0
        fill(engine_of(name), till_template())
        self.signer = key_of(name)
        with engine_of(name).begin() as connection:
            outbox.begin(connection, name, self.inc)
        self.store = FragileStore(self, weather.device_crash / 10, plant == "unsynced_till")
        self.wire: Wire | None = None
        self.acked: dict[int, str] = {}

    def entered(self) -> None:
        CLOCK.skew_ms = self.skew_ms

    def boot(self) -> None:
        setting = Setting("till" if self.kind == "till" else "kiosk", self.name, "en")
        self.counter = Counter(self.store, replica_of(self.name), setting, VOICES)
        self.link = SimLink(self)
        self.counter.after_commit.append(self.link.wake)
        self.spawn(self.link.live)
        self.world.trace(self.name, "is up")

    def fell(self) -> None:
        self.store.power_lost()
        if self.wire is not None:
            self.wire.drop()
            self.wire = None

    @property
    def hub_cart(self) -> dict[str, Any]:
        """Its copy of the shopper's live cart."""
        return self.counter.desk.hub_cart

    def connect(self) -> Wire | None:
        """A new wire to the hub, if it is up; the greeting is on its way then."""
        if not self.hub.alive:
            return None
        wire = Wire(self.world, self.weather, self, self.link, self.hub, self.hub, (self.device, self.kind))
        self.wire = wire
        hail = parse(Hail, self.link.hail())
        self.hub.later(1, lambda: self.hub.arrived(wire, hail))
        return wire

    def perhaps_crash(self, where: str) -> None:
        if self.world.chance(self.weather.device_crash / 10):
            self.world.trace(self.name, "crashes", where)
            raise Crashed

    def acknowledged(self, answer: Any) -> None:
        """What the hub said is done; from here on it may not be lost."""
        for row in answer.get("results", ()):
            if row["status"] in ("ok", "rejected"):
                self.acked[row["seq"]] = row["status"]

    def command(self, command: str, name: str, **body: Any) -> Answer:
        """What somebody does at the screen, under the page's id for it."""
        answer = self.counter.do({"id": command, "command": name, **body})
        self.world.trace(self.name, name, body, "->", answer.get("error", {}).get("code") or answer.get("result"))
        return answer

    def sign_in(self) -> None:
        self.command(f"{self.name}-in-{next(self.world.numbers)}", "sign_in", number=CASHIER.number, pin=CASHIER.pin)
