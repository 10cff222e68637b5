"""Runs devices: opens them, brings them back after a loss, and hands their events over one at a time.

Each device has two threads and a bounded queue between them. The reader only reads, so that nothing is lost on the
wire while the shop is busy; the deliverer calls the shop and takes its return as the acknowledgement.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.errors import DeviceBusy, DeviceGone
from hardware.events import DeviceEvent, DeviceState, Scanned, ScanRejected, State
from hardware.ports import Scanner
from hardware.scanners.framing import Frame, FramingFault

BACKOFF_FIRST_S = 0.2
BACKOFF_LIMIT_S = 30.0
PRESENCE_POLL_S = 0.2
READ_WAIT_S = 0.25
QUEUE_LIMIT_EVENTS = 1024
DELIVERY_TRIES = 3
STOP_LIMIT_S = 2.0

log = logging.getLogger("omnitill.hardware")


def now_ms() -> int:
    """Wall clock in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


@dataclass
class Backoff:
    """Waiting times that double from BACKOFF_FIRST_S to `limit_s`, each with up to half of it as jitter off."""

    rng: random.Random
    limit_s: float = BACKOFF_LIMIT_S
    attempt: int = 0

    def next_s(self) -> float:
        """The next waiting time in seconds."""
        full: float = min(self.limit_s, BACKOFF_FIRST_S * 2.0 ** min(self.attempt, 16))
        self.attempt += 1
        return max(BACKOFF_FIRST_S, full * (1 - self.rng.random() / 2))

    def reset(self) -> None:
        """Begin again at the shortest wait, after a success."""
        self.attempt = 0


class Supervisor:
    """Runs any number of scanners. `on_event` gets Scanned, ScanRejected and DeviceState, in order for each device.

    `on_event` runs on the device's own thread; its return acknowledges. When it raises, the same event comes again,
    DELIVERY_TRIES times in all, and is then given up with an error in the log.
    """

    def __init__(
        self,
        on_event: Callable[[DeviceEvent], None],
        clock_ms: Callable[[], int] = now_ms,
        rng: random.Random | None = None,
    ) -> None:
        self._on_event, self._clock_ms = on_event, clock_ms
        self._rng = rng or random.Random()
        self._runners: list[_ScannerRunner] = []

    def watch(self, scanner: Scanner) -> None:
        """Take a scanner into care; reading begins at once."""
        runner = _ScannerRunner(scanner, self._on_event, self._clock_ms, Backoff(self._rng))
        self._runners.append(runner)
        runner.start()

    def states(self) -> dict[str, DeviceState]:
        """The last state of each device by its name."""
        return {runner.scanner.device: runner.state for runner in self._runners}

    def stop(self) -> None:
        """Close every device; returns within STOP_LIMIT_S seconds. Events not acknowledged yet are given up."""
        deadline = time.monotonic() + STOP_LIMIT_S
        for runner in self._runners:
            runner.stopping.set()
        for runner in self._runners:
            runner.join(deadline)


class _ScannerRunner:
    def __init__(
        self,
        scanner: Scanner,
        on_event: Callable[[DeviceEvent], None],
        clock_ms: Callable[[], int],
        backoff: Backoff,
    ) -> None:
        self.scanner, self.stopping = scanner, threading.Event()
        self._on_event, self._clock_ms, self._backoff = on_event, clock_ms, backoff
        self._events: queue.Queue[DeviceEvent | None] = queue.Queue(QUEUE_LIMIT_EVENTS)
        self._count = 0
        self._loss_logged = False
        self.state = DeviceState(scanner.device, State.DISCONNECTED, "", clock_ms())
        name = f"scanner {scanner.device}"
        self._threads = [
            threading.Thread(target=self._read_loop, name=f"{name} reader", daemon=True),
            threading.Thread(target=self._deliver_loop, name=f"{name} delivery", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self, deadline: float) -> None:
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _read_loop(self) -> None:
        while not self.stopping.is_set():
            try:
                self._change(State.CONNECTING, "")
                self.scanner.open()
                self._came_back()
                while not self.stopping.is_set():
                    for item in self.scanner.read(READ_WAIT_S):
                        self._put(self._numbered(item))
            except DeviceGone as error:
                self._was_lost(error)
            except Exception:
                # A driver with a bug must not take the shop's scanner away for the rest of the day.
                log.exception("scanner %s: the driver failed", self.scanner.device)
                self._change(State.FAULT, "driver_failed")
            self.scanner.close()
            self._wait_before_retry()
        self._change(State.CLOSED, "")
        self._put(None)

    def _came_back(self) -> None:
        self._backoff.reset()
        if self._loss_logged:
            log.info("scanner %s: back", self.scanner.device)
        self._loss_logged = False
        self._change(State.ONLINE, "")

    def _was_lost(self, error: DeviceGone) -> None:
        if not self._loss_logged:
            log.warning("scanner %s: lost (%s)", self.scanner.device, error)
        self._loss_logged = True
        self._change(State.DISCONNECTED, "busy" if isinstance(error, DeviceBusy) else "gone")

    def _wait_before_retry(self) -> None:
        """Wait out the back-off, but not a moment longer than it takes a missing device to be plugged in again."""
        left_s = self._backoff.next_s()
        was_present = self.scanner.present()
        while left_s > 0 and not self.stopping.wait(min(PRESENCE_POLL_S, left_s)):
            left_s -= PRESENCE_POLL_S
            is_present = self.scanner.present()
            if is_present and not was_present:
                return
            was_present = is_present

    def _numbered(self, item: Frame | FramingFault) -> DeviceEvent:
        self._count += 1
        device, at_ms = self.scanner.device, self._clock_ms()
        if isinstance(item, Frame):
            return Scanned(device, self._count, item.text, item.aim, at_ms)
        log.warning("scanner %s: %s %r", device, item.code, item.raw)
        return ScanRejected(device, self._count, item.code, item.sentence, item.raw, at_ms)

    def _change(self, state: State, reason: str) -> None:
        # A missing scanner is tried again and again; only what is news is told.
        before = self.state
        quiet = state is State.CONNECTING and before.state is State.DISCONNECTED and self._loss_logged
        if quiet or (before.state, before.reason) == (state, reason):
            return
        self.state = DeviceState(self.scanner.device, state, reason, self._clock_ms())
        self._put(self.state)

    def _put(self, event: DeviceEvent | None) -> None:
        # A full queue holds the reader back, and the kernel's buffer behind it: waiting, not dropping.
        while True:
            try:
                self._events.put(event, timeout=READ_WAIT_S)
                return
            except queue.Full:
                if self.stopping.is_set():
                    return

    def _deliver_loop(self) -> None:
        while True:
            try:
                event = self._events.get(timeout=READ_WAIT_S)
            except queue.Empty:
                if self.stopping.is_set() and not self._threads[0].is_alive():
                    return
                continue
            if event is None:
                return
            self._deliver(event)

    def _deliver(self, event: DeviceEvent) -> None:
        for attempt in range(1, DELIVERY_TRIES + 1):
            try:
                return self._on_event(event)
            except Exception:
                log.exception("scanner %s: %r not taken, try %d", self.scanner.device, event, attempt)
                if attempt < DELIVERY_TRIES:
                    self.stopping.wait(BACKOFF_FIRST_S)
        return None
