"""Where the hub's log goes: one JSON object a line on standard error."""

import os
import sys
from typing import TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer


class Lines:
    """Writes each line by itself and takes no lock for it.

    The writers are real threads, and the locks of `threading` are gevent's here: one that two threads want at the same
    moment is not handed from one to the other, so a thread that had only something to log would wait for ever, with all
    whose operations it carries out.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def msg(self, line: str) -> None:
        rest = f"{line}\n".encode(errors="backslashreplace")
        # A short line goes out whole; of two long ones at once the pieces may mix, which is what a lock would prevent.
        while rest:
            rest = rest[os.write(self._file.fileno(), rest) :]

    debug = info = warning = error = critical = exception = log = msg


def to_stderr() -> None:
    """Standard output carries the ready line and nothing else."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Not `dict_tracebacks`: it writes down the variables of every function, and with them PINs and codes.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: Lines(sys.stderr),
    )
