"""Looks at the databases and the clients when all is at rest, with the laws that the simulation is held to."""

import contextlib
from collections import Counter as Count
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from omnitill.blackbox.disk import PhoneDisk
from omnitill.blackbox.people import AtTerminal
from omnitill.blackbox.shop import PhoneAt, Terminal
from omnitill.blackbox.shop import Shop as Processes
from omnitill.simulation.check import Findings, examine, written
from omnitill.simulation.memory import STORE
from omnitill.simulation.replica import Pending, Replica
from omnitill.simulation.witness import Shop
from pos_terminal.app import voices
from pos_terminal.counter import Counter, Setting
from pos_terminal.store import tables as kept
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica as Catalogue
from retail.cart import Actor
from retail.codec import digest
from sync_server.carts import queries as carts
from sync_server.customers import queries as customers
from sync_server.db import Database, open_database
from sync_server.inbox.service import Device
from sync_server.inbox.tables import operations
from sync_server.outbox.tables import events

Report = dict[str, Any]

IN_ORDER = """
    pg_xact_commit_timestamp(xmin),
    min(xmin::text::bigint) OVER (PARTITION BY pg_xact_commit_timestamp(xmin), dev),
    seq
"""
"""PostgreSQL's operations in the order of their commits; inside a transaction the devices as their savepoints follow
one another, and each one's numbers. (`cmin` would say it shorter, but is 0 in what was recovered after a crash.)"""


@dataclass
class HubFile:
    """The hub's database, and what its committed operations were, in the order of their commits."""

    db: Database
    carried: list[tuple[Device, int, dict[str, Any], dict[str, Any], int]] = field(default_factory=list)
    told: Sequence[dict[str, Any]] = ()


@dataclass
class TerminalFile:
    """A terminal's folder, opened as the terminal opens it after a crash."""

    name: str
    device: Device
    acked: Mapping[int, str]
    store: Store
    counter: Counter
    hub_cart: Mapping[str, Any] | None = None


@dataclass
class PhoneFile:
    """A phone's disk and what it showed last."""

    name: str
    device: Device
    acked: Mapping[int, str]
    sent: dict[int, dict[str, Any]]
    outbox: Mapping[int, Any]
    replicas: Mapping[str, Replica]


@dataclass
class Person:
    """What somebody at a terminal will swear to."""

    till: TerminalFile
    told: Count[str]
    sold: Sequence[str]
    put_back: int
    at: AtTerminal

    def never_answered(self, kind: str) -> int:
        return self.at.never_answered(kind)


def fresh(db: Database, stream: str) -> dict[str, Any]:
    """The state of a stream, from the hub's tables."""
    kind, _, key = stream.partition(":")
    if kind == "shopper":
        return db.read(lambda session: customers.view(session, key))
    return db.read(lambda session: carts.view(session, carts.get(session, key)))


def shown_wrong(db: Database, reports: Mapping[str, Report], views: Mapping[str, Report]) -> Iterator[str]:
    """What a screen shows and the hub does not have, in words; nothing where all replicas are equal."""
    for name, report in reports.items():
        if report["outbox"]:
            yield f"{name}: its outbox is not empty: {report['outbox']}"
        for stream, copy in report["streams"].items():
            if copy["state"] != fresh(db, stream):
                yield f"{name}: its copy of {stream} at {copy['v']} is not the hub's"
            if copy["pending"]:
                yield f"{name}: operations {copy['pending']} are shown as pending and are not"
    for name, view in views.items():
        if view["link"]["unsent"] or not view["link"]["online"]:
            yield f"{name}: unsent {view['link']['unsent']}, online {view['link']['online']}"
        waiting = [line for line, row in view["lines"].items() if row["pending"] or row["taking"]]
        if waiting:
            yield f"{name}: lines {waiting} are shown as pending"
        shopper = view["shopper"]
        if shopper is not None and not shopper["pending"]:
            yield from _same_lines(db, name, shopper["id"], view)


def _same_lines(db: Database, name: str, shopper: str, view: Report) -> Iterator[str]:
    """The lines of the shopper's cart on a terminal's screen are the hub's."""
    cart = fresh(db, f"shopper:{shopper}")["cart"]
    there = {line: (row["item"], row["quantity"]) for line, row in fresh(db, f"cart:{cart}")["lines"].items()}
    here = {line: (row["item"], row["quantity"]) for line, row in view["lines"].items()}
    if here != there:
        yield f"{name}: shows the lines {here} of {cart}, the hub has {there}"


