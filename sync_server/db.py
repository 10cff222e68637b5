"""The database's two doors: `write`, one transaction per command, and `read`, a snapshot that waits for nobody."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import Engine, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from sync_server.errors import LeavesTrace, is_store_failure, is_undone, is_worth_a_second_try
from sync_server.piped import Piped, word
from sync_server.prepared import Prepared, Savepoint
from sync_server.transactions import Transactions
from sync_server.writers import InlineWriter, Order, ThreadWriter, Writer

T = TypeVar("T")

metadata = MetaData()

TIMINGS_KEPT_MAX = 10_000
ALONE_TRIES = 3

REFERENCE_CHANGED = "reference changed"
"""Stands in a session from the moment in which its command gave a new version of what others keep of it."""

BUSY_TIMEOUT_MS = 5_000
READERS_MAX = 4
DATABASE_NAME = "hub.sqlite"

SERVER_WRITERS = 2
"""Threads that write to PostgreSQL in one worker: while one waits for a row or for the disk, the other works."""

SERVER_GROUP_MAX = 16
"""So many commands share a transaction there: it holds the rows of all of them until its end."""

GROUP_PATIENCE_MS = 100
"""A transaction of several commands waits so long for a row. Then it is undone, and each is carried out by itself."""


class ThreadReader:
    """Looks that take long, in one real thread with a connection of its own: a search must not keep scans waiting.

    SQLite blocks gevent's loop while it reads; PostgreSQL does not, so there nothing of this is needed.
    """

    def __init__(self, url: str) -> None:
        from gevent.threadpool import ThreadPool

        self._pool: Any = ThreadPool(1)
        self._db = open_database(url, InlineWriter())
        # Kept, because a session is counted under a lock of the loop's (`sync_server.transactions`).
        self._session = self._db.for_reading()
        self._info = dict(self._session.info)

    def read(self, query: Callable[[Session], T]) -> T:
        def look() -> tuple[T | None, Exception | None]:
            # An exception travels as a value: the pool would print it before it raises it again here.
            session = self._session
            try:
                session.info.clear()
                session.info.update(self._info)
                with session.begin():
                    return query(session), None
            except Exception as error:
                return None, error

        result, error = self._pool.apply(look)
        if error is not None:
            raise error
        return cast(T, result)

    def close(self) -> None:
        self._db.close()


AfterCommit = Callable[[dict[Any, Any]], None]
"""Gets what a command left in `session.info`, once it is committed: this is where events are published."""


class _Undone(Exception):
    """A group was rolled back and nothing of it is kept; the cause is the store's."""


class Database:
    """A hub's database. Nothing is told to anybody before the commit that makes it true."""

    def __init__(self, writing: Engine | Sequence[Engine], reading: Engine, writer: Writer) -> None:
        engines = [writing] if isinstance(writing, Engine) else list(writing)
        self._reading, self._writer = reading, writer
        # Readers and writers may be in different threads, so each side keeps what it remembers to itself.
        self._places = [Transactions(engine) for engine in engines]
        self._kept_reading: dict[str, Any] = {}
        self.after_commit: list[AfterCommit] = []
        # Seconds and commands of the latest transactions, for whoever counts them.
        self.timings: deque[tuple[float, int]] = deque(maxlen=TIMINGS_KEPT_MAX)
        self.beside: ThreadReader | None = None

    def write(self, command: Callable[[Session], T], patient: bool = False) -> T:
        """Run `command` in one transaction and return its result once that is committed.

        Commands of others may be in the same transaction. Each has a savepoint of its own and fails alone. A `patient`
        one lets others go first, and is asked to end early where `others_wait`.
        """
        order = Order(command, patient)
        self._writer.run(order, self._carry_out)
        if isinstance(order.error, LeavesTrace):
            # Nobody hears that it was refused before what stays of it is on the disk.
            self.write(order.error.trace, patient)
            raise order.error.refused
        if order.error is not None:
            raise order.error
        for listener in self.after_commit:
            listener(order.told)
        return cast(T, order.result)

    def others_wait(self) -> bool:
        """Whether a patient command that is being carried out should leave the rest of its work for another time."""
        return self._writer.others_wait()

    def _carry_out(self, group: list[Order], place: int) -> None:
        try:
            self._transaction(group, place, self._writer.joining)
        except _Undone as undone:
            if len(group) > 1 or is_worth_a_second_try(undone.__cause__):
                # One that the store cannot carry out fails alone.
                for order in group:
                    self._alone(order, place)
            else:
                group[0].error = cast(Exception, undone.__cause__)
        except Exception as error:
            # Whether the commit came through is not known, so nobody is told and nobody is tried again.
            for order in group:
                order.error = error

    def _alone(self, order: Order, place: int) -> None:
        for _ in range(ALONE_TRIES):
            try:
                return self._transaction([order], place)
            except Exception as error:
                order.error = cast(Exception, error.__cause__) if isinstance(error, _Undone) else error
                # Of two that wait for each other the server undoes one, and it may be the same one again.
                if not (isinstance(error, _Undone) and is_undone(order.error)):
                    return None
        return None

    def _transaction(self, group: list[Order], place: int, joining: Callable[[], list[Order]] = list) -> None:
        transactions = self._places[place]
        began = time.perf_counter()
        try:
            session = transactions.begin()
            if len(group) > 1 and isinstance(transactions.raw, Piped):
                # The group of another worker may wait for ours, which the server would notice after a second.
                transactions.raw.tell(word(f"SET LOCAL lock_timeout = {GROUP_PATIENCE_MS}"))
            for order in group:
                transactions.clear()
                self._step(session, order, alone=len(group) == 1 and not order.patient)
                if order.patient:
                    # They are carried out by this very loop.
                    group += joining()
        except Exception as error:
            # A dead connection is replaced, and not asked to undo anything.
            transactions.undo(invalid=getattr(error, "connection_invalidated", False))
            raise _Undone from error
        except BaseException:
            # Whoever is told to end in the middle leaves the connection to others as well.
            transactions.undo()
            raise
        if len(group) == 1 and group[0].error is not None:
            transactions.undo()
            return
        try:
            transactions.commit()
        except Exception as error:
            # What was not committed must not stay open: the connection is used again.
            transactions.undo(invalid=getattr(error, "connection_invalidated", False))
            if is_undone(error):
                raise _Undone from error
            raise
        self.timings.append((time.perf_counter() - began, len(group)))

    def _step(self, session: Session, order: Order, alone: bool) -> None:
        order.error = None
        try:
            with nullcontext() if alone else Savepoint(session, "command"):
                order.result = order.command(session)
                order.told = dict(session.info)
        except Exception as error:
            if is_store_failure(error):
                raise
            if session.info.get(REFERENCE_CHANGED):
                # What was read after it may be of a version that another change of this transaction will have.
                session.info["kept"].clear()
            order.error = error

    def read(self, query: Callable[[Session], T]) -> T:
        """Run `query` on a consistent snapshot."""
        with self.for_reading() as session, session.begin():
            return query(session)

    def for_reading(self) -> Session:
        """A session of one's own that only looks."""
        return Session(self._reading, info={"kept": self._kept_reading})

    def read_beside(self, query: Callable[[Session], T]) -> T:
        """As `read`, for what takes long: beside the loop where the hub has a thread for it."""
        return self.beside.read(query) if self.beside is not None else self.read(query)

    def close(self) -> None:
        self._writer.close()
        for transactions in self._places:
            transactions.close()
        self._reading.dispose()
        if self.beside is not None:
            self.beside.close()

    @property
    def engine(self) -> Engine:
        """The engine that may write, for migrations."""
        return self._places[0].engine


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE_NAME}"


