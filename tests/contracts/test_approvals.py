"""Points beyond what a card alone may spend, on both databases: their owner's phone answers, or a manager's PIN."""

import uuid
from functools import partial

import pytest
from approvals_bench import CASHIER, ELSEWHERE, MANAGER, free, limited, paying, says, told, wants
from holds_bench import ITEM, code_of, differing, sale_of, sell
from points_hub import agree
from talking_device import FIRST, NOW, Talker, rows

from retail.loyalty.approval import APPROVAL_MS
from sync_server.db import Database
from sync_server.staff.tables import audit


@pytest.fixture
def till(db: Database) -> Talker:
    return paying(limited(db))


def test_up_to_the_limit_a_card_alone_pays_and_beyond_it_the_phone_is_asked(till: Talker) -> None:
    have = free(till.db)
    assert "approval" not in wants(till, 30, hold="alone")
    held = wants(till, 21)
    assert held["approval"] == {"number": held["approval"]["number"], "until": NOW + APPROVAL_MS, "answer": ""}
    [shown] = told(till)
    assert (shown["points"], shown["number"], shown["answer"]) == (21, held["approval"]["number"], "")
    assert shown["place"] == {"en": "Till 1, Main Street", "ru": "Касса 1, Главная улица"}
    assert wants(till, 21) == held
    assert (says(till, True), says(till, True), code_of(lambda: says(till, False))) == (
        "allowed",
        "allowed",
        "loyalty.answered",
    )
    assert wants(till, 21)["approval"]["answer"] == "allowed"
    sell(till, sale_of(till, wants(till, 21), shopper=FIRST.id), FIRST.card)
    assert (told(till), differing(till.db)) == ([], [])
    assert free(till.db) < have
    agree(till.db, FIRST.id)


def test_what_the_phone_refuses_is_free_at_once_and_stays_refused(till: Talker) -> None:
    have = free(till.db)
    wants(till)
    assert (free(till.db), says(till, False), free(till.db)) == (have - 200, "refused", have)
    assert (told(till), wants(till)["approval"]["answer"]) == ([], "refused")
    assert code_of(lambda: says(till, True)) == "loyalty.answered"
    assert wants(till, approved_by=MANAGER.id)["approval"]["answer"] == "refused"
    agree(till.db, FIRST.id)


def test_a_till_that_cannot_wait_and_a_cart_without_its_shopper_are_refused(till: Talker) -> None:
    have = free(till.db)
    assert code_of(lambda: wants(till, approval=False)) == "loyalty.needs_approval"
    till.visit = str(uuid.uuid4())
    till.scan(ITEM.id, 1)
    assert code_of(lambda: wants(till)) == "loyalty.not_attached"
    assert free(till.db) == have


def test_one_question_at_a_time(till: Talker) -> None:
    wants(till, 60, hold="a")
    assert code_of(lambda: wants(till, 60, hold="b")) == "loyalty.asks_already"
    says(till, True, hold="a")
    assert wants(till, 60, hold="b")["approval"]["answer"] == ""


def test_a_manager_of_the_store_vouches_and_nobody_else(till: Talker) -> None:
    for member in (CASHIER.id, ELSEWHERE.id, "staff-nobody"):
        assert code_of(partial(wants, till, approved_by=member)) == "loyalty.no_manager"
    assert wants(till)["approval"]["answer"] == ""
    assert code_of(partial(wants, till, approved_by=CASHIER.id)) == "loyalty.no_manager"
    assert wants(till, approved_by=MANAGER.id)["approval"]["answer"] == "allowed"
    assert [(row.action, row.staff) for row in rows(till.db, audit)] == [("points.approved", MANAGER.id)]
    assert [row["answer"] for row in told(till)] == ["allowed"]
