"""One SQLite file with full sync, held by one process, upgraded at its start.

`Store.begin()` is a transaction that holds the file's one write lock from its first moment; `Store.read()` is a
consistent look that holds nobody up. What the disk refuses comes out as `StoreRefused`; then nothing has changed.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from pos_terminal.errors import StoreRefused
from pos_terminal.store.prepared import driver
from retail.errors import N_

DATABASE_NAME = "till.sqlite"
BUSY_TIMEOUT_MS = 5_000
REVISIONS = ("0001", "0002", "0003")
"""The schema's versions, oldest first; a test holds them to the migrations."""

MIGRATIONS = Path(__file__).with_name("migrations")


class FolderLock:
    """The claim on a data folder. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / "till.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreRefused(
                "store.read_only",
                N_("The data folder {folder} cannot be written: {reason}. Nothing was changed."),
                folder=str(folder),
                reason=error.strerror or str(error),
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise StoreRefused(
                "store.held",
                N_(
                    "Another till works with the data folder {folder}. Close it first, or give this one its own folder."
                ),
                folder=str(folder),
            ) from error

    def release(self) -> None:
        os.close(self._file)


def sqlite_engine(path: Path, full_sync: bool = True) -> Engine:
    """An engine whose transactions are ours: BEGIN IMMEDIATE, or BEGIN where the option `reading` is set."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver would open transactions by itself, later than we need and without the write lock.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if full_sync else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        # Straight to the driver: as a statement of SQLAlchemy's the one word costs a scan more than its rows do.
        driver(connection).execute("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class Store:
    """The journal of one terminal in `folder`; `StoreRefused` says why it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FolderLock(folder)
        self.path = folder / DATABASE_NAME
        self.engine = sqlite_engine(self.path)
        self._alone = threading.Lock()
        self._writing: Connection | None = None
        try:
            with refusals():
                self._upgrade()
        except StoreRefused:
            self.close()
            raise

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One command's transaction: all of it is on the disk when the block ends, or nothing is."""
        with refusals(), self._alone:
            # Kept open, because taking one from the pool and giving it back costs a scan as much as a statement.
            connection = self._writing = self._writing or self.engine.connect()
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                self._writing = None
                connection.close()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with refusals(), self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    def close(self) -> None:
        with self._alone:
            if self._writing is not None:
                self._writing.close()
                self._writing = None
        self.engine.dispose()
        self._lock.release()

    def _upgrade(self) -> None:
        with self.engine.begin() as connection:
            found = _revision(connection)
            if found == REVISIONS[-1]:
                return
            if found is not None and found not in REVISIONS:
                raise StoreRefused(
                    "store.newer",
                    N_("The data in {folder} is of a newer program. Start that one. Nothing was changed."),
                    folder=str(self.folder),
                )
            # Imported only here, because a start that finds nothing to upgrade should not wait for it.
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    known = text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
    if connection.execute(known).first() is None:
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what SQLite says of the disk into a sentence for a person."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise _refusal(str(error.orig if isinstance(error, DBAPIError) else error)) from error


def _refusal(reason: str) -> StoreRefused:
    if "full" in reason:
        return StoreRefused(
            "store.full",
            N_("The disk of this till is full. Nothing was changed; free some space and do it again."),
        )
    if "readonly" in reason or "unable to open" in reason:
        return StoreRefused(
            "store.read_only",
            N_(
                "The disk of this till cannot be written. Nothing was changed; have the disk looked at and do it again."
            ),
        )
    return StoreRefused(
        "store.broken",
        N_(
            "The disk of this till does not answer as it should ({reason}). Nothing was changed; have the disk looked "
            "at and do it again."
        ),
        reason=reason,
    )
