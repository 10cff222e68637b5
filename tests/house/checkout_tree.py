"""The checkout as the house tests see it: every file that is ours, committed or about to be."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "retail",
    "receipt_checker",
    "hardware",
    "ui_kit",
    "sample_shop",
    "safekeeping",
    "pos_terminal",
    "storefront",
    "sync_server",
    "device_bench",
    "omnitill",
)


@cache
def ours() -> tuple[Path, ...]:
    """All files that git keeps or would add (so nothing that .gitignore names), relative to ROOT."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for name in listed.split("\0") if name and (ROOT / (path := Path(name))).is_file()))


def with_ending(*endings: str) -> list[Path]:
    """Those of our files with one of these endings."""
    return [path for path in ours() if path.suffix in endings]


def text(path: Path) -> str:
    """The text of one of our files."""
    return (ROOT / path).read_text(encoding="utf-8")
