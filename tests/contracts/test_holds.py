"""Money and points that a cart sets aside at the hub, on both databases: captured once, or free again."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from holds_bench import ITEM, SECOND_MS, ask, card, code_of, differing, on_card, sale_of, sell
from hub_fixtures import Open
from points_hub import agree
from talking_device import FIRST, NOW, Talker, operation, rows, terminal
from test_races import at_once

from retail.errors import RetailError
from retail.stored_value import HOLD_MS
from sync_server.db import Database
from sync_server.loyalty import queries as loyalty
from sync_server.orders.tables import sales
from sync_server.stored_value import cards
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def test_a_gift_card_pays_a_part_and_the_sale_captures_it_once(db: Database, till: Talker) -> None:
    given = card(db, 150)
    till.scan(ITEM.id, 3)
    held = ask(till, "gift_card", code=given["code"], amount=ITEM.price * 3)
    assert (held["amount"], held["left"], held["until"]) == (150, 0, NOW + HOLD_MS)
    assert on_card(db, given["account"]) == (0, 150)
    sale = sale_of(till, held)
    sent = operation("sale.commit", till.visit, sale=sale.as_dict(), card="", receipt={})
    [first] = till.send(sent)
    assert till.send(sent, seq0=first["seq"])[0]["dup"]
    assert (on_card(db, given["account"]), differing(db)) == ((0, 0), [])


def test_the_same_question_about_money_is_one_hold_and_renews_it(db: Database, till: Talker) -> None:
    given = card(db, 5000)
    till.scan(ITEM.id)
    held = ask(till, "gift_card", hold="h", code=given["code"], amount=120)
    till.now = NOW + HOLD_MS * 2 // 3
    again = ask(till, "gift_card", hold="h", amount=120)
    assert (again["amount"], again["until"]) == (held["amount"], till.now + HOLD_MS)
    assert on_card(db, given["account"]) == (4880, 120)
    till.now += HOLD_MS
    assert code_of(lambda: ask(till, "gift_card", hold="h", amount=120)) == "stored_value.hold_gone"


def test_a_gift_card_at_two_tills_is_spent_once(open_shop: Open) -> None:
    db = open_shop()
    given = card(db, 1000)
    tills = [Talker(open_shop(), terminal(name)) for name in ("till-1", "till-2")]
    got: list[int] = []
    codes: list[str] = []

    def work(one: Talker) -> None:
        try:
            got.append(ask(one, "gift_card", code=given["code"], amount=1000)["amount"])
        except RetailError as error:
            codes.append(error.code)

    at_once(*(partial(work, one) for one in tills))
    assert (got, codes) == ([1000], ["stored_value.short"])
    assert on_card(db, given["account"]) == (0, 1000)


def test_a_payment_that_is_given_up_frees_the_money_and_one_that_is_forgotten_too(db: Database, till: Talker) -> None:
    given = card(db, 1000)
    held = ask(till, "gift_card", code=given["code"], amount=400)
    assert till.ok("hold.void", hold=held["hold"], kind="gift_card") == {"freed": True}
    assert till.ok("hold.void", hold=held["hold"], kind="gift_card") == {"freed": False}
    forgotten = ask(till, "gift_card", code=given["code"], amount=300)
    assert on_card(db, given["account"]) == (700, 300)
    db.write(lambda session: stored_value.lapse(session, forgotten["hold"], NOW + HOLD_MS))
    assert on_card(db, given["account"]) == (1000, 0)


def test_a_hold_that_lapses_while_its_sale_comes_is_taken_from_what_is_there_or_is_a_case(
    db: Database, till: Talker
) -> None:
    given = card(db, 500)
    till.scan(ITEM.id, 9)
    held = ask(till, "gift_card", code=given["code"], amount=500)
    sale = sale_of(till, held)
    till.now = NOW + HOLD_MS + SECOND_MS
    sell(till, sale)
    assert (on_card(db, given["account"]), differing(db)) == ((0, 0), [])
    # Once more, and this time somebody has the money when the sale comes.
    other = Talker(db, terminal("till-2"))
    second = card(db, 500)
    other.scan(ITEM.id, 9)
    late = sale_of(other, ask(other, "gift_card", code=second["code"], amount=500))
    other.now = NOW + HOLD_MS + SECOND_MS
    db.write(lambda session: stored_value.lapse(session, late.tenders[0].hold, other.now))
    thief = Talker(db, terminal("till-1", 2))
    thief.now = other.now
    ask(thief, "gift_card", code=second["code"], amount=500)
    sell(other, late)
    assert differing(db) == [("gift_card", "stored_value.short")]
    assert on_card(db, second["account"]) == (0, 500)


def test_two_sales_cannot_take_the_same_money(db: Database, till: Talker) -> None:
    given = card(db, 200)
    till.scan(ITEM.id, 9)
    held = ask(till, "gift_card", code=given["code"], amount=200)
    sell(till, sale_of(till, held))
    till.visit = f"visit-{uuid.uuid4().hex}"
    till.scan(ITEM.id, 9)
    sell(till, sale_of(till, held))
    assert differing(db) == [("gift_card", "stored_value.hold_gone")]
    assert on_card(db, given["account"]) == (0, 0)


def test_a_card_that_is_blocked_or_of_another_currency_pays_nothing_whatever_the_till_says(
    db: Database, till: Talker
) -> None:
    given = card(db, 500)
    asked = partial(ask, till, "gift_card", code=given["code"], amount=100)
    assert code_of(partial(asked, currency="RUB")) == "stored_value.currency"
    held = asked(currency="")
    sale = sale_of(till.scan(ITEM.id, 9) and till, held)
    db.write(lambda session: cards.block(session, given["account"], "staff-05", NOW))
    for currency in ("", "EUR"):
        assert code_of(partial(asked, currency=currency)) == "stored_value.blocked"
    assert on_card(db, given["account"]) == (400, 100)
    # What the hold was given for is its own money, and no other's.
    sell(till, replace(sale, currency="RUB"))
    assert ("gift_card", "stored_value.currency") in differing(db)
    assert on_card(db, given["account"]) == (400, 100)


def test_a_sale_takes_nothing_that_another_terminals_visit_has_set_aside(db: Database, till: Talker) -> None:
    given = card(db, 500)
    till.scan(ITEM.id, 9)
    held = ask(till, "gift_card", code=given["code"], amount=500)
    other = Talker(db, terminal("till-2"))
    other.scan(ITEM.id, 9)
    stolen = sale_of(other, held)
    other.visit = till.visit
    sell(other, stolen)
    assert ("gift_card", "stored_value.hold_gone") in differing(db)
    assert ([row.id for row in rows(db, sales)], on_card(db, given["account"])) == ([stolen.id], (0, 500))


def test_a_hold_that_two_tenders_of_a_sale_name_is_taken_once(db: Database, till: Talker) -> None:
    given = card(db, 100)
    till.scan(ITEM.id, 9)
    held = ask(till, "gift_card", code=given["code"], amount=100)
    sell(till, sale_of(till, held, held))
    assert differing(db) == [("gift_card", "stored_value.hold_gone")]
    assert on_card(db, given["account"]) == (0, 0)


def test_nothing_is_set_aside_for_a_visit_that_is_over(db: Database, till: Talker) -> None:
    given = card(db, 100)
    till.scan(ITEM.id)
    till.ok("cart.abandon")
    assert code_of(partial(ask, till, "gift_card", code=given["code"], amount=50)) == "cart.closed"
    assert on_card(db, given["account"]) == (100, 0)


def test_a_wrong_pin_and_a_code_that_nobody_has_are_refused_and_counted(db: Database, till: Talker) -> None:
    given = card(db, 500, pin=True)
    asked = partial(ask, till, "gift_card", code=given["code"], amount=100)
    assert code_of(asked) == "stored_value.pin_needed"
    assert code_of(partial(asked, pin="000000" if given["pin"] != "000000" else "111111")) == "stored_value.pin_wrong"
    assert asked(pin=given["pin"])["amount"] == 100
    assert code_of(partial(ask, till, "gift_card", code="9999-9999-9999-9993", amount=1)) == "stored_value.unknown"
    assert code_of(partial(ask, till, "gift_card", code="9999-9999-9999-9994", amount=1)) == "voucher.check"


def test_store_credit_is_the_customers_whose_card_was_shown(db: Database, till: Talker) -> None:
    def give(session: Any) -> str:
        account = cards.credit(session, FIRST.id, "EUR", "main-street", "staff-05", NOW)
        stored_value.refund(session, account, "refund-1", 700, "EUR", About("sale-0", "till-1", NOW))
        return account

    account = db.write(give)
    till.scan(ITEM.id, 9)
    assert code_of(partial(ask, till, "store_credit", amount=300)) == "stored_value.no_credit"
    till.ok("cart.attach", card=FIRST.card)
    held = ask(till, "store_credit", amount=300, card=FIRST.card)
    sell(till, sale_of(till, held, shopper=FIRST.id), FIRST.card)
    assert (on_card(db, account), differing(db)) == ((400, 0), [])


# Points


def spendable(db: Database) -> int:
    agree(db, FIRST.id)
    return db.read(lambda session: loyalty.balance(session, FIRST.id))


def test_points_pay_what_they_are_worth_and_two_tills_do_not_spend_them_twice(db: Database, till: Talker) -> None:
    have = spendable(db)
    assert have > 50, "the sample shopper has points"
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 9)
    assert code_of(partial(ask, Talker(db, terminal("till-2")), "points", amount=50)) == "loyalty.who"
    held = ask(till, "points", hold="p", amount=50)
    assert (held["points"], held["amount"], held["left"]) == (50, 50, have - 50)
    assert ask(till, "points", hold="p", amount=50) == held
    other = Talker(db, terminal("till-2"))
    rest = ask(other, "points", card=FIRST.card, amount=10**6)
    assert rest["points"] == have - 50
    assert code_of(partial(ask, other, "points", card=FIRST.card, amount=10)) == "loyalty.none"
    assert other.ok("hold.void", hold=rest["hold"], kind="points") == {"freed": True}
    sale = sale_of(till, held, shopper=FIRST.id)
    sell(till, sale, FIRST.card)
    assert (spendable(db), differing(db)) == (have - 50 + sale.points, [])


def test_points_of_a_sale_that_came_too_late_are_owed_and_a_person_is_told(db: Database, till: Talker) -> None:
    have = spendable(db)
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 9)
    held = ask(till, "points", amount=have)
    sale = sale_of(till, held, shopper=FIRST.id)
    till.ok("hold.void", hold=held["hold"], kind="points")
    other = Talker(db, terminal("till-2"))
    other.scan(ITEM.id, 9)
    other.ok("cart.attach", card=FIRST.card)
    first = sale_of(other, ask(other, "points", amount=have), shopper=FIRST.id)
    sell(other, first, FIRST.card)
    sell(till, sale, FIRST.card)
    # What the other sale earned is all that is there.
    assert differing(db) == [("points", first.points)]
    agree(db, FIRST.id)
