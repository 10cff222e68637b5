"""`backup` and `restore` of a hub's SQLite file: a copy says of itself that it is one (outbox/life.py)."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import click

from retail.errors import N_
from safekeeping import copies
from safekeeping.commands import progress, stamp
from safekeeping.copies import CopyRefused, Kind
from sync_server.config import Settings
from sync_server.db import DATABASE_NAME
from sync_server.migrations import known_revisions


def kind() -> Kind:
    return Kind(frozenset({"lives", "streams", "operations", "events"}), known_revisions())


def mark_as_copy(connection: sqlite3.Connection, now: int) -> None:
    """Whoever opens this begins a new life of the hub."""
    connection.execute("UPDATE lives SET copied_at = ?", (now,))


def place(settings: Settings) -> Path:
    """The file that is meant; PostgreSQL's data are no file of ours."""
    if settings.database:
        raise CopyRefused(
            "copy.postgresql",
            N_(
                "PostgreSQL is backed up with its own programs, pg_dump and pg_restore; docs/operations.md says how a "
                "hub is told that it was put back. Nothing was changed."
            ),
        )
    return settings.data / DATABASE_NAME


def back_up(settings: Settings, file: Path, now: int) -> None:
    with progress("Backup") as tell:
        copies.back_up(place(settings), file, kind(), lambda copy: mark_as_copy(copy, now), tell)
    _say(backup=str(file), bytes=file.stat().st_size)


def restore(settings: Settings, file: Path, now: int) -> None:
    """The caller holds the folder."""
    with progress("Restore") as tell:
        done = copies.restore(file, place(settings), kind(), lambda copy: mark_as_copy(copy, now), stamp(), tell)
    if done.aside:
        click.echo(f"What was there is kept as {done.aside}.", err=True)
    click.echo("Start the hub: it begins a new life, and devices send again what is missing.", err=True)
    _say(restored=str(done.place), aside=str(done.aside or ""))


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)
