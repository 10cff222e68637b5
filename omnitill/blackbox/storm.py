"""What goes wrong, when and to whom: drawn from the seed before the run, then caused by the clock on the wall."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from omnitill.blackbox.proxy import DELAY_MAX_S, LOSSY_SHARE
from omnitill.blackbox.shop import Shop

SPACING_S = 0.45
DAY_MS = 24 * 60 * 60 * 1000
LOOK_S = 0.02
BACK_AFTER_MAX_S = 1.0
KINDS = {
    "hub_killed": 3,
    "hub_paused": 1,
    "device_killed": 4,
    "device_paused": 2,
    "reset": 3,
    "half_open": 2,
    "partition": 2,
    "one_way": 2,
    "slow": 2,
    "trickle": 1,
    "split": 1,
    "lossy": 2,
    "clock_jumped": 2,
}
"""Each kind with its weight. `lossy`: of new connections three in ten are cut at a random byte."""


BEHIND = {"worker_killed": 3, "redis_emptied": 1, "database_crashed": 1, "hub_killed": 1}
"""What more there is to break where the hub is several workers over PostgreSQL and Redis. All of them at once seldom:
they take seconds to start, and a hub that is never up proves nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`at_s` after the start; `lasts_s` where it ends by itself; `amount`: ms for a clock, s for a delay."""

    at_s: float
    kind: str
    target: str
    lasts_s: float
    amount: float


def plan(
    seed: int, seconds: float, terminals: list[str], phones: list[str], kinds: Mapping[str, int] = KINDS
) -> list[Fault]:
    """The same faults at the same moments for the same seed."""
    random = Random(f"{seed} storm")
    faults: list[Fault] = []
    at_s = random.uniform(0, SPACING_S)
    while at_s < seconds:
        kind = random.choices(list(kinds), list(kinds.values()))[0]
        clients = terminals if kind == "clock_jumped" else [*terminals, *phones]
        target = "hub" if kind.startswith("hub") or kind in BEHIND else random.choice(clients)
        lasts_s = random.uniform(0.2, 2.0) if kind.endswith("paused") else random.uniform(0.5, 6.0)
        amount = float(random.randint(-DAY_MS, DAY_MS)) if kind == "clock_jumped" else random.uniform(0.1, DELAY_MAX_S)
        faults.append(Fault(at_s, kind, target, lasts_s, amount))
        at_s += random.expovariate(1 / SPACING_S)
    return faults


class Storm:
    """Causes the faults of a plan, and ends those that end. Runs in the thread that made the shop."""

    def __init__(self, shop: Shop, faults: list[Fault], note: Callable[..., None]) -> None:
        self._shop, self._faults, self._note = shop, faults, note
        self.counted: Counter[str] = Counter()
        self._later: list[tuple[float, Callable[[], Any]]] = []
        self._processes = {process.name: process for process in shop.processes}

    def rage(self, seconds: float) -> None:
        """All of it, then calm weather; whoever is down by then is started by `Shop.until_all_up`."""
        began = time.monotonic()
        coming = iter(self._faults)
        fault = next(coming, None)
        while (now := time.monotonic() - began) < seconds:
            self._shop.tend()
            while fault is not None and fault.at_s <= now:
                self._cause(fault, began)
                fault = next(coming, None)
            self._end(now)
            time.sleep(LOOK_S)
        self._end(float("inf"))
        for name in self._shop.network.proxies:
            self._shop.network.weather(name)

    def _end(self, now: float) -> None:
        due = [one for one in self._later if one[0] <= now]
        self._later = [one for one in self._later if one[0] > now]
        for _, act in due:
            act()

    def _cause(self, fault: Fault, began: float) -> None:
        if next(self._did(fault, began)):
            self.counted[fault.kind] += 1
            self._note(who="storm", fault=fault.kind, target=fault.target, lasts_s=fault.lasts_s, amount=fault.amount)

    def _did(self, fault: Fault, began: float) -> Iterator[bool]:
        """Whether it met anybody: who is down already cannot be killed, and who has no connection cannot be cut off."""
        shop, name, until = self._shop, fault.target, time.monotonic() - began + fault.lasts_s
        network = shop.network
        match fault.kind:
            case "hub_killed" | "device_killed":
                yield self._processes[name].kill(fault.amount / DELAY_MAX_S * BACK_AFTER_MAX_S)
            case "hub_paused" | "device_paused":
                process = self._processes[name]
                process.pause(True)
                self._later.append((until, lambda: process.pause(False)))
                yield process.alive
            case "worker_killed":
                workers = self._processes[name].children
                if workers:
                    os.kill(workers[int(fault.amount * 1000) % len(workers)], signal.SIGKILL)
                yield bool(workers)
            case "redis_emptied":
                yield self._redis_away(until)
            case "database_crashed":
                assert shop.data.postgres is not None
                shop.data.postgres.restart("immediate")
                yield True
            case "reset":
                yield network.reset(name) > 0
            case "half_open":
                yield network.half_open(name) > 0
            case "clock_jumped":
                terminal = next(one for one in shop.terminals if one.name == name)
                terminal.clock.set(int(fault.amount))
                yield True
            case kind:
                wanted = self._weather(kind, fault)
                network.weather(name, **wanted)
                usual = {"held": frozenset(), "delay_s": 0.0, "lossy": 0.0}
                self._later.append(
                    (until, lambda: network.weather(name, **{key: usual.get(key, False) for key in wanted}))
                )
                yield True

    def _redis_away(self, until: float) -> bool:
        redis = self._shop.data.redis
        assert redis is not None
        if redis.process.poll() is not None:
            return False
        redis.stop()
        self._later.append((until, redis.start))
        return True

    def _weather(self, kind: str, fault: Fault) -> dict[str, Any]:
        match kind:
            case "partition":
                return {"held": frozenset({"up", "down"})}
            case "one_way":
                return {"held": frozenset({"up" if fault.amount < DELAY_MAX_S / 2 else "down"})}
            case "slow":
                return {"delay_s": fault.amount}
            case "lossy":
                return {"lossy": LOSSY_SHARE}
            case _:
                return {kind: True}
