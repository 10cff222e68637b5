"""Which terminals are there and how the day goes, on the managers' screens: told soon, but off the path of any scan."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from retail.replica import State, difference
from sync_server.catalogue import queries as catalogue
from sync_server.db import Database
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
    }


class Presence:
    """Notes arrivals and departures of terminals, and tells each store's dashboard what is new."""

    def __init__(self, db: Database, clock: Callable[[], int]) -> None:
        self._db, self._clock = db, clock
        self._busy: set[str] = set()
        self._told: dict[str, State] = {}

    def started(self) -> None:
        """A hub that starts has nobody connected yet, whatever its last life wrote down."""

        def command(session: Session) -> list[str]:
            service.all_offline(session)
            return [store.id for store in catalogue.all_stores(session)]

        self._busy.update(self._db.write(command))

    def arrived(self, device: Device) -> None:
        self._note(device, online=True)

    def left(self, device: Device) -> None:
        self._note(device, online=False)

    def _note(self, device: Device, **changed: Any) -> None:
        now = self._clock()
        self._db.write(lambda session: service.seen(session, device.dev, now, **changed))
        self._busy.add(device.store)

    def worked(self, device: Device) -> None:
        """A terminal sent something; its store's dashboard hears of it with the next `report`."""
        self._busy.add(device.store)

    def report(self) -> None:
        """Bring the dashboards of busy stores up to date."""
        busy, self._busy = self._busy, set()
        for store in sorted(busy):
            now = self._clock()
            state = self._db.read(lambda session, store=store, now=now: dashboard(session, store, now))  # type: ignore[misc]
            changes = difference(self._told.get(store, {}), state)
            self._told[store] = state
            self._db.write(
                lambda session, store=store, changes=changes, now=now: outbox.record(  # type: ignore[misc]
                    session, f"dashboard:{store}", changes, outbox.Cause(), now
                )
            )
