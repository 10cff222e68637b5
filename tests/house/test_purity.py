"""`retail` is pure: while its own tests run through it, it touches no file, no socket, no database and no process."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout_tree import ROOT, text, with_ending

HERE = Path(__file__).parent
IMPURE_MODULES = {
    "asyncio", "glob", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "signal",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
IMPURE_NAMES = {
    "now", "utcnow", "today", "uuid1", "uuid4", "urandom", "time_ns", "monotonic", "perf_counter", "getrandbits",
    "open", "print", "input", "getenv", "environ",
}  # fmt: skip
TOUCHES = {
    "open": "open('/etc/hostname')",
    "write": "open('left-behind', 'w')",
    "socket": "import socket; socket.socket()",
    "name service": "import socket; socket.getaddrinfo('localhost', 80)",
    "sqlite": "import sqlite3; sqlite3.connect(':memory:')",
    "subprocess": "import subprocess; subprocess.run(['true'])",
    "shell": "import os; os.system('true')",
    "folder": "import os; os.listdir('.')",
}

RUN_S = 400
"""A busy machine makes the tests of a room slower, never red."""


def python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(HERE), **environment},
        capture_output=True,
        text=True,
        timeout=RUN_S,
    )


@pytest.mark.timeout(RUN_S)
def test_all_public_functions_of_retail_run_without_touching_the_world(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    pytest_words = ("-m", "pytest", "-q", "-p", "pure_room", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/retail")
    done = python(*pytest_words, PURE_ROOM_REPORT=str(report), OMNITILL_EXAMPLES="3")
    # A test of the trade that fails is red in its own place; here only purity is asked.
    assert done.returncode in (0, 1), done.stdout[-4000:]
    assert "Impure" not in done.stdout, done.stdout[-4000:]
    answer = json.loads(report.read_text())
    assert len(answer["called"]) > 30
    assert not answer["never"], "public functions that no test of retail calls, so nobody knows whether they are pure"


def played_in(file: Path, code: str) -> subprocess.CompletedProcess[str]:
    """The code as if it stood in a function of that file, under the audit hook."""
    source = "def sneak():\n    try:\n        " + code + "\n    except Exception:\n        pass\n"
    program = (
        "import sys, pure_room\n"
        "sys.addaudithook(pure_room.refuse)\n"
        f"room = {{}}\nexec(compile({source!r}, {str(file)!r}, 'exec'), room)\nroom['sneak']()"
    )
    return python("-c", program)


@pytest.mark.parametrize("code", TOUCHES.values(), ids=TOUCHES)
def test_a_touch_of_the_world_inside_retail_is_refused_even_when_it_is_swallowed(code: str) -> None:
    done = played_in(ROOT / "retail" / "intruder.py", code)
    assert done.returncode != 0
    assert "Impure" in done.stderr


def test_the_same_touch_elsewhere_is_nobody_s_business() -> None:
    assert played_in(ROOT / "hardware" / "intruder.py", TOUCHES["socket"]).returncode == 0


def impurities(source: str) -> list[str]:
    """Imports and names by which a clock, chance or the world would come in. A clock raises no audit event."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in IMPURE_MODULES]
        elif isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names if alias.name in IMPURE_NAMES]
            found += [node.module] if (node.module or "").partition(".")[0] in IMPURE_MODULES else []
        elif isinstance(node, ast.Attribute) and node.attr in IMPURE_NAMES:
            found.append(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_NAMES:
            found.append(node.func.id)
    return [name for name in found if name]


@pytest.mark.parametrize("path", [path for path in with_ending(".py") if path.parts[0] == "retail"], ids=str)
def test_no_clock_and_no_chance_come_into_retail(path: Path) -> None:
    assert not impurities(text(path))


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import time",
        "import random",
        "from os.path import join",
        "import datetime; datetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "from uuid import uuid4",
        "import uuid; uuid.uuid4()",
        "print('a sale')",
    ],
)
def test_a_clock_or_chance_would_be_noticed(source: str) -> None:
    assert impurities(source)
