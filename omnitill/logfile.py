"""What a process says, kept on disk up to a limit, with its last lines at hand."""

from collections import deque
from pathlib import Path

LOG_LIMIT_BYTES = 5_000_000
TAIL_LINES = 20
LINE_LIMIT_BYTES = 64_000


class LogFile:
    """Appends lines to `path`; at LOG_LIMIT_BYTES the file becomes `path`.1 and a new one begins."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._file = path.open("ab")

    def write(self, line: bytes) -> None:
        """Keeps one line. A full disk does not stop the shop: the line is then only in `tail`."""
        line = line.rstrip(b"\r\n")[:LINE_LIMIT_BYTES]
        self.tail.append(line.decode("utf-8", "replace"))
        try:
            if self._file.tell() > LOG_LIMIT_BYTES:
                self._begin_anew()
            self._file.write(line + b"\n")
            self._file.flush()
        except OSError:
            self.tail.append("(the log could not be written)")

    def _begin_anew(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._file = self.path.open("ab")

    def close(self) -> None:
        """Lets go of the file; a write that failed before may fail again here, and is not worth a word."""
        try:
            self._file.close()
        except OSError:
            self.tail.append("(the log could not be closed)")
