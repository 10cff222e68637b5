"""A backup is taken of a snapshot while others write; a restore sets the file that was there aside and loses nothing.

    back up:  snapshot -> FILE.part -> marked as a copy -> checked -> FILE
    restore:  FILE checked -> PLACE.part -> checked -> PLACE set aside under the time of day -> PLACE

A copy that was cut off is called `.part` and never FILE; between any two steps of a restore the old file, the new one
or both are there.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from retail.errors import N_, RetailError

PAGES_AT_ONCE = 2_000
BUSY_TIMEOUT_S = 5.0
FAULTS_TOLD_MAX = 1
PART = ".part"

Tell = Callable[[int, int], None]
"""Hears how far a copy is: pages done, pages in all."""

Change = Callable[[sqlite3.Connection], None]


class CopyRefused(RetailError):
    """A backup that cannot be made or cannot be put back; everything is as it was."""

    code = "copy"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file has to be: its `tables`, and the `revisions` of the schema that this program knows."""

    tables: frozenset[str]
    revisions: frozenset[str]


@dataclass(slots=True)
class Restored:
    """What a restore did: the file that is in its place now, and what was set aside, if there was something."""

    place: Path
    aside: Path | None = None
    moved: list[Path] = field(default_factory=list)


def back_up(source: Path, target: Path, kind: Kind, mark: Change, tell: Tell) -> None:
    """Copy the database `source` to the new file `target`; `mark` is done to the copy only. `CopyRefused` else."""
    if target.exists():
        raise CopyRefused(
            "copy.exists", N_("{file} is there already. Name another file; nothing was changed."), file=str(target)
        )
    _there(source)
    part = target.with_name(target.name + PART)
    try:
        _copy(source, part, kind, mark, tell)
        part.replace(target)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def restore(backup: Path, place: Path, kind: Kind, mark: Change, stamp: str, tell: Tell) -> Restored:
    """Put `backup` in the place of the database `place`, of which nobody may hold anything open. What was there is
    kept beside it as `place.stamp`. `CopyRefused` says why not; then everything is as it was."""
    _there(backup)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + PART)
    try:
        _copy(backup, part, kind, mark, tell)
        done = _set_aside(place, stamp)
        part.replace(place)
        _sync(place.parent)
    finally:
        part.unlink(missing_ok=True)
    return done


def check(connection: sqlite3.Connection, file: Path, kind: Kind) -> None:
    """That this is a whole database of the right kind, which this program understands."""
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not kind.tables <= found or "alembic_version" not in found:
        raise CopyRefused(
            "copy.other_kind", N_("{file} is a database, but not of this kind. Nothing was changed."), file=str(file)
        )
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision is None or revision[0] not in kind.revisions:
        raise CopyRefused(
            "copy.newer",
            N_("{file} is of a newer program. Use that one, or update this one. Nothing was changed."),
            file=str(file),
        )
    faults = connection.execute(f"PRAGMA integrity_check({FAULTS_TOLD_MAX})").fetchone()
    if faults != ("ok",):
        raise _damaged(file)


def _there(file: Path) -> None:
    if not file.is_file():
        raise CopyRefused("copy.missing", N_("There is no file {file}. Nothing was changed."), file=str(file))


def _copy(source: Path, part: Path, kind: Kind, mark: Change, tell: Tell) -> None:
    part.unlink(missing_ok=True)
    with _refusals(source, part):
        # Made first, so that nobody else can ever read what comes into it.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600))
        address = f"{source.resolve().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as old,
            closing(sqlite3.connect(part, isolation_level=None)) as new,
        ):
            # While we hold this look, writers go on and the copy need not begin anew for each of them.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            old.backup(new, pages=PAGES_AT_ONCE, progress=lambda _, left, total: tell(total - left, total))
            new.execute("PRAGMA journal_mode = DELETE")
            check(new, source, kind)
            mark(new)
        held = os.open(part, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)


def _set_aside(place: Path, stamp: str) -> Restored:
    """Keep the old file under another name. Its write-ahead log goes first: beside a new database it would be taken
    for that one's own."""
    done = Restored(place)
    if not place.exists():
        return done
    with suppress(sqlite3.Error), closing(sqlite3.connect(place, isolation_level=None)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    done.aside = _free(place, stamp)
    for ending in ("-wal", "-shm"):
        beside = place.with_name(place.name + ending)
        if beside.exists():
            beside.replace(done.aside.with_name(done.aside.name + ending))
    # A second name for the same file: it is never without one.
    done.aside.hardlink_to(place)
    return done


def _free(place: Path, stamp: str) -> Path:
    names = (f"{place.name}.{stamp}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in map(place.with_name, names) if not path.exists())


def _sync(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _damaged(file: Path) -> CopyRefused:
    return CopyRefused(
        "copy.damaged", N_("{file} is damaged. Use an older backup; nothing was changed."), file=str(file)
    )


@contextmanager
def _refusals(source: Path, target: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into a sentence for a person."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "not a database" in said:
            raise CopyRefused(
                "copy.no_database", N_("{file} is not a database. Nothing was changed."), file=str(source)
            ) from error
        if "full" in said:
            raise _full(target) from error
        if "malformed" in said:
            raise _damaged(source) from error
        raise _unreadable(source, said) from error
    except OSError as error:
        raise _unreadable(target, error.strerror or str(error)) from error


def _full(target: Path) -> CopyRefused:
    return CopyRefused(
        "copy.full",
        N_("The disk with {folder} is full. Free some space, or use another disk; nothing was changed."),
        folder=str(target.parent),
    )


def _unreadable(file: Path, reason: str) -> CopyRefused:
    return CopyRefused(
        "copy.failed",
        N_("{file} could not be copied: {reason}. Nothing was changed."),
        file=str(file),
        reason=reason,
    )
