"""Taking a file in: first it is tried as a whole and undone, then it is done in parts, each in one transaction."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from retail.errors import N_, RetailError
from sync_server.db import Database
from sync_server.exchange import files
from sync_server.exchange.kinds import KINDS, Doing, Kind, RowRefused
from sync_server.staff import service as staff

ROWS_AT_ONCE = 500
BAD_SHOWN_MAX = 1_000
LANGUAGES = ("en", "ru")

Progress = Callable[[int], None]
"""Told how many rows are done."""
Good = tuple[int, dict[str, Any]]
Bad = tuple[int, RetailError | RowRefused]


@dataclass
class Report:
    """`bad` are `{line, reason}`, of more than `BAD_SHOWN_MAX` the first; `refused` counts all of them."""

    rows: int = 0
    changed: int = 0
    refused: int = 0
    done: bool = False
    bad: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.refused += 1
        if len(self.bad) < BAD_SHOWN_MAX:
            self.bad.append({"line": line, "reason": reason})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Undone(Exception):
    """What was tried is not to stay."""


def export(db: Database, name: str, path: Path) -> int:
    """Write all rows of a kind to a file; how many they are."""
    kind = KINDS[name]
    return db.read(lambda session: files.write(path, kind.rows(session), kind.columns, LANGUAGES))


def take_in(
    db: Database,
    name: str,
    path: Path,
    by: str,
    at: int,
    dry: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda done: None,
) -> Report:
    """Bring a file in. With `dry`, or where a row is bad and `skip_bad` was not said, nothing is changed.

    A file that was cut off is brought in again: rows that are done already change nothing.
    """
    kind = KINDS[name]
    # With the moment in it: the same file may be brought in again after balances have changed, and sets them again.
    doing = Doing(by, at, f"import-{at}-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}")
    report = _walk(db, kind, path, doing, True, progress)
    if dry or (report.refused and not skip_bad):
        return report
    report = _walk(db, kind, path, doing, False, progress)
    report.done = True
    return report


def _walk(db: Database, kind: Kind, path: Path, doing: Doing, dry: bool, progress: Progress) -> Report:
    report = Report()
    rows = _good(kind, path, report)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        changed, bad = _part(db, kind, part, doing, dry)
        report.changed += changed
        for line, why in bad:
            report.refuse(line, why.sentence if isinstance(why, RetailError) else str(why))
        progress(report.rows)
    report.bad.sort(key=lambda row: int(row["line"]))
    return report


def _good(kind: Kind, path: Path, report: Report) -> Iterator[Good]:
    """The rows that can be read; the others are refused on the way."""
    seen: dict[Any, int] = {}
    for line, raw in files.read(path, kind.columns, kind.nested):
        report.rows += 1
        if isinstance(raw, files.Unread):
            report.refuse(line, str(raw))
            continue
        try:
            row = kind.checked(raw)
        except RetailError as refused:
            report.refuse(line, refused.sentence)
            continue
        except (ValueError, TypeError) as error:
            report.refuse(line, str(error))
            continue
        key = key_of(kind, row)
        first = seen.setdefault(key, line)
        if first != line:
            report.refuse(line, twice(kind, row, first))
        else:
            yield line, row


def key_of(kind: Kind, row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in kind.key)


def twice(kind: Kind, row: dict[str, Any], first: int) -> files.Unread:
    """What is said of a row whose key stands in an earlier line."""
    names, key = ", ".join(kind.key), ", ".join(key_of(kind, row))
    return files.Unread(N_("{names} {key} stands in line {first} already"), names=names, key=key, first=first)


def _part(db: Database, kind: Kind, part: list[Good], doing: Doing, dry: bool) -> tuple[int, list[Bad]]:
    """Some rows in one transaction: how many changed something, and which are refused and why."""
    found: list[tuple[int, list[Bad]]] = []

    def put(session: Session) -> None:
        found.clear()
        found.append(put_rows(session, kind, part, doing))
        if dry:
            raise Undone
        changed, bad = found[-1]
        # With the part itself: an import that is cut off stands in the ledger as far as it came.
        detail = {"import": doing.name, "lines": [part[0][0], part[-1][0]], "changed": changed, "refused": len(bad)}
        staff.note(session, "exchange", f"import.{kind.name}", doing.by, detail, doing.at)

    with suppress(Undone):
        db.write(put)
    return found[-1]


def put_rows(session: Session, kind: Kind, part: list[Good], doing: Doing) -> tuple[int, list[Bad]]:
    """Put rows in the caller's transaction: how many changed something, and which are refused and why."""
    try:
        with session.begin_nested():
            return kind.put(session, [row for _, row in part], doing), []
    except (RetailError, RowRefused) as refused:
        if len(part) == 1:
            return 0, [(part[0][0], refused)]
    # One of them is bad: halves tell which.
    half = len(part) // 2
    (some, bad), (more, worse) = (put_rows(session, kind, rows, doing) for rows in (part[:half], part[half:]))
    return some + more, bad + worse
