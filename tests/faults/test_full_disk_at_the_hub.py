"""A disk that is full or read-only: the hub says so, loses nothing, and goes on when there is room again."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from talking_device import PIECES, Talker, operation, rows, terminal, view

from sync_server.db import Database, open_database
from sync_server.errors import refusal
from sync_server.inbox.tables import exceptions, operations
from sync_server.outbox.tables import events

ENOUGH_ROUNDS = 500


@pytest.fixture
def hub(sqlite_shop: str) -> Iterator[Database]:
    db = open_database(sqlite_shop)
    yield db
    db.close()


def pragma(db: Database, text: str) -> Any:
    raw = db.engine.raw_connection()
    try:
        return raw.cursor().execute(f"PRAGMA {text}").fetchone()
    finally:
        raw.close()


def a_large_add(till: Talker, n: int) -> dict[str, Any]:
    return operation("cart.add", till.visit, line=f"line-{n}", item=PIECES[0].id, quantity=1000, weighed=True)


def test_a_full_disk_answers_that_it_is_tried_again_and_loses_nothing(hub: Database) -> None:
    till = Talker(hub, terminal("till-1"))
    pages = pragma(hub, "page_count")[0]
    pragma(hub, f"max_page_count = {pages + 2}")
    done = 0
    with pytest.raises(OperationalError) as full:
        for done in range(ENOUGH_ROUNDS):
            assert till.send(a_large_add(till, done))[0]["status"] == "ok"
    assert refusal(full.value).as_dict() == {
        "code": "hub.store",
        "message": "The hub cannot write to its disk just now. Nothing is lost; it is tried again.",
        "params": {},
    }
    assert 0 < till.seq == done == len(rows(hub, operations)) == len(rows(hub, events))
    assert len(view(hub, till.visit)["lines"]) == done
    pragma(hub, "max_page_count = 1000000")
    assert till.send(a_large_add(till, done))[0]["status"] == "ok"
    assert len(view(hub, till.visit)["lines"]) == done + 1
    assert rows(hub, exceptions) == []


def test_a_read_only_disk_is_no_refusal_of_an_operation(hub: Database) -> None:
    till = Talker(hub, terminal("till-1"))
    till.send(a_large_add(till, 0))
    pragma(hub, "query_only = ON")
    with pytest.raises(OperationalError) as away:
        till.send(a_large_add(till, 1))
    assert refusal(away.value).code == "hub.store"
    assert len(view(hub, till.visit)["lines"]) == 1
    pragma(hub, "query_only = OFF")
    assert till.send(a_large_add(till, 1))[0]["status"] == "ok"
