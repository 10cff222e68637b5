"""Durable before visible: whoever hears or is answered can read it from another connection at that moment."""

from typing import Any

from hub_fixtures import Open
from sqlalchemy import func, select
from talking_device import FIRST, PIECES, Talker, live_cart, make_sale, operation, terminal

from sync_server.inbox.tables import operations
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events
from sync_server.realtime.connection import Connections
from sync_server.realtime.fanout import Fanout

SQLITE_SYNCHRONOUS_FULL = 2


def test_each_event_is_on_the_disk_at_the_moment_it_is_told(open_shop: Open) -> None:
    db, elsewhere = open_shop(), open_shop()
    told: list[tuple[str, int]] = []

    def emit(name: str, event: Any, room: str) -> None:
        stored = elsewhere.read(
            lambda session: session.scalar(
                select(events.c.version).where(events.c.stream == room, events.c.version == event["v"])
            )
        )
        assert (name, stored) == ("ev", event["v"]), f"{room} {event['v']} was told before it was stored"
        told.append((room, event["v"]))

    db.after_commit.append(Fanout(emit, lambda *_: None, Connections()).publish)
    till = Talker(db, terminal("till-1"))
    live = live_cart(db, FIRST.id)
    till.scan(PIECES[0].id)
    till.ok("cart.attach", card=FIRST.card)
    sale = make_sale(elsewhere, till, live, 1, FIRST.id)
    till.ok("sale.commit", sale=sale.as_dict(), card=FIRST.card, receipt={})
    assert {room for room, _ in told} == {f"cart:{till.visit}", f"cart:{live}", f"shopper:{FIRST.id}"}
    stored = elsewhere.read(lambda session: session.scalar(select(func.count()).select_from(events)))
    assert len(told) == len(set(told)) == stored


def test_an_answer_means_that_it_is_on_the_disk(open_shop: Open) -> None:
    db, elsewhere = open_shop(), open_shop()
    till = Talker(db, terminal("till-1"))
    for seq in range(1, 6):
        till.send(operation("cart.add", till.visit, line=f"l{seq}", item=PIECES[0].id, quantity=1000))
        last = elsewhere.read(lambda session: session.scalar(select(func.max(operations.c.seq))))
        assert last == seq


def test_a_commit_waits_until_the_disk_has_it(open_shop: Open) -> None:
    with open_shop().engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == SQLITE_SYNCHRONOUS_FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_nothing_is_told_of_a_command_that_was_not_committed(open_shop: Open) -> None:
    db = open_shop()
    told: list[Any] = []
    db.after_commit.append(told.append)

    def command(session: Any) -> None:
        outbox.record(session, "cart:x", {"id": "x"}, outbox.Cause("till-1", 1), 1)
        raise KeyError("after the event was recorded")

    try:
        db.write(command)
    except KeyError:
        told.append("failed")
    assert told == ["failed"]
    assert db.read(lambda session: outbox.position(session, "cart:x")) == (1, 0)
