"""The ledger of points at the hub, on both databases: what docs/loyalty.md promises of one command after another."""

import dataclasses
from pathlib import Path

import pytest
from hub_fixtures import Open
from points_hub import (
    ANNA,
    BORIS,
    HOUR_MS,
    NOW,
    YEAR_MS,
    agree,
    change_programme,
    do,
    nothing,
    place,
    sell,
    spendable,
    sums,
)
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from talking_device import rows

from retail.errors import LoyaltyRefused
from retail.loyalty.programme import DAY_MS, DEFAULT, MINUTE_MS, Limits, Tier, TierRule
from sync_server.db import Database
from sync_server.loyalty import holds, queries, service, sweep
from sync_server.loyalty.service import LineBack
from sync_server.loyalty.tables import points_entries

BROKEN = text("UPDATE points_balances SET held = 0 WHERE customer = :customer")
"""What only somebody at the database itself can do."""


def test_the_sample_shop_s_ledger_agrees_with_its_balances(db: Database) -> None:
    agree(db)


def test_a_sale_gives_its_points_once_with_an_entry_for_each_line(db: Database) -> None:
    sale = sell(db, ANNA, 4, 0, 5)
    found = [row for row in rows(db, points_entries) if row.source == sale]
    assert sorted((row.key, row.points) for row in found) == [(f"{sale}:l-0:base", 4), (f"{sale}:l-2:base", 5)]
    again = service.Purchase(sale, ANNA, (), 900, "", NOW)
    with pytest.raises(IntegrityError):
        do(db, service.earn, again, NOW)
    assert sums(db, ANNA) == nothing(active=9)
    agree(db, ANNA)


def test_a_hold_is_posted_and_what_the_sale_does_not_take_goes_back(db: Database) -> None:
    sell(db, ANNA, 100)
    answer = place(db, "h-1", ANNA, 60)
    assert answer == {"hold": "h-1", "points": 60, "worth": 60, "until": NOW + 15 * MINUTE_MS}
    assert (sums(db, ANNA), spendable(db, ANNA)) == (nothing(active=40, held=60), 40)
    assert do(db, holds.capture, "h-1", "s-1", 50, NOW) == {"posted": 50, "owed": 0}
    assert do(db, holds.capture, "h-1", "s-1", 50, NOW + 1) == {"posted": 50, "owed": 0}
    assert sums(db, ANNA) == nothing(active=50, spent=50)
    assert not do(db, holds.void, "h-1", NOW)
    agree(db, ANNA)


def test_the_same_key_twice_is_one_hold_and_the_same_answer(db: Database) -> None:
    sell(db, ANNA, 100)
    assert place(db, "h-1", ANNA, 60) == place(db, "h-1", ANNA, 60, NOW + 5)
    assert sums(db, ANNA) == nothing(active=40, held=60)
    with pytest.raises(LoyaltyRefused) as refused:
        place(db, "h-1", ANNA, 30)
    assert refused.value.code == "loyalty.key_used"
    agree(db, ANNA)


def test_more_than_there_is_is_refused_and_leaves_no_trace(db: Database) -> None:
    sell(db, ANNA, 100)
    before = len(rows(db, points_entries))
    for points, code in ((101, "loyalty.short"), (0, "loyalty.amount"), (-5, "loyalty.amount")):
        with pytest.raises(LoyaltyRefused) as refused:
            place(db, "h-1", ANNA, points)
        assert refused.value.code == code
    assert len(rows(db, points_entries)) == before
    place(db, "h-1", ANNA, 100)
    agree(db, ANNA)


def test_activity_renews_a_hold_up_to_its_longest_and_time_ends_it_once(db: Database) -> None:
    sell(db, ANNA, 100)
    place(db, "h-1", ANNA, 60)
    assert do(db, holds.renew, "h-1", NOW + 10 * MINUTE_MS) == NOW + 25 * MINUTE_MS
    now = NOW + 20 * MINUTE_MS
    assert sweep.sweep(db, now)["holds"] == 0
    while now < NOW + 4 * HOUR_MS:
        assert do(db, holds.renew, "h-1", now) <= NOW + 4 * HOUR_MS
        now += 10 * MINUTE_MS
    with pytest.raises(LoyaltyRefused) as refused:
        do(db, holds.renew, "h-1", NOW + 4 * HOUR_MS)
    assert refused.value.code == "loyalty.hold_over"
    assert [sweep.sweep(db, now)["holds"] for _ in range(2)] == [1, 0]
    assert sums(db, ANNA) == nothing(active=100)
    agree(db, ANNA)


