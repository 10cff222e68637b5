"""A refused operation is carried out after all, on a manager's word: once, as it was sent, or it says why not."""

import threading
import uuid
from typing import Any

import pytest
from hub_fixtures import Open
from sqlalchemy.orm import Session
from talking_device import NOW, PIECES, SHOP, Talker, make_sale, operation, phone, rows, terminal
from told_check import check

from retail.errors import MessageError, RetailError
from sync_server.carts import service as carts
from sync_server.db import Database
from sync_server.errors import ExceptionGone
from sync_server.inbox import handlers, queries, service
from sync_server.inbox.replay import replay
from sync_server.inbox.tables import exceptions, operations, replays
from sync_server.orders.tables import sales
from sync_server.outbox.tables import events
from sync_server.staff.tables import audit

STORE = SHOP.stores[0].id
MANAGER = next(one for one in SHOP.staff if one.role == "manager" and one.store == STORE)
LATER = NOW + 60_000


def again(db: Database, number: int, store: str = STORE) -> RetailError | None:
    return db.write(lambda session: replay(session, store, number, MANAGER.id, handlers.carry, LATER))


def open_cases(db: Database) -> list[dict[str, Any]]:
    found = db.read(lambda session: queries.open_exceptions(session, STORE))
    for case in found.values():
        check("dashboard-changes", {"exceptions": {str(case["id"]): case}})
    return list(found.values())


@pytest.fixture
def refused_sale(db: Database, monkeypatch: pytest.MonkeyPatch) -> Talker:
    """A sale that a fault of the hub refused; the goods and the money are gone all the same."""
    till = Talker(db, terminal("till-1"))
    till.scan(PIECES[0].id, 2)
    sale = make_sale(db, till, till.visit, 7)
    with monkeypatch.context() as broken:
        broken.setattr(service, "log", _Silent())
        broken.setattr(handlers.orders, "commit", _fails)
        result = till.do("sale.commit", sale=sale.as_dict(), card="", receipt={})
    assert result["status"] == "rejected"
    return till


class _Silent:
    def exception(self, *_: Any, **__: Any) -> None: ...

    def info(self, *_: Any, **__: Any) -> None: ...


def _fails(*_: Any) -> None:
    raise ZeroDivisionError


def test_what_was_refused_is_carried_out_as_it_was_sent(db: Database, refused_sale: Talker) -> None:
    [case] = open_cases(db)
    assert case["replayable"] and case["tried"] is None
    told = len(rows(db, events))
    assert again(db, case["id"]) is None
    [sale] = rows(db, sales)
    assert sale.terminal == "till-1"
    # What it changed is told like any event, in the name of the operation.
    news = rows(db, events)[told:]
    assert {(str(event.by), event.scan) for event in news} == {(str([{"dev": "till-1", "seq": refused_sale.seq}]), NOW)}
    [kept] = rows(db, replays)
    assert (kept.dev, kept.seq, kept.by, kept.result["sale"]) == ("till-1", refused_sale.seq, MANAGER.id, sale.id)
    # The case is settled, and says how and by whom.
    assert open_cases(db) == []
    settled = db.read(lambda session: queries.settled(session, STORE))
    [one] = settled.values()
    check("dashboard-changes", {"settled": settled})
    assert (one["how"], one["by"]["en"], one["closed_at"]) == ("replayed", MANAGER.name, LATER)
    noted = [(row.staff, row.detail["source"]) for row in rows(db, audit) if row.action == "exception.replayed"]
    assert noted == [(MANAGER.id, f"till-1/1/{refused_sale.seq}")]


def test_the_device_keeps_the_answer_that_it_was_given(db: Database, refused_sale: Talker) -> None:
    [before] = [row for row in rows(db, operations) if row.seq == refused_sale.seq]
    [case] = rows(db, exceptions)
    again(db, case.id)
    [result] = refused_sale.send(case.detail["sent"], seq0=refused_sale.seq)
    assert (result["status"], result["dup"]) == ("rejected", True)
    [after] = [row for row in rows(db, operations) if row.seq == refused_sale.seq]
    assert after.result == before.result and after.id == case.detail["sent"]["id"]
    assert len(rows(db, sales)) == 1


