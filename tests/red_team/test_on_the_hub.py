"""Attacks on what the hub keeps, each by its name, on SQLite and PostgreSQL. More of each is in tests/contracts."""

import itertools
from typing import Any

import pytest
from hub_fixtures import Open
from points_hub import ANNA, BORIS, do, sell, spendable, sums
from points_hub import NOW as JANUARY
from sqlalchemy import func, select
from talking_device import FIRST, PIECES, Talker, make_sale, operation, rows, terminal, view
from test_races import at_once
from test_stored_value import EUR, TILL, balance, card
from vouchers_bench import KEY, asked, batch, claim, refused_claim

from retail.coupons import CODE_LENGTH
from retail.errors import LoyaltyRefused, RetailError, StoredValueRefused
from retail.loyalty.programme import DAY_MS, MINUTE_MS
from retail.voucher_codes import made
from sync_server.coupons import service as coupons
from sync_server.db import Database
from sync_server.loyalty import holds, merging, service, sweep
from sync_server.loyalty.service import LineBack
from sync_server.orders.tables import sales
from sync_server.stored_value import service as stored_value

RACERS, USES = 8, 3
WHOLE_LINE = LineBack("l-0", 100, 0, 1, 1)
COUNTER = itertools.count(1)


def raced(open_shop: Open, works: list[Any]) -> list[Any]:
    """Each over a connection of its own, all at once: answers, and the codes of refusals."""
    found: list[Any] = []

    def one(db: Database, work: Any) -> Any:
        def run() -> None:
            try:
                found.append(db.write(work))
            except RetailError as refused:
                found.append(refused.code)

        return run

    at_once(*(one(open_shop(), work) for work in works))
    return found


