"""Who waits over HTTP for a stream to move, and the bell that wakes them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

WAITING_MAX = 2_000
"""So many requests wait at once in one process; one more is answered at once, which is right as well, only dearer."""


class Doorbells:
    """A bell for each stream that somebody waits for. It says that there is something to read, never what."""

    def __init__(self, follow: Callable[[str], None], unfollow: Callable[[str], None]) -> None:
        self._follow, self._unfollow = follow, unfollow
        self._bells: dict[str, set[threading.Event]] = {}
        self._waiting = 0
        self._lock = threading.Lock()

    def ring(self, stream: str) -> None:
        with self._lock:
            bells = list(self._bells.get(stream, ()))
        for bell in bells:
            bell.set()

    def ring_all(self) -> None:
        """Nobody is to wait any longer, because the process ends."""
        with self._lock:
            streams = list(self._bells)
        for stream in streams:
            self.ring(stream)

    @contextmanager
    def listening(self, streams: Iterable[str]) -> Iterator[threading.Event | None]:
        """A bell that rings for any of the streams from now on, or None where too many wait already."""
        names, bell = set(streams), threading.Event()
        with self._lock:
            full = self._waiting >= WAITING_MAX
            if not full:
                self._waiting += 1
                for name in names:
                    self._bells.setdefault(name, set()).add(bell)
                    self._follow(name)
        if full:
            yield None
            return
        try:
            yield bell
        finally:
            with self._lock:
                self._waiting -= 1
                for name in names:
                    self._unfollow(name)
                    self._bells[name].discard(bell)
                    if not self._bells[name]:
                        del self._bells[name]
