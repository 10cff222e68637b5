"""One seed, one run: build the shop, let people and faults loose, heal the network, wait for rest, look."""

import hashlib
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from omnitill.simulation.check import Findings, examine
from omnitill.simulation.hub import SimHub
from omnitill.simulation.memory import SHOP, STORE
from omnitill.simulation.network import Weather
from omnitill.simulation.phone import SimPhone
from omnitill.simulation.till import SimTill, virtual_clock
from omnitill.simulation.witness import Shop
from omnitill.simulation.workload import SHOPPERS, AtTerminal, WithPhone
from omnitill.simulation.world import BEGAN_AT, World
from sync_server.outbox import service as outbox

PLANTS = (
    "emit_before_commit",
    "ack_before_commit",
    "no_seq_check",
    "no_gap_check",
    "no_heads",
    "forget_when_sent",
    "wait_for_events",
    "unsynced_till",
    "no_fence",
)
"""Faults that can be built in on purpose; each of them has to be found."""

WORK_LIMIT_MS = 300_000
REST_LIMIT_MS = 120_000
CALM_MS = 25_000
"""Two rounds of heads: after them nobody can still miss a last event."""

SHORT_MEMORY_EVENTS = 3
ACTIONS = (6, 16)
PLANT_SEEDS_MAX = 200


@dataclass
class Simulated(Shop):
    """The shop of a seed, whose parts live in this thread."""

    hub: SimHub
    tills: list[SimTill]
    phones: list[SimPhone]
    people: list[AtTerminal]

    @property
    def devices(self) -> list[SimTill | SimPhone]:
        return [*self.tills, *self.phones]


@dataclass
class Outcome:
    """What became of one seed."""

    seed: int
    acknowledged: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    fingerprint: str = ""
    """The same for the same seed, in every process: a run that cannot be repeated proves nothing."""

    @property
    def wrong(self) -> list[str]:
        return self.findings.wrong


def simulate(seed: int, plant: str = "", tell: Callable[[str], None] | None = None, wild: bool = False) -> Outcome:
    """Play one seed to its end; `tell` gets a line for everything that happens. A planted fault meets wild weather."""
    world = World(seed, tell)
    weather = Weather.drawn(world.random, wild or bool(plant))
    world.trace("weather", weather)
    with virtual_clock(world), _memory_of(SHORT_MEMORY_EVENTS if weather.short_memory else None):
        shop, people = _open(world, weather, plant)
        outcome = Outcome(seed)
        try:
            _play(world, shop, people)
            outcome.findings = examine(shop)
        except Exception as error:
            # Whatever comes out of a room that should have been handled there is a find as well.
            outcome.findings.wrong.append(f"{type(error).__name__}: {error}")
            if tell:
                tell(traceback.format_exc())
        outcome.acknowledged = sum(len(device.acked) for device in shop.devices)
        outcome.faults = dict(world.faults)
        whole = repr([(device.dev, seq, operation, row) for device, seq, operation, row, _ in shop.hub.carried])
        outcome.fingerprint = hashlib.sha256((whole + str(world.now)).encode()).hexdigest()[:16]
        # What still waits holds on to this run's objects.
        for device in (shop.hub, *shop.devices):
            device.end()
    for sentence in outcome.wrong:
        world.trace("WRONG", sentence)
    return outcome


def hunt(plant: str, first: int = 1, most: int = PLANT_SEEDS_MAX) -> Outcome | None:
    """The first run that finds the planted fault and nothing without it; None where no seed does."""
    for seed in range(first, first + most):
        outcome = simulate(seed, plant)
        if outcome.wrong and not simulate(seed, wild=True).wrong:
            return outcome
    return None


def _open(world: World, weather: Weather, plant: str) -> tuple[Simulated, list[AtTerminal | WithPhone]]:
    random = world.random
    hub = SimHub(world, weather.hub_crash, plant)
    terminals = [place.id for place in SHOP.terminals if place.store == STORE.id]
    tills = [SimTill(world, weather, name, hub, plant) for name in terminals[: random.randint(1, len(terminals))]]
    owners = [SHOPPERS[0], SHOPPERS[0], SHOPPERS[1]][: random.randint(1, 3)]
    phones = [
        SimPhone(world, weather, f"phone-{n}", owner.id, STORE.id, hub, plant) for n, owner in enumerate(owners, 1)
    ]
    people = [AtTerminal(world, till, random.randint(*ACTIONS)) for till in tills]
    shoppers = [WithPhone(world, phone, random.randint(*ACTIONS)) for phone in phones]
    return Simulated(hub, tills, phones, people), [*people, *shoppers]


def _play(world: World, shop: Simulated, people: list[AtTerminal | WithPhone]) -> None:
    for device in (shop.hub, *shop.devices):
        device.start()
    for person in people:
        person.begin()
    world.run(world.now + WORK_LIMIT_MS, lambda: all(person.left <= 0 for person in people))
    world.trace("network", "is whole again")
    world.healed = True
    limit = world.now + REST_LIMIT_MS
    world.run(limit, lambda: not any(waits(device) for device in shop.devices))
    world.run(min(limit, world.now + CALM_MS))
    world.trace("world", f"is at rest after {world.now - BEGAN_AT} ms")


def waits(device: SimTill | SimPhone) -> bool:
    """Whether the device is down or has something that the hub did not answer."""
    if not device.alive:
        return True
    return bool(device.outbox) if isinstance(device, SimPhone) else bool(device.counter.desk.unsent)


@contextmanager
def _memory_of(events: int | None) -> Iterator[None]:
    """For the length of the block, how many missed events the hub answers one by one."""
    kept = outbox.EVENTS_ANSWERED_MAX
    outbox.EVENTS_ANSWERED_MAX = events or kept
    try:
        yield
    finally:
        outbox.EVENTS_ANSWERED_MAX = kept


def quiet() -> None:
    """Thousands of runs refuse thousands of things; nobody wants to read each."""
    logging.getLogger("omnitill").setLevel(logging.CRITICAL + 1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
