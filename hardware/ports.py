"""Addresses of devices, and the ports that drivers fulfil. Addresses are URLs, one shape for every kind:

`scanner+serial:///dev/ttyACM0?suffix=crlf&aim=1`, `escpos+tcp://10.0.0.5:9100?pages=CP866,CP858`,
`escpos+serial:///dev/ttyUSB0?baud=19200`, `drawer+printer://front?pin=2`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from hardware.errors import AddressError
from hardware.events import State
from hardware.scanners.framing import Frame, FramingFault

__all__ = ["Address", "Printer", "PrinterLink", "Scanner", "State", "parse_address"]

ADDRESS_LIMIT_CHARS = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """A device address taken apart: `protocol` ("scanner", "escpos"), `transport` ("serial", "tcp"), and where."""

    text: str
    protocol: str
    transport: str
    host: str
    port: int | None
    path: str
    params: Mapping[str, str]

    def number(self, name: str, default: int) -> int:
        """The whole number in parameter `name`. Raises AddressError where it is none."""
        value = self.params.get(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit():
            raise AddressError(address=self.text, why=f"{name} must be a whole number")
        return int(value)


def parse_address(text: str) -> Address:
    """Take a device URL apart. Raises AddressError (code device.address_invalid) saying what is wrong with it."""
    if len(text) > ADDRESS_LIMIT_CHARS:
        raise AddressError(address=text[:40] + "...", why="it is too long")
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise AddressError(address=text, why=str(error)) from error
    protocol, plus, transport = url.scheme.partition("+")
    if not plus or not protocol or not transport:
        raise AddressError(address=text, why="it must begin like scanner+serial:// or escpos+tcp://")
    params = dict(parse_qsl(url.query, keep_blank_values=True))
    if transport == "serial" and not url.path:
        raise AddressError(address=text, why="a serial device needs a path, as in scanner+serial:///dev/ttyACM0")
    if transport == "tcp" and not url.hostname:
        raise AddressError(address=text, why="a network device needs a host, as in escpos+tcp://10.0.0.5:9100")
    return Address(text, protocol, transport, url.hostname or "", port, url.path, MappingProxyType(params))


class Scanner(Protocol):
    """A source of codes. It is run by a supervisor and has no thread of its own."""

    @property
    def device(self) -> str:
        """The name the shop gave it ("front scanner")."""

    def present(self) -> bool:
        """Whether the device can be seen without opening it (a device path exists)."""

    def open(self) -> None:
        """Claim the device for us alone. Raises DeviceGone or DeviceBusy."""

    def read(self, wait_s: float) -> Sequence[Frame | FramingFault]:
        """What was scanned within `wait_s` seconds, possibly nothing. Raises DeviceGone when the line is lost."""

    def close(self) -> None:
        """Let go; never raises, may be called twice."""


class PrinterLink(Protocol):
    """One open connection to a printer: one job, closed properly."""

    def send(self, data: bytes) -> None:
        """Hand over all bytes. Raises TransferError, which says how many were taken."""

    def receive(self, wait_s: float) -> bytes:
        """Answer bytes that came within `wait_s` seconds; b"" when none did. Raises DeviceGone when it closed."""

    def close(self) -> None:
        """Say goodbye properly; never raises, may be called twice."""


class Printer(Protocol):
    """A printer that a spool feeds."""

    @property
    def device(self) -> str:
        """The name the shop gave it."""

    def connect(self) -> PrinterLink:
        """A new connection for one job. Raises DeviceGone or DeviceBusy."""

    @property
    def drawer_open_high(self) -> bool:
        """Whether a high level on the drawer's switch means that it is open (drawers differ)."""

    def encode(self, kind: str, payload: str, copy: bool) -> bytes:
        """The bytes of a job, barrier included. `kind` is "receipt" (payload: a document as JSON) or "drawer"
        (payload: JSON `{"pin": 2}`); a copy says so at its top. Raises DocumentError."""
