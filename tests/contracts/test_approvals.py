"""Points beyond what a card alone may spend, on both databases: their owner's phone answers, or a manager's PIN."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from holds_bench import ITEM, ask, code_of, differing, sale_of, sell
from hub_fixtures import Open
from points_hub import agree, change_programme
from talking_device import FIRST, NOW, SECOND, SHOP, Talker, phone, rows, terminal
from test_races import at_once

from retail.approval_shown import Answered, ApprovalShown
from retail.errors import RetailError
from retail.loyalty.approval import APPROVAL_MS
from retail.loyalty.programme import DAY_MS, DEFAULT
from retail.questions import AllowanceWanted, ApprovalGiven
from retail.told import Held
from sync_server.carts import queries as carts
from sync_server.db import Database
from sync_server.holds import approving, service
from sync_server.loyalty import queries, sweep
from sync_server.staff.tables import audit

ALONE = 50
MANAGER = next(one for one in SHOP.staff if one.role == "manager" and one.store == "main-street")
ELSEWHERE = next(one for one in SHOP.staff if one.role == "manager" and one.store != "main-street")
CASHIER = next(one for one in SHOP.staff if one.role == "cashier")


def limited(db: Database) -> Database:
    change_programme(db, replace(DEFAULT, version=2, approve_above=ALONE))
    return db


@pytest.fixture
def till(db: Database) -> Talker:
    return paying(limited(db))


def paying(db: Database, name: str = "till-1") -> Talker:
    """A till with goods and the first shopper's card, taken in by the hub."""
    till = Talker(db, terminal(name))
    till.visit = str(uuid.uuid4())
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 9)
    return till


def wants(till: Talker, points: int = 200, hold: str = "h", **more: Any) -> dict[str, Any]:
    held = ask(till, "points", hold=hold, amount=points, card=FIRST.card, **({"approval": True} | more))
    Held.model_validate(held)
    return held


def says(till: Talker, allow: bool, hold: str = "h", shopper: str = FIRST.id) -> str:
    """The answer of a shopper's phone."""
    device = phone(shopper)
    given = ApprovalGiven(hold=hold, allow=allow)
    answer = till.db.write(lambda session: approving.answer(session, device, given, till.now))
    return Answered.model_validate(answer).answer


def told(till: Talker) -> list[dict[str, Any]]:
    """What the live cart says of who is asked."""

    def look(session: Any) -> list[dict[str, Any]]:
        visit = carts.get(session, till.visit)
        live = carts.get(session, visit.cart.moved_to or visit.cart.id)
        return [dict(row) for row in carts.view(session, live)["approvals"]]

    found = till.db.read(look)
    for row in found:
        ApprovalShown.model_validate(row)
    return found


def free(db: Database) -> int:
    return db.read(lambda session: queries.balance(session, FIRST.id))


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
