"""Who carries out the commands that change something: one at a time, or in real threads that commit in groups."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

GROUP_MAX = 64
"""So many commands share a transaction at most: the first of them waits for the last."""


@dataclass(slots=True, eq=False)
class Order:
    """One command on its way: what came of it, or the error; `told` is what is published once it is committed.

    A `patient` one is large and nobody looks at a screen for it: others go first.
    """

    command: Callable[[Session], Any]
    patient: bool = False
    result: Any = None
    error: Exception | None = None
    told: dict[Any, Any] = field(default_factory=dict)
    done: Any = None


Carry = Callable[[Sequence[Order], int], None]
"""Carries out a group of orders on one of the connections that may write, counted from 0. It never raises."""


BELL = object()


class Writer(Protocol):
    """Has orders carried out, in the order in which they came from one device."""

    def run(self, order: Order, carry: Carry) -> None: ...

    def close(self) -> None: ...


class InlineWriter:
    """Commands run in the caller's thread, one at a time: tests, the command line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, order: Order, carry: Carry) -> None:
        with self._lock:
            carry([order], 0)

    def close(self) -> None:
        pass


class ThreadWriter:
    """Commands run in real threads beside gevent's loop, which SQLite would block.

    Those that wait while a transaction commits are carried out together in the next one, up to `group`: one full sync
    and one hand-over for all of them. SQLite has one thread and PostgreSQL several (docs/adr/0011).

    Of patient orders a transaction takes one, and none where the one before had one while others wait: a shop that
    comes back with thousands of sales holds up a scan for one batch at most, and is itself held up by nobody for long.
    """

    def __init__(self, threads: int = 1, group: int = GROUP_MAX) -> None:
        from gevent import get_hub, monkey

        self.threads, self._group = threads, group
        self._hub: Any = get_hub()
        # The real ones: gevent's own would let greenlets wait, and here threads do.
        self._orders: Any = monkey.get_original("queue", "SimpleQueue")()
        # In `orders` a patient order is only a bell that says that there is one.
        self._patient: Any = monkey.get_original("queue", "SimpleQueue")()
        self._others_first = False
        self._finished: deque[Order] = deque()
        self._news = self._hub.loop.async_()
        self._news.start(self._hand_back)
        begin = monkey.get_original("_thread", "start_new_thread")
        for place in range(threads):
            begin(self._work, (place,))

    def run(self, order: Order, carry: Carry) -> None:
        from gevent.event import Event

        order.done = Event()
        if order.patient:
            self._patient.put((order, carry))
            self._orders.put(BELL)
        else:
            self._orders.put((order, carry))
        order.done.wait()

    def close(self) -> None:
        """End the threads; nobody writes any more."""
        for _ in range(self.threads):
            self._orders.put(None)
        self._news.close()

    def _work(self, place: int) -> None:
        while True:
            group = self._next()
            if not group:
                return
            group[0][1]([order for order, _ in group], place)
            self._finished.extend(order for order, _ in group)
            self._news.send()

    def _next(self) -> list[tuple[Order, Carry]]:
        """What waits, up to a group of it; empty at the end."""
        bells = 0
        found: list[tuple[Order, Carry]] = []
        while not (found or bells) or (len(found) < self._group and not self._orders.empty()):
            came = self._orders.get()
            if came is None:
                # The end comes after those that were there before it.
                if found or bells:
                    self._orders.put(None)
                break
            if came is BELL:
                bells += 1
            else:
                found.append(came)
        self._others_first = bool(found and bells) and not self._others_first
        if bells and not self._others_first:
            found.append(self._patient.get())
            bells -= 1
        for _ in range(bells):
            self._orders.put(BELL)
        return found

    def _hand_back(self) -> None:
        while self._finished:
            self._finished.popleft().done.set()