def test_two_managers_who_press_at_once_carry_it_out_once(open_shop: Open, db: Database, refused_sale: Talker) -> None:
    [case] = open_cases(db)
    answers: list[Any] = []
    start = threading.Barrier(2)

    def press(one: Database) -> None:
        start.wait(30)
        try:
            answers.append(again(one, case["id"]))
        except ExceptionGone as gone:
            answers.append(gone)

    threads = [threading.Thread(target=press, args=(one,)) for one in (db, open_shop())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(type(answer) for answer in answers if answer) == [ExceptionGone] and None in answers
    assert len(rows(db, sales)) == len(rows(db, replays)) == 1


def test_refused_again_it_stays_open_and_says_why(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    till.do("cart.set", line="nothing", to=1000, seen=0)
    [case] = open_cases(db)
    before = len(rows(db, events))
    refused = again(db, case["id"])
    assert refused is not None and refused.code == "cart.line_gone"
    [case] = open_cases(db)
    assert (case["tried"]["by"]["en"], case["tried"]["at"]) == (MANAGER.name, LATER)
    assert case["tried"]["error"]["code"] == "cart.line_gone"
    assert rows(db, replays) == [] and len(rows(db, events)) == before
    assert [row.detail["code"] for row in rows(db, audit) if row.action == "exception.refused_again"] == [refused.code]


def test_what_cannot_even_be_read_is_refused_again(db: Database) -> None:
    Talker(db, terminal("till-1")).send({"what": "is this"})
    [case] = open_cases(db)
    refused = again(db, case["id"])
    assert isinstance(refused, MessageError) and refused.code == "message.malformed"


def test_an_operation_that_came_again_under_another_number_is_not_done_twice(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    sent = operation("cart.add", till.visit, line=uuid.uuid4().hex, item="p-nowhere", quantity=1000)
    till.send(sent)
    good = {**sent, "body": {**sent["body"], "item": PIECES[0].id}}
    till.send(good)
    [case] = rows(db, exceptions)
    # As if the goods had been put on the shelf meanwhile, so that the refused one could be carried out.
    db.write(lambda session: session.execute(exceptions.update().values(detail=case.detail | {"sent": good})))
    refused = again(db, case.id)
    assert refused is not None and refused.code == "message.id_used"
    assert rows(db, replays) == []


def test_a_case_of_another_store_or_kind_is_not_there_to_be_replayed(db: Database, refused_sale: Talker) -> None:
    [case] = open_cases(db)
    with pytest.raises(ExceptionGone):
        again(db, case["id"], SHOP.stores[1].id)

    def command(session: Session) -> bool:
        return service.open_exception(session, STORE, "hole", "till-1/1/9", {}, NOW)

    assert db.write(command) and not db.write(command)
    [hole] = [one for one in open_cases(db) if one["kind"] == "hole"]
    assert not hole["replayable"]
    with pytest.raises(ExceptionGone):
        again(db, hole["id"])


def test_what_a_phone_sent_when_the_hub_failed_is_carried_out_for_its_shopper(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = SHOP.shoppers[0].id
    talker = Talker(db, phone(shopper))
    talker.visit = db.read(lambda session: carts.queries.live_cart_id(session, shopper))
    with monkeypatch.context() as broken:
        broken.setattr(service, "log", _Silent())
        broken.setattr(handlers.carts, "operate", _fails)
        talker.do("cart.add", line=uuid.uuid4().hex, item=PIECES[0].id, quantity=1000)
    [case] = open_cases(db)
    assert again(db, case["id"]) is None
    view = db.read(lambda session: carts.queries.view(session, carts.queries.get(session, talker.visit)))
    assert [line["item"] for line in view["lines"].values()] == [PIECES[0].id]
