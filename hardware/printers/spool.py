"""One printer's spool: takes jobs from the store, prints them one at a time, and is honest about how each ended.

"Printed" means that the printer answered the barrier at the end of the job. A printer without paper answers later
and by itself, so the spool keeps its connection and waits instead of sending again.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.errors import DeviceBusy, DeviceGone, HardwareError, TransferError
from hardware.events import DeviceEvent, DeviceState, DrawerRead, JobChanged, State
from hardware.ports import Printer, PrinterLink
from hardware.printers.jobs import JobState, JobStore, PrintJob, decide
from hardware.printers.session import PrinterSession
from hardware.supervisor import STOP_LIMIT_S, Backoff, now_ms

log = logging.getLogger("omnitill.hardware")

# Somebody who put new paper in stands there and waits for the receipt.
RETRY_LIMIT_S = 3.0


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the spool waits, in seconds. Tests shorten them."""

    status_s: float = 1.0
    barrier_s: float = 5.0
    working_s: float = 120.0
    held_poll_s: float = 1.0
    drawer_s: float = 1.0
    health_s: float = 15.0


class Spool:
    """`on_event` gets JobChanged (after the store has it), DeviceState of the printer and DrawerRead, on the spool's
    own thread; what it raises is logged and ignored, because the paper is out already."""

    def __init__(
        self,
        store: JobStore,
        printer: Printer,
        on_event: Callable[[DeviceEvent], None] = lambda event: None,
        clock_ms: Callable[[], int] = now_ms,
        rng: random.Random | None = None,
        waits: Waits = Waits(),
    ) -> None:
        self._store, self._printer, self._on_event = store, printer, on_event
        self._clock_ms, self._waits = clock_ms, waits
        self._backoff = Backoff(rng or random.Random(), RETRY_LIMIT_S)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._drawer_open: bool | None = None
        self.state = DeviceState(printer.device, State.DISCONNECTED, "", clock_ms())
        self._thread = threading.Thread(target=self._run, name=f"spool {printer.device}", daemon=True)

    def start(self) -> None:
        """Begin with what the store holds; jobs found in `sending` become `unknown` first."""
        self._thread.start()

    def wake(self) -> None:
        """There may be a new job. Never blocks; may be called from any thread, also after stop()."""
        self._wake.set()

    def stop(self) -> None:
        """End within STOP_LIMIT_S seconds. A job in the middle is left as `unknown`, and the next start sees it."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        self._check_health()
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                job = self._store.next_job()
                settled = self._do(job) if job else self._rest()
            except Exception:
                # A store that fails (a full disk) must not end printing for the day.
                log.exception("spool %s: the job could not be done", self._printer.device)
                settled = False
            if settled:
                self._backoff.reset()
            else:
                self._wake.wait(self._backoff.next_s())
        self._tell_state(State.CLOSED, "")

    def _rest(self) -> bool:
        if not self._wake.wait(self._waits.health_s):
            self._check_health()
        return True

    def _do(self, job: PrintJob) -> bool:
        """Work on one job once. True where it came to its end, False where it waits for something."""
        if job.state is JobState.SENDING:
            job = self._mark(job, JobState.UNKNOWN, "restarted", job.sent_bytes)
        decision = decide(job, self._clock_ms())
        if not decision.prints:
            self._mark(job, JobState.FAILED, decision.reason, job.sent_bytes, decision.copy)
            return True
        try:
            data = self._printer.encode(job.kind, job.payload, decision.copy)
        except HardwareError as error:
            log.error("spool %s: job %s: %s", self._printer.device, job.id, error)
            self._mark(job, JobState.FAILED, error.code, job.sent_bytes)
            return True
        try:
            link = self._printer.connect()
        except DeviceGone as error:
            return self._hold(job, "busy" if isinstance(error, DeviceBusy) else "unreachable", decision.copy)
        try:
            return self._print(job, data, link, decision.copy)
        finally:
            link.close()

    def _print(self, job: PrintJob, data: bytes, link: PrinterLink, copy: bool) -> bool:
        session = PrinterSession(link)
        try:
            status = session.status(self._waits.status_s)
        except HardwareError:
            return self._hold(job, "unreachable", copy)
        if status is None:
            return self._hold(job, "no_answer", copy)
        if status.trouble:
            return self._hold(job, status.trouble, copy)
        self._tell_state(State.DEGRADED if status.near_end else State.ONLINE, "near_end" if status.near_end else "")
        job = self._mark(job, JobState.SENDING, "", job.sent_bytes, copy)
        try:
            link.send(data)
        except TransferError as error:
            if error.sent_bytes == 0:
                return self._hold(job, "unreachable", copy)
            self._tell_state(State.DISCONNECTED, "line_broken")
            self._mark(job, JobState.PARTIAL, "line_broken", error.sent_bytes, copy)
            return False
        return self._await_barrier(replace(job, sent_bytes=len(data)), session, copy)

    def _await_barrier(self, job: PrintJob, session: PrinterSession, copy: bool) -> bool:
        sent, asked_at = job.sent_bytes, time.monotonic()
        wait_s = self._waits.barrier_s
        try:
            while not self._stopping.is_set():
                if session.barrier(min(wait_s, STOP_LIMIT_S / 2)):
                    reason = self._read_drawer(job, session) if job.kind == "drawer" else ""
                    self._mark(job, JobState.CONFIRMED, reason, sent, copy)
                    self._tell_state_again()
                    return True
                if time.monotonic() - asked_at < wait_s:
                    continue
                status = session.status(self._waits.status_s)
                if session.barrier(0):
                    continue
                if status is None or (not status.trouble and time.monotonic() - asked_at > self._waits.working_s):
                    return self._lose(job, "no_answer", copy)
                if status.trouble:
                    # It finishes by itself when a person has helped it; its time to work begins anew then.
                    asked_at = time.monotonic()
                    self._hold(job, status.trouble, copy)
                    wait_s = self._waits.held_poll_s
        except HardwareError:
            return self._lose(job, "line_broken", copy)
        return self._lose(job, "stopped", copy)

    def _read_drawer(self, job: PrintJob, session: PrinterSession) -> str:
        is_open = session.drawer_opened(self._printer.drawer_open_high, self._waits.drawer_s)
        self._drawer_open = is_open
        self._tell(DrawerRead(self._printer.device, job.id, is_open, self._clock_ms()))
        return "" if is_open else "not_read" if is_open is None else "stayed_closed"

    def _hold(self, job: PrintJob, reason: str, copy: bool) -> bool:
        if (job.state, job.reason) != (JobState.HELD, reason):
            self._mark(job, JobState.HELD, reason, job.sent_bytes, copy)
        gone = reason in ("unreachable", "busy", "no_answer")
        self._tell_state(State.DISCONNECTED if gone else State.FAULT, reason)
        return False

    def _lose(self, job: PrintJob, reason: str, copy: bool) -> bool:
        self._mark(job, JobState.UNKNOWN, reason, job.sent_bytes, copy)
        self._tell_state(State.DISCONNECTED, reason)
        return False

    def _check_health(self) -> None:
        try:
            link = self._printer.connect()
        except DeviceGone as error:
            self._tell_state(State.DISCONNECTED, "busy" if isinstance(error, DeviceBusy) else "unreachable")
            return None
        try:
            status = PrinterSession(link).status(self._waits.status_s)
        except HardwareError:
            status = None
        finally:
            link.close()
        if status is None:
            return self._tell_state(State.DISCONNECTED, "no_answer")
        is_open = status.drawer_pin_high == self._printer.drawer_open_high
        if is_open != self._drawer_open:
            self._drawer_open = is_open
            self._tell(DrawerRead(self._printer.device, "", is_open, self._clock_ms()))
        if status.trouble:
            return self._tell_state(State.FAULT, status.trouble)
        return self._tell_state(
            State.DEGRADED if status.near_end else State.ONLINE, "near_end" if status.near_end else ""
        )

    def _mark(self, job: PrintJob, state: JobState, reason: str, sent_bytes: int, copy: bool = False) -> PrintJob:
        self._store.mark(job.id, state, reason, sent_bytes)
        device, at_ms = self._printer.device, self._clock_ms()
        self._tell(JobChanged(device, job.id, job.kind, state.value, reason, sent_bytes, copy, at_ms))
        return replace(job, state=state, reason=reason, sent_bytes=sent_bytes)

    def _tell_state_again(self) -> None:
        if self.state.state is not State.DEGRADED:
            self._tell_state(State.ONLINE, "")

    def _tell_state(self, state: State, reason: str) -> None:
        if (self.state.state, self.state.reason) == (state, reason):
            return
        lost, was_lost = (s not in (State.ONLINE, State.DEGRADED, State.CLOSED) for s in (state, self.state.state))
        if lost != was_lost:
            log.warning("printer %s: %s %s", self._printer.device, state, reason)
        self.state = DeviceState(self._printer.device, state, reason, self._clock_ms())
        self._tell(self.state)

    def _tell(self, event: DeviceEvent) -> None:
        try:
            self._on_event(event)
        except Exception:
            log.exception("spool %s: %r was not taken", self._printer.device, event)
