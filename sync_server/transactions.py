"""The transactions of one connection that may write, one after the other.

SQLAlchemy sees a single one that never ends: to begin and to end one of its own costs a scan a third of what the hub
does for it. What begins and ends is the driver's (docs/adr/0010).
"""

from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sync_server.piped import Piped
from sync_server.prepared import RAW, as_sqlalchemy, say

log = structlog.get_logger()


class Transactions:
    """For one thread at a time. `kept` is what commands remember between them, for this connection's thread only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kept: dict[str, Any] = {}
        self.raw: Any = None
        """The driver's connection, while there is one."""
        # Made here and kept, because SQLAlchemy counts its sessions under a lock that the loop takes for each read, and
        # under gevent such a lock is not handed over between real threads.
        self._session = Session(engine, autoflush=False)

    def begin(self) -> Session:
        """The session of a new transaction. It holds SQLite's one write lock; PostgreSQL's begins with its first
        statement."""
        if self.raw is None:
            # The first one comes with the connection.
            self.raw = self._session.connection().connection.driver_connection
        elif not isinstance(self.raw, Piped):
            say(self._session, "BEGIN IMMEDIATE")
        self.clear()
        return self._session

    def clear(self) -> None:
        """Forget what the last command left in the session."""
        self._session.info.clear()
        self._session.info.update({"kept": self.kept, RAW: self.raw})

    def commit(self) -> None:
        """All of it is on the disk, or the store's error says why it is not and nothing of it is."""
        try:
            self.raw.commit()
        except self.raw.Error as error:
            raise as_sqlalchemy(self._session, error, "COMMIT") from error

    def undo(self, invalid: bool = False) -> None:
        """Nothing of it has happened. A connection that is `invalid`, or cannot do as much as that, is replaced."""
        # What was read in it may have been its own change, whose version another change will have.
        self.kept.clear()
        try:
            if self.raw is not None and not invalid:
                self.raw.rollback()
                return
        except Exception as error:
            log.warning("a connection is replaced", reason=str(error))
        self.raw = None
        self._session.invalidate()

    def close(self) -> None:
        self.undo(invalid=True)
        self.engine.dispose()
