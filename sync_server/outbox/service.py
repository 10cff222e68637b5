"""Recording events with contiguous versions, and answering those who missed some."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from retail.messages import Position
from sync_server.db import insert_if_absent
from sync_server.outbox.tables import events, lives, streams
from sync_server.prepared import Prepared

EVENTS_ANSWERED_MAX = 200
EPOCH_FIRST = 1
TOLD = "events"
"""Where a session keeps what is to be published once it is committed."""

LEFT = "left"
BEHIND = "behind"
"""Streams whose listeners are to ask for the state, with their new versions."""
KICKED = "kicked"
"""Terminals that are shown out once the session is committed: `{dev, code, message}`."""

ADVANCE = Prepared(
    update(streams)
    .where(streams.c.name == bindparam("stream"))
    .values(version=streams.c.version + 1)
    .returning(streams.c.epoch, streams.c.version),
    "stream",
)
FIRST_EPOCH = Prepared(select(lives.c.epoch))
STORE = Prepared(insert(events).inline(), "stream", "version", "changes", "by", "at", "scan")


@dataclass(frozen=True, slots=True)
class Cause:
    """Which operation caused an event, and when its scan was made; empty for what the hub does by itself."""

    dev: str = ""
    seq: int = 0
    scan: int = 0

    @property
    def by(self) -> list[dict[str, Any]]:
        return [{"dev": self.dev, "seq": self.seq}] if self.dev else []


def record(session: Session, stream: str, changes: Mapping[str, Any], cause: Cause, at: int) -> None:
    """Give the stream its next version and store the event. The row lock of the version is held until the commit.

    An event without changes is recorded all the same where an operation caused it: its author waits for its number.
    """
    if not changes and not cause.dev:
        return
    epoch, version = _next_version(session, stream)
    STORE.run(session, stream=stream, version=version, changes=changes, by=cause.by, at=at, scan=cause.scan)
    event = _event(stream, epoch, version, changes, cause.by, at, cause.scan)
    session.info.setdefault(TOLD, []).append(event)


def unspelled(session: Session, names: list[str], at: int) -> None:
    """Give each of these streams an event that does not say what changed: who misses it is answered with the state.

    For what changes many streams at once, such as a price: their states are made up when somebody looks. Streams that
    nothing has happened in yet have nobody who could know an older state.
    """
    for name in sorted(names):
        row = _advance(session, name)
        if row is not None:
            STORE.run(session, stream=name, version=row.version, changes=None, by=[], at=at, scan=0)
            session.info.setdefault(BEHIND, {})[name] = row.version


def leave(session: Session, device: str, stream: str) -> None:
    """Once this is committed the device no longer hears the stream."""
    session.info.setdefault(LEFT, []).append((device, stream))


def _next_version(session: Session, stream: str) -> tuple[int, int]:
    row = _advance(session, stream)
    if row is None:
        insert_if_absent(session, streams, name=stream, epoch=_first_epoch(session), version=0)
        row = _advance(session, stream)
        assert row is not None, "a row that was just inserted is there"
    return row.epoch, row.version


def _advance(session: Session, stream: str) -> Any:
    return ADVANCE.first(session, stream=stream)


def renew(session: Session, stream: str) -> None:
    """What anybody knows of the stream is void from now on: the next answer is the whole state."""
    session.execute(update(streams).where(streams.c.name == stream).values(epoch=streams.c.epoch + 1))


def forget(session: Session, stream: str, keep: int) -> None:
    """Delete all but the newest events of a stream; who is further behind is answered with the state."""
    version = session.scalar(select(streams.c.version).where(streams.c.name == stream)) or 0
    session.execute(delete(events).where(events.c.stream == stream, events.c.version <= version - keep))


def position(session: Session, stream: str) -> tuple[int, int]:
    """Epoch and version of a stream; one that nothing has happened in is at version 0."""
    row = session.execute(select(streams.c.epoch, streams.c.version).where(streams.c.name == stream)).first()
    return (row.epoch, row.version) if row is not None else (_first_epoch(session), 0)


def _first_epoch(session: Session) -> int:
    """Of a stream that begins: higher than any epoch that a life before a restore can have told of it."""
    row = FIRST_EPOCH.first(session)
    return (row.epoch if row is not None else 0) or EPOCH_FIRST


def answer(session: Session, seen: Position, state: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a receiver at `seen` has missed: the events where they are few, else the whole state.

    Read in one snapshot, so state and version belong together.
    """
    epoch, version = position(session, seen.s)
    head = {"s": seen.s, "e": epoch, "v": version}
    missed = version - seen.v
    if seen.e != epoch or not 0 <= missed <= EVENTS_ANSWERED_MAX:
        return {**head, "state": state()}
    if missed == 0:
        return {**head, "events": []}
    rows = session.execute(
        select(events).where(events.c.stream == seen.s, events.c.version > seen.v).order_by(events.c.version)
    ).all()
    if len(rows) != missed or any(row.changes is None for row in rows):
        return {**head, "state": state()}
    return {
        **head,
        "events": [_event(seen.s, epoch, r.version, r.changes, r.by, r.at, r.scan) for r in rows],
    }


def _event(
    stream: str, epoch: int, version: int, changes: Mapping[str, Any], by: list[Any], at: int, scan: int
) -> dict[str, Any]:
    return {
        "s": stream,
        "e": epoch,
        "p": version - 1,
        "v": version,
        "by": by,
        "changes": changes,
        "at": at,
        "scan": scan,
    }


def heads(session: Session, names: list[str]) -> dict[str, int]:
    """The version of each stream, for those who may have missed the last event."""
    rows = session.execute(select(streams.c.name, streams.c.version).where(streams.c.name.in_(names)))
    return {row.name: row.version for row in rows}
