"""Goods that come back: counted by the hub in one place, worth what was paid, whoever asks and how often."""

import itertools
import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hub_fixtures import Open
from talking_device import FIRST, NOW, PIECES, SHOP, Talker, make_sale, operation, rows, terminal
from test_races import at_once, until_answered

from retail import returns
from retail.errors import ReturnRefused
from retail.questions import SaleWanted
from retail.returns import Back, Return, ReturnHead
from retail.sale import Sale, sale_from
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import queries as loyalty
from sync_server.orders import queries as orders
from sync_server.orders.tables import returned_lines, sale_returns
from sync_server.outbox.tables import events
from sync_server.stock.tables import stock_levels

COUNTERS = itertools.count(1)
RACERS = 6


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def sold(till: Talker, pieces: int = 3, item: str = PIECES[0].id) -> Sale:
    """A sale to the first shopper that the hub has kept."""
    till.ok("cart.attach", card=FIRST.card)
    sale = make_sale(till.db, till, till.scan(item, pieces), next(COUNTERS), FIRST.id)
    till.ok("sale.commit", sale=sale.as_dict(), card=FIRST.card, receipt={})
    till.visit = f"visit-{uuid.uuid4().hex}"
    return sale


def back(till: Talker, sale: Sale, pieces: int, before: int = 0, **changed: Any) -> Return:
    """The return of so many pieces of the sale's one line, as a till makes it that believes in `before`."""
    head = ReturnHead(
        uuid.uuid4().hex, f"01-02-R{next(COUNTERS):06d}", sale.store, till.device.dev, "staff-anna", "too small", NOW
    )
    line = sale.lines[0].id
    return returns.make(head, sale, {line: before * 1000}, [Back(line, pieces * 1000, **changed)])


def say(till: Talker, document: Return, given: bool = False) -> dict[str, Any]:
    return till.do("sale.return", document=document.as_dict(), given=given)


def code(result: dict[str, Any]) -> str:
    assert result["status"] == "rejected", result
    return str(result["error"]["code"])


def points(db: Database) -> int:
    return db.read(lambda session: loyalty.balance(session, FIRST.id))


def on_the_shelf(db: Database, sale: Sale) -> int:
    levels = [row for row in rows(db, stock_levels) if (row.store, row.item) == (sale.store, sale.lines[0].item)]
    return int(levels[0].quantity)


def test_goods_come_back_with_their_stock_and_the_points_that_they_earned(till: Talker) -> None:
    had = points(till.db)
    sale = sold(till)
    shelf, earned = on_the_shelf(till.db, sale), sale.points
    assert earned > 0 and points(till.db) == had + earned
    first = back(till, sale, 1)
    assert say(till, first)["result"]["taken"] == first.lines[0].points
    assert on_the_shelf(till.db, sale) == shelf + 1000
    rest = back(till, sale, 2, before=1)
    assert say(till, rest)["result"]["taken"] == rest.lines[0].points
    assert first.total + rest.total == sale.total
    assert (points(till.db), on_the_shelf(till.db, sale)) == (had, shelf + 3000)
    assert [row.quantity for row in rows(till.db, returned_lines)] == [3000]
    assert rows(till.db, exceptions) == []


def test_the_day_of_a_store_says_what_came_back_and_what_is_left_of_the_takings(till: Talker) -> None:
    sale = sold(till)
    document = back(till, sale, 1)
    assert say(till, document)["status"] == "ok"
    store = next(one for one in SHOP.stores if one.id == sale.store)
    day = till.db.read(lambda session: orders.today(session, store, NOW))
    told = (day["sales"], day["total"], day["returns"], day["returned"], day["net"])
    assert told == (1, sale.total, 1, document.total, sale.total - document.total)
    # The next day begins without it.
    tomorrow = till.db.read(lambda session: orders.today(session, store, NOW + 24 * 3_600_000))
    assert (tomorrow["returns"], tomorrow["net"]) == (0, 0)


