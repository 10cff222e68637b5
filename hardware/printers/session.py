"""Asking a printer over one open connection: its status, the barrier, the drawer's switch."""

from __future__ import annotations

import time

from hardware.ports import PrinterLink
from hardware.printers.escpos import (
    QUERY_OFFLINE,
    QUERY_PAPER,
    QUERY_PRINTER,
    Status,
    is_barrier_answer,
    is_realtime_answer,
    read_status,
)

DRAWER_POLL_S = 0.1


class PrinterSession:
    """Sorts the answers of one connection: the barrier's may come among those to status questions."""

    def __init__(self, link: PrinterLink) -> None:
        self._link = link
        self._realtime: list[int] = []
        self._barriers = 0

    def status(self, wait_s: float) -> Status | None:
        """The answers to DLE EOT 1, 2 and 4, or None when they do not all come in `wait_s` seconds.

        Raises TransferError or DeviceGone when the line breaks.
        """
        answers = self._ask(QUERY_PRINTER + QUERY_OFFLINE + QUERY_PAPER, 3, wait_s)
        return read_status(*answers) if answers else None

    def barrier(self, wait_s: float) -> bool:
        """Whether the barrier is answered, now or within `wait_s` seconds. Raises DeviceGone."""
        deadline = time.monotonic() + wait_s
        while not self._barriers:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            self._sort(self._link.receive(left_s))
        return True

    def drawer_opened(self, open_high: bool, wait_s: float) -> bool | None:
        """Read the drawer's switch until it is open, for at most `wait_s` seconds; None without an answer."""
        deadline = time.monotonic() + wait_s
        while True:
            answers = self._ask(QUERY_PRINTER, 1, wait_s)
            if not answers:
                return None
            if bool(answers[0] & 0x04) == open_high:
                return True
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            # The solenoid needs a moment; whatever the printer says meanwhile is sorted as well.
            self._sort(self._link.receive(min(DRAWER_POLL_S, left_s)))

    def _ask(self, question: bytes, count: int, wait_s: float) -> list[int]:
        self._realtime.clear()
        self._link.send(question)
        deadline = time.monotonic() + wait_s
        while len(self._realtime) < count:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return []
            self._sort(self._link.receive(left_s))
        return self._realtime[:count]

    def _sort(self, data: bytes) -> None:
        for byte in data:
            if is_realtime_answer(byte):
                self._realtime.append(byte)
            elif is_barrier_answer(byte):
                self._barriers += 1
