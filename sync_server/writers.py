"""Who carries out the commands that change something: one at a time, or in real threads that commit in groups."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

GROUP_MAX = 64
"""So many commands share a transaction at most: the first of them waits for the last."""


@dataclass(slots=True, eq=False)
class Order:
    """One command on its way: what came of it, or the error; `told` is what is published once it is committed.

    A `patient` one is a part of a backlog, and nobody looks at a screen for it: others go first.
    """

    command: Callable[[Session], Any]
    patient: bool = False
    result: Any = None
    error: Exception | None = None
    told: dict[Any, Any] = field(default_factory=dict)
    done: Any = None


Carry = Callable[[list[Order], int], None]
"""Carries out a group of orders on one of the connections that may write, counted from 0. It never raises, and may add
to the group those that `Writer.joining` gives it."""


class Writer(Protocol):
    """Has orders carried out, in the order in which they came from one device."""

    def run(self, order: Order, carry: Carry) -> None: ...

    def others_wait(self) -> bool:
        """Whether somebody waits before whom a patient order that is being carried out should step back."""
        ...

    def joining(self) -> list[Order]:
        """Those before whom it stepped back: they may be in its transaction, behind it."""
        ...

    def close(self) -> None: ...


class InlineWriter:
    """Commands run in the caller's thread, one at a time: tests, the command line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, order: Order, carry: Carry) -> None:
        with self._lock:
            carry([order], 0)

    def others_wait(self) -> bool:
        return False

    def joining(self) -> list[Order]:
        return []

    def close(self) -> None:
        pass


class ThreadWriter:
    """Commands run in real threads beside gevent's loop, which SQLite would block.

    Those that wait while a transaction commits are carried out together in the next one, up to `group`: one full sync
    and one hand-over for all of them. SQLite has one thread and PostgreSQL several (docs/adr/0011, 0023).

    Patient orders have a lane of their own. One begins where nobody else waits, or where others went first the time
    before: under load the two lanes take turns. Whoever comes while it is carried out makes it step back at its next
    operation, and joins its transaction (docs/adr/0025).
    """

    def __init__(self, threads: int = 1, group: int = GROUP_MAX) -> None:
        from gevent import get_hub, monkey

        self.threads, self._group = threads, group
        self._hub: Any = get_hub()
        # The real ones: gevent's own would let greenlets wait, and here threads do.
        self._bell: Any = monkey.get_original("queue", "SimpleQueue")()
        self._turns: Any = monkey.get_original("_thread", "allocate_lock")()
        self._live: deque[tuple[Order, Carry]] = deque()
        self._patient: deque[tuple[Order, Carry]] = deque()
        self._passed = False
        """Whether patient orders let others go first the last time."""
        self._finished: deque[Order] = deque()
        self._news = self._hub.loop.async_()
        self._news.start(self._hand_back)
        begin = monkey.get_original("_thread", "start_new_thread")
        for place in range(threads):
            begin(self._work, (place,))

    def run(self, order: Order, carry: Carry) -> None:
        from gevent.event import Event

        order.done = Event()
        (self._patient if order.patient else self._live).append((order, carry))
        # Once for each order, so there is never an order without a ring; one too many finds nothing to do.
        self._bell.put(True)
        order.done.wait()

    def others_wait(self) -> bool:
        return bool(self._live)

    def joining(self) -> list[Order]:
        # Where there are several threads another takes them, or this one next: a backlog that has worked for a while
        # holds rows that others wait for.
        if self.threads > 1:
            return []
        with self._turns:
            return [order for order, _ in self._take(self._group - 1)]

    def close(self) -> None:
        """End the threads; nobody writes any more."""
        for _ in range(self.threads):
            self._bell.put(False)
        self._news.close()

    def _work(self, place: int) -> None:
        while self._bell.get():
            with self._turns:
                found = self._next()
            if not found:
                continue
            group = [order for order, _ in found]
            found[0][1](group, place)
            self._finished.extend(group)
            self._news.send()

    def _next(self) -> list[tuple[Order, Carry]]:
        """What is carried out in the next transaction: one patient order, or the others that wait."""
        patient = bool(self._patient) and (self._passed or not self._live)
        self._passed = bool(self._patient) and not patient
        return [self._patient.popleft()] if patient else self._take(self._group)

    def _take(self, most: int) -> list[tuple[Order, Carry]]:
        return [self._live.popleft() for _ in range(min(most, len(self._live)))]

    def _hand_back(self) -> None:
        while self._finished:
            self._finished.popleft().done.set()
