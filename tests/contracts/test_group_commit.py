"""Commands that wait while one transaction commits share the next one: a promise of each is still its own."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from retail.errors import MessageError
from sync_server.db import Database, insert_if_absent, open_database, threads_for
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import streams
from sync_server.transactions import Transactions
from sync_server.writers import ThreadWriter

TOGETHER = 8
WAIT_S = 20


@pytest.fixture
def db(shop_url: str) -> Iterator[Database]:
    opened = open_database(shop_url, ThreadWriter())
    yield opened
    opened.close()


def add(name: str) -> Callable[[Session], str]:
    def command(session: Session) -> str:
        insert_if_absent(session, streams, name=name, epoch=1, version=0)
        outbox.leave(session, "somebody", name)
        return name

    return command


def names(db: Database) -> set[str]:
    return db.read(lambda session: set(session.scalars(select(streams.c.name).where(streams.c.name.like("group:%")))))


def together(db: Database, *commands: Callable[[Session], Any]) -> list[Any]:
    """Give all of them to the writer while it is busy with another, so that they share the next transaction.

    The results, or the exceptions.
    """
    return while_busy(db, *(lambda command=command: db.write(command) for command in commands))


def while_busy(db: Database, *writes: Callable[[], Any]) -> list[Any]:
    """Begin all of them while the writer is busy with another command."""
    began, gate = threading.Event(), threading.Event()

    def hold(session: Session) -> bool:
        began.set()
        return gate.wait(WAIT_S)

    busy = gevent.spawn(db.write, hold)
    gevent.idle()
    assert began.wait(WAIT_S)

    def outcome(write: Callable[[], Any]) -> Any:
        try:
            return write()
        except Exception as error:
            return error

    waiting = [gevent.spawn(outcome, write) for write in writes]
    gevent.idle()
    gate.set()
    gevent.joinall([busy, *waiting], timeout=WAIT_S, raise_error=True)
    assert all(one.ready() for one in waiting)
    return [one.value for one in waiting]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with each commit at the driver."""
    seen: list[str] = []
    commit = Transactions.commit

    def noted(transactions: Transactions) -> None:
        commit(transactions)
        seen.append("commit")

    monkeypatch.setattr(Transactions, "commit", noted)
    return seen


def told(db: Database) -> list[str]:
    seen: list[str] = []
    db.after_commit.append(lambda told: seen.extend(stream for _, stream in told.get(outbox.LEFT, ())))
    return seen


def test_commands_that_wait_together_are_committed_together_in_their_order(db: Database, commits: list[str]) -> None:
    heard = told(db)
    wanted = [f"group:{n}" for n in range(TOGETHER)]
    assert together(db, *map(add, wanted)) == wanted
    assert commits == ["commit"] * 2
    assert names(db) == set(wanted)
    assert heard == wanted


def test_a_command_that_fails_takes_nobody_along(db: Database) -> None:
    heard = told(db)

    def failing(session: Session) -> None:
        add("group:failed")(session)
        raise MessageError("message.malformed", "Nonsense.")

    first, failed, last = together(db, add("group:first"), failing, add("group:last"))
    assert (first, last) == ("group:first", "group:last")
    assert isinstance(failed, MessageError)
    assert names(db) == {"group:first", "group:last"}
    assert heard == ["group:first", "group:last"]


def broken(session: Session) -> None:
    add("group:broken")(session)
    raise OperationalError("INSERT", None, Exception("the disk says no"))


def test_one_that_the_store_cannot_carry_out_fails_alone(db: Database) -> None:
    heard = told(db)
    first, failed, last = together(db, add("group:first"), broken, add("group:last"))
    assert (first, last) == ("group:first", "group:last")
    assert isinstance(failed, OperationalError)
    assert names(db) == {"group:first", "group:last"}
    assert heard == ["group:first", "group:last"]


