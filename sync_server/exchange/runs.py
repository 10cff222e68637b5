"""Files that a manager brings in on the dashboard, as stored work: sent in parts, tried as a whole, carried out.

A step looks at some rows in a transaction that also writes down how far it is, so whoever is ended in the middle, or
does the same step twice at once, does nothing twice. The hub takes the steps by itself; nobody has to look on.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from retail.codec import digest
from retail.errors import N_, RetailError
from sync_server.catalogue.reference import in_parts
from sync_server.db import Database, insert_absent, insert_if_absent
from sync_server.errors import ExchangeRefused, NotFound, is_store_failure, is_worth_a_second_try, refusal
from sync_server.exchange import files, service
from sync_server.exchange.kinds import KINDS, Doing
from sync_server.exchange.tables import exchange_bad, exchange_keys, exchange_parts, exchanges
from sync_server.staff import service as staff

FILE_BYTES_MAX = 32 * 1024 * 1024
PART_BYTES_MAX = 256 * 1024
ROWS_AT_ONCE = 200
"""In one transaction. It is patient: whoever is at a till goes first."""

BAD_KEPT_MAX = 10_000
KEPT_MS = 30 * 86_400_000
"""Afterwards a run is forgotten. What it did stands in the audit ledger."""

WORKING = ("checking", "carrying")
ENDED = ("done", "refused", "stopped")
_C = exchanges.c


def begin(session: Session, run: str, kind: str, file: str, size: int, by: Any, now: int) -> dict[str, Any]:
    """Open a run for a file whose parts follow: `shown`. `by` is the member of staff, `run` a name of the caller's."""
    _forget(session, now)
    if not 0 < size <= FILE_BYTES_MAX:
        raise ExchangeRefused(
            "exchange.size", N_("A file has from 1 byte to {limit} MB. Divide it."), limit=FILE_BYTES_MAX >> 20
        )
    try:
        files.is_csv(PurePath(file))
    except files.FileRefused:
        raise ExchangeRefused(
            "exchange.name", N_("The name of the file has to end in .csv or .jsonl. Nothing was changed.")
        ) from None
    row = {"kind": kind, "file": file, "by": by.id, "store": by.store, "at": now, "size": size, "skip_bad": False}
    zeros = dict.fromkeys(("ended_at", "received", "place", "line", "rows", "changed", "refused"), 0)
    insert_if_absent(session, exchanges, id=run, state="sending", **row, **zeros)
    return shown(row_of(session, run))


def _forget(session: Session, now: int) -> None:
    old = select(_C.id).where(_C.at < now - KEPT_MS)
    for table in (exchange_parts, exchange_keys, exchange_bad):
        session.execute(delete(table).where(table.c.exchange.in_(old)))
    session.execute(delete(exchanges).where(_C.at < now - KEPT_MS))


def row_of(session: Session, run: str, lock: bool = False) -> Row[Any]:
    query = select(exchanges).where(_C.id == run)
    row = session.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound()
    return row


def shown(row: Any) -> dict[str, Any]:
    """A run as screens show it: how far it is in bytes and rows, and what it found."""
    names = ("id", "kind", "file", "by", "at", "ended_at", "state", "size", "received", "place", "rows", "changed")
    return {name: getattr(row, name) for name in (*names, "refused", "checked", "why")}


def receive(session: Session, run: str, place: int, body: bytes) -> dict[str, Any]:
    """Keep the next part of a file: `shown`. A part that is here already is passed over; with the last one it is
    looked at from its beginning on."""
    row = row_of(session, run, lock=True)
    if row.state == "sending" and place == row.received and body:
        received = place + len(body)
        if received > row.size or len(body) > PART_BYTES_MAX:
            raise ExchangeRefused("exchange.part", N_("The file is another one than was announced. Choose it again."))
        session.execute(insert(exchange_parts).values(exchange=run, place=place, body=body))
        state = "checking" if received == row.size else "sending"
        session.execute(update(exchanges).where(_C.id == run).values(received=received, state=state))
    return shown(row_of(session, run))


def carry_out(session: Session, run: str, skip_bad: bool, by: str, now: int) -> dict[str, Any]:
    """Have what was checked carried out. With bad rows only where the good ones are wanted alone."""
    row = row_of(session, run, lock=True)
    if row.state in (*ENDED, "carrying"):
        return shown(row)
    if row.state != "checked" or (row.refused and not skip_bad):
        raise ExchangeRefused(
            "exchange.bad_rows", N_("Some rows are bad. Mend them, or choose to bring in the good ones alone.")
        )
    checked = {name: getattr(row, name) for name in ("rows", "changed", "refused")}
    again = dict.fromkeys(("place", "line", "rows", "changed", "refused"), 0)
    session.execute(delete(exchange_bad).where(exchange_bad.c.exchange == run))
    session.execute(
        update(exchanges).where(_C.id == run).values(state="carrying", checked=checked, skip_bad=skip_bad, **again)
    )
    detail = {"import": run, "file": row.file, "size": row.size, "checked": checked, "skip_bad": skip_bad}
    staff.note(session, "dashboard", f"import.{row.kind}.begun", by, detail, now)
    return shown(row_of(session, run))


