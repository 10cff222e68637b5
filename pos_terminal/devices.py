"""The terminal's devices: what they say becomes commands and states of the counter."""

import logging
from collections.abc import Sequence
from typing import Any

from hardware.drivers import open_printer, open_scanner
from hardware.events import DeviceEvent, DeviceState, DrawerRead, JobChanged, Scanned, ScanRejected
from hardware.printers.spool import Spool
from hardware.supervisor import Supervisor
from pos_terminal import ids
from pos_terminal.counter import Counter
from pos_terminal.store import spooled
from pos_terminal.store.spooled import SpooledJobs
from pos_terminal.view import Desk

log = logging.getLogger("omnitill.till")

JOBS_SHOWN_MAX = 50


class Devices:
    """Scanners and the printer with its drawer, from their addresses. Raises `hardware.errors.AddressError`."""

    def __init__(self, counter: Counter, scanners: Sequence[str], printer: str) -> None:
        self._counter = counter
        # Numbers of scans begin at 1 in each process; the start makes them unique for ever.
        self._start = ids.uuid7()
        self._supervisor = Supervisor(self.heard)
        self._scanners = [open_scanner(f"scanner-{n}", address) for n, address in enumerate(scanners, 1)]
        self._spool = (
            Spool(SpooledJobs(counter.store), open_printer("printer", printer), self.heard) if printer else None
        )
        if self._spool is not None:
            spool = self._spool
            counter.after_commit.append(lambda _: spool.wake())
            counter.change(self._printer_unknown)

    def start(self) -> None:
        for scanner in self._scanners:
            self._supervisor.watch(scanner)
        if self._spool is not None:
            self._spool.start()

    def stop(self) -> None:
        self._supervisor.stop()
        if self._spool is not None:
            self._spool.stop()

    def heard(self, event: DeviceEvent) -> None:
        """One thing that a device said. Returning acknowledges it."""
        match event:
            case Scanned():
                aim = f"]{event.aim}" if event.aim else ""
                command = f"{event.device}:{self._start}:{event.number}"
                self._counter.scan(command, event.text, aim, event.at_ms)
            case ScanRejected():
                self._counter.told_off(event.code, event.sentence, event.at_ms)
            case DeviceState():
                self._counter.change(lambda desk: self._state(desk, event))
            case JobChanged():
                waiting = self._waiting()
                self._counter.change(lambda desk: self._job(desk, event, waiting))
            case DrawerRead():
                self._counter.change(lambda desk: setattr(desk, "drawer_open", event.is_open))

    def _state(self, desk: Desk, event: DeviceState) -> None:
        row: dict[str, Any] = {"name": event.device, "state": event.state.value, "reason": event.reason}
        if event.device == "printer":
            waiting = desk.printer["waiting"] if desk.printer else 0
            desk.printer = {**row, "waiting": waiting}
        else:
            desk.scanners = {**desk.scanners, event.device: row}

    def _printer_unknown(self, desk: Desk) -> None:
        desk.printer = {"name": "printer", "state": "disconnected", "reason": "", "waiting": self._waiting()}

    def _waiting(self) -> int:
        with self._counter.store.read() as connection:
            return spooled.waiting(connection)

    def _job(self, desk: Desk, event: JobChanged, waiting: int) -> None:
        jobs = {**desk.jobs, event.job_id: (event.state, event.reason)}
        desk.jobs = dict(list(jobs.items())[-JOBS_SHOWN_MAX:])
        if desk.printer:
            desk.printer = {**desk.printer, "waiting": waiting}