def test_an_account_that_does_not_add_up_holds_up_nobody_elses_points(db: Database) -> None:
    for customer, hold in ((ANNA, "h-1"), (BORIS, "h-2")):
        sell(db, customer, 100)
        place(db, hold, customer, 60)
    db.write(lambda session: session.execute(BROKEN, {"customer": ANNA}))
    assert sweep.sweep(db, NOW + HOUR_MS)["holds"] == 1
    assert sums(db, BORIS) == nothing(active=100)


def test_a_sale_whose_hold_was_over_takes_what_is_there_and_the_rest_is_owed(db: Database) -> None:
    sell(db, ANNA, 100)
    place(db, "h-1", ANNA, 80)
    sweep.sweep(db, NOW + HOUR_MS)
    place(db, "h-2", ANNA, 70, NOW + HOUR_MS)
    assert do(db, holds.capture, "h-1", "s-1", 80, NOW + HOUR_MS) == {"posted": 30, "owed": 50}
    assert sums(db, ANNA) == nothing(held=70, spent=80, debt=-50)
    do(db, holds.void, "h-2", NOW + HOUR_MS)
    assert sums(db, ANNA) == nothing(active=20, spent=80)
    agree(db, ANNA)


def test_points_expire_at_their_end_but_not_under_a_hold(db: Database) -> None:
    sell(db, ANNA, 100)
    sell(db, ANNA, 50, at=NOW + 40 * DAY_MS)
    place(db, "h-1", ANNA, 30)
    later = NOW + YEAR_MS
    do(db, service.ripen, ANNA, later)
    assert sums(db, ANNA) == nothing(active=120, held=30)
    do(db, holds.void, "h-1", later)
    assert sums(db, ANNA) == nothing(active=50, expired=100)
    place(db, "h-2", ANNA, 50, later)
    agree(db, ANNA)


def test_the_sweep_runs_twice_and_does_it_once(db: Database) -> None:
    sell(db, ANNA, 100)
    later = NOW + YEAR_MS
    sweep.sweep(db, later)
    first = sums(db, ANNA), len(rows(db, points_entries))
    sweep.sweep(db, later)
    assert (sums(db, ANNA), len(rows(db, points_entries))) == first
    assert first[0] == nothing(expired=100)
    agree(db)


def test_pending_points_become_active_when_their_day_comes(db: Database) -> None:
    change_programme(db, dataclasses.replace(DEFAULT, pending_days=14))
    sell(db, ANNA, 100)
    assert (sums(db, ANNA), spendable(db, ANNA)) == (nothing(pending=100), 0)
    with pytest.raises(LoyaltyRefused):
        place(db, "h-1", ANNA, 10)
    # Whoever spends looks at what is due first; nobody waits for the sweep.
    place(db, "h-1", ANNA, 10, NOW + 15 * DAY_MS)
    assert sums(db, ANNA) == nothing(active=90, held=10)
    agree(db, ANNA)


def test_a_return_takes_back_its_own_and_gives_back_what_was_burned(db: Database) -> None:
    first = sell(db, ANNA, 100)
    sale = sell(db, ANNA, 6, 4)
    place(db, "h-1", ANNA, 60)
    do(db, holds.capture, "h-1", sale, 60, NOW)
    lines = [LineBack("l-0", 6, 0, 1000, 3000)]
    took = do(db, service.take_back, "r-1", sale, lines, 20, 300, NOW)
    assert took == {"taken": 2, "given_back": 20, "withheld": 0}
    assert do(db, service.take_back, "r-1", sale, lines, 20, 300, NOW + 1) == took
    rest = [LineBack("l-0", 6, 1000, 2000, 3000), LineBack("l-1", 4, 0, 1000, 1000)]
    assert do(db, service.take_back, "r-2", sale, rest, 99, 0, NOW) == {"taken": 8, "given_back": 40, "withheld": 0}
    assert sums(db, ANNA) == nothing(active=100)
    assert do(db, service.take_back, "r-3", sale, rest, 99, 0, NOW) == {"taken": 0, "given_back": 0, "withheld": 0}
    do(db, service.take_back, "r-4", first, [LineBack("l-0", 100, 0, 1, 1)], 0, 0, NOW)
    assert sums(db, ANNA) == nothing()
    agree(db, ANNA)


