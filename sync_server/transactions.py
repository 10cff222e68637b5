"""The transactions of one connection that may write, one after the other.

SQLAlchemy sees a single one that never ends: to begin and to end one of its own costs a scan a third of what the hub
does for it. What begins and ends is the driver's (docs/adr/0010).
"""

from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sync_server.piped import Piped
from sync_server.prepared import RAW, as_sqlalchemy, say


class Transactions:
    """For one thread at a time. `kept` is what commands remember between them, for this connection's thread only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kept: dict[str, Any] = {}
        self.raw: Any = None
        """The driver's connection, from the first transaction on."""
        self._session: Session | None = None

    def begin(self) -> Session:
        """The session of a new transaction. It holds SQLite's one write lock; PostgreSQL's begins with its first
        statement."""
        if self._session is None:
            self._session = Session(self.engine, autoflush=False)
            # The first one comes with the connection.
            self.raw = self._session.connection().connection.driver_connection
        elif not isinstance(self.raw, Piped):
            say(self._session, "BEGIN IMMEDIATE")
        self.clear()
        return self._session

    def clear(self) -> None:
        """Forget what the last command left in the session."""
        if self._session is not None:
            self._session.info.clear()
            self._session.info.update({"kept": self.kept, RAW: self.raw})

    def commit(self) -> None:
        """All of it is on the disk, or the store's error says why it is not and nothing of it is."""
        assert self._session is not None, "a transaction is begun first"
        try:
            self.raw.commit()
        except self.raw.Error as error:
            raise as_sqlalchemy(self._session, error, "COMMIT") from error

    def undo(self, invalid: bool = False) -> None:
        """Nothing of it has happened. A connection that is `invalid`, or cannot do as much as that, is replaced."""
        session, self._session = self._session, None
        if session is None:
            return
        if not invalid:
            with suppress(Exception):
                self.raw.rollback()
                self._session = session
        if self._session is None:
            session.invalidate()

    def close(self) -> None:
        self.undo(invalid=True)
        self.engine.dispose()
