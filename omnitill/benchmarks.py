"""Lists and runs the files of `benchmarks/`: each is a program that prints one JSON line about one figure."""

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

TIME_LIMIT_S = 300
TIME_LIMIT_LONG_S = 1_800
"""For those that were told to do more than they do by themselves."""

END_GRACE_S = 5
KEYS = ("name", "figures", "limits", "holds", "ran")
"""Each benchmark says these itself; how long it took is measured here."""


def main(folder: Path, name: str | None, words: Sequence[str] = ()) -> int:
    """Without a name lists what there is; with one runs it and passes `words` on. Answers the exit code."""
    known = {path.stem: path for path in sorted(folder.glob("[!_]*.py"))}
    if name is None:
        show(known)
        return 0
    if name not in known:
        print(f"There is no benchmark {name!r}. There are: {', '.join(known) or 'none yet'}.", file=sys.stderr)
        return 2
    line = measure(known[name], TIME_LIMIT_LONG_S if words else TIME_LIMIT_S, words)
    print(orjson.dumps(line).decode(), flush=True)
    return 0 if line["holds"] else 1


def show(known: dict[str, Path]) -> None:
    """A table of names with the first line of each file's docstring."""
    table = Table(title="Benchmarks: bin/bench NAME", title_justify="left")
    table.add_column("Name", no_wrap=True)
    table.add_column("What it measures")
    for name, path in known.items():
        text = ast.get_docstring(ast.parse(path.read_text())) or ""
        table.add_row(name, text.partition("\n")[0])
    Console().print(table)


def measure(path: Path, limit_s: float = TIME_LIMIT_S, words: Sequence[str] = ()) -> dict[str, Any]:
    """Runs one file and reads its line; what it says on standard error goes through.

    A benchmark that is late, fails or prints something else answers `holds` false and `why`.
    """
    began = time.monotonic()
    broken = {"name": path.stem, "figures": {}, "limits": {}, "holds": False, "ran": path.name}
    process = subprocess.Popen([sys.executable, str(path), *words], stdout=subprocess.PIPE, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=limit_s)
        why = "" if process.returncode in (0, 1) else f"it ended with exit code {process.returncode}"
    except subprocess.TimeoutExpired:
        said, why = b"", f"it was not done within {limit_s:.0f} s"
    finally:
        _end(process)
    seconds = round(time.monotonic() - began, 1)
    try:
        line = dict(orjson.loads(said.splitlines()[-1]))
        missing = [key for key in KEYS if key not in line]
        if not why and not missing:
            return line | {"seconds": seconds}
        why = why or f"its line lacks {', '.join(missing)}"
    except (IndexError, TypeError, ValueError):
        why = why or "it printed no JSON line"
    return broken | {"seconds": seconds, "why": why}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends what is left of the benchmark and of all it had started (its session)."""
    try:
        os.killpg(process.pid, signal.SIGTERM if process.poll() is None else signal.SIGKILL)
        process.communicate(timeout=END_GRACE_S)
    except (ProcessLookupError, ValueError):
        pass
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
