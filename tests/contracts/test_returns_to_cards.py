"""Money that a card paid goes back to the card: what it paid and no more, whatever became of it meanwhile."""

import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest
from holds_bench import ITEM, SECOND_MS, ask, card, differing, on_card, sale_of, sell
from points_hub import change_programme
from talking_device import FIRST, NOW, Talker, rows, terminal

from retail import returns
from retail.card_loads import CardLoad
from retail.loyalty.programme import DEFAULT
from retail.returns import Back, Return, ReturnHead
from retail.sale import Sale
from retail.stored_value import HOLD_MS
from retail.tender import Tender, cash_rounding
from sync_server.catalogue import lists
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import service as points
from sync_server.loyalty.tables import points_lots
from sync_server.orders.tables import returned_lines
from sync_server.stored_value import cards
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About

COUNTERS = itertools.count(1)


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def paid_by_card(till: Talker, account: dict[str, Any], pieces: int = 2, shopper: str = "") -> Sale:
    """A sale of so many pieces of one thing, as much of it as there is paid by the card."""
    if shopper:
        till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, pieces)
    sale = sale_of(till, ask(till, "gift_card", code=account["code"], amount=ITEM.price * pieces), shopper=shopper)
    sell(till, sale, FIRST.card if shopper else "")
    till.visit = f"visit-{uuid.uuid4().hex}"
    return sale


def back(till: Talker, sale: Sale, pieces: int, before: int = 0, step: int = 0) -> Return:
    number = f"01-02-R{next(COUNTERS):06d}"
    head = ReturnHead(uuid.uuid4().hex, number, sale.store, till.device.dev, "staff-anna", "", NOW)
    line = sale.lines[0].id
    return returns.make(head, sale, {line: before * 1000}, [Back(line, pieces * 1000)], step)


def say(till: Talker, document: Return, given: bool = False) -> dict[str, Any]:
    return till.ok("sale.return", document=document.as_dict(), given=given)


def cases(db: Database) -> list[list[tuple[str, int, int]]]:
    found = [row.detail["rows"] for row in rows(db, exceptions) if row.kind == "returned"]
    return [[(row["what"], row["sold"], row["derived"]) for row in of_one] for of_one in found]


def test_what_a_card_paid_goes_back_to_it_piece_by_piece(db: Database, till: Talker) -> None:
    given = card(db, 10_000)
    sale = paid_by_card(till, given)
    say(till, back(till, sale, 1))
    assert on_card(db, given["account"]) == (10_000 - ITEM.price, 0)
    say(till, back(till, sale, 1, before=1))
    assert (on_card(db, given["account"]), cases(db)) == ((10_000, 0), [])


def test_a_card_that_was_blocked_meanwhile_has_its_money_back(db: Database, till: Talker) -> None:
    given = card(db, 10_000)
    sale = paid_by_card(till, given)
    db.write(lambda session: cards.block(session, given["account"], "staff-05", NOW))
    say(till, back(till, sale, 2))
    assert (on_card(db, given["account"]), cases(db)) == ((10_000, 0), [])


def test_a_card_from_which_a_late_sale_could_take_nothing_gets_nothing_back(db: Database, till: Talker) -> None:
    given = card(db, 100)
    till.scan(ITEM.id, 2)
    sale = sale_of(till, ask(till, "gift_card", code=given["code"], amount=100))
    till.now = NOW + HOLD_MS + SECOND_MS
    db.write(lambda session: stored_value.lapse(session, sale.tenders[0].hold, till.now))
    empty = About("spent elsewhere", "till-2", NOW)
    db.write(lambda session: stored_value.adjust(session, given["account"], "elsewhere", -100, empty))
    sell(till, sale)
    assert differing(db) == [("gift_card", "stored_value.short")]
    say(till, back(till, sale, 2))
    assert on_card(db, given["account"]) == (0, 0)
    assert cases(db) == [[("gift_card", 100, 0)]]


def test_a_hold_that_two_tenders_name_is_given_back_once(db: Database, till: Talker) -> None:
    given = card(db, 100)
    till.scan(ITEM.id, 2)
    sale = sale_of(till, ask(till, "gift_card", code=given["code"], amount=100))
    [by_card, cash] = sale.tenders
    sell(till, replace(sale, tenders=(by_card, by_card, replace(cash, amount=cash.amount - 100))))
    say(till, back(till, replace(sale, tenders=(by_card, by_card, replace(cash, amount=cash.amount - 100))), 2))
    assert on_card(db, given["account"]) == (100, 0)


