"""Attacks on points that a card alone may not spend, on both databases: who answers, how often, and what if nobody."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from approvals_bench import ALONE, CASHIER, ELSEWHERE, MANAGER, free, limited, paying, says, told, wants
from holds_bench import code_of, differing, sale_of, sell
from hub_fixtures import Open
from points_hub import agree
from talking_device import FIRST, NOW, SECOND, Talker, rows, terminal
from test_races import at_once

from retail.errors import RetailError
from retail.loyalty.approval import APPROVAL_MS
from retail.loyalty.programme import DAY_MS
from retail.questions import AllowanceWanted
from sync_server.db import Database
from sync_server.holds import service
from sync_server.loyalty import sweep
from sync_server.staff.tables import audit


@pytest.fixture
def till(db: Database) -> Talker:
    return paying(limited(db))


def test_a_question_lapses_and_nobody_can_answer_it_any_more(till: Talker) -> None:
    have = free(till.db)
    wants(till)
    till.now = NOW + APPROVAL_MS
    assert code_of(lambda: says(till, True)) == "loyalty.hold_over"
    assert code_of(lambda: wants(till)) == "loyalty.hold_over"
    assert sweep.sweep(till.db, till.now)["holds"] == 1
    assert (free(till.db), told(till)) == (have, [])


def test_many_small_payments_count_together_for_a_day(till: Talker) -> None:
    for n in range(5):
        assert "approval" not in wants(till, 10, hold=f"small-{n}")
    assert "approval" in wants(till, 1)
    till.ok("hold.void", hold="h", kind="points")
    till.now = NOW + DAY_MS + 1
    assert "approval" not in wants(till, 10, hold="next-day")


def test_without_the_hub_no_more_is_allowed_than_the_card_alone_may_spend(till: Talker) -> None:
    wants(till, 30, hold="alone")

    def allow(nonce: str) -> int:
        wanted = AllowanceWanted(nonce=nonce, cart=till.visit)
        given = till.db.write(lambda session: service.allow(session, till.device, wanted, till.now))
        return int(given["amount"])

    assert allow("n") == ALONE - 30
    assert code_of(lambda: allow("m")) == "loyalty.none"
    assert "approval" in wants(till, 1)


def test_a_stranger_cannot_answer_nor_learn_that_there_is_a_question(till: Talker) -> None:
    wants(till)
    assert code_of(lambda: says(till, True, shopper=SECOND.id)) == code_of(lambda: says(till, True, hold="none"))
    assert wants(till)["approval"]["answer"] == ""


def test_of_two_phones_that_answer_differently_exactly_one_is_heard(open_shop: Open) -> None:
    db = limited(open_shop())
    till = paying(db)
    have = free(db)
    wants(till)
    other = Talker(open_shop(), terminal("till-1"))
    heard: list[str] = []

    def work(one: Talker, allow: bool) -> None:
        try:
            heard.append(says(one, allow))
        except RetailError as refused:
            heard.append(refused.code)

    at_once(partial(work, till, True), partial(work, other, False))
    assert sorted(heard) in (["allowed", "loyalty.answered"], ["loyalty.answered", "refused"])
    assert free(db) == (have - 200 if "allowed" in heard else have)
    agree(db, FIRST.id)


@pytest.mark.parametrize("before", [lambda till: None, lambda till: says(till, False)])
def test_a_sale_with_points_that_nobody_allowed_is_kept_and_shown_to_a_person(
    till: Talker, before: Callable[[Talker], Any]
) -> None:
    held = wants(till)
    before(till)
    sell(till, sale_of(till, held, shopper=FIRST.id), FIRST.card)
    assert ("points_unapproved", 0) in differing(till.db)
    agree(till.db, FIRST.id)


def test_a_till_that_names_somebody_who_is_no_manager_here(till: Talker) -> None:
    have = free(till.db)
    for member in (CASHIER.id, ELSEWHERE.id, "staff-nobody"):
        assert code_of(partial(wants, till, approved_by=member)) == "loyalty.no_manager"
    assert (free(till.db), rows(till.db, audit)) == (have, [])
    kiosk = paying(till.db, "kiosk-1")
    assert code_of(partial(wants, kiosk, approved_by=MANAGER.id)) == "loyalty.no_manager"


def test_more_points_taken_than_were_set_aside_without_asking(till: Talker) -> None:
    held = wants(till, 30)
    more = held | {"amount": 200, "points": 200}
    sell(till, sale_of(till, more, shopper=FIRST.id), FIRST.card)
    assert ("points_unapproved", 0) in differing(till.db)
    agree(till.db, FIRST.id)


def test_points_taken_without_the_word_use_up_what_the_card_alone_may_spend(till: Talker) -> None:
    sell(till, sale_of(till, wants(till), shopper=FIRST.id), FIRST.card)
    again = paying(till.db, "till-2")
    assert code_of(lambda: wants(again, 1, hold="next", approval=False)) == "loyalty.needs_approval"
