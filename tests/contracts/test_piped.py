"""PostgreSQL is told what needs no answer yet, and asked when somebody has to know: the promises are the same."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, InternalError
from sqlalchemy.orm import Session
from talking_device import FIRST, PIECES, Talker, live_cart, phone

from retail.errors import MessageError
from sync_server.db import Database, open_database
from sync_server.outbox.tables import streams
from sync_server.piped import Piped, word
from sync_server.prepared import Prepared, Savepoint, raw_connection, settle

ADD = Prepared(insert(streams).values(epoch=1, version=0).inline(), "name")
RAISE = Prepared(
    update(streams).where(streams.c.name == bindparam("stream")).values(version=streams.c.version + 1), "stream"
)
FIND = Prepared(select(streams.c.name, streams.c.version).where(streams.c.name == bindparam("stream")), "stream")


@pytest.fixture
def db(postgres_shop: str) -> Iterator[Database]:
    opened = open_database(postgres_shop)
    # SQLAlchemy's first questions to a server are not counted.
    opened.write(lambda session: session.connection())
    yield opened
    opened.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """What was sent in each round trip."""
    seen: list[list[bytes]] = []
    original = Piped._exchange

    def exchange(self: Piped, sent: Any) -> Any:
        seen.append([told.statement.sql.split(b"\n")[0] for told in sent])
        return original(self, sent)

    monkeypatch.setattr(Piped, "_exchange", exchange)
    return seen


def names(db: Database) -> set[str]:
    return db.read(lambda session: set(session.scalars(select(streams.c.name).where(streams.c.name.like("piped:%")))))


def test_a_line_that_a_phone_adds_costs_five_round_trips(db: Database, trips: list[list[bytes]]) -> None:
    shopper, live = Talker(db, phone(FIRST.id)), live_cart(db, FIRST.id)

    def add() -> None:
        shopper.ok("cart.add", live, line="a", item=PIECES[0].id, quantity=1000, fulfilment="collect")

    add()
    trips.clear()
    add()
    assert len(trips) == 5, trips
    assert trips[0][0] == b"BEGIN" and trips[-1][-1] == b"COMMIT"


def test_what_was_told_is_seen_by_what_is_asked_and_by_plain_statements(db: Database, trips: list[list[bytes]]) -> None:
    def command(session: Session) -> tuple[Any, Any]:
        ADD.run(session, name="piped:a")
        RAISE.run(session, stream="piped:a")
        asked = FIND.ask(session, stream="piped:a")
        RAISE.run(session, stream="piped:a")
        assert trips == []
        plain = session.scalar(select(streams.c.version).where(streams.c.name == "piped:a"))
        return asked.first().version, plain

    assert db.write(command) == (1, 2)


def test_an_error_comes_with_the_next_answer_and_nothing_after_it_was_done(db: Database) -> None:
    def command(session: Session) -> None:
        with pytest.raises(IntegrityError), Savepoint(session):
            ADD.run(session, name="piped:a")
            ADD.run(session, name="piped:a")
            ADD.run(session, name="piped:b")
            FIND.first(session, stream="piped:b")
        ADD.run(session, name="piped:c")

    db.write(command)
    assert names(db) == {"piped:c"}


def test_whoever_leaves_a_savepoint_knows_that_all_of_it_was_done(db: Database) -> None:
    def command(session: Session) -> None:
        with pytest.raises(IntegrityError), Savepoint(session):
            ADD.run(session, name="piped:a")
            ADD.run(session, name="piped:a")
        ADD.run(session, name="piped:b")

    db.write(command)
    assert names(db) == {"piped:b"}


def test_a_step_that_is_refused_before_anything_was_sent_costs_nothing(db: Database, trips: list[list[bytes]]) -> None:
    def command(session: Session) -> None:
        ADD.run(session, name="piped:a")
        with pytest.raises(MessageError), Savepoint(session):
            ADD.run(session, name="piped:refused")
            raise MessageError("message.malformed", "Nonsense.")

    db.write(command)
    assert (len(trips), names(db)) == (1, {"piped:a"})
    assert not any(b"SAVEPOINT" in sent for sent in trips[0])


def test_a_step_that_is_refused_after_it_was_sent_is_undone(db: Database) -> None:
    def command(session: Session) -> None:
        with pytest.raises(MessageError), Savepoint(session):
            ADD.run(session, name="piped:refused")
            assert FIND.first(session, stream="piped:refused") is not None
            ADD.run(session, name="piped:never-sent")
            raise MessageError("message.malformed", "Nonsense.")
        ADD.run(session, name="piped:a")

    db.write(command)
    assert names(db) == {"piped:a"}


def test_a_command_whose_last_word_fails_at_the_commit_is_not_kept(db: Database) -> None:
    def command(session: Session) -> None:
        ADD.run(session, name="piped:a")
        ADD.run(session, name="piped:a")

    with pytest.raises(IntegrityError):
        db.write(command)
    assert names(db) == set()
    db.write(lambda session: ADD.run(session, name="piped:b"))
    assert names(db) == {"piped:b"}


def test_a_commit_that_the_server_turned_into_an_undoing_is_an_error(db: Database) -> None:
    def command(session: Session) -> None:
        ADD.run(session, name="piped:a")
        settle(session)
        with pytest.raises(psycopg.Error):
            raw_connection(session).execute("SELECT 1 / 0")

    with pytest.raises(InternalError):
        db.write(command)
    assert names(db) == set()


@pytest.mark.parametrize("undone", [1, 3])
def test_what_the_server_undid_at_the_commit_is_tried_again(db: Database, undone: int) -> None:
    tries: list[int] = []

    def command(session: Session) -> None:
        ADD.run(session, name="piped:a")
        tries.append(1)
        if len(tries) <= undone:
            # As where two transactions wait for each other, and the server gives up one of them.
            raw_connection(session).tell(word("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))

    db.write(command)
    assert (len(tries), names(db)) == (undone + 1, {"piped:a"})


def test_a_connection_that_is_cut_is_replaced_and_the_command_carried_out_once(db: Database) -> None:
    tries: list[int] = []

    def command(session: Session) -> None:
        ADD.run(session, name="piped:a")
        settle(session)
        tries.append(1)
        if len(tries) == 1:
            session.connection().exec_driver_sql("SELECT 1")
            cut(raw_connection(session).info.backend_pid)
        FIND.first(session, stream="piped:a")

    def cut(pid: int) -> None:
        db.read(lambda session: session.connection().exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)"))

    db.write(command)
    assert (len(tries), names(db)) == (2, {"piped:a"})


def test_statements_stay_prepared_when_a_transaction_is_undone(db: Database) -> None:
    def refused(session: Session) -> None:
        FIND.first(session, stream="piped:a")
        session.execute(select(streams.c.name).limit(1))
        raise MessageError("message.malformed", "Nonsense.")

    for _ in range(8):
        with pytest.raises(MessageError):
            db.write(refused)
    assert db.write(lambda session: FIND.first(session, stream="piped:a")) is None
