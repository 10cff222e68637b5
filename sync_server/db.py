"""The database's two doors: `write`, one transaction per command, and `read`, a snapshot that waits for nobody."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import orjson
from sqlalchemy import Engine, MetaData, Row, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from sync_server.errors import is_store_failure, is_worth_a_second_try
from sync_server.prepared import Savepoint

T = TypeVar("T")

metadata = MetaData()

TIMINGS_KEPT_MAX = 10_000
BUSY_TIMEOUT_MS = 5_000
READERS_MAX = 4
GROUP_MAX = 64
"""So many commands share a transaction at most: the first of them waits for the last."""

WAIT_S = 0.1
"""So often does a thread that waits for PostgreSQL look whether the process is told to end."""

WRITERS = 3
"""Threads that write to PostgreSQL in one worker; it commits those of all workers together by itself."""


@dataclass(slots=True, eq=False)
class Order:
    """One command on its way: what came of it, or the error; `told` is what is published once it is committed.

    A `patient` one is large and nobody looks at a screen for it: others go first.
    """

    command: Callable[[Session], Any]
    patient: bool = False
    result: Any = None
    error: Exception | None = None
    told: dict[Any, Any] = field(default_factory=dict)
    done: Any = None


Carry = Callable[[Sequence[Order], int], None]
"""Carries out a group of orders on one of the connections that may write, counted from 0. It never raises."""


BELL = object()


class Writer(Protocol):
    """Has orders carried out, in the order in which they came from one device."""

    def run(self, order: Order, carry: Carry) -> None: ...

    def close(self) -> None: ...


class InlineWriter:
    """Commands run in the caller's thread, one at a time: tests, the command line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, order: Order, carry: Carry) -> None:
        with self._lock:
            carry([order], 0)

    def close(self) -> None:
        pass


class ThreadWriter:
    """Commands run in real threads beside gevent's loop, which SQLite would block.

    Those that wait while a transaction commits are carried out together in the next one, up to `group`: one full sync
    and one hand-over for all of them. SQLite has one thread and PostgreSQL several (docs/adr/0011).

    Of patient orders a transaction takes one, and none where the one before had one while others wait: a shop that
    comes back with thousands of sales holds up a scan for one batch at most, and is itself held up by nobody for long.
    """

    def __init__(self, threads: int = 1, group: int = GROUP_MAX) -> None:
        from gevent import get_hub, monkey

        self.threads, self._group = threads, group
        self._hub: Any = get_hub()
        # The real ones: gevent's own would let greenlets wait, and here threads do.
        self._orders: Any = monkey.get_original("queue", "SimpleQueue")()
        # In `orders` a patient order is only a bell that says that there is one.
        self._patient: Any = monkey.get_original("queue", "SimpleQueue")()
        self._others_first = False
        self._finished: deque[Order] = deque()
        self._news = self._hub.loop.async_()
        self._news.start(self._hand_back)
        begin = monkey.get_original("_thread", "start_new_thread")
        for place in range(threads):
            begin(self._work, (place,))

    def run(self, order: Order, carry: Carry) -> None:
        from gevent.event import Event

        order.done = Event()
        if order.patient:
            self._patient.put((order, carry))
            self._orders.put(BELL)
        else:
            self._orders.put((order, carry))
        order.done.wait()

    def close(self) -> None:
        """End the threads; nobody writes any more."""
        for _ in range(self.threads):
            self._orders.put(None)
        self._news.close()

    def _work(self, place: int) -> None:
        while True:
            group = self._next()
            if not group:
                return
            group[0][1]([order for order, _ in group], place)
            self._finished.extend(order for order, _ in group)
            self._news.send()

    def _next(self) -> list[tuple[Order, Carry]]:
        """What waits, up to a group of it; empty at the end."""
        bells = 0
        found: list[tuple[Order, Carry]] = []
        while not (found or bells) or (len(found) < self._group and not self._orders.empty()):
            came = self._orders.get()
            if came is None:
                # The end comes after those that were there before it.
                if found or bells:
                    self._orders.put(None)
                break
            if came is BELL:
                bells += 1
            else:
                found.append(came)
        self._others_first = bool(found and bells) and not self._others_first
        if bells and not self._others_first:
            found.append(self._patient.get())
            bells -= 1
        for _ in range(bells):
            self._orders.put(BELL)
        return found

    def _hand_back(self) -> None:
        while self._finished:
            self._finished.popleft().done.set()


class ThreadReader:
    """Looks that take long, in one real thread with a connection of its own: a search must not keep scans waiting.

    SQLite blocks gevent's loop while it reads; PostgreSQL does not, so there nothing of this is needed.
    """

    def __init__(self, url: str) -> None:
        from gevent.threadpool import ThreadPool

        self._pool: Any = ThreadPool(1)
        self._db = open_database(url, InlineWriter())

    def read(self, query: Callable[[Session], T]) -> T:
        def look() -> tuple[T | None, Exception | None]:
            # An exception travels as a value: the pool would print it before it raises it again here.
            try:
                return self._db.read(query), None
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
    """A group was rolled back before its commit was tried; the cause is the store's."""