def stop(session: Session, run: str, by: str, now: int) -> dict[str, Any]:
    """End a run where it is. What it did stays done; the same file begun again does the rest."""
    row = row_of(session, run, lock=True)
    if row.state not in ENDED:
        _end(session, row, "stopped", now)
        if row.state == "carrying":
            detail = {"import": run, "rows": row.rows, "changed": row.changed}
            staff.note(session, "dashboard", f"import.{row.kind}.stopped", by, detail, now)
    return shown(row_of(session, run))


def _end(session: Session, row: Any, state: str, now: int, why: dict[str, Any] | None = None) -> None:
    # The file is whoever's it was; what it said of people does not stay here.
    for table in (exchange_parts, exchange_keys):
        session.execute(delete(table).where(table.c.exchange == row.id))
    session.execute(update(exchanges).where(_C.id == row.id).values(state=state, ended_at=now, why=why))


def bad_rows(session: Session, run: str, limit: int) -> list[dict[str, Any]]:
    """The first bad rows of a run: `{line, reason}`, the reason as `{message, params}`."""
    columns = exchange_bad.c
    rows = session.execute(select(exchange_bad).where(columns.exchange == run).order_by(columns.line).limit(limit))
    return [{"line": row.line, "reason": row.reason} for row in rows]


def listed(session: Session, limit: int) -> list[dict[str, Any]]:
    """The newest runs, newest first."""
    return [shown(row) for row in session.execute(select(exchanges).order_by(_C.at.desc(), _C.id).limit(limit))]


def work(db: Database, clock: Callable[[], int]) -> None:
    """Take steps of all runs that are under way until nothing is left to do."""
    while going := db.read(lambda session: session.scalars(select(_C.id).where(_C.state.in_(WORKING))).all()):
        for run in going:
            _try_step(db, run, clock())


def _try_step(db: Database, run: str, now: int) -> None:
    """A fault of ours ends the run that met it, with its trace in the log, and holds up no other."""
    try:
        step(db, run, now)
    except Exception as error:
        if is_store_failure(error) or is_worth_a_second_try(error):
            raise
        refused = refusal(error)
        why = {"message": refused.message, "params": refused.params}
        db.write(lambda session: _end(session, row_of(session, run, lock=True), "refused", now, why))


@dataclass(slots=True)
class Part:
    """Some rows of a file, read: what is good, what is bad, and where the next ones begin."""

    seen: Row[Any]
    head: Any
    place: int = 0
    line: int = 0
    rows: int = 0
    over: bool = False
    good: list[service.Good] = field(default_factory=list)
    bad: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)


def step(db: Database, run: str, now: int) -> None:
    """Look at the next rows of a run, or carry them out. They are read beside the writer."""
    try:
        part = db.read_beside(lambda session: _look(session, run))
    except files.FileRefused as refused:
        why = {"message": "{reason}", "params": {"reason": str(refused)}}
        db.write(lambda session: _end(session, row_of(session, run, lock=True), "refused", now, why))
        return
    if part is None:
        return
    changed = 0
    doing = Doing(part.seen.by, now, f"import-{run}")
    kind = KINDS[part.seen.kind]
    if part.seen.state == "checking":

        def tried(session: Session) -> None:
            nonlocal changed
            changed, bad = service.put_rows(session, kind, part.good, doing)
            part.bad += [(line, told(why)) for line, why in bad]
            raise service.Undone

        if part.good:
            with suppress(service.Undone):
                db.write(tried, patient=True)
    db.write(lambda session: _keep(session, part, changed, doing), patient=True)


def _keep(session: Session, part: Part, changed: int, doing: Doing) -> None:
    row = part.seen
    mine = (_C.id == row.id, _C.state == row.state, _C.place == row.place, _C.rows == row.rows)
    moved = {"place": part.place, "line": part.line, "rows": row.rows + part.rows, "head": part.head}
    if session.execute(update(exchanges).where(*mine).values(**moved).returning(_C.id)).first() is None:
        # Somebody else has done this step, or it was stopped.
        return
    bad = list(part.bad)
    if row.state == "checking":
        insert_absent(session, exchange_keys, [{"exchange": row.id, "key": k, "line": n} for k, n in part.keys.items()])
    elif part.good:
        changed, refused = service.put_rows(session, KINDS[row.kind], part.good, doing)
        bad += [(line, told(why)) for line, why in refused]
        lines = [part.good[0][0], part.good[-1][0]]
        detail = {"import": doing.name, "lines": lines, "changed": changed, "refused": len(bad)}
        staff.note(session, "dashboard", f"import.{row.kind}", doing.by, detail, doing.at)
    room = max(0, BAD_KEPT_MAX - row.refused)
    insert_absent(session, exchange_bad, [{"exchange": row.id, "line": n, "reason": why} for n, why in bad[:room]])
    counted = {"changed": row.changed + changed, "refused": row.refused + len(bad)}
    session.execute(update(exchanges).where(_C.id == row.id).values(**counted))
    if not part.over:
        return
    if row.state == "checking":
        session.execute(update(exchanges).where(_C.id == row.id).values(state="checked"))
    else:
        _end(session, row, "done", doing.at)
        detail = {"import": row.id, "rows": row.rows + part.rows, **counted}
        staff.note(session, "dashboard", f"import.{row.kind}.done", doing.by, detail, doing.at)