def test_what_cannot_be_sold_again_does_not_go_back_to_the_shelf(till: Talker) -> None:
    sale = sold(till)
    shelf = on_the_shelf(till.db, sale)
    assert say(till, back(till, sale, 1, restock=False))["status"] == "ok"
    assert on_the_shelf(till.db, sale) == shelf


def test_the_same_return_twice_is_one_return_and_the_same_answer(till: Talker) -> None:
    sale = sold(till)
    said = operation("sale.return", None, document=back(till, sale, 1).as_dict())
    first = till.send(said)[0]
    again = till.send(said, seq0=till.seq)[0]
    assert (again["result"], again["dup"]) == (first["result"], True)
    assert [row.quantity for row in rows(till.db, returned_lines)] == [1000]
    # Under a number of its own it is another word, and the document has been kept already.
    assert code(till.do("sale.return", None, **said["body"])) == "return.changed"
    assert len(rows(till.db, sale_returns)) == 1


def test_a_document_under_a_used_number_is_refused_and_books_nothing(till: Talker) -> None:
    sale = sold(till)
    first = back(till, sale, 1)
    assert say(till, first)["status"] == "ok"
    double = {**back(till, sale, 1, before=1).as_dict(), "number": first.number}
    assert code(till.do("sale.return", document=double)) == "return.number_used"
    assert [row.kind for row in rows(till.db, exceptions)] == ["rejected"]
    assert [row.quantity for row in rows(till.db, returned_lines)] == [1000]


def test_more_than_was_sold_never_comes_back(till: Talker) -> None:
    sale = sold(till, 2)
    assert say(till, back(till, sale, 2))["status"] == "ok"
    assert code(say(till, back(till, sale, 1))) == "return.too_many"
    # The cashier and the shopper hear of it and settle it: no case for a manager.
    assert rows(till.db, exceptions) == []
    assert [row.quantity for row in rows(till.db, returned_lines)] == [2000]


def test_of_many_tills_that_return_the_last_piece_at_once_one_does(open_shop: Open, till: Talker) -> None:
    sale = sold(till, 1)
    had = points(till.db)
    racers = [Talker(open_shop(), terminal(dev)) for dev in ("till-1", "till-2")]
    racers[0].seq = till.seq
    answers: list[dict[str, Any]] = []

    def one(racer: Talker) -> None:
        document = back(racer, sale, 1)
        answers.append(until_answered(racer, operation("sale.return", None, document=document.as_dict())))

    at_once(*(partial(one, racer) for racer in racers))
    assert sorted(answer["status"] for answer in answers) == ["ok", "rejected"]
    assert [row.quantity for row in rows(till.db, returned_lines)] == [1000]
    assert points(till.db) == had - sale.points


def test_figures_that_another_return_has_changed_are_asked_for_anew(till: Talker) -> None:
    sale = sold(till)
    wrong = {**back(till, sale, 1).as_dict(), "total": 1}
    assert code(till.do("sale.return", document=wrong)) == "return.changed"
    assert rows(till.db, sale_returns) == []


def test_money_that_was_given_without_the_hub_is_kept_and_a_person_is_told(till: Talker) -> None:
    sale = sold(till, 2)
    had = points(till.db)
    assert say(till, back(till, sale, 2))["status"] == "ok"
    late = back(till, sale, 1)
    answer = say(till, late, given=True)
    assert answer["result"] == {"document": late.id, "taken": 0, "given_back": 0, "withheld": 0, "less": 0}
    (case,) = rows(till.db, exceptions)
    assert (case.kind, case.detail["rows"][0]["sold"], case.detail["rows"][0]["derived"]) == ("returned", 1000, 0)
    assert [row.quantity for row in rows(till.db, returned_lines)] == [2000]
    assert points(till.db) == had - sale.points
    assert len(rows(till.db, sale_returns)) == 2


def test_a_return_given_without_the_hub_is_booked_where_goods_are_left(till: Talker) -> None:
    sale = sold(till, 2)
    assert say(till, back(till, sale, 1), given=True)["status"] == "ok"
    assert rows(till.db, exceptions) == []
    assert [row.quantity for row in rows(till.db, returned_lines)] == [1000]