def test_buying_refunding_and_keeping_the_points_is_impossible(db: Database) -> None:
    sale = sell(db, ANNA, 100)
    place(db, "h-1", ANNA, 100)
    do(db, holds.capture, "h-1", "s-1", 100, NOW)
    do(db, service.take_back, "r-1", sale, [LineBack("l-0", 100, 0, 1, 1)], 0, 0, NOW)
    assert (sums(db, ANNA), spendable(db, ANNA)) == (nothing(spent=100, debt=-100), 0)
    sell(db, ANNA, 130)
    assert (sums(db, ANNA), spendable(db, ANNA)) == (nothing(active=30, spent=100), 30)
    agree(db, ANNA)


def test_points_that_are_spent_are_withheld_from_the_refund_where_the_shop_says_so(db: Database) -> None:
    change_programme(db, dataclasses.replace(DEFAULT, missing="withhold"))
    sale = sell(db, ANNA, 100)
    place(db, "h-1", ANNA, 70)
    do(db, holds.capture, "h-1", "s-1", 70, NOW)
    back = do(db, service.take_back, "r-1", sale, [LineBack("l-0", 100, 0, 1, 1)], 0, 0, NOW)
    assert back == {"taken": 30, "given_back": 0, "withheld": 70}
    agree(db, ANNA)


def test_burned_points_come_back_to_their_lot_even_after_its_end(db: Database) -> None:
    sell(db, ANNA, 50)
    place(db, "h-1", ANNA, 50)
    do(db, holds.capture, "h-1", "s-1", 50, NOW)
    later = NOW + YEAR_MS
    do(db, service.take_back, "r-1", "s-1", [], 50, 0, later)
    assert sums(db, ANNA) == nothing(active=50)
    sweep.sweep(db, later + 29 * DAY_MS)
    assert sums(db, ANNA) == nothing(active=50)
    sweep.sweep(db, later + 32 * DAY_MS)
    assert sums(db, ANNA) == nothing(expired=50)
    agree(db, ANNA)


def test_a_person_gives_and_takes_points_once(db: Database) -> None:
    assert [do(db, service.adjust, "a-1", ANNA, 50, "2001", NOW) for _ in range(2)] == [{"free": 50}] * 2
    assert do(db, service.adjust, "a-2", ANNA, -20, "2001", NOW) == {"free": 30}
    with pytest.raises(LoyaltyRefused):
        do(db, service.adjust, "a-3", ANNA, -31, "2001", NOW)
    agree(db, ANNA)


def test_late_sales_count_as_the_page_says(db: Database) -> None:
    page = (Path(__file__).parents[2] / "docs" / "loyalty.md").read_text(encoding="utf-8")
    table = page.split("<!-- table: late -->\n")[1].split("\n\n")[0].splitlines()[2:]
    assert len(table) == 5
    for row in table:
        made, counts, _ = (cell.strip() for cell in row.strip("|").split("|"))
        sale = sell(db, ANNA, 100, at=NOW + int(made) * DAY_MS, now=NOW)
        lots = db.read(lambda session: queries.account(session, ANNA)["lots"])
        assert {one["lot"]: one["active_from"] for one in lots}[sale] == NOW + int(counts) * DAY_MS


def test_spending_too_often_is_refused(db: Database) -> None:
    change_programme(db, dataclasses.replace(DEFAULT, limits=Limits(burns_an_hour=2, burned_a_day=50)))
    sell(db, ANNA, 1000)
    for name, points, at, code in (
        ("h-1", 10, NOW, ""),
        ("h-2", 10, NOW + 1, ""),
        ("h-3", 10, NOW + 2, "loyalty.too_often"),
        ("h-4", 31, NOW + HOUR_MS + 2, "loyalty.day_limit"),
        ("h-5", 30, NOW + HOUR_MS + 2, ""),
        ("h-6", 50, NOW + 26 * HOUR_MS, ""),
    ):
        if code:
            with pytest.raises(LoyaltyRefused) as refused:
                place(db, name, ANNA, points, at)
            assert refused.value.code == code
        else:
            place(db, name, ANNA, points, at)
    agree(db, ANNA)


