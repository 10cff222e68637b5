"""What the hub logs, from all its threads at once."""

import json
import subprocess
import sys

TIMEOUT_S = 30
THREE_AT_ONCE = """
from gevent import monkey
monkey.patch_all()
import os, sys
import gevent, structlog
from sync_server import log_lines

log_lines.to_stderr()
log, said = structlog.get_logger(), [0, 0, 0]

def writes(place, pause=lambda: None):
    while said[place] < 3000:
        log.info("operation rejected", place=place, seq=said[place])
        said[place] += 1
        pause()

begin = monkey.get_original("_thread", "start_new_thread")
for place in (0, 1):
    begin(writes, (place,))
writes(2, lambda: gevent.sleep(0))
with gevent.Timeout(20):
    while min(said) < 3000:
        gevent.sleep(0.01)
os._exit(0)
"""


def test_two_writers_and_the_loop_that_log_at_once_do_not_wait_for_one_another_for_ever() -> None:
    ended = subprocess.run([sys.executable, "-c", THREE_AT_ONCE], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert ended.returncode == 0, ended.stderr[-500:]
    rows = [json.loads(line) for line in ended.stderr.splitlines()]
    for place in range(3):
        assert [row["seq"] for row in rows if row["place"] == place] == list(range(3000))


FAULT = """
from sync_server import log_lines
import structlog

log_lines.to_stderr()

def check(pin):
    raise ValueError("no such drawer")

try:
    check("4711")
except ValueError:
    structlog.get_logger().exception("hub fault")
"""


def test_a_fault_is_logged_with_its_functions_and_without_what_was_in_them() -> None:
    ended = subprocess.run([sys.executable, "-c", FAULT], capture_output=True, text=True, timeout=TIMEOUT_S)
    [row] = [json.loads(line) for line in ended.stderr.splitlines()]
    assert "check" in str(row["exception"]) and "no such drawer" in str(row["exception"])
    assert "4711" not in ended.stderr
