"""What devices say, in the past tense. Plain values; `at_ms` is milliseconds since the Unix epoch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a device stands. `degraded` works with a warning (paper near its end); `fault` needs a person."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    ONLINE = "online"
    DEGRADED = "degraded"
    FAULT = "fault"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Scanned:
    """One complete code. `number` counts the events of this device from 1 without gaps since it was opened by
    this process; `aim` is the AIM symbology identifier without its bracket ("E0"), or None."""

    device: str
    number: int
    text: str
    aim: str | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class ScanRejected:
    """Bytes came that are no code. `code`: scan.too_long, scan.garbage or scan.incomplete; `sentence` is the
    English template (a gettext msgid); `raw` holds the first bytes for the log."""

    device: str
    number: int
    code: str
    sentence: str
    raw: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class DeviceState:
    """The device changed its state. `reason` is a short stable word ("" where the state says all)."""

    device: str
    state: State
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A print job stands in a new state, after the store has it. `copy` tells that it prints with a COPY line."""

    device: str
    job_id: str
    kind: str
    state: str
    reason: str
    sent_bytes: int
    copy: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class DrawerRead:
    """The drawer's switch as read back after a pulse; `is_open` None where the printer did not answer."""

    device: str
    job_id: str
    is_open: bool | None
    at_ms: int


DeviceEvent = Scanned | ScanRejected | DeviceState | JobChanged | DrawerRead