def told(why: Any) -> dict[str, Any]:
    """A reason as a screen can say it in its language."""
    if isinstance(why, RetailError):
        return {"message": why.message, "params": why.params}
    said = why.args[0] if isinstance(why, Exception) and why.args else why
    if isinstance(said, files.Unread):
        return {"message": said.message, "params": said.params}
    return {"message": "{reason}", "params": {"reason": str(said)}}


class Lines:
    """The lines of a stored file from a place on; `place` is the byte after the last one that was given."""

    def __init__(self, session: Session, run: str, place: int) -> None:
        self._session, self._run = session, run
        self.place, self.broken = place, False

    def __iter__(self) -> Iterator[str]:
        rest, read = b"", self.place
        while body := self._part(read):
            read += len(body)
            *whole, rest = (rest + body).split(b"\n")
            for line in whole:
                yield self._text(line + b"\n")
            if len(rest) > 4 * files.LINE_CHARS_MAX:
                raise files.FileRefused("A line of the file is longer than any row can be. Is it the right file?")
        if rest:
            yield self._text(rest)

    def _part(self, place: int) -> bytes:
        columns = exchange_parts.c
        here = (columns.exchange == self._run) & (columns.place <= place)
        row = self._session.execute(
            select(columns.place, columns.body).where(here).order_by(columns.place.desc()).limit(1)
        ).first()
        return bytes(row.body)[place - row.place :] if row else b""

    def _text(self, line: bytes) -> str:
        first = self.place == 0
        self.place += len(line)
        try:
            return line.decode("utf-8-sig" if first else "utf-8")
        except UnicodeDecodeError:
            self.broken = True
            return line.decode("utf-8", "replace")


def _look(session: Session, run: str) -> Part | None:
    """Read the next rows of a run; nothing is kept."""
    row = row_of(session, run)
    if row.state not in WORKING:
        return None
    kind = KINDS[row.kind]
    lines = Lines(session, run, row.place)
    part = Part(row, row.head)
    keys: dict[int, str] = {}
    try:
        for line, raw in islice(_rows(lines, part, kind.columns, kind.nested), ROWS_AT_ONCE):
            part.rows += 1
            checked = files.Unread(N_("this is no UTF-8 text")) if lines.broken else _checked(kind, raw)
            lines.broken = False
            if isinstance(checked, dict):
                keys[line] = digest(list(service.key_of(kind, checked)))
                part.good.append((line, checked))
            else:
                part.bad.append((line, told(checked)))
    except csv.Error as error:
        raise files.FileRefused(f"The file is no CSV that we can read: {error}.") from None
    part.place, part.over = lines.place, part.rows < ROWS_AT_ONCE
    _once(session, part, keys)
    return part


def _once(session: Session, part: Part, keys: dict[int, str]) -> None:
    """Refuse rows whose key stands in an earlier line."""
    known: dict[str, int] = {}
    columns = exchange_keys.c
    for some in in_parts(sorted(set(keys.values()))):
        held = select(columns.key, columns.line).where(columns.exchange == part.seen.id, columns.key.in_(some))
        known |= {found.key: found.line for found in session.execute(held)}
    good, part.good = part.good, []
    for line, row in good:
        first = known.setdefault(keys[line], line)
        if first == line:
            part.good.append((line, row))
            part.keys[keys[line]] = line
        else:
            part.bad.append((line, told(service.twice(KINDS[part.seen.kind], row, first))))


def _checked(kind: Any, raw: files.Row) -> Any:
    """The row, or why it is refused."""
    if isinstance(raw, files.Unread):
        return raw
    try:
        return kind.checked(raw)
    except (RetailError, ValueError, TypeError) as refused:
        return refused


def _rows(
    lines: Lines, part: Part, columns: tuple[str, ...], nested: frozenset[str]
) -> Iterator[tuple[int, files.Row]]:
    texts = iter(lines)
    part.line = part.seen.line
    if not files.is_csv(PurePath(part.seen.file)):
        for text in texts:
            part.line += 1
            if text.strip():
                yield part.line, files.row_of_line(text)
        return
    if not part.seen.place:
        part.head, part.line = files.heads(next(texts, ""), columns), 1
        lines.broken = False
    names, sign = part.head
    before = part.line
    reader = csv.reader(texts, delimiter=sign)
    for cells in reader:
        line, part.line = part.line + 1, before + reader.line_num
        if cells:
            yield line, files.row_of_cells(names, cells, nested)


def count_bad(session: Session, run: str) -> int:
    """How many bad rows are kept to be looked at."""
    return session.scalar(select(func.count()).where(exchange_bad.c.exchange == run)) or 0
