"""A scanner on a pseudo-terminal, found at a stable path like a real one under /dev/serial/by-id."""

from __future__ import annotations

import os
import random
import select
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

WRITE_DEADLINE_S = 1.0
NOISE_BYTES = 24


class SerialScannerEmulator:
    """Sends codes as a scanner does: AIM identifier, code, CRLF. `on_bytes` sees all that went over the wire."""

    def __init__(self, path: Path, on_bytes: Callable[[bytes], None] | None = None, seed: int = 7) -> None:
        self.path = path
        self._on_bytes = on_bytes or (lambda data: None)
        self._rng = random.Random(seed)
        self._lock = threading.Lock()
        self._master = self._slave = -1

    @property
    def address(self) -> str:
        """The address that a driver opens."""
        return f"scanner+serial://{self.path}?suffix=crlf&aim=1"

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._master >= 0

    def plug(self) -> None:
        """Put the cable in: the device path appears."""
        with self._lock:
            if self.plugged:
                return
            self._master, self._slave = os.openpty()
            # The other end stays open here too: a line without a reader keeps silent instead of failing.
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            waiting = self.path.with_name(self.path.name + ".new")
            waiting.unlink(missing_ok=True)
            waiting.symlink_to(os.ttyname(self._slave))
            waiting.replace(self.path)

    def unplug(self) -> None:
        """Pull the cable: the device path goes, and whoever has it open gets an error."""
        with self._lock:
            if not self.plugged:
                return
            self.path.unlink(missing_ok=True)
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    close = unplug

    def scan(self, text: str, aim: str | None = "E0") -> bool:
        """Send one code; False where the cable is out or nobody takes the bytes."""
        return self.send(_framed(text, aim))

    def half_line(self, text: str, aim: str | None = "E0") -> bool:
        """Fault: the first half of a code, without its end."""
        line = _framed(text, aim)
        return self.send(line[: len(line) // 2])

    def double(self, text: str, aim: str | None = "E0") -> bool:
        """Fault: a trigger that bounces sends the same code twice."""
        return self.send(_framed(text, aim) * 2)

    def burst(self, texts: list[str], aim: str | None = "E0") -> bool:
        """Fault: many codes without a pause."""
        return self.send(b"".join(_framed(text, aim) for text in texts))

    def noise(self) -> bool:
        """Fault: a bad cable, random bytes and a line end."""
        return self.send(b"\xff" + self._rng.randbytes(NOISE_BYTES) + b"\r\n")

    def send(self, data: bytes) -> bool:
        """Raw bytes on the wire, within WRITE_DEADLINE_S; False where they were not all taken."""
        deadline = time.monotonic() + WRITE_DEADLINE_S
        left = data
        with self._lock:
            while left:
                if not self.plugged or time.monotonic() > deadline:
                    return False
                _, writable, _ = select.select([], [self._master], [], 0.05)
                if writable:
                    left = left[os.write(self._master, left) :]
        self._on_bytes(data)
        return True


def _framed(text: str, aim: str | None) -> bytes:
    identifier = "]" + aim.removeprefix("]") if aim else ""
    return f"{identifier}{text}\r\n".encode()
