"""A scanner on a serial line, a USB serial port or a pseudo-terminal, driven through pyserial."""

from __future__ import annotations

import contextlib
import errno
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import serial

from hardware.errors import AddressError, DeviceBusy, DeviceGone
from hardware.ports import Address
from hardware.scanners.framing import ENDINGS, Frame, Framer, FramingFault

READ_CHUNK_BYTES = 4096
WRITE_TIMEOUT_S = 1.0
# A scanner sends a code in one go. A half line that rests this long will not be completed: the next code must not
# be glued to it.
HALF_LINE_REST_S = 2.0
BAUD_DEFAULT = 9600
LINE_FAULTS = (serial.SerialException, OSError, termios.error)


class SerialScanner:
    """Scanner port over pyserial. Address parameters: baud, bytesize, parity, suffix, prefix, aim (0 or 1)."""

    def __init__(self, device: str, address: Address, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._device, self._path = device, address.path
        self._settings = _line_settings(address)
        self._framing = _framing_settings(address)
        self._framer = Framer(**self._framing)
        self._monotonic = monotonic
        self._last_byte = monotonic()
        self._port: Any = None

    @property
    def device(self) -> str:
        return self._device

    def present(self) -> bool:
        return Path(self._path).exists()

    def open(self) -> None:
        self._framer = Framer(**self._framing)
        try:
            self._port = serial.Serial(
                self._path, write_timeout=WRITE_TIMEOUT_S, timeout=0, exclusive=True, **self._settings
            )
        except LINE_FAULTS as error:
            raise self._lost(error) from error

    def read(self, wait_s: float) -> Sequence[Frame | FramingFault]:
        if self._port is None:
            raise DeviceGone(device=self._device, why="it is not open")
        try:
            # One blocking byte wakes us at once, and whatever came with it is taken without waiting any longer.
            if self._port.timeout != wait_s:
                self._port.timeout = wait_s
            data = self._port.read(1)
            if data:
                data += self._port.read(min(self._port.in_waiting, READ_CHUNK_BYTES))
        # pyserial calls a port that was closed under it a TypeError or an AttributeError.
        except (*LINE_FAULTS, TypeError, AttributeError) as error:
            raise self._lost(error) from error
        now = self._monotonic()
        if data:
            self._last_byte = now
            return self._framer.feed(data)
        if self._framer.half_line and now - self._last_byte > HALF_LINE_REST_S:
            return self._framer.abandon()
        return []

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            # With the cable out the descriptor is gone as well, and there is nobody left to tell.
            with contextlib.suppress(*LINE_FAULTS):
                port.close()

    def _lost(self, error: BaseException) -> DeviceGone:
        number = getattr(error, "errno", None)
        if number in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES):
            why = "no permission to open it" if number == errno.EACCES else "it is claimed"
            return DeviceBusy(device=self._device, why=why)
        return DeviceGone(device=self._device, why=str(error))


def _line_settings(address: Address) -> dict[str, Any]:
    parity = address.params.get("parity", "N").upper()
    bytesize = address.number("bytesize", 8)
    if parity not in "NEOMS" or len(parity) != 1 or bytesize not in (7, 8):
        raise AddressError(address=address.text, why="parity is one of N E O M S and bytesize 7 or 8")
    return {"baudrate": address.number("baud", BAUD_DEFAULT), "parity": parity, "bytesize": bytesize}


def _framing_settings(address: Address) -> dict[str, Any]:
    suffix = address.params.get("suffix", "crlf").lower()
    if suffix not in ENDINGS:
        raise AddressError(address=address.text, why="suffix is one of " + ", ".join(ENDINGS))
    prefix = address.params.get("prefix", "").encode("utf-8")
    return {"prefix": prefix, "suffix": suffix, "aim": address.params.get("aim", "1") != "0"}
