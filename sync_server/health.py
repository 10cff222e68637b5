"""`/healthz` (the process lives) and `/readyz` (send it work), for whoever watches from outside."""

from collections.abc import Callable
from typing import Any

import gevent
from flask import Flask
from sqlalchemy.orm import Session

from retail.errors import N_, RetailError
from sync_server.bus import Bus
from sync_server.catalogue.queries import all_stores
from sync_server.db import Database
from sync_server.errors import refusal
from sync_server.migrations import is_behind

DATABASE_TIMEOUT_S = 2.0


class NotReady(RetailError):
    """Why no work should be sent here now; told with 503."""


class Health:
    """Whether this process can work, and what it says of its parts: `{ok, stores, bus}`."""

    def __init__(self, db: Database, bus: Bus) -> None:
        self._db, self._bus = db, bus
        self.draining = False

    @property
    def bus(self) -> str:
        return self._bus.state

    def ready(self) -> dict[str, Any]:
        """What works. Raises `NotReady` where no work should be sent here.

        A bus that is away is told and no reason to stop: this worker serves its own sockets, and `heads` do the rest.
        """
        if self.draining:
            raise NotReady("hub.draining", N_("This worker is about to end. Others go on."))
        stores = self._in_time(lambda: self._db.read(_look))
        return {"ok": True, "stores": stores, "bus": self._bus.state}

    def _in_time(self, look: Callable[[], int]) -> int:
        away = NotReady("hub.store", N_("The database does not answer. It is tried again."))
        try:
            with gevent.Timeout(DATABASE_TIMEOUT_S, away):
                return look()
        except NotReady:
            raise
        except Exception as error:
            refusal(error)
            raise away from None


def _look(session: Session) -> int:
    if is_behind(session.connection()):
        raise NotReady("hub.schema", N_("The database is older than this program. Bring it up to date first."))
    return len(all_stores(session))


def init_app(app: Flask, health: Health) -> None:
    """Mount both addresses."""

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"ok": True}

    @app.get("/readyz")
    def readyz() -> Any:
        try:
            return health.ready()
        except NotReady as error:
            return {"ok": False, "bus": health.bus, "error": error.as_dict()}, 503
