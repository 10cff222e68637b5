"""A demonstration of fake processes in a process of its own, with its output read line by line."""

import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

DEADLINE_S = 20.0
OPENER = Path(__file__).with_name("open_fake_shop.py")


def free_block() -> int:
    """The first of four neighbouring free ports."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            first = int(probe.getsockname()[1])
        try:
            for port in range(first, first + 4):
                socket.create_server(("127.0.0.1", port)).close()
        except (OSError, OverflowError):
            continue
        return first


def wait_gone(pid: int, deadline_s: float = DEADLINE_S) -> None:
    """Waits until the process is gone. A zombie that nobody has collected yet counts as gone."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        gone, _, _ = select.select([watch], [], [], deadline_s)
    finally:
        os.close(watch)
    assert gone, f"process {pid} is still there after {deadline_s} s"


class ShopProcess:
    """`with ShopProcess(data) as shop:`; ends it at the end, if the test has not."""

    def __init__(self, data: Path, port: int | None = None, *words: str, answer: bytes = b"") -> None:
        self.data = data
        self.port = port or free_block()
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, str(OPENER), str(data), str(self.port), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "300"},
        )
        assert self.process.stdin is not None
        self.process.stdin.write(answer)
        self.process.stdin.close()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.decode())
        self.lines.put("")

    def __enter__(self) -> "ShopProcess":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.ended()

    def hears(self, text: str) -> str:
        """Waits for a line with this text."""
        end = time.monotonic() + DEADLINE_S
        while (left := end - time.monotonic()) > 0:
            try:
                line = self.lines.get(timeout=left)
            except queue.Empty:
                break
            if not line:
                raise AssertionError(f"ended without saying {text!r}:\n{''.join(self.said)}")
            self.said.append(line)
            if text in line:
                return line
        raise AssertionError(f"never said {text!r}:\n{''.join(self.said)}")

    def opened(self) -> "ShopProcess":
        """Waits for the end of the invitation."""
        self.hears("Ctrl-C closes the shop")
        return self

    def ended(self) -> int:
        """Waits for the end; answers the exit code."""
        code = self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return code

    def facts(self, name: str) -> dict[str, Any]:
        """What the fake process was started with, and its pid."""
        folder = {"till": "till-1", "kiosk": "kiosk-1", "bench": "bench", "hub": "."}[name]
        facts: dict[str, Any] = json.loads((self.data / folder / f"fake-{name}.json").read_text())
        return facts

    def ask(self, **wish: Any) -> dict[str, Any]:
        """One line to the control socket and its answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(DEADLINE_S)
            link.connect(str(self.data / "control.sock"))
            link.sendall(json.dumps(wish).encode() + b"\n")
            answer: dict[str, Any] = json.loads(link.makefile().readline())
        return answer
