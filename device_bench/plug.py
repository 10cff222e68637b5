"""The network plug: asks the demonstration's supervisor to stop or start the hub, over its control socket."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

from device_bench.errors import PlugMissing, PlugSilent

# The supervisor answers after the process has ended or announced itself.
CONTROL_TIMEOUT_S = 35.0
LOOK_TIMEOUT_S = 1.0
ANSWER_LIMIT_BYTES = 65536


class NetworkPlug:
    """Remembers how the plug stands; it starts in."""

    def __init__(self, control: Path | None) -> None:
        self._control, self._lock = control, threading.Lock()
        self.is_in = True

    @property
    def works(self) -> bool:
        """Whether somebody is there who can switch the network."""
        return self._control is not None

    def switch(self, into: bool) -> dict[str, Any]:
        """Put the plug in or pull it; returns what the supervisor said. Raises PlugMissing or PlugSilent."""
        if self._control is None:
            raise PlugMissing
        with self._lock:
            said = _ask(self._control, {"do": "start" if into else "stop", "process": "hub"}, CONTROL_TIMEOUT_S)
            if said.get("error"):
                raise PlugSilent(why=str(said["error"]))
            self.is_in = into
        return said

    def look(self) -> bool:
        """How the plug stands now: the hub may have been stopped or started by somebody else."""
        if self._control is not None and self._lock.acquire(blocking=False):
            try:
                said = _ask(self._control, {"do": "status", "process": "hub"}, LOOK_TIMEOUT_S)
                self.is_in = said["processes"]["hub"]["state"] != "stopped"
            except (PlugSilent, KeyError, TypeError):
                # Nobody to ask, or another answer than expected: what we last did is the best that we know.
                pass
            finally:
                self._lock.release()
        return self.is_in


def _ask(path: Path, order: dict[str, str], timeout_s: float) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(timeout_s)
            line.connect(str(path))
            line.sendall(json.dumps(order).encode() + b"\n")
            with line.makefile("rb") as answers:
                said = json.loads(answers.readline(ANSWER_LIMIT_BYTES))
    except (OSError, ValueError) as error:
        raise PlugSilent(why=str(error) or type(error).__name__) from error
    return said if isinstance(said, dict) else {"answer": said}
