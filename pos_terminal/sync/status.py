"""What the terminal tells the managers of itself: how much waits, how its clock goes, how its devices are."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from pos_terminal.counter import Counter
from pos_terminal.errors import StoreRefused
from pos_terminal.store import outbox
from pos_terminal.sync.line import LinkBroken
from retail.messages import STATUS_DEVICES_MAX

log = logging.getLogger("omnitill.link")

STATUS_EVERY_S = 10.0
STATUS_GAP_S = 2.0
"""Two reports are never closer than this."""

CLOCK_EVERY_S = 60.0
"""A clock that is set wrong while the link stands is noticed within this time."""

MB = 1024 * 1024
WORD_MAX = 40


def status(
    view: Mapping[str, Any], last_seq: int, through: int, offset_ms: int, version: str, free_bytes: int
) -> dict[str, Any]:
    """The message `status` of docs/protocol.md, from the state that the terminal's own page shows. Pure."""
    link = view.get("link") or {}
    waits = link.get("unsent", 0)
    return {
        "unsent": waits,
        "oldest_unsent": (link.get("oldest_unsent_at") or 0) if waits else 0,
        "last_seq": last_seq,
        "through": through,
        "skew_ms": -offset_ms,
        "devices": _devices(view.get("devices") or {})[:STATUS_DEVICES_MAX],
        "version": version,
        "free_mb": free_bytes // MB,
    }


def _devices(shown: Mapping[str, Any]) -> list[dict[str, str]]:
    found = [_device("scanner", row) for row in shown.get("scanners") or ()]
    if shown.get("printer"):
        found.append(_device("printer", shown["printer"]))
    if shown.get("drawer"):
        is_open = shown["drawer"].get("open")
        state = "unknown" if is_open is None else "open" if is_open else "shut"
        found.append({"kind": "drawer", "name": "drawer", "state": state, "reason": ""})
    return found


def _device(kind: str, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "kind": kind,
        "name": str(row["name"])[:WORD_MAX],
        "state": str(row["state"]),
        "reason": str(row["reason"])[:WORD_MAX],
    }


def numbers(connection: Connection) -> tuple[int, int]:
    """`(last_seq, through)`: the last number that was given, and the last one up to which all are answered."""
    return outbox.head(connection).seq, outbox.through(connection)


class Reporter:
    """Says `status` over one connection until that ends: on a change, and every STATUS_EVERY_S in any case.

    `tell(status)` sends it, `measure()` compares the clocks anew; both may raise what ends the connection.
    """

    def __init__(
        self, counter: Counter, version: str, tell: Callable[[dict[str, Any]], None], measure: Callable[[], None]
    ) -> None:
        self._counter, self._version, self._tell, self._measure = counter, version, tell, measure
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Says no more; nobody waits for it."""
        self._ending.set()

    def _run(self) -> None:
        said: dict[str, Any] = {}
        said_at, measured_at = 0.0, time.monotonic()
        while not self._ending.is_set():
            try:
                if time.monotonic() - measured_at >= CLOCK_EVERY_S:
                    measured_at = time.monotonic()
                    self._measure()
                now = self._made()
                if now != said or time.monotonic() - said_at >= STATUS_EVERY_S:
                    self._tell(now)
                    said, said_at = now, time.monotonic()
            except Exception as error:
                # The link itself notices that it is lost; a report is never a reason to end it.
                known = isinstance(error, LinkBroken | StoreRefused | OSError)
                log.log(logging.DEBUG if known else logging.WARNING, "no report of the status: %r", error)
            self._ending.wait(STATUS_GAP_S)

    def _made(self) -> dict[str, Any]:
        with self._counter.store.read() as connection:
            last, through = numbers(connection)
        view = self._counter.snapshot()["state"]
        free = shutil.disk_usage(self._counter.store.folder).free
        return status(view, last, through, self._counter.offset_ms, self._version, free)
