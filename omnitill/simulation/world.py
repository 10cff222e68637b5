"""Virtual time, one random, and devices that may die between any two steps."""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]

BEGAN_AT = 1_770_000_000_000
"""The hub's time (ms) at which every run begins."""

RESTART_MS = (200, 4_000)
TRACE_LINE_MAX = 400

LATE = object()
"""What a wait brings when its time is over."""


class Crashed(BaseException):
    """The process that runs now is gone. Not an Exception, so that nothing of the product can catch it."""


class Broken(Exception):
    """A promise was broken: the seed is worth looking at."""


class World:
    """The scheduler: whatever happens, happens here, in the order of virtual time."""

    def __init__(self, seed: int, tell: Callable[[str], None] | None = None) -> None:
        self.random = Random(seed)
        self.now = BEGAN_AT
        self.main = getcurrent()
        self.faults: Counter[str] = Counter()
        self.healed = False
        self._tell = tell
        self.numbers = itertools.count(1)
        self._order = itertools.count()
        self._queue: list[tuple[int, int, Callable[[], None]]] = []

    def trace(self, who: str, *words: Any) -> None:
        if self._tell:
            said = " ".join(str(word) for word in words)
            self._tell(f"{self.now - BEGAN_AT:>8} ms  {who:<10} {said[:TRACE_LINE_MAX]}")

    def fault(self, kind: str, who: str, *words: Any) -> None:
        """Count something that went wrong on purpose."""
        self.faults[kind] += 1
        self.trace(who, f"!! {kind}", *words)

    def chance(self, probability: float) -> bool:
        """Whether a fault of this probability happens now; never in a world that was healed."""
        return not self.healed and probability > 0 and self.random.random() < probability

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (self.now + max(0, delay_ms), next(self._order), act))

    def run(self, until: int, done: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass until `until` (ms) or until it is done; says whether it is done."""
        while self._queue and self._queue[0][0] <= until:
            if done():
                return True
            at, _, act = heapq.heappop(self._queue)
            self.now = max(self.now, at)
            act()
        return done()


class Device:
    """A process that can crash. What it schedules dies with it; what it stored does not."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.life = 0
        self.alive = False
        self._threads: list[greenlet] = []

    def start(self) -> None:
        """Come up from what is stored."""
        self.life += 1
        self.alive = True
        self.boot()

    def boot(self) -> None:
        raise NotImplementedError

    def entered(self) -> None:
        """Called before each step: the clock on the wall is this device's now."""

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        """Do something in this life of the device, or never."""
        life = self.life

        def step() -> None:
            if self.alive and self.life == life:
                self.step(act)

        self.world.later(delay_ms, step)

    def step(self, act: Callable[[], None]) -> None:
        """Run one step of the device now; a crash inside it ends this life."""
        self.entered()
        try:
            act()
        except Crashed:
            self.crash()

    def crash(self) -> None:
        """Everything that is only in memory is gone; some time later it starts again."""
        if not self.alive:
            return
        self.world.fault(f"{self.kind_of()}_crash", self.name)
        self.life += 1
        self.end()
        self.fell()
        self.world.later(self.world.random.randint(*RESTART_MS), self.start)

    def end(self) -> None:
        """No step is taken any more; whatever still waits is let go."""
        self.alive = False
        threads, self._threads = self._threads, []
        for thread in threads:
            if not thread.dead:
                thread.throw(GreenletExit)

    def fell(self) -> None:
        """What the others notice of a crash."""

    def kind_of(self) -> str:
        return self.name.split("-")[0]

    def spawn(self, work: Callable[[], None]) -> None:
        """Run `work` beside the rest; it may wait, which a plain step may not."""
        thread = greenlet(work, parent=self.world.main)
        self._threads = [one for one in self._threads if not one.dead] + [thread]
        self.later(0, thread.switch)

    def ticket(self) -> "Ticket":
        return Ticket(self)

    def sleep(self, delay_ms: int) -> None:
        ticket = self.ticket()
        ticket.wait(delay_ms)


class Ticket:
    """Something that a spawned piece of work waits for."""

    def __init__(self, device: Device) -> None:
        self._device, self._waiting = device, getcurrent()
        self._done = False

    def fulfil(self, value: Any) -> None:
        """Bring it; whatever comes second is not heard."""
        if self._done:
            return
        self._done = True
        self._device.later(0, lambda: self._waiting.switch(value))

    def wait(self, limit_ms: int | None = None) -> Any:
        """Let the others run until it comes; `LATE` after `limit_ms`."""
        if limit_ms is not None:
            self._device.later(limit_ms, lambda: self.fulfil(LATE))
        return self._device.world.main.switch()
