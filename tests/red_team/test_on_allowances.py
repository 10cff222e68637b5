"""Attacks on points that a till may let be spent while the hub is away, on both databases: the sale is always kept."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from holds_bench import ITEM, ask, code_of, differing, sale_of
from hub_fixtures import Open
from points_hub import agree, change_programme
from sqlalchemy import delete
from talking_device import FIRST, NOW, SECOND, Talker, rows, terminal
from test_races import at_once

from retail.errors import RetailError
from retail.loyalty.allowance import Allowance, sign
from retail.loyalty.programme import DEFAULT, MINUTE_MS
from retail.questions import AllowanceWanted
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.holds import service
from sync_server.loyalty import queries, sweep
from sync_server.loyalty.tables import points_answers, points_holds
from sync_server.orders.tables import sales

DAY_MS = DEFAULT.allowance_hours * 60 * MINUTE_MS


def allow(till: Talker, nonce: str = "n", **more: Any) -> dict[str, Any]:
    wanted = AllowanceWanted(nonce=nonce, cart=till.visit, **more)
    return till.db.write(lambda session: service.allow(session, till.device, wanted, till.now))


def free(db: Database, shopper: str = FIRST.id) -> int:
    return db.read(lambda session: queries.balance(session, shopper))


def bought(db: Database, name: str = "till-1", card: str = FIRST.card) -> Talker:
    return visit(Talker(db, terminal(name)), card)


def visit(till: Talker, card: str = FIRST.card) -> Talker:
    """The next shopper at a till."""
    till.visit = str(uuid.uuid4())
    till.ok("cart.attach", card=card)
    till.scan(ITEM.id, 9)
    return till


def commit(till: Talker, sale: Any, *shown: dict[str, Any], card: str = FIRST.card) -> dict[str, Any]:
    """The sale with what it shows of allowances."""
    told = [{name: value for name, value in one.items() if name != "public"} for one in shown]
    return till.do("sale.commit", till.visit, sale=sale.as_dict(), card=card, receipt={}, allowances=told)


def paid(till: Talker, given: dict[str, Any], points: int, shopper: str = FIRST.id, **changed: Any) -> Any:
    held = {"kind": "points", "hold": given["nonce"], "amount": points, "points": points}
    return sale_of(till, held, shopper=shopper, **changed)


def kept(db: Database, sale: Any) -> bool:
    return any(row.id == sale.id for row in rows(db, sales))


def test_points_leave_the_balance_when_they_are_allowed_and_the_rest_of_a_sale_comes_back(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    assert (given["amount"], free(db)) == (min(have, DEFAULT.allowance_points_max), max(0, have - 1000))
    assert allow(till) == given
    sale = paid(till, given, 30)
    commit(till, sale, given)
    assert (free(db), differing(db)) == (have - 30 + sale.points, [])
    agree(db, FIRST.id)


def test_all_tills_together_get_no_more_than_the_programme_allows(open_shop: Open) -> None:
    db = open_shop()
    have, found = free(db), list[int]()
    tills = [bought(open_shop(), name) for name in ("till-1", "till-2")]

    def work(n: int, till: Talker) -> None:
        try:
            found.append(allow(till, f"n-{n}")["amount"])
        except RetailError as refused:
            assert refused.code == "loyalty.none"

    at_once(*(partial(work, n, till) for n, till in enumerate(tills)))
    assert sum(found) == min(have, DEFAULT.allowance_points_max) == have - free(db)
    agree(db, FIRST.id)


def test_points_that_are_not_wanted_are_free_again_and_those_that_nobody_speaks_of_too(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    assert till.ok("hold.void", hold="n", kind="points") == {"freed": True}
    assert code_of(partial(allow, till)) == "loyalty.allowance_used"
    sale = paid(till, given, 30)
    commit(till, sale, given)
    assert (kept(db, sale), differing(db)) == (True, [("points", "loyalty.allowance_used")])
    allow(visit(till), "forgotten")
    assert sweep.sweep(db, NOW + DAY_MS - 1)["holds"] == 0
    assert sweep.sweep(db, NOW + DAY_MS)["holds"] == 1
    assert free(db) == have + sale.points
    agree(db, FIRST.id)


def test_a_sale_made_in_time_that_comes_late_takes_its_points_once(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    sale = paid(till, given, 30)
    sweep.sweep(db, NOW + DAY_MS)
    till.now = NOW + 2 * DAY_MS
    commit(till, sale, given)
    assert (free(db), differing(db)) == (have - 30 + sale.points, [])
    agree(db, FIRST.id)


def test_a_forged_allowance(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    more = given | {"amount": given["amount"] + 1}
    sale = paid(till, more, 30)
    commit(till, sale, more)
    assert (kept(db, sale), differing(db)) == (True, [("points", "loyalty.allowance_forged")])
    visit(till)
    own = Allowance("made-up", FIRST.id, "till-1", 500, NOW + DAY_MS)
    mine = own.as_dict() | {"signature": sign(b"t" * 32, own)}
    stolen = paid(till, mine, 500)
    commit(till, stolen, mine)
    # As one who has only heard the name of the first visit's.
    unshown = paid(visit(till), {"nonce": "n"}, 10)
    commit(till, unshown)
    assert all(kept(db, one) for one in (stolen, unshown))
    assert [why for _, why in differing(db)] == [
        "loyalty.allowance_forged", "loyalty.allowance_forged", "loyalty.allowance_missing",
    ]  # fmt: skip
    assert free(db) == have - given["amount"] + sale.points + stolen.points + unshown.points
    agree(db, FIRST.id)


def test_an_allowance_used_twice(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    first = paid(till, given, 30)
    commit(till, first, given)
    again = paid(visit(till), given, 30)
    commit(till, again, given)
    assert (kept(db, again), len(differing(db))) == (True, 1)
    assert free(db) == have - 30 + first.points + again.points
    agree(db, FIRST.id)


def test_an_allowance_at_another_till_and_for_another_shopper(db: Database) -> None:
    have, till = free(db), bought(db)
    given = allow(till)
    other = bought(db, "till-2")
    elsewhere = paid(other, given, 30)
    commit(other, elsewhere, given)
    foreign = paid(visit(till, SECOND.card), given, 30, SECOND.id)
    commit(till, foreign, given, card=SECOND.card)
    assert kept(db, elsewhere) and kept(db, foreign)
    assert [why for _, why in differing(db)] == ["loyalty.allowance_elsewhere", "loyalty.allowance_visit"]
    assert free(db) == have - given["amount"] + elsewhere.points
    agree(db, FIRST.id, SECOND.id)


def test_an_allowance_used_too_late_or_beyond_its_amount(db: Database) -> None:
    till = bought(db)
    given = allow(till)
    late = replace(paid(till, given, 30), at=given["not_after"])
    till.now = NOW + 2 * DAY_MS
    commit(till, late, given)
    small = allow(visit(till), "small")
    much = paid(till, small, small["amount"] + 1)
    commit(till, much, small)
    assert kept(db, late) and kept(db, much)
    assert ("points", "loyalty.allowance_over") in differing(db)
    assert ("points", "loyalty.allowance_short") in differing(db)
    agree(db, FIRST.id)


def test_a_hub_that_has_forgotten_the_grant_believes_its_own_signature(db: Database) -> None:
    till = bought(db)
    given = allow(till)
    till.ok("hold.void", hold="n", kind="points")
    # As one that was restored from before the grant.
    db.write(lambda session: session.execute(delete(points_holds)))
    db.write(lambda session: session.execute(delete(points_answers)))
    have = free(db)
    sale = paid(till, given, 30)
    commit(till, sale, given)
    assert (free(db), differing(db)) == (have - 30 + sale.points, [])
    agree(db, FIRST.id)


def test_who_may_not_ask_for_an_allowance(db: Database) -> None:
    kiosk, nobody = Talker(db, terminal("kiosk-1")), Talker(db, terminal("till-1"))
    with pytest.raises(NotAllowed):
        allow(kiosk, card=FIRST.card)
    assert code_of(partial(allow, nobody)) == "loyalty.who"
    till = bought(db)
    ask(till, "points", amount=10**6)
    assert (code_of(partial(allow, till)), free(db)) == ("loyalty.none", 0)


def test_the_points_of_the_card_before_pay_nothing_for_the_next_one(db: Database) -> None:
    have, till = free(db), bought(db)
    # The till knows the next card already, and the hub has not heard of it.
    given = allow(till, "next", card=SECOND.card)
    assert (given["account"], free(db)) == (SECOND.id, have)
    mine = allow(till)
    till.ok("cart.attach", card=SECOND.card, replace=True)
    sale = paid(till, mine, 30, SECOND.id)
    commit(till, sale, mine, card=SECOND.card)
    assert (kept(db, sale), differing(db)) == (True, [("points", "loyalty.allowance_visit")])
    assert free(db) == have - mine["amount"]
    agree(db, FIRST.id, SECOND.id)


def test_no_more_is_allowed_than_may_be_spent_in_a_day(db: Database) -> None:
    limited = replace(DEFAULT, version=1, limits=replace(DEFAULT.limits, burned_a_day=50))
    change_programme(db, limited)
    till = bought(db)
    given = allow(till)
    assert given["amount"] == 50
    commit(till, paid(till, given, 30), given)
    assert allow(visit(till), "second")["amount"] == 20
    assert code_of(lambda: allow(visit(bought(db, "till-2")), "third")) == "loyalty.none"
    agree(db, FIRST.id)
