"""Which life of its data a hub is in: that an old copy was put back is noticed, said and made good, never passed over.

Beside the database lies a mark with the life and a beat that grows while the hub works. A database behind its mark is
an old copy. So is one that a terminal knows more of than it knows itself, and a backup that is opened. Then a new life
begins: all that anybody knows of any stream is void, and devices send again what was lost.
"""

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from sync_server.catalogue import queries as catalogue
from sync_server.db import Database, insert_if_absent
from sync_server.inbox import service as inbox
from sync_server.outbox.tables import events, lives, streams

log = structlog.get_logger()

MARK_NAME = "hub.life"
BEAT_S = 10.0
EPOCHS_BEGAN_MS = 1_767_225_600_000
"""The start of 2026. The epochs of a new life are seconds since then: no stream of a lost life was ever so far."""


def current(session: Session) -> str:
    """The life that the hub is in; empty before its first start."""
    return session.scalar(select(lives.c.life)) or ""


def hub_id(session: Session) -> str:
    """Who this hub is, also after an old copy of it was put back; empty before its first start."""
    return session.scalar(select(lives.c.hub)) or ""


def overtaken(session: Session, known: str) -> bool:
    """Whether the life in which a terminal was answered is the one that this one took the place of: what that life
    lost is known already."""
    return bool(known) and known == session.scalar(select(lives.c.former))


class Life:
    """Keeps the beat and its mark; `folder` is where the mark lies. `alone`: nobody else writes this database, so a
    database that has worked and has no mark beside it was brought from somewhere."""

    def __init__(self, db: Database, folder: Path, clock: Callable[[], int], alone: bool) -> None:
        self._db, self._mark, self._clock, self._alone = db, folder / MARK_NAME, clock, alone

    def beat(self) -> None:
        """Look at the mark, begin a new life where the database is behind it, and move both on. At the start, and
        every BEAT_S after it: a database that is set back under a running hub is noticed too."""
        seen = self._read()
        kept = self._db.write(lambda session: self._begin(session, seen))
        try:
            self._write(kept)
        except OSError as error:
            # A mark that stays behind only notices less; the terminals still would.
            log.warning("the mark beside the database was not written", reason=str(error))

    def _begin(self, session: Session, seen: dict[str, Any] | None) -> dict[str, Any]:
        row = session.execute(select(lives).with_for_update()).first()
        now = self._clock()
        if row is None:
            first = {"id": 1, "life": str(uuid.uuid4()), "former": "", "began": now, "beat": 0, "epoch": 1}
            insert_if_absent(session, lives, **first, copied_at=None)
            row = session.execute(select(lives).with_for_update()).one()
        brought = seen is None and self._alone and row.beat > 0
        behind = seen is not None and (seen["life"] != row.life or seen["beat"] > row.beat)
        if brought or behind or row.copied_at is not None:
            renew(session, current(session), now)
        session.execute(update(lives).values(beat=lives.c.beat + 1, hub=row.hub or str(uuid.uuid4())))
        return dict(session.execute(select(lives.c.life, lives.c.beat)).one()._mapping)

    def _read(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self._mark.read_text(encoding="utf-8"))
            return {"life": str(found["life"]), "beat": int(found["beat"])}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, kept: dict[str, Any]) -> None:
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._mark.with_suffix(f".{os.getpid()}")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._mark)


def renew(session: Session, source: str, now: int) -> bool:
    """Begin a new life: every stream gets a higher epoch, each store's manager is told what came back. Once for each
    `source` (what gave the old copy away); False where that was done before."""
    last = session.scalar(select(func.max(events.c.at))) or 0
    told = [
        inbox.open_exception(session, store.id, "restored", f"{source}/{store.id}"[:120], {"newest_at": last}, now)
        for store in catalogue.all_stores(session)
    ]
    if told and not any(told):
        return False
    floor = max(1, (now - EPOCHS_BEGAN_MS) // 1000)
    session.execute(update(streams).values(epoch=case((streams.c.epoch >= floor, streams.c.epoch + 1), else_=floor)))
    epoch = max(floor, session.scalar(select(func.max(streams.c.epoch))) or 0)
    fresh = {"life": str(uuid.uuid4()), "former": lives.c.life, "began": now, "epoch": epoch, "copied_at": None}
    session.execute(update(lives).values(**fresh))
    return True
