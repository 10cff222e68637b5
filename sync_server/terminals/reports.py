"""What terminals say of themselves and when they were connected, as the managers see it."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.orm import Session

from retail.messages import Status
from sync_server.db import insert_if_absent
from sync_server.inbox import service as inbox
from sync_server.inbox.service import Device
from sync_server.inbox.tables import devices
from sync_server.terminals.tables import terminal_links, terminal_reports, terminals

LINKS_KEPT_MAX = 200
LINKS_SHOWN_MAX = 60
LOST_MS = 30_000
"""A connection whose worker has not been heard of for so long went with it."""

UNSENT_OLD_MS = 15 * 60_000
HOLE_AFTER_MS = 10 * 60_000
"""Numbers that were given and do not come, while others could have: somebody looks."""

SKEW_SHOWN_MS = 60_000
DISK_LOW_MB, DISK_FULL_MB = 500, 50
TROUBLE = frozenset({"unsent", "hole", "forked", "full"})
BROKEN = frozenset({"disconnected", "degraded", "fault"})


def linked(session: Session, dev: str, link: str, now: int) -> None:
    """A connection of the terminal begins."""
    insert_if_absent(session, terminal_links, id=link, terminal=dev, since=now, alive=now, until=None)
    _known(session, dev, now)
    oldest = (
        select(terminal_links.c.id)
        .where(terminal_links.c.terminal == dev)
        .order_by(terminal_links.c.since.desc())
        .offset(LINKS_KEPT_MAX)
    )
    gone = list(session.scalars(oldest))
    if gone:
        session.execute(delete(terminal_links).where(terminal_links.c.id.in_(gone)))


def parted(session: Session, link: str, now: int) -> None:
    """The connection has ended."""
    session.execute(update(terminal_links).where(terminal_links.c.id == link).values(alive=now, until=now))


def still_here(session: Session, links: Collection[str], now: int) -> set[str]:
    """Their worker has these connections now; the terminals of those that were taken for lost meanwhile."""
    here = terminal_links.c.id.in_(links)
    found = select(terminal_links.c.terminal).where(here, terminal_links.c.until.is_not(None))
    back = set(session.scalars(found))
    session.execute(update(terminal_links).where(here).values(alive=now, until=None))
    return back


def lost(session: Session, now: int) -> set[str]:
    """End the connections whose worker is gone, at its last word; the terminals that had them."""
    open_and_old = (terminal_links.c.until.is_(None), terminal_links.c.alive < now - LOST_MS)
    found = set(session.scalars(select(terminal_links.c.terminal).where(*open_and_old)))
    if found:
        session.execute(update(terminal_links).where(*open_and_old).values(until=terminal_links.c.alive))
    return found


def all_lost(session: Session) -> None:
    """A hub that starts alone has nobody connected, whatever its last life wrote down."""
    session.execute(update(terminal_links).where(terminal_links.c.until.is_(None)).values(until=terminal_links.c.alive))
    session.execute(update(terminals).values(online=False))


def set_online(session: Session, devs: Iterable[str]) -> None:
    """A terminal is there while any worker has a connection of it."""
    open_link = exists().where(terminal_links.c.terminal == terminals.c.id, terminal_links.c.until.is_(None))
    session.execute(update(terminals).where(terminals.c.id.in_(sorted(devs))).values(online=open_link))


def stores_of(session: Session, devs: Iterable[str]) -> set[str]:
    return set(session.scalars(select(terminals.c.store).where(terminals.c.id.in_(sorted(devs)))))


def keep(session: Session, device: Device, said: Status, now: int) -> None:
    """Keep the latest word of a terminal, and open a case where its numbers have stopped on their way."""
    _known(session, device.dev, now)
    here = terminal_reports.c.terminal == device.dev
    row = session.execute(select(terminal_reports).where(here).with_for_update()).one()
    acknowledged = inbox.last_seq(session, device.dev, device.inc)
    stuck = said.last_seq > acknowledged
    goes_on = stuck and row.stuck_since and row.stuck_at == acknowledged
    since = row.stuck_since if goes_on else now if stuck else 0
    session.execute(
        update(terminal_reports)
        .where(here)
        .values(at=now, body=said.model_dump(), stuck_at=acknowledged, stuck_since=since)
    )
    if since and now - since >= HOLE_AFTER_MS:
        detail = {"params": {"last": acknowledged, "given": said.last_seq}}
        source = f"{device.dev}/{device.inc}/{acknowledged + 1}"
        inbox.open_exception(session, device.store, "hole", source, detail, now)


def _known(session: Session, dev: str, now: int) -> None:
    insert_if_absent(session, terminal_reports, terminal=dev, first_seen=now, at=0, body={}, stuck_at=0, stuck_since=0)


def views(session: Session, store: str, forked: Collection[str], now: int) -> dict[str, dict[str, Any]]:
    """The terminals of a store as the dashboard shows them; `forked` are those in quarantine."""
    report = terminal_reports.c
    rows = session.execute(
        select(terminals, devices.c.last_seq, report.first_seen, report.at, report.body, report.stuck_since)
        .outerjoin(devices, devices.c.dev == terminals.c.id)
        .outerjoin(terminal_reports, report.terminal == terminals.c.id)
        .where(terminals.c.store == store)
        .order_by(terminals.c.id)
    ).all()
    links = _links(session, [row.id for row in rows])
    return {row.id: _view(row, links.get(row.id, []), row.id in forked, now) for row in rows}


def _links(session: Session, devs: list[str]) -> dict[str, list[dict[str, int]]]:
    found: dict[str, list[dict[str, int]]] = {}
    link = terminal_links.c
    rows = session.execute(select(terminal_links).where(link.terminal.in_(devs)).order_by(link.since, link.id))
    for row in rows:
        found.setdefault(row.terminal, []).append({"since": row.since, "until": row.until or 0})
    return {dev: periods[-LINKS_SHOWN_MAX:] for dev, periods in found.items()}


def _view(row: Row[Any], links: list[dict[str, int]], forked: bool, now: int) -> dict[str, Any]:
    said = Status.model_validate(row.body) if row.at else None
    last_seq = row.last_seq or 0
    worries = _worries(row, said, forked, now)
    return {
        "id": row.id,
        "names": row.names,
        "kind": row.kind,
        "online": row.online,
        "seen": row.seen,
        "first_seen": row.first_seen or 0,
        "last_seq": last_seq,
        "lag": max(0, said.last_seq - last_seq) if said else 0,
        "last_sale": row.last_sale,
        "state": _condition(worries),
        "worries": ["disk" if one == "full" else one for one in worries],
        "report": None if said is None else _report(row.at, said),
        "links": links,
    }


def _report(at: int, said: Status) -> dict[str, Any]:
    body = said.model_dump()
    return {"at": at, "given": body.pop("last_seq"), **body}


def _worries(row: Row[Any], said: Status | None, forked: bool, now: int) -> list[str]:
    """Why a terminal is not as it should be, the worst first."""
    if not row.first_seen and not row.seen:
        return ["never"]
    found = ["forked"] if forked else []
    if said is not None:
        if said.unsent and now - said.oldest_unsent >= UNSENT_OLD_MS:
            found.append("unsent")
        if row.stuck_since and now - row.stuck_since >= HOLE_AFTER_MS and row.online:
            found.append("hole")
        if said.free_mb < DISK_LOW_MB:
            found.append("full" if said.free_mb < DISK_FULL_MB else "disk")
    if not row.online:
        return [*found, "away"]
    if said is not None:
        if abs(said.skew_ms) >= SKEW_SHOWN_MS:
            found.append("skew")
        if any(device.state in BROKEN for device in said.devices):
            found.append("device")
    return found


def _condition(worries: list[str]) -> str:
    if worries == ["never"]:
        return "idle"
    return "trouble" if TROUBLE & set(worries) else "attention" if worries else "good"