def open_database(url: str, writer: Writer | None = None) -> Database:
    """Open SQLite (writers and readers share no lock) or PostgreSQL (a connection a writer, a pool for readers)."""
    fast = {"json_serializer": _dumps, "json_deserializer": _loads}
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=3, pool_pre_ping=True, **fast)
        # PostgreSQL's default gives each statement a snapshot of its own: a state would not fit its version.
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        threads = writer.threads if isinstance(writer, ThreadWriter) else 1
        return Database([_own_connection(url, fast) for _ in range(threads)], snapshots, writer or InlineWriter())
    writing = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, **fast)
    reading = create_engine(url, pool_size=READERS_MAX, connect_args={"check_same_thread": False}, **fast)
    _sqlite(writing, begin="BEGIN IMMEDIATE")
    _sqlite(reading, begin="BEGIN")
    db = Database(writing, reading, writer or InlineWriter())
    if isinstance(writer, ThreadWriter):
        db.beside = ThreadReader(url)
    return db


def _own_connection(url: str, fast: dict[str, Any]) -> Engine:
    """An engine with one connection, for one real thread at a time."""
    engine = create_engine(url, poolclass=StaticPool, **fast)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _arguments: Any, named: Any) -> Any:
        return Piped.connect(**named)

    return engine


def threads_for(url: str) -> ThreadWriter:
    """The writer of a hub that serves, which commits in groups: one thread with SQLite, and several with PostgreSQL."""
    return ThreadWriter() if url.startswith("sqlite") else ThreadWriter(SERVER_WRITERS, SERVER_GROUP_MAX)


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
    """Insert a row unless one of its keys is there already, and say whether it was inserted."""
    return bool(insert_absent(session, table, [values]))


def insert_absent(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Insert the rows whose keys are not there yet: the keys of those. Whoever races for one waits for our commit."""
    asked = [_absent(session, table, row).ask(session, **row) for row in rows]
    return [key for answer in asked for key in answer.all()]


def ensure(session: Session, table: Table, **values: Any) -> None:
    """Insert a row unless it is there already; nobody waits to hear which."""
    _absent(session, table, values).run(session, **values)


def _absent(session: Session, table: Table, row: Mapping[str, Any]) -> Prepared:
    return _absent_in(session.get_bind().dialect.name, table, tuple(row))


@cache
def _absent_in(dialect: str, table: Table, names: tuple[str, ...]) -> Prepared:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Not every driver counts the rows of such an insert; each of them returns what it inserted.
    return Prepared(make(table).on_conflict_do_nothing().returning(*table.primary_key), *names)


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
