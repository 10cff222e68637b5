"""A list of device events that a test can wait on."""

from __future__ import annotations

import threading
import time
from typing import TypeVar

from hardware.events import DeviceEvent

DEADLINE_S = 10.0
E = TypeVar("E", bound=DeviceEvent)


class EventLog:
    """Call it as `on_event`; `wait` blocks until an event with these fields came, after those waited for before."""

    def __init__(self) -> None:
        self.events: list[DeviceEvent] = []
        self._seen = 0
        self._news = threading.Condition()

    def __call__(self, event: DeviceEvent) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait(self, kind: type[E], **fields: object) -> E:
        deadline = time.monotonic() + DEADLINE_S
        with self._news:
            while True:
                while self._seen < len(self.events):
                    event = self.events[self._seen]
                    self._seen += 1
                    if isinstance(event, kind) and all(getattr(event, k) == v for k, v in fields.items()):
                        return event
                left_s = deadline - time.monotonic()
                if not self._news.wait(max(0.0, left_s)) and left_s <= 0:
                    raise AssertionError(f"no {kind.__name__} {fields} among {self.events}")

    def of(self, kind: type[E]) -> list[E]:
        with self._news:
            return [event for event in self.events if isinstance(event, kind)]
