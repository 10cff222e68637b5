"""The database's two doors: `write`, one transaction per command, and `read`, a snapshot that waits for nobody."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import orjson
from sqlalchemy import Engine, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

T = TypeVar("T")

metadata = MetaData()

BUSY_TIMEOUT_MS = 5_000
READERS_MAX = 4


class Writer(Protocol):
    """Carries out one command after the other."""

    def run(self, command: Callable[[], T]) -> T: ...


class InlineWriter:
    """Commands run in the caller's thread, one at a time: tests, the command line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, command: Callable[[], T]) -> T:
        with self._lock:
            return command()


class ThreadWriter:
    """Commands run in one real thread beside gevent's loop, which SQLite would block; one thread keeps their order."""

    def __init__(self) -> None:
        from gevent.threadpool import ThreadPool

        self._pool: Any = ThreadPool(1)

    def run(self, command: Callable[[], T]) -> T:
        # An exception travels as a value: the pool would print it before it raises it again here.
        result, error = self._pool.apply(_outcome, (command,))
        if error is not None:
            raise error
        return cast(T, result)


def _outcome(command: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return command(), None
    except Exception as error:
        return None, error


AfterCommit = Callable[[dict[Any, Any]], None]
"""Gets what a command left in `session.info`, once it is committed: this is where events are published."""


class Database:
    """A hub's database. Nothing is told to anybody before the commit that makes it true."""

    def __init__(self, writing: Engine, reading: Engine, writer: Writer) -> None:
        self._writing, self._reading, self._writer = writing, reading, writer
        # Readers and the writer may be in different threads, so each side keeps what it remembers to itself.
        self._kept_writing: dict[str, Any] = {}
        self._kept_reading: dict[str, Any] = {}
        self.after_commit: list[AfterCommit] = []

    def write(self, command: Callable[[Session], T]) -> T:
        """Run `command` in one transaction and return its result once that is committed."""

        def carry_out() -> tuple[T, dict[Any, Any]]:
            with Session(self._writing, info={"kept": self._kept_writing}) as session:
                with session.begin():
                    result = command(session)
                return result, dict(session.info)

        result, told = self._writer.run(carry_out)
        for listener in self.after_commit:
            listener(told)
        return result

    def read(self, query: Callable[[Session], T]) -> T:
        """Run `query` on a consistent snapshot."""
        with Session(self._reading, info={"kept": self._kept_reading}) as session, session.begin():
            return query(session)

    def close(self) -> None:
        self._writing.dispose()
        self._reading.dispose()

    @property
    def engine(self) -> Engine:
        """The engine that may write, for migrations."""
        return self._writing


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'hub.sqlite'}"


def open_database(url: str, writer: Writer | None = None) -> Database:
    """Open SQLite (two engines, so that the writer's thread and the readers share no lock) or PostgreSQL (one pool)."""
    fast = {"json_serializer": _dumps, "json_deserializer": _loads}
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, pool_pre_ping=True, **fast)
        # PostgreSQL's default gives each statement a snapshot of its own: a state would not fit its version.
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Database(engine, snapshots, writer or InlineWriter())
    writing = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, **fast)
    reading = create_engine(url, pool_size=READERS_MAX, connect_args={"check_same_thread": False}, **fast)
    _sqlite(writing, begin="BEGIN IMMEDIATE")
    _sqlite(reading, begin="BEGIN")
    return Database(writing, reading, writer or InlineWriter())


def _dumps(value: Any) -> str:
    """JSON for a column. What a device sent may hold half a surrogate pair or be nested absurdly deep, which only the
    slower encoder writes; it is kept all the same, because a person may have to look at it."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def insert_if_absent(session: Session, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its keys is there already, and say whether it was inserted.

    Whoever races for the same key waits until we commit.
    """
    dialect = session.get_bind().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Not every driver counts the rows of such an insert; each of them returns what it inserted.
    made = make(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return session.execute(made).first() is not None


def _sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late: it would let two writers read the same version before one waits.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)