def verify(
    processes: Processes, people: Sequence[AtTerminal], reports: Mapping[str, Report], views: Mapping[str, Report]
) -> tuple[Findings, int]:
    """Every promise, when the processes have ended; with the number of operations that were acknowledged."""
    with contextlib.ExitStack() as stack:
        db = open_database(processes.data.url)
        stack.callback(db.close)
        tills = {one.name: _terminal(one, stack) for one in processes.terminals}
        phones = [_phone(one, reports.get(one.name), stack) for one in processes.phones]
        hub = HubFile(db)
        told_to = {one.name: PhoneDisk(one.disk) for one in processes.phones}
        for disk in told_to.values():
            stack.callback(disk.close)
        hub.carried = _carried(db, list(tills.values()), phones)
        swearing = [Person(tills[one.name], one.told, one.sold, one.put_back, one) for one in people]
        found = examine(Shop(hub, list(tills.values()), phones, swearing))
        _in_order(found, hub)
        for sentence in shown_wrong(db, reports, views):
            found.expect(False, sentence)
        for name in sorted({one.name for one in processes.phones} - reports.keys()):
            found.expect(False, f"{name} says nothing any more")
        for name in sorted(tills.keys() - views.keys()):
            found.expect(False, f"{name} shows nothing any more")
        _told(found, db, told_to)
        acknowledged = sum(len(one.acked) for one in tills.values()) + sum(len(one.acked) for one in phones)
    for process in processes.processes:
        for sentence in process.surprises:
            found.expect(False, sentence)
    for person in people:
        for sentence in person.failures:
            found.expect(False, sentence)
    return found, acknowledged


def _terminal(terminal: Terminal, stack: contextlib.ExitStack) -> TerminalFile:
    store, replica = Store(terminal.folder), Catalogue(terminal.folder)
    stack.callback(store.close)
    stack.callback(replica.close)
    setting = Setting("till" if terminal.kind == "till" else "kiosk", terminal.name, "en")
    with store.read() as connection:
        rows = connection.execute(select(kept.outbox.c.seq, kept.outbox.c.status).where(kept.outbox.c.seq > 0)).all()
    acked = {row.seq: row.status for row in rows if row.status != "waiting"}
    device = Device(terminal.name, 1, Actor(terminal.name, terminal.kind), store=STORE.id)  # type: ignore[arg-type]
    return TerminalFile(terminal.name, device, acked, store, Counter(store, replica, setting, voices()))


def _phone(phone: PhoneAt, report: Report | None, stack: contextlib.ExitStack) -> PhoneFile:
    disk = PhoneDisk(phone.disk)
    stack.callback(disk.close)
    made = disk.made()
    acked = {seq: status for seq, (_, status) in made.items() if status is not None}
    dev = disk.setting("known_as")
    device = Device(dev, 1, Actor(dev, "online"), STORE.id, phone.shopper.id)
    replicas = {
        stream: Replica(
            stream, row["e"], row["v"], row["state"], pending=tuple(Pending("", seq) for seq in row["pending"])
        )
        for stream, row in (report or {"streams": {}})["streams"].items()
    }
    sent = {seq: operation for seq, (operation, _) in made.items()}
    return PhoneFile(phone.name, device, acked, sent, dict(disk.waiting()), replicas)


def _carried(
    db: Database, tills: Sequence[TerminalFile], phones: Sequence[PhoneFile]
) -> list[tuple[Device, int, dict[str, Any], dict[str, Any], int]]:
    """What the hub committed, in the order of its commits: one writer gives SQLite's row numbers in that order, and
    PostgreSQL keeps the moment of each commit (`IN_ORDER`)."""
    sent = {one.device.dev: (one.device, written(one)) for one in tills}
    sent |= {one.device.dev: (one.device, one.sent) for one in phones}
    committed = "rowid" if db.engine.dialect.name == "sqlite" else IN_ORDER
    rows = db.read(lambda session: list(session.execute(select(operations).order_by(text(committed)))))
    known = [row for row in rows if row.dev in sent and row.seq in sent[row.dev][1]]
    return [(sent[row.dev][0], row.seq, sent[row.dev][1][row.seq], row.result, row.at) for row in known]


def _in_order(found: Findings, hub: HubFile) -> None:
    """Each stream got its versions in the order in which the operations were committed."""
    place = {(device.dev, seq): place for place, (device, seq, *_) in enumerate(hub.carried)}
    log = select(events.c.stream, events.c.version, events.c.by).order_by(events.c.stream, events.c.version)
    rows = hub.db.read(lambda session: list(session.execute(log)))
    before: dict[str, tuple[int, int]] = {}
    for row in rows:
        for author in row.by:
            now = place.get((author["dev"], author["seq"]))
            if now is None:
                continue
            last = before.get(row.stream, (-1, 0))
            found.expect(last[0] <= now, f"{row.stream}: version {row.version} was committed before {last[1]}")
            before[row.stream] = now, row.version


def _told(found: Findings, db: Database, disks: Mapping[str, PhoneDisk]) -> None:
    """Nobody heard of anything that did not happen."""
    rows = db.read(lambda session: list(session.execute(select(events.c.stream, events.c.version, events.c.changes))))
    happened = {(row.stream, row.version): digest(row.changes) for row in rows}
    for name, disk in disks.items():
        untrue = [(stream, v) for stream, _, v, told in disk.heard() if happened.get((stream, v)) != told]
        found.expect(not untrue, f"{name} was told of events {untrue[:5]}, which are not so")
        found.expect(not disk.setting("broken"), f"{name}: {disk.setting('broken')}")
