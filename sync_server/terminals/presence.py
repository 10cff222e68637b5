"""Which terminals are there and how the day goes, on the managers' screens: told soon, but off the path of any scan."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from retail.replica import State, difference
from sync_server.catalogue import queries as catalogue
from sync_server.db import Database
from sync_server.inbox import queries as inbox
from sync_server.inbox.service import Device
from sync_server.orders import queries as orders
from sync_server.outbox import service as outbox
from sync_server.terminals import queries, service


def dashboard(session: Session, store_id: str, now: int) -> State:
    """The state of `dashboard:<store>` as docs/protocol.md has it."""
    store = catalogue.store(session, store_id)
    return {
        "store": {"id": store.id, "names": store.names, "zone": store.zone},
        "terminals": queries.views(session, store_id),
        "today": orders.today(session, store, now),
        "sales": orders.latest(session, store_id),
        "exceptions": inbox.open_exceptions(session, store_id),
    }


DAY_CHECK_MS = 60_000
"""A new day begins on the dashboards within this time, even where nothing is sold."""


class Presence:
    """Notes arrivals and departures of terminals in memory, and with each `report` writes them down and tells each
    store's dashboard what is new: a scan waits for none of it."""

    def __init__(self, db: Database, clock: Callable[[], int]) -> None:
        self._db, self._clock = db, clock
        self._news: dict[str, dict[str, Any]] = {}
        self._busy: set[str] = set()
        self._told: dict[str, State] = {}
        self._stores: list[str] = []
        self._checked = 0

    def started(self) -> None:
        """A hub that starts has nobody connected yet, whatever its last life wrote down, and remembers not what it
        told the dashboards last: they get the whole state."""

        def command(session: Session) -> list[str]:
            service.all_offline(session)
            found = [store.id for store in catalogue.all_stores(session)]
            for store in found:
                outbox.renew(session, _stream(store))
            return found

        self._stores = self._db.write(command)
        self._busy.update(self._stores)

    def arrived(self, device: Device) -> None:
        self._note(device, online=True)

    def left(self, device: Device) -> None:
        self._note(device, online=False)

    def worked(self, device: Device) -> None:
        """A terminal sent something: it was seen, and there may be a sale."""
        self._note(device)

    def changed(self, store: str) -> None:
        """Something that the dashboard of a store shows is different now."""
        self._busy.add(store)

    def _note(self, device: Device, **changed: Any) -> None:
        self._news.setdefault(device.dev, {}).update(seen=self._clock(), **changed)
        self._busy.add(device.store)

    def report(self) -> None:
        """Bring the dashboards of busy stores up to date. What cannot be written now is tried again next time."""
        now = self._clock()
        if now - self._checked >= DAY_CHECK_MS:
            self._checked = now
            self._busy.update(self._stores)
        if not self._busy:
            return
        news, self._news = self._news, {}
        busy, self._busy = self._busy, set()
        try:
            self._db.write(lambda session: _write_down(session, news))
            # Summing up a day is a reader's work; the writer has scans to keep.
            states = self._db.read(lambda session: {store: dashboard(session, store, now) for store in sorted(busy)})
            self._db.write(lambda session: self._tell(session, states, now))
        except Exception:
            for dev, row in news.items():
                self._news[dev] = row | self._news.get(dev, {})
            self._busy |= busy
            raise
        self._told.update(states)

    def _tell(self, session: Session, states: dict[str, State], now: int) -> None:
        for store, state in states.items():
            changes = difference(self._told.get(store, {}), state)
            outbox.record(session, _stream(store), changes, outbox.Cause(), now)


def _write_down(session: Session, news: dict[str, dict[str, Any]]) -> None:
    for dev in sorted(news):
        service.seen(session, dev, **news[dev])


def _stream(store: str) -> str:
    return f"dashboard:{store}"