def test_double_sync_of_one_sale(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    till.ok("cart.attach", card=FIRST.card)
    sale = make_sale(db, till, till.scan(PIECES[0].id, 3), next(COUNTER), FIRST.id)
    before = spendable(db, FIRST.id)
    sent = operation("sale.commit", till.visit, sale=sale.as_dict(), card=FIRST.card, receipt={})
    first = till.send(sent)[0]
    again = till.send(sent, seq0=till.seq)[0]
    assert (first["result"], again["result"], again["dup"]) == (first["result"], first["result"], True)
    # A thief of the till's own words sends it under the next number: neither money nor points come twice.
    renamed = till.do("sale.commit", till.visit, sale=sale.as_dict(), card=FIRST.card, receipt={})
    assert renamed["status"] == "rejected"
    assert db.read(lambda session: session.scalar(select(func.count()).where(sales.c.id == sale.id))) == 1
    assert spendable(db, FIRST.id) == before + sale.points


def test_buy_refund_and_keep_the_points(db: Database) -> None:
    sale = sell(db, ANNA, 100)
    do(db, holds.place, holds.Wanted("h-1", ANNA, 100), JANUARY)
    do(db, holds.capture, "h-1", "s-1", 100, JANUARY)
    for n in range(3):
        do(db, service.take_back, f"r-{n}", sale, [WHOLE_LINE], 0, 0, JANUARY)
    assert (spendable(db, ANNA), sums(db, ANNA)["debt"]) == (0, -100)


def test_two_tills_spending_the_last_points(open_shop: Open) -> None:
    db = open_shop()
    sell(db, ANNA, 100)
    asks = [
        lambda session, n=n: holds.place(session, holds.Wanted(f"h-{n}", ANNA, 100, f"till-{n}"), JANUARY)
        for n in range(2)
    ]
    found = raced(open_shop, asks)
    assert [isinstance(one, dict) for one in found].count(True) == 1 and "loyalty.short" in found


def test_n_checkouts_racing_for_the_last_uses_of_a_coupon(open_shop: Open) -> None:
    db = open_shop()
    [code] = batch(db, uses=USES)
    wanted = [asked(code) for _ in range(RACERS)]
    found = raced(open_shop, [lambda session, one=one: coupons.claim(session, KEY, one) for one in wanted])
    assert [isinstance(one, dict) for one in found].count(True) == USES
    assert found.count("coupon.in_use") == RACERS - USES


def test_coupon_guessing(db: Database) -> None:
    [code] = batch(db)
    refused = [refused_claim(db, made(n, CODE_LENGTH), shopper="mallory").code for n in range(1, 8)]
    assert refused == ["coupon.unknown"] * 3 + ["voucher.wait"] * 4
    # The right code is of no use to somebody who waits, and somebody else is not made to wait by it.
    assert refused_claim(db, code, shopper="mallory").code == "voucher.wait"
    assert claim(db, code, shopper="anna", device="till-2")


def test_self_dealing_with_one_staff_card(db: Database) -> None:
    reasons: list[str] = []
    for n in range(12):
        lines = service.earned_by(5, [("l-0", 5)])
        bought = service.Purchase(f"deal-{n}", ANNA, lines, 500, "staff-anna", JANUARY + n * MINUTE_MS)
        reasons += do(db, service.earn, bought, bought.at).suspicions
    assert "cashier" in reasons


def test_a_gift_card_spent_twice(open_shop: Open) -> None:
    db = open_shop()
    account = card(db, 5_000)
    asks = [
        lambda session, n=n: stored_value.hold(session, account, f"hold-{n}", 5_000, EUR, TILL) for n in range(RACERS)
    ]
    found = raced(open_shop, asks)
    assert found.count("stored_value.short") == RACERS - 1
    won = next(one for one in found if isinstance(one, dict))
    spent = raced(
        open_shop,
        [lambda session, n=n: stored_value.capture(session, won["hold"], f"sale-{n}", 5_000, TILL) for n in range(4)],
    )
    assert [isinstance(one, dict) for one in spent].count(True) == 1
    assert balance(db, account) == (0, 0)


def test_a_hold_expiring_while_it_is_captured(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    sell(one, ANNA, 10)
    over = JANUARY + 20 * MINUTE_MS
    do(one, holds.place, holds.Wanted("h-1", ANNA, 10), JANUARY)
    posted: list[Any] = []
    at_once(
        lambda: one.write(lambda session: holds.expire(session, "h-1", over)),
        lambda: posted.append(other.write(lambda session: holds.capture(session, "h-1", "s-1", 10, over))),
    )
    assert posted == [{"posted": 10, "owed": 0}]
    assert (sums(one, ANNA)["spent"], spendable(one, ANNA)) == (10, 0)


def test_a_refund_after_the_burned_points_expired(db: Database) -> None:
    sell(db, ANNA, 50)
    do(db, holds.place, holds.Wanted("h-1", ANNA, 50), JANUARY)
    do(db, holds.capture, "h-1", "s-1", 50, JANUARY)
    later = JANUARY + 400 * DAY_MS
    do(db, service.take_back, "r-1", "s-1", [], 50, 0, later)
    do(db, service.take_back, "r-1", "s-1", [], 50, 0, later)
    assert spendable(db, ANNA) == 50, "they count for a while again, once"
    sweep.sweep(db, later + 40 * DAY_MS)
    assert spendable(db, ANNA) == 0


def test_merged_customers_with_both_cards_in_use(db: Database) -> None:
    sell(db, ANNA, 60)
    sell(db, BORIS, 40)
    do(db, merging.merge, "m-1", ANNA, BORIS, "2001", JANUARY)
    do(db, holds.place, holds.Wanted("h-1", ANNA, 100), JANUARY)
    with pytest.raises(LoyaltyRefused) as refused:
        do(db, holds.place, holds.Wanted("h-2", BORIS, 1), JANUARY)
    assert refused.value.code == "loyalty.short"
    do(db, holds.capture, "h-1", "s-1", 100, JANUARY)
    sell(db, ANNA, 5)
    sell(db, BORIS, 7)
    do(db, merging.part, "p-1", ANNA, "2001", JANUARY)
    assert (spendable(db, ANNA), spendable(db, BORIS)) == (5, 7)


def test_negative_and_huge_quantities_and_amounts(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    for quantity in (0, 10**7, 10**18, -(10**18)):
        assert till.do("cart.add", line=f"l{quantity}", item=PIECES[0].id, quantity=quantity)["status"] == "rejected"
    assert till.do("cart.add", line="l-none", item=PIECES[0].id, quantity=-1000)["status"] == "ok"
    assert view(db, till.visit)["lines"] == {}, "less than nothing of it is none of it"
    till.scan(PIECES[0].id)
    body = make_sale(db, till, till.visit, next(COUNTER)).as_dict()
    for change in ({"total": -1}, {"change": 10**16}, {"tenders": [{"kind": "cash", "amount": -5}]}):
        refused = till.do("sale.commit", till.visit, sale=body | change, card="", receipt={})
        assert refused["error"]["code"] == "sale.malformed"
    assert not rows(db, sales) or all(row.id != body["id"] for row in rows(db, sales))
    account = card(db, 100)
    for amount in (-5, 0, 10**15):
        with pytest.raises(StoredValueRefused):
            db.write(lambda session, amount=amount: stored_value.hold(session, account, "h", amount, EUR, TILL))  # type: ignore[misc]