def test_of_a_commit_that_fails_nobody_is_told_and_nothing_is_kept(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, left = told(db), ["the first one goes through"]

    commit = Transactions.commit

    def refuse(transactions: Transactions) -> None:
        if not left:
            raise OperationalError("COMMIT", None, Exception("the disk is full"))
        left.clear()
        commit(transactions)

    monkeypatch.setattr(Transactions, "commit", refuse)
    found = together(db, *(add(f"group:{n}") for n in range(TOGETHER)))
    assert [type(one) for one in found] == [OperationalError] * TOGETHER
    monkeypatch.undo()
    assert names(db) == set()
    assert heard == []
    assert db.write(add("group:after")) == "group:after"


def test_what_is_earlier_in_the_group_is_seen_by_what_comes_later(db: Database) -> None:
    def reader(session: Session) -> str | None:
        return session.scalar(select(streams.c.name).where(streams.c.name == "group:first"))

    assert together(db, add("group:first"), reader) == ["group:first", "group:first"]


def test_patient_commands_let_others_go_first_and_take_a_transaction_each(sqlite_shop: str, commits: list[str]) -> None:
    db = open_database(sqlite_shop, ThreadWriter())
    heard = told(db)
    slow = [lambda name=name: db.write(add(name), patient=True) for name in ("group:slow-1", "group:slow-2")]
    hasty = [lambda name=name: db.write(add(name)) for name in ("group:hasty-1", "group:hasty-2")]
    while_busy(db, *slow, *hasty)
    assert heard == ["group:hasty-1", "group:hasty-2", "group:slow-1", "group:slow-2"]
    assert commits == ["commit"] * 4
    db.close()


def test_a_patient_command_lets_others_go_first_once_and_not_for_ever(sqlite_shop: str, commits: list[str]) -> None:
    db = open_database(sqlite_shop, ThreadWriter())
    heard = told(db)
    going, more = threading.Event(), threading.Event()

    def holding(session: Session) -> None:
        add("group:first")(session)
        going.set()
        assert more.wait(WAIT_S)

    work = [gevent.spawn(while_busy, db, lambda: db.write(add("group:slow"), patient=True), lambda: db.write(holding))]
    while not going.is_set():
        gevent.idle()
    work.append(gevent.spawn(db.write, add("group:second")))
    gevent.idle()
    more.set()
    gevent.joinall(work, timeout=WAIT_S, raise_error=True)
    assert heard == ["group:first", "group:slow", "group:second"]
    assert commits == ["commit"] * 3
    db.close()


def test_several_threads_write_to_a_server_at_once(postgres_shop: str) -> None:
    db = open_database(postgres_shop, ThreadWriter(3, group=1))
    met = threading.Barrier(3)

    def command(session: Session) -> int:
        # Only transactions that are open at the same time meet here.
        return met.wait(WAIT_S)

    work = [gevent.spawn(db.write, command) for _ in range(3)]
    gevent.joinall(work, timeout=WAIT_S, raise_error=True)
    assert {one.value for one in work} == {0, 1, 2}
    db.close()


def test_groups_of_two_workers_that_wait_for_each_other_are_carried_out_one_by_one(postgres_shop: str) -> None:
    workers = [open_database(postgres_shop, ThreadWriter()) for _ in range(2)]
    workers[0].write(add("group:a"))
    workers[0].write(add("group:b"))
    met, seen = threading.Barrier(2), [0, 0]

    def raise_version(worker: int, name: str, first: bool) -> Callable[[Session], None]:
        def command(session: Session) -> None:
            session.execute(update(streams).where(streams.c.name == name).values(version=streams.c.version + 1))
            seen[worker] += first
            if first and seen[worker] == 1:
                # Each holds now what the other will ask for.
                met.wait(WAIT_S)

        return command

    both = [("group:a", "group:b"), ("group:b", "group:a")]
    work = [
        gevent.spawn(together, db, raise_version(worker, one, True), raise_version(worker, other, False))
        for worker, (db, (one, other)) in enumerate(zip(workers, both, strict=True))
    ]
    gevent.joinall(work, timeout=WAIT_S, raise_error=True)
    assert [one.value for one in work] == [[None, None]] * 2
    versions = workers[0].read(
        lambda session: list(session.scalars(select(streams.c.version).where(streams.c.name.like("group:%"))))
    )
    assert versions == [2, 2]
    assert max(seen) == 2, "no group was undone, so nobody waited for anybody"
    for db in workers:
        db.close()


def test_several_threads_that_gather_groups_leave_nobody_waiting(postgres_shop: str) -> None:
    db = open_database(postgres_shop, threads_for(postgres_shop))
    work = [gevent.spawn(lambda n=n: [db.write(add(f"group:{n}-{i}")) for i in range(20)]) for n in range(TOGETHER)]
    gevent.joinall(work, timeout=WAIT_S, raise_error=True)
    assert len(names(db)) == TOGETHER * 20
    db.close()
