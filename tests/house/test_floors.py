"""Which room may know which (docs/floors.md), and that breaking it is really noticed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout_tree import ROOMS, ROOT

BROKEN = [
    ("pos_terminal", "import sync_server"),
    ("sync_server", "import pos_terminal"),
    ("sync_server", "import storefront"),
    ("storefront", "import sync_server"),
    ("storefront", "import hardware"),
    ("device_bench", "import pos_terminal"),
    ("retail", "import sqlite3"),
    ("retail", "import socket"),
    ("retail", "import hardware"),
    ("retail", "import receipt_checker"),
    ("receipt_checker", "import retail"),
    ("hardware", "import retail"),
    ("ui_kit", "import retail"),
    ("sample_shop", "import ui_kit"),
    ("safekeeping", "import sample_shop"),
    ("pos_terminal", "import omnitill"),
    ("pos_terminal", "def sneak() -> None:\n    from sync_server import service  # noqa"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of the folder's pyproject.toml, held against the folder's own rooms."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def noticed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy of all rooms' Python in which a module of its own breaks each rule."""
    folder = tmp_path_factory.mktemp("tree")
    only_python = shutil.ignore_patterns("static", "templates", "translations", "__pycache__", "data")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for place, (room, line) in enumerate(BROKEN):
        (folder / room / f"intruder_{place:02}.py").write_text(line + "\n")
    done = lint_imports(folder)
    assert done.returncode == 1, done.stdout
    return done.stdout


def test_every_room_keeps_to_its_floor() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("place", range(len(BROKEN)))
def test_an_import_against_the_floors_is_caught(noticed: str, place: int) -> None:
    room, line = BROKEN[place]
    [wanted] = re.findall(r"(?:^import|from) (\w+)", line)
    assert re.search(rf"\b{room}\.intruder_{place:02} -> {wanted}\b", noticed), noticed


def test_every_room_is_in_the_contracts_the_types_and_the_package() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert set(ROOMS) == set(settings["importlinter"]["root_packages"])
    assert set(ROOMS) == set(settings["mypy"]["packages"])
    assert {f"{room}*" for room in ROOMS} == set(settings["setuptools"]["packages"]["find"]["include"])
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(ROOMS), "a new room belongs into the floors"
