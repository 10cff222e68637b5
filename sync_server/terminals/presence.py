"""Which terminals are there and how the day goes, on the managers' screens: told soon, but off the path of any scan."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from retail.messages import Shown, Status
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard import latency
from sync_server.dashboard import service as dashboards
from sync_server.db import Database
from sync_server.inbox.service import Device
from sync_server.terminals import enrolment, reports, service

DAY_CHECK_MS = 60_000
"""A new day begins on the dashboards, and what has grown old is seen to be so, within this time."""

ALIVE_MS = 10_000
"""How often a worker says which terminals it has; `reports.LOST_MS` is three times as long."""

STORES_AT_ONCE = 50
"""More busy stores than these wait for the next report, the longest waiting first."""

LINKS_AT_ONCE = 500


@dataclass
class News:
    """What this worker has noticed since it last wrote it down, by terminal."""

    seen: dict[str, int] = field(default_factory=dict)
    linked: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The terminal and the moment, by the id of the connection."""
    parted: dict[str, tuple[str, int]] = field(default_factory=dict)
    said: dict[str, tuple[Device, Status, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.seen)

    def before(self, later: "News") -> "News":
        """All of it, where this could not be written and more has happened meanwhile."""
        return News(
            self.seen | later.seen, self.linked | later.linked, self.parted | later.parted, self.said | later.said
        )


class Presence:
    """Notes in memory what terminals and phones say, and with each `report` writes it down and tells each store's
    dashboard what is new: a scan waits for none of it. Each worker has one; they meet in the database."""

    def __init__(self, db: Database, clock: Callable[[], int]) -> None:
        self._db, self._clock = db, clock
        self._news, self._latency = News(), latency.Latency()
        self._links: dict[str, str] = {}
        self._touched: set[str] = set()
        self._busy: dict[str, None] = {}
        self._stores: list[str] = []
        self._checked = self._alive = 0
        self.on_said: Callable[[str, int], None] = lambda terminal, unsent: None
        """Hears at once which terminal has how much unsent, for whoever counts it."""
        self.on_busy: Callable[[str], None] = lambda store: None
        """Hears, once it is written down, which store has news: where one worker tells for all, it has to know."""

    def started(self, alone: bool = True) -> None:
        """Dashboards are brought up to date with what happened while the hub was away. Where it is `alone`, nobody is
        connected; else a dead worker's terminals are missed after a while."""

        def command(session: Session) -> list[str]:
            if alone:
                reports.all_lost(session)
            return [store.id for store in catalogue.all_stores(session)]

        self._stores = self._db.write(command)
        self._busy |= dict.fromkeys(self._stores)

    def arrived(self, device: Device) -> None:
        now = self._clock()
        # The socket before may not have been missed yet: one connection of a terminal counts in each worker.
        link = self._links.get(device.dev)
        if link is None:
            link = self._links[device.dev] = str(uuid.uuid4())
            self._news.linked[link] = (device.dev, now)
        self._note(device, now)

    def left(self, device: Device) -> None:
        now = self._clock()
        link = self._links.pop(device.dev, None)
        if link is not None:
            self._news.parted[link] = (device.dev, now)
        self._note(device, now)

    def worked(self, device: Device) -> None:
        """A terminal sent something: it was seen, and there may be a sale."""
        self._note(device, self._clock())

    def said(self, device: Device, status: Status) -> None:
        """A terminal says how it stands; of several only the latest counts, so a flood of them costs one write."""
        now = self._clock()
        self._news.said[device.dev] = (device, status, now)
        self._note(device, now)
        self.on_said(device.dev, status.unsent)

    def shown(self, device: Device, values: Shown) -> None:
        """A phone says how old scans were when it showed them."""
        self._latency.note(device.store, device.dev, values.root, self._clock())
        self.changed(device.store)

    def changed(self, store: str) -> None:
        """Something that the dashboard of a store shows is different now."""
        self._touched.add(store)

    def heard_busy(self, store: str) -> None:
        """Another worker has written something down that the dashboard of a store shows."""
        self._busy.setdefault(store)

    def _note(self, device: Device, now: int) -> None:
        self._news.seen[device.dev] = now
        self.changed(device.store)

    def report(self) -> None:
        """Write down what is new here and bring the dashboards of busy stores up to date."""
        self.write_down()
        self.tell()

    def write_down(self) -> None:
        """Keep what this worker noticed. What cannot be written now is tried again next time."""
        now = self._clock()
        alive = now - self._alive >= ALIVE_MS
        news, self._news = self._news, News()
        touched, self._touched = self._touched, set()
        counts = self._latency.take()
        links = list(self._links.values())

        def command(session: Session) -> set[str]:
            _write_news(session, news)
            latency.write(session, counts)
            return self._look_around(session, links, now) if alive else set()

        if news or counts or alive:
            try:
                touched |= self._db.write(command)
            except Exception:
                self._news = news.before(self._news)
                self._touched |= touched
                self._latency.give_back(counts)
                raise
        if alive:
            self._alive = now
        for store in sorted(touched):
            self.heard_busy(store)
            self.on_busy(store)

    def _look_around(self, session: Session, links: list[str], now: int) -> set[str]:
        """Say which terminals are here, and miss those whose worker says nothing: the stores where that changes
        something."""
        different = reports.lost(session, now)
        for start in range(0, len(links), LINKS_AT_ONCE):
            different |= reports.still_here(session, links[start : start + LINKS_AT_ONCE], now)
        if not different:
            return set()
        reports.set_online(session, different)
        return reports.stores_of(session, different)

    def tell(self) -> None:
        """Tell the dashboards of busy stores what is new. Any worker may do it, also several at the same time."""
        now = self._clock()
        if now - self._checked >= DAY_CHECK_MS:
            self._checked = now
            self._stores = self._db.write(lambda session: _once_a_minute(session, now))
            for store in self._stores:
                self.heard_busy(store)
        for store in set(self._busy) - set(self._stores):
            del self._busy[store]
        stores = list(self._busy)[:STORES_AT_ONCE]
        if not stores:
            return
        for store in stores:
            del self._busy[store]
        told: set[str] = set()
        try:
            drafts = self._db.read_beside(lambda session: [dashboards.draft(session, store, now) for store in stores])
            told = self._db.write(lambda session: dashboards.tell(session, drafts, now))
        finally:
            # What was not told, because of a fault or because another worker was first, is looked at again.
            for store in stores:
                if store not in told:
                    self.heard_busy(store)


def _write_news(session: Session, news: News) -> None:
    # Always in the order of the terminals, so that two workers never wait for each other.
    for link, (dev, at) in sorted(news.linked.items(), key=lambda one: one[1]):
        reports.linked(session, dev, link, at)
    for link, (_, at) in sorted(news.parted.items()):
        reports.parted(session, link, at)
    touched = {dev for dev, _ in [*news.linked.values(), *news.parted.values()]}
    if touched:
        reports.set_online(session, touched)
    for dev in sorted(news.seen):
        service.seen(session, dev, news.seen[dev])
    for dev in sorted(news.said):
        device, status, at = news.said[dev]
        reports.keep(session, device, status, at)


def _once_a_minute(session: Session, now: int) -> list[str]:
    latency.forget(session, now)
    enrolment.forget_old_answers(session, now)
    stores = [store.id for store in catalogue.all_stores(session)]
    dashboards.forget(session, stores)
    return stores