def test_a_sale_that_the_hub_does_not_know_is_refused_or_kept_for_a_person(till: Talker) -> None:
    till.ok("cart.attach", card=FIRST.card)
    unheard = make_sale(till.db, till, till.scan(PIECES[0].id, 1), next(COUNTERS), FIRST.id)
    assert code(say(till, back(till, unheard, 1))) == "return.unknown_sale"
    assert say(till, back(till, unheard, 1), given=True)["status"] == "ok"
    assert [row.kind for row in rows(till.db, exceptions)] == ["returned"]


def test_a_stranger_returns_nothing(till: Talker, db: Database) -> None:
    sale = sold(till)
    other = Talker(db, terminal("till-2"))
    assert code(other.do("sale.return", document=back(till, sale, 1).as_dict())) == "return.not_yours"
    assert rows(db, returned_lines) == []


def test_a_kiosk_gives_nothing_back(till: Talker, db: Database) -> None:
    sale = sold(till)
    kiosk = Talker(db, terminal("kiosk-1"))
    document = {**back(till, sale, 1).as_dict(), "terminal": kiosk.device.dev}
    for given in (False, True):
        assert code(kiosk.do("sale.return", document=document, given=given)) == "not_allowed"
    assert rows(db, sale_returns) == []


def test_a_till_is_told_what_came_back_of_a_sale_by_its_number_or_its_id(till: Talker) -> None:
    sale = sold(till, 3)
    assert say(till, back(till, sale, 1))["status"] == "ok"
    for wanted in (SaleWanted(sale=sale.id), SaleWanted(number=sale.number)):
        found = till.db.read(lambda session, wanted=wanted: orders.found(session, wanted))
        assert sale_from(found["sale"]) == sale
        assert (found["returned"], found["cash_step"]) == ({sale.lines[0].id: 1000}, 0)
    with pytest.raises(ReturnRefused) as refused:
        till.db.read(lambda session: orders.found(session, SaleWanted(number="01-02-999999")))
    assert refused.value.code == "return.unknown_sale"


def test_the_shopper_sees_what_came_back_of_an_order(till: Talker) -> None:
    sale = sold(till, 3)
    first = back(till, sale, 1)
    assert say(till, first)["status"] == "ok"
    shown = till.db.read(lambda session: orders.of_shopper(session, FIRST.id))
    (order,) = [row for row in shown if row["id"] == sale.id]
    (one,) = order["returns"]
    assert (one["number"], one["lines"][0]["quantity"]) == (first.number, 1000)
    assert order["returned"] == one["total"] == first.total


def test_an_old_order_of_which_something_comes_back_does_not_join_the_newest(
    till: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "ORDERS_SHOWN_MAX", 1)
    old = sold(till)
    newest = replace(old, id=uuid.uuid4().hex, number="01-02-900001", at=old.at + 1)
    till.ok("sale.commit", sale=newest.as_dict(), card=FIRST.card, receipt={})
    for sale, shown in ((old, set()), (newest, {newest.id})):
        had = len(rows(till.db, events))
        assert say(till, back(till, sale, 1))["status"] == "ok"
        told = [row.changes or {} for row in rows(till.db, events)[had:] if row.stream == f"shopper:{FIRST.id}"]
        assert told and {name for changes in told for name in changes.get("orders", {})} == shown


def test_a_till_that_is_set_up_anew_goes_on_in_its_own_series_of_returns(till: Talker) -> None:
    other = "till-2"
    assert till.db.read(lambda session: orders.last_return(session, other)) == 0
    sale = sold(till, 1)
    document = back(till, sale, 1)
    assert say(till, document)["status"] == "ok"
    counter = int(document.number.rpartition("-R")[2])
    assert [till.db.read(lambda session, at=at: orders.last_return(session, at)) for at in ("till-1", other)] == [
        counter,
        0,
    ]