def test_money_that_a_till_has_paid_out_in_cash_does_not_go_to_the_card_as_well(db: Database, till: Talker) -> None:
    given = card(db, 10_000)
    sale = paid_by_card(till, given)
    document = back(till, sale, 2)
    say(till, replace(document, refunds=(Tender("cash", document.total),)), given=True)
    assert on_card(db, given["account"]) == (10_000 - sale.total, 0)
    assert [[row[0] for row in case] for case in cases(db)] == [["refunds"]]
    assert [row.quantity for row in rows(db, returned_lines)] == [2000]


def test_the_worth_of_points_that_are_spent_is_taken_off_what_goes_back_to_the_card(db: Database, till: Talker) -> None:
    change_programme(db, replace(DEFAULT, missing="withhold"))
    given = card(db, 100_000)
    sale = paid_by_card(till, given, 40, FIRST.id)
    assert sale.points > 0
    had = db.read(lambda session: loyalty.balance(session, FIRST.id))
    db.write(lambda session: points.adjust(session, "all", FIRST.id, -had, "staff-05", NOW))
    answer = say(till, back(till, sale, 40))
    assert (answer["withheld"], answer["less"]) == (sale.points, 0)
    assert on_card(db, given["account"]) == (100_000 - sale.points, 0)


def test_a_card_that_was_loaded_in_the_very_sale_that_it_paid_has_its_money_back(db: Database, till: Talker) -> None:
    given = card(db, 10_000)
    till.scan(ITEM.id, 2)
    sale = sale_of(till, ask(till, "gift_card", code=given["code"], amount=ITEM.price * 2))
    load = CardLoad("load-1", 5_000)
    sale = replace(sale, loads=(load,), tenders=(*sale.tenders, Tender("cash", load.amount)))
    till.ok("sale.commit", sale=sale.as_dict(), card="", receipt={}, cards={load.id: {"account": given["account"]}})
    assert on_card(db, given["account"]) == (10_000 - sale.total + load.amount, 0)
    say(till, back(till, sale, 2))
    assert (on_card(db, given["account"]), cases(db)) == ((10_000 + load.amount, 0), [])


def spent_all(db: Database, till: Talker, pieces: int = 40) -> Sale:
    """A sale for cash whose points are spent already, in a shop that keeps their worth of what it gives back."""
    change_programme(db, replace(DEFAULT, missing="withhold"))
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, pieces)
    sale = sale_of(till, shopper=FIRST.id)
    sell(till, sale, FIRST.card)
    had = db.read(lambda session: loyalty.balance(session, FIRST.id))
    db.write(lambda session: points.adjust(session, "all", FIRST.id, -had, "staff-05", NOW))
    return sale


def test_what_is_kept_for_points_leaves_cash_that_the_store_has_coins_for(db: Database, till: Talker) -> None:
    sale = spent_all(db, till)
    step = 7
    db.write(lambda session: lists.put_rules(session, sale.store, NOW, cash_step=step))
    document = back(till, sale, 40, step=step)
    answer = say(till, document)
    assert answer["withheld"] % step
    assert answer["less"] == answer["withheld"] + cash_rounding(answer["withheld"], step)


def test_cash_that_was_given_whole_for_goods_whose_points_are_spent_is_a_case(db: Database, till: Talker) -> None:
    sale = spent_all(db, till)
    answer = say(till, back(till, sale, 40), given=True)
    assert answer["less"] == sale.points > 0
    assert cases(db) == [[("less", 0, sale.points)]]


def test_cash_that_was_given_before_the_hub_had_granted_less_is_a_case(db: Database, till: Talker) -> None:
    sale = spent_all(db, till)
    document = back(till, sale, 40)
    assert say(till, document)["less"] == sale.points
    assert cases(db) == []
    for _ in range(2):
        answer = say(till, document, given=True)
        assert (answer["taken"], answer["less"]) == (0, 0)
    assert cases(db) == [[("less", 0, sale.points)]]
    assert [row.quantity for row in rows(db, returned_lines)] == [40_000]


def test_tiers_forget_exactly_what_they_counted(db: Database, till: Talker) -> None:
    """A third of a point that pays a third of a tender is money of no point, and still it was paid with one."""
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 3)
    sale = sale_of(till, shopper=FIRST.id)
    assert sale.total > ITEM.price * 2
    paid = (Tender("points", ITEM.price * 2, "none", 1), Tender("cash", sale.total - ITEM.price * 2))
    sale = replace(sale, tenders=paid)
    sell(till, sale, FIRST.card)

    def counted() -> int:
        return next(int(lot.paid) for lot in rows(db, points_lots) if lot.id == sale.id)

    assert counted() == sale.total - ITEM.price * 2
    for before in range(3):
        say(till, back(till, sale, 1, before=before))
    assert counted() == 0