def test_a_card_that_one_cashier_shows_again_and_again_is_for_a_person_to_look_at(db: Database) -> None:
    change_programme(
        db, dataclasses.replace(DEFAULT, limits=Limits(sales_a_day=4, sales_a_day_of_one_cashier=2, points_a_day=50))
    )

    def given(points: int, cashier: str, at: int = NOW) -> list[str]:
        bought = service.Purchase(
            f"x-{cashier}-{points}-{at}", ANNA, service.earned_by(points, [("l", points)]), 1, cashier, at
        )
        return do(db, service.earn, bought, at).suspicions  # type: ignore[no-any-return]

    assert [given(1, "c-1"), given(2, "c-1"), given(3, "c-2")] == [[], [], []]
    assert given(4, "c-1") == ["cashier"]
    assert given(5, "c-2") == ["sales"]
    assert given(40, "c-3") == ["sales", "points"]
    assert given(6, "c-1", NOW + DAY_MS) == []


def test_a_tier_is_reached_within_the_sale_and_lost_after_its_grace(db: Database) -> None:
    tiers = TierRule((Tier("silver", {"en": "Silver"}, 100_00), Tier("gold", {"en": "Gold"}, 500_00)))
    change_programme(db, dataclasses.replace(DEFAULT, tiers=tiers))
    assert do(db, service.earn, service.Purchase("t-1", ANNA, (), 99_99, "", NOW), NOW).tier == ""
    assert do(db, service.earn, service.Purchase("t-2", ANNA, (), 500_00, "", NOW), NOW).tier == "gold"
    look = db.read(lambda session: queries.tier(session, ANNA, NOW))
    assert look is not None and (look.tier, look.value, look.to_keep) == ("gold", 599_99, 0)
    do(db, service.take_back, "r-1", "t-2", [], 0, 500_00, NOW)
    for day, tier in ((1, "gold"), (20, "gold"), (32, "silver"), (63, "")):
        assert sweep.review_tiers(db, NOW + day * DAY_MS) == 1
        look = db.read(lambda session: queries.tier(session, ANNA, NOW))
        assert look is not None and look.tier == tier
    assert sweep.review_tiers(db, NOW) == 0


def test_the_liability_is_what_is_out_by_month_and_its_worth(db: Database) -> None:
    before = db.read(lambda session: queries.liability(session, NOW))
    sell(db, ANNA, 100)
    sell(db, BORIS, 50, at=NOW + 40 * DAY_MS)
    place(db, "h-1", ANNA, 30)
    after = db.read(lambda session: queries.liability(session, NOW))
    months = {row["month"]: row for row in after["months"]}
    assert months["2027-01"] | {"points": 100, "money": 100} == {
        "month": "2027-01", "pending": 0, "active": 70, "held": 30, "points": 100, "money": 100,
    }  # fmt: skip
    assert months["2027-02"]["active"] == 50
    assert after["points"] - before["points"] == after["money"] - before["money"] == 150


def test_what_a_shopper_sees_opens_to_lots_and_entries(db: Database) -> None:
    sale = sell(db, ANNA, 60, 40)
    place(db, "h-1", ANNA, 30)
    seen = db.read(lambda session: queries.account(session, ANNA))
    assert (seen["free"], [lot["lot"] for lot in seen["lots"]]) == (70, [sale])
    entries = db.read(lambda session: queries.entries(session, ANNA))
    assert [(row.kind, row.points) for row in entries] == [("burn", 30), ("earn", 40), ("earn", 60)]
    assert db.read(lambda session: queries.entries(session, ANNA, before=entries[0].version)) == entries[1:]


def test_a_version_of_the_programme_is_added_once(db: Database) -> None:
    with pytest.raises(LoyaltyRefused) as refused:
        change_programme(db, dataclasses.replace(DEFAULT, version=2, zone="Moon/Crater"))
    assert refused.value.code == "loyalty.zone"
    change_programme(db, dataclasses.replace(DEFAULT, version=2, points=5), at=NOW)
    for version in (1, 2):
        with pytest.raises(LoyaltyRefused):
            change_programme(db, dataclasses.replace(DEFAULT, version=version))
    assert db.read(lambda session: queries.programme(session, NOW - 1)) == DEFAULT
    assert db.read(lambda session: queries.programme(session, NOW)).points == 5


@pytest.mark.parametrize("bucket", ["active", "held", "debt"])
def test_the_database_itself_refuses_what_no_command_may_do(open_shop: Open, bucket: str) -> None:
    db = open_shop()
    value = 1 if bucket == "debt" else -1
    with pytest.raises(IntegrityError):
        do(db, lambda session: session.connection().exec_driver_sql(f"UPDATE points_balances SET {bucket} = {value}"))
    assert db.read(lambda session: session.scalar(select(points_entries.c.key).limit(1))) is not None
