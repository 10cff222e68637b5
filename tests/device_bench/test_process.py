"""The bench as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

END_LIMIT_S = 2.0
START_LIMIT_S = 20


def test_the_bench_announces_itself_moves_from_a_busy_port_and_ends_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "device_bench", "--data", str(tmp_path / "a"), "--port", "8520"]
    command += ["--terminal", "till-1=Касса у двери", "--terminal", "kiosk-1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        ready = json.loads(first.stdout.readline())  # type: ignore[union-attr]
        command[4] = str(tmp_path / "b")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
            other = json.loads(second.stdout.readline())  # type: ignore[union-attr]
            second.send_signal(signal.SIGTERM)
            assert second.wait(START_LIMIT_S) == 0
        assert ready["ready"] == "bench"
        assert urlsplit(ready["url"]).port != urlsplit(other["url"]).port
        assert list(ready["devices"]) == ["till-1", "kiosk-1"]
        assert Path(urlsplit(ready["devices"]["till-1"]["scanner"]).path).exists()
        assert ready["devices"]["till-1"]["printer"] != other["devices"]["till-1"]["printer"]
        assert "Касса у двери" in httpx.get(ready["url"]).text
        began = time.monotonic()
        first.send_signal(signal.SIGTERM)
        assert first.wait(START_LIMIT_S) == 0
        assert time.monotonic() - began < END_LIMIT_S
    assert not Path(urlsplit(ready["devices"]["till-1"]["scanner"]).path).exists()


def test_a_terminal_that_cannot_be_named_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "device_bench", "--data", str(tmp_path), "--terminal", "../till"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_LIMIT_S)
    assert done.returncode == 2
    assert "is not like till-1" in done.stderr
