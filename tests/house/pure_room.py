"""A pytest plugin (`-p pure_room`) under which code of `retail` may neither read, write, listen nor start anything.

An audit hook looks at every such event of the interpreter and refuses it while a function of `retail` is on the stack,
however deep below it the event happens. Beside it every call of a function of `retail` is noted, so that the run can
say which public functions it never reached: with PURE_ROOM_REPORT set, as JSON in that file.
"""

import ast
import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOM = str(ROOT / "retail") + os.sep
IMPORT_MACHINERY = f"{os.sep}importlib{os.sep}metadata{os.sep}"
REFUSED = (
    "open",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "os.",
    "shutil.",
    "tempfile.",
    "urllib.",
    "http.client.",
    "signal.",
    "ctypes.dlopen",
)
called: set[str] = set()


class Impure(BaseException):
    """`retail` touched the world. Not an Exception, so that no `except Exception` in the room can hide it."""


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook. Importing a module, or asking what is installed, reads code and not data: it is let through."""
    if not event.startswith(REFUSED):
        return
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or IMPORT_MACHINERY in name:
            return
        if name.startswith(ROOM):
            raise Impure(f"{event}{arguments!r} below {frame.f_code.co_qualname} in {Path(name).name}")
        frame = frame.f_back


def note(frame: FrameType, event: str, _argument: object) -> None:
    """The profile function: which functions of the room are called."""
    if event == "call" and frame.f_code.co_filename.startswith(ROOM):
        called.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}")


def public_functions() -> set[str]:
    """`module.function` and `module.Class.method` of all that has no underscore in front."""
    found = set()
    for path in Path(ROOM).glob("**/*.py"):
        pending: list[tuple[str, ast.AST]] = [(path.stem, ast.parse(path.read_text(encoding="utf-8")))]
        while pending:
            name, parent = pending.pop()
            for node in ast.iter_child_nodes(parent):
                if isinstance(node, ast.ClassDef):
                    pending.append((f"{name}.{node.name}", node))
                elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    found.add(f"{name}.{node.name}")
    return found


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import settings

    # Laws are proven elsewhere with many examples; here a few show which functions touch the world.
    settings.register_profile("pure-room", max_examples=10, database=None, deadline=None)
    settings.load_profile("pure-room")
    sys.addaudithook(refuse)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    sys.setprofile(note)
    try:
        return (yield)
    finally:
        sys.setprofile(None)


def pytest_sessionfinish() -> None:
    if report := os.environ.get("PURE_ROOM_REPORT"):
        never = sorted(public_functions() - called)
        Path(report).write_text(json.dumps({"called": sorted(called), "never": never}), encoding="utf-8")
