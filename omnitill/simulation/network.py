"""The network between one device and the hub: it loses, doubles, delays, overtakes, and is cut."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from omnitill.simulation.world import Device, World

NOTICED_MS = (0, 9_000)
"""How long each side may take to see that a line is dead."""

LATENCY_MS = (1, 30)
STALL_MS = (200, 15_000)
CUT_MS = (300, 20_000)
RESENDABLE = frozenset({"ops", "pull", "tick"})
"""Messages that may be doubled or overtaken. A socket keeps its others in order, so this network does too."""


@dataclass(frozen=True)
class Weather:
    """How likely each fault is, decided once for each run so that some runs are calm and others wild."""

    lose: float
    double: float
    stall: float
    cut: float
    lose_answer: float
    hub_crash: float
    device_crash: float
    wrong_clocks: bool
    short_memory: bool
    """The hub answers who missed more than a few events with a snapshot."""

    no_room: float
    """What is offered to the line without waiting is not taken."""

    @classmethod
    def drawn(cls, random: Random, wild: bool = False) -> "Weather":
        """The weather of a run; `wild` has every fault in it."""

        def perhaps(most: float) -> float:
            if wild:
                return random.uniform(most / 2, most)
            return random.uniform(0, most) if random.random() < 0.6 else 0.0

        return cls(
            lose=perhaps(0.2),
            double=perhaps(0.2),
            stall=perhaps(0.1),
            cut=perhaps(0.03),
            lose_answer=perhaps(0.3),
            hub_crash=perhaps(0.1),
            device_crash=perhaps(0.2),
            wrong_clocks=random.random() < 0.5,
            short_memory=random.random() < 0.4,
            no_room=perhaps(0.5),
        )


class Client(Protocol):
    """The device's end of a wire."""

    def heard(self, wire: "Wire", name: str, body: Any) -> None: ...

    def hung_up(self, wire: "Wire") -> None: ...


class Server(Protocol):
    """The hub's end of a wire."""

    def asked(self, wire: "Wire", name: str, body: Any, answer: Callable[[Any], None]) -> None: ...

    def left(self, wire: "Wire") -> None: ...


class Wire:
    """One connection. Each message takes its own time, so a later one may be there first."""

    def __init__(
        self, world: World, weather: Weather, client: Device, ear: Client, hub: Device, server: Server, hail: Any
    ) -> None:
        self.world, self.weather, self.hail = world, weather, hail
        self.client, self.hub = client, hub
        self._ear, self._server = ear, server
        self.sid = f"{client.name}/{next(world.numbers)}"
        self.open = True
        self._cut_until = 0
        self._in_order_at = 0

    @property
    def name(self) -> str:
        return self.client.name

    def ask(self, name: str, body: Any, answered: Callable[[Any], None]) -> None:
        """From the device to the hub; `answered` gets the answer, perhaps never, perhaps twice."""

        def arrive() -> None:
            self._server.asked(self, name, body, lambda answer: self._answer(name, answer, answered))

        self._carry(self.hub, name, arrive, name in RESENDABLE)

    def _answer(self, name: str, answer: Any, answered: Callable[[Any], None]) -> None:
        if self.world.chance(self.weather.lose_answer):
            self.world.fault("lost_answer", self.name, name)
            return
        self._carry(self.client, f"answer to {name}", lambda: answered(answer), True)

    def push(self, name: str, body: Any) -> None:
        """From the hub to the device."""
        self._carry(self.client, name, lambda: self._ear.heard(self, name, body), name != "hello")

    def _carry(self, receiver: Device, name: str, arrive: Callable[[], None], loose: bool) -> None:
        world, weather = self.world, self.weather
        if world.chance(weather.cut):
            self.cut()
        if self._cut_until > world.now or not self.open:
            world.fault("lost_in_cut", self.name, name)
            return
        if world.chance(weather.lose):
            world.fault("lost", self.name, name)
            return
        times = 1
        if loose and world.chance(weather.double):
            world.fault("doubled", self.name, name)
            times = 2
        for _ in range(times):
            self._deliver(receiver, name, arrive, loose)

    def _deliver(self, receiver: Device, name: str, arrive: Callable[[], None], loose: bool) -> None:
        world = self.world
        delay = world.random.randint(*LATENCY_MS)
        if world.chance(self.weather.stall):
            delay = world.random.randint(*STALL_MS)
            world.fault("stalled", self.name, name, f"{delay} ms")
        at = world.now + delay
        if loose and not world.healed:
            if at < self._in_order_at:
                world.fault("overtaken", self.name, name)
        else:
            at = max(at, self._in_order_at)
        self._in_order_at = max(self._in_order_at, at)
        receiver.later(at - world.now, arrive)

    def cut(self) -> None:
        """Nothing goes through for a while; the ends may notice early, late or never."""
        world = self.world
        length = world.random.randint(*CUT_MS)
        world.fault("cut", self.name, f"{length} ms")
        self._cut_until = world.now + length
        if world.random.random() < 0.7:
            self.drop()

    def drop(self) -> None:
        """The connection is dead; each side sees it in its own time."""
        if not self.open:
            return
        self.open = False
        notice = self.world.random.randint
        self.client.later(notice(*NOTICED_MS), lambda: self._ear.hung_up(self))
        self.hub.later(notice(*NOTICED_MS), lambda: self._server.left(self))

    def close(self) -> None:
        """The device hangs up."""
        if self.open:
            self.open = False
            self.hub.later(self.world.random.randint(*LATENCY_MS), lambda: self._server.left(self))
