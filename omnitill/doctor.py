"""Is this machine ready? Each finding says what was seen and, where that is trouble, what to do."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from omnitill.demo import NAMES, PORT_BASE
from omnitill.ports import is_free

PYTHON_WANTED = (3, 11)
SQLITE_WANTED = (3, 37, 0)
FREE_SPACE_WANTED_BYTES = 500_000_000
CLOCK_NOT_BEFORE = 1_767_225_600
"""2026-01-01: a clock before this program was written is wrong, and would date every receipt wrongly."""
CHROMIUM_TIMEOUT_S = 20
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """`trouble` keeps the shop from opening; without it `advice` may still name something for the tests only."""

    what: str
    saw: str
    trouble: bool = False
    advice: str = ""


def python(_checkout: Path, _data: Path) -> Finding:
    """Python 3.11 or later."""
    low = sys.version_info < PYTHON_WANTED
    return Finding("Python", platform.python_version(), low, "Install Python 3.11 or later." if low else "")


def libraries(checkout: Path, _data: Path) -> Finding:
    """Everything in requirements.lock that belongs on this machine is installed in that very version."""
    wrong = []
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+)((?: ;[^\\\n]*)?)", (checkout / "requirements.lock").read_text(), re.M)
    # What differs from one Python to another is pinned once for each of them.
    allowed: dict[str, set[str]] = {}
    for name, wanted, _ in pinned:
        allowed.setdefault(name, set()).add(wanted)
    for name, wanted, marker in pinned:
        try:
            found = version(name)
        except PackageNotFoundError:
            # A marker (another system, another Python) is a reason to be absent, never to be another version.
            found = wanted if marker else "absent"
        if found not in allowed[name]:
            wrong.append(f"{name} {found}, not {wanted}")
    if wrong:
        return Finding("Libraries", "; ".join(wrong[:5]), True, "Run bin/setup: it installs by requirements.lock.")
    return Finding("Libraries", f"{len(pinned)} in step with requirements.lock")


def front_end(checkout: Path, _data: Path) -> Finding:
    """The third-party JavaScript and fonts are in their place."""
    folder = checkout / "ui_kit/static/vendor"
    files = sum(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else 0
    advice = "" if files else "Run bin/setup: it fetches them by package-lock.json."
    return Finding("Front end's libraries", f"{files} files", not files, advice)


def find_chromium() -> str | None:
    """The path of a Chromium that starts, or None. On Ubuntu `chromium` may be a stub that only asks for the snap."""
    for name in (os.environ.get("OMNITILL_CHROMIUM", ""), *CHROMIUM_NAMES):
        path = shutil.which(name) if name else None
        if path is None:
            continue
        try:
            asked = subprocess.run([path, "--version"], capture_output=True, timeout=CHROMIUM_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if asked.returncode == 0:
            return path
    return None


def chromium(_checkout: Path, _data: Path) -> Finding:
    """Only the tests and benchmarks need one."""
    path = find_chromium()
    advice = "" if path else "Only the tests need one: bin/setup --chromium installs it."
    return Finding("Chromium", path or "none", False, advice)


def ports(_checkout: Path, _data: Path) -> Finding:
    """A busy port is no trouble: the process moves to the next."""
    busy = []
    for port in range(PORT_BASE, PORT_BASE + len(NAMES)):
        if not is_free(port):
            busy.append(str(port))
    if busy:
        return Finding("Ports", f"busy: {', '.join(busy)}", False, "The shop moves to the next free ones by itself.")
    return Finding("Ports", f"{PORT_BASE} to {PORT_BASE + len(NAMES) - 1} are free")


def data_folder(_checkout: Path, data: Path) -> Finding:
    """The folder, or the first one above it that exists, takes files and has room."""
    place = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return Finding("Data folder", f"{place} cannot be written to", True, "Name another folder with --data.")
    free = shutil.disk_usage(place).free
    low = free < FREE_SPACE_WANTED_BYTES
    advice = f"Make room: {FREE_SPACE_WANTED_BYTES // 1_000_000} MB are wanted." if low else ""
    return Finding("Data folder", f"{data}, {free // 1_000_000} MB free", low, advice)


def sqlite(_checkout: Path, _data: Path) -> Finding:
    """STRICT tables came with 3.37, and the catalogue is searched with FTS5."""
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    lacks = [] if sqlite3.sqlite_version_info >= SQLITE_WANTED else ["3.37 or later"]
    lacks += [] if "ENABLE_FTS5" in options else ["full-text search (FTS5)"]
    advice = f"This Python's SQLite lacks {' and '.join(lacks)}: take the system's Python." if lacks else ""
    return Finding("SQLite", sqlite3.sqlite_version, bool(lacks), advice)


def clock(_checkout: Path, _data: Path) -> Finding:
    """Not in a year before this program was written."""
    wrong = time.time() < CLOCK_NOT_BEFORE
    advice = "Set the clock: every receipt would carry a wrong date." if wrong else ""
    return Finding("Clock", time.strftime("%Y-%m-%d %H:%M:%S %Z"), wrong, advice)


EXAMINATIONS: tuple[Callable[[Path, Path], Finding], ...] = (
    python,
    libraries,
    front_end,
    chromium,
    ports,
    data_folder,
    sqlite,
    clock,
)


def main(checkout: Path, data: Path, *, as_json: bool = False) -> int:
    """Prints the findings; answers 1 where one is trouble, else 0."""
    findings = [examine(checkout, data) for examine in EXAMINATIONS]
    ok = not any(finding.trouble for finding in findings)
    if as_json:
        print(orjson.dumps({"ok": ok, "findings": [asdict(finding) for finding in findings]}).decode())
        return 0 if ok else 1
    table = Table()
    for column in ("", "What", "Seen", "What to do"):
        table.add_column(column)
    for finding in findings:
        mark = "[red]trouble[/red]" if finding.trouble else "[yellow]note[/yellow]" if finding.advice else "ok"
        table.add_row(mark, finding.what, finding.saw, finding.advice)
    Console().print(table)
    return 0 if ok else 1
