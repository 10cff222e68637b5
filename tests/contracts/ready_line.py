"""The one line of JSON in which a process says that it is ready."""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any


def ready_line(process: subprocess.Popen[bytes], limit_s: float, log: Path) -> dict[str, Any]:
    """What it says. One that says nothing within the limit is killed, and fails the test with its log."""
    assert process.stdout is not None
    late = threading.Timer(limit_s, process.kill)
    late.start()
    try:
        line = process.stdout.readline()
    finally:
        late.cancel()
    assert line, log.read_text()
    ready: dict[str, Any] = json.loads(line)
    return ready
