"""`backup` and `restore` of a terminal's journal. Its key is a file of its own and is in no backup."""

import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import click

from pos_terminal.errors import StoreRefused
from pos_terminal.store.engine import DATABASE_NAME, REVISIONS, FolderLock
from safekeeping import copies
from safekeeping.commands import progress, stamp
from safekeeping.copies import Kind

KIND = Kind(frozenset({"outbox", "sales", "counter", "settings"}), frozenset(REVISIONS))


def _options(command: Any) -> Any:
    command = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))(command)
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option("--data", type=folder, required=True, help="The terminal's own folder.")(command)


@click.group()
def main() -> None:
    """Backups of a till or a kiosk."""
    os.umask(0o077)


@main.command()
@_options
def backup(file: Path, data: Path) -> None:
    """Copy the journal to the new FILE; the terminal may go on selling.

    Example: python -m pos_terminal backup /media/stick/till-1.sqlite --data var/till-1
    """
    with progress("Backup") as tell:
        copies.back_up(data / DATABASE_NAME, file, KIND, _nothing, tell)
    print(json.dumps({"backup": str(file), "bytes": file.stat().st_size}), flush=True)


@main.command()
@_options
def restore(file: Path, data: Path) -> None:
    """Put the backup FILE in the place of the journal, which is set aside. The terminal has to be stopped.

    Example: python -m pos_terminal restore /media/stick/till-1.sqlite --data var/till-1
    """
    try:
        lock = FolderLock(data)
    except StoreRefused as error:
        click.echo(error.sentence, err=True)
        sys.exit(error.exit_code)
    try:
        with progress("Restore") as tell:
            done = copies.restore(file, data / DATABASE_NAME, KIND, _nothing, stamp(), tell)
    finally:
        lock.release()
    if done.aside:
        click.echo(f"What was there is kept as {done.aside}.", err=True)
    click.echo("This terminal sells, and has to be set up anew: have a manager make a code.", err=True)
    print(json.dumps({"restored": str(done.place), "aside": str(done.aside or "")}), flush=True)


def _nothing(_: sqlite3.Connection) -> None:
    """A terminal's copy needs no mark: the hub knows the end of its chain."""