class Database:
    """A hub's database. Nothing is told to anybody before the commit that makes it true."""

    def __init__(self, writing: Engine | Sequence[Engine], reading: Engine, writer: Writer) -> None:
        engines = [writing] if isinstance(writing, Engine) else list(writing)
        self._reading, self._writer = reading, writer
        # Readers and writers may be in different threads, so each side keeps what it remembers to itself.
        self._places: list[tuple[Engine, dict[str, Any]]] = [(engine, {}) for engine in engines]
        self._kept_reading: dict[str, Any] = {}
        self.after_commit: list[AfterCommit] = []
        # Seconds and commands of the latest transactions, for whoever counts them.
        self.timings: deque[tuple[float, int]] = deque(maxlen=TIMINGS_KEPT_MAX)
        self.beside: ThreadReader | None = None

    def write(self, command: Callable[[Session], T], patient: bool = False) -> T:
        """Run `command` in one transaction and return its result once that is committed.

        Commands of others may be in the same transaction. Each has a savepoint of its own and fails alone. A `patient`
        one lets others go first.
        """
        order = Order(command, patient)
        self._writer.run(order, self._carry_out)
        if order.error is not None:
            raise order.error
        for listener in self.after_commit:
            listener(order.told)
        return cast(T, order.result)

    def _carry_out(self, group: Sequence[Order], place: int) -> None:
        try:
            self._transaction(group, place)
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
        try:
            self._transaction([order], place)
        except Exception as error:
            order.error = cast(Exception, error.__cause__) if isinstance(error, _Undone) else error

    def _transaction(self, group: Sequence[Order], place: int) -> None:
        engine, kept = self._places[place]
        began = time.perf_counter()
        with Session(engine, autoflush=False) as session:
            try:
                transaction = session.begin()
                raw: Any = session.connection().connection.driver_connection
                for order in group:
                    session.info.clear()
                    session.info.update(kept=kept, raw=raw)
                    self._step(session, order, alone=len(group) == 1)
            except Exception as error:
                raise _Undone from error
            if len(group) == 1 and group[0].error is not None:
                transaction.rollback()
                return
            try:
                transaction.commit()
            except Exception:
                # What was not committed must not stay open: the connection is used again.
                with suppress(Exception):
                    raw.rollback()
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
            order.error = error

    def read(self, query: Callable[[Session], T]) -> T:
        """Run `query` on a consistent snapshot."""
        with Session(self._reading, info={"kept": self._kept_reading}) as session, session.begin():
            return query(session)

    def read_beside(self, query: Callable[[Session], T]) -> T:
        """As `read`, for what takes long: beside the loop where the hub has a thread for it."""
        return self.beside.read(query) if self.beside is not None else self.read(query)

    def close(self) -> None:
        self._writer.close()
        for engine, _ in self._places:
            engine.dispose()
        self._reading.dispose()
        if self.beside is not None:
            self.beside.close()

    @property
    def engine(self) -> Engine:
        """The engine that may write, for migrations."""
        return self._places[0][0]


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'hub.sqlite'}"


def open_database(url: str, writer: Writer | None = None) -> Database:
    """Open SQLite (two engines, so that the writer's thread and the readers share no lock) or PostgreSQL (one pool)."""
    fast = {"json_serializer": _dumps, "json_deserializer": _loads}
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, pool_pre_ping=True, **fast)
        # PostgreSQL's default gives each statement a snapshot of its own: a state would not fit its version.
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        if isinstance(writer, ThreadWriter):
            return Database([_own_connection(url, fast) for _ in range(writer.threads)], snapshots, writer)
        return Database(engine, snapshots, writer or InlineWriter())
    writing = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, **fast)
    reading = create_engine(url, pool_size=READERS_MAX, connect_args={"check_same_thread": False}, **fast)
    _sqlite(writing, begin="BEGIN IMMEDIATE")
    _sqlite(reading, begin="BEGIN")
    db = Database(writing, reading, writer or InlineWriter())
    if isinstance(writer, ThreadWriter):
        db.beside = ThreadReader(url)
    return db


def _own_connection(url: str, fast: dict[str, Any]) -> Engine:
    """An engine with one connection, for one real thread: it waits for the server in C and lets the others run.

    Under gevent psycopg would wait by a patched `select`, which costs more than most statements.
    """
    import psycopg
    from psycopg import waiting

    class Waiting(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = WAIT_S, timeout: float | None = None) -> Any:
            # An interval of nothing, which is the C function's own, means to ask again and again.
            return waiting.wait_c(gen, self.pgconn.socket, interval=interval, timeout=timeout)

    engine = create_engine(url, poolclass=StaticPool, **fast)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _arguments: Any, named: Any) -> Any:
        return Waiting.connect(**named)

    return engine


def threads_for(url: str) -> ThreadWriter:
    """The writer of a hub that serves: one thread that commits in groups, or several that commit by themselves."""
    return ThreadWriter() if url.startswith("sqlite") else ThreadWriter(WRITERS, group=1)


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


def insert_absent(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Row[Any]]:
    """Insert the rows whose keys are not there yet: the keys of those. Whoever races for one waits for our commit."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Not every driver counts the rows of such an insert; each of them returns what it inserted.
    made = make(table).values([dict(row) for row in rows]).on_conflict_do_nothing().returning(*table.primary_key)
    return list(session.execute(made))


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
