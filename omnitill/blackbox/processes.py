"""Processes that are killed, paused and started again; each with its own log and its own way of starting."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from omnitill import lifeline

END_GRACE_S = 5.0


class Process:
    """One device or hub over all its lives. Only the thread that made it starts it: the kernel ties the child to it."""

    def __init__(self, name: str, folder: Path, command: Callable[[], Sequence[str]]) -> None:
        self.name, self._command = name, command
        self.log = folder / f"{name}.log"
        self.ready: dict[str, Any] = {}
        self.life = 0
        self.kills = 0
        self.surprises: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._expected_dead = True
        self._up = threading.Condition()
        self._lines: list[bytes] = []
        self._start_at = 0.0

    def start(self) -> None:
        self.life += 1
        self._expected_dead = False
        self.ready, self._lines = {}, []
        tied = [sys.executable, "-I", "-S", lifeline.__file__, str(os.getpid()), *self._command()]
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                tied, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
            )
        self._reader = threading.Thread(target=self._hear, args=(self._process,), daemon=True)
        self._reader.start()

    def _hear(self, process: "subprocess.Popen[bytes]") -> None:
        out: IO[bytes] | None = process.stdout
        assert out is not None
        for line in out:
            with self._up:
                if process is self._process:
                    self._lines.append(line)
                    if len(self._lines) == 1:
                        self.ready = json.loads(line)
                    self._up.notify_all()
        out.close()

    def wait_ready(self, within_s: float) -> bool:
        with self._up:
            return self._up.wait_for(lambda: bool(self.ready), within_s)

    def ask(self, word: str, within_s: float) -> dict[str, Any] | None:
        """Say a word on its standard input; the next line that it answers, or None."""
        with self._up:
            before = len(self._lines)
            if not self.tell(word) or not self._up.wait_for(lambda: len(self._lines) > max(before, 1), within_s):
                return None
            found: dict[str, Any] = json.loads(self._lines[-1])
            return found

    def tell(self, word: str) -> bool:
        process = self._process
        if process is None or process.stdin is None:
            return False
        try:
            process.stdin.write(word.encode() + b"\n")
            process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def children(self) -> list[int]:
        """The processes that it started and that live."""
        if self._process is None or self._process.poll() is not None:
            return []
        pid = self._process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self, back_after_s: float) -> bool:
        """kill -9; it comes back after some time. False where it was down already."""
        if not self.alive:
            return False
        self._expected_dead = True
        self.kills += 1
        self._signal(signal.SIGKILL)
        self._gone()
        self._start_at = time.monotonic() + back_after_s
        return True

    def pause(self, stopped: bool) -> None:
        self._signal(signal.SIGSTOP if stopped else signal.SIGCONT)

    def tend(self) -> None:
        """Start it again where it is due. A death that nobody caused is noted."""
        if self.alive:
            return
        if not self._expected_dead and self._process is not None:
            self.surprises.append(f"{self.name} died by itself: exit code {self._process.returncode}, see {self.log}")
            self._gone()
        if time.monotonic() >= self._start_at:
            self.start()

    def end(self) -> None:
        """End it politely, and for good."""
        self._expected_dead = True
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_GRACE_S)
        self._signal(signal.SIGKILL)
        self._gone()

    def _gone(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._reader.join(END_GRACE_S)
            if self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
