"""Points as their owner sees them, on both databases: the stream, and every number down to its entries."""

import json
from dataclasses import replace
from typing import Any

from points_hub import ANNA, BORIS, NOW, change_programme, do, nothing, place, sell, sums
from talking_device import Talker, make_sale, rows
from test_earning import CARD, ITEM, at_the_till, cart_of
from told_check import check

from retail.loyalty.programme import DAY_MS, DEFAULT, Tier, TierRule
from retail.replica import applied
from sync_server.customers import queries as customers
from sync_server.db import Database
from sync_server.loyalty import allowances, holds, merging, service, shown, sweep, telling
from sync_server.orders.tables import sales
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events

TIERS = TierRule((Tier("silver", {"en": "Silver"}, 100_00), Tier("gold", {"en": "Gold"}, 500_00)))


def account(db: Database, at: int = NOW, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = db.read(lambda session: shown.account(session, ANNA, at, **asked))
    check("points", found)
    return found


def state(db: Database) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(db.read(lambda session: customers.view(session, ANNA))))
    check("shopper-state", found)
    return found


def test_every_change_of_points_leads_from_one_state_of_the_stream_to_the_next(db: Database) -> None:
    change_programme(db, replace(DEFAULT, tiers=TIERS, pending_days=1))
    before = state(db)
    name = f"shopper:{ANNA}"
    seen = db.read(lambda session: outbox.position(session, name))[1]
    sell(db, ANNA, 30, at=NOW - 2 * DAY_MS)
    do(db, telling.tell, ANNA, NOW)
    sell(db, ANNA, 20, paid=120_00)
    sweep.sweep(db, NOW)
    place(db, "h", ANNA, 10)
    do(db, telling.tell, ANNA, NOW)
    for row in rows(db, events):
        if row.stream == name and row.version > seen:
            check("shopper-changes", row.changes)
            before = applied(before, row.changes)
    assert before == state(db)
    points = before["points"]
    assert (points["active"], points["pending"], points["held"], points["expiring"]) == (20, 20, 10, 20)
    assert points["tier"] == {"id": "silver", "names": {"en": "Silver"}, "step": 1, "since": NOW}


def test_a_tier_that_is_lost_with_time_is_told(db: Database) -> None:
    change_programme(db, replace(DEFAULT, tiers=replace(TIERS, grace_days=0)))
    sell(db, ANNA, 1, paid=500_00)
    assert state(db)["points"]["tier"]["id"] == "gold"
    seen = db.read(lambda session: outbox.position(session, f"shopper:{ANNA}"))[1]
    sweep.review_tiers(db, NOW + 366 * DAY_MS)
    assert state(db)["points"]["tier"]["id"] == "silver"
    assert db.read(lambda session: outbox.position(session, f"shopper:{ANNA}"))[1] == seen + 1


def test_every_number_opens_to_its_entries_and_a_sale_to_its_receipt(db: Database) -> None:
    till: Talker = at_the_till(db)
    sale = make_sale(db, till, cart_of(db, till), 1, ANNA)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    found = account(db)
    (lot,) = found["lots"]
    assert (lot["lot"], lot["number"], lot["active"]) == (sale.id, sale.number, ITEM.price // 100)
    (entry,) = found["entries"]
    assert (entry["source"], entry["number"], entry["points"], entry["kind"]) == (
        sale.id,
        sale.number,
        sale.points,
        "earn",
    )
    assert [row.number for row in rows(db, sales)] == [sale.number]
    assert found["outlook"] is None, "this programme has no tiers"


def test_older_entries_follow_without_a_gap_and_those_of_one_lot_alone(db: Database) -> None:
    made = [sell(db, ANNA, 1, 2, 3, at=NOW + n) for n in range(25)]
    seen, before = [], 0
    while page := account(db, before=before)["entries"]:
        seen += page
        before = page[-1]["more"]
    assert len(seen) == len({row["key"] for row in seen}) == 75
    assert [row["source"] for row in seen[::3]] == made[::-1]
    assert {row["lot"] for row in account(db, lot=made[7])["entries"]} == {made[7]}
    assert account(db, lot="elsewhere")["entries"] == []


def test_what_an_allowance_set_aside_and_nobody_used_is_no_news(db: Database) -> None:
    sell(db, ANNA, 30)
    for nonce in ("unused", "used", "open"):
        do(db, allowances.grant, holds.Wanted(nonce, ANNA, 20, "till-1", "cart-1"), NOW)
        if nonce == "unused":
            do(db, holds.void, nonce, NOW)
        if nonce == "used":
            do(db, holds.capture, nonce, "sale", 5, NOW)
    found = [(row["kind"], row["source"], row["points"]) for row in account(db)["entries"]]
    assert found[::-1][1:] == [
        ("burn", "used", 20), ("settle", "sale", 5), ("restore", "sale", 15), ("burn", "open", 20),
    ]  # fmt: skip
    assert account(db)["points"]["active"] == 5


def test_the_outlook_says_what_is_needed_and_until_when_the_tier_is_kept(db: Database) -> None:
    change_programme(db, replace(DEFAULT, tiers=TIERS))
    assert account(db)["outlook"]["to_reach"] == 100_00
    sell(db, ANNA, 1, paid=120_00)
    found = account(db)["outlook"]
    assert (found["next"], found["to_reach"], found["to_keep"]) == ({"en": "Gold"}, 380_00, 0)
    assert (found["floor"], found["next_floor"], found["value"]) == (100_00, 500_00, 120_00)
    assert found["keep_until"] == NOW + (365 + 30) * DAY_MS


def test_who_shares_an_account_sees_the_same(db: Database) -> None:
    sell(db, BORIS, 40)
    do(db, merging.merge, "m", BORIS, ANNA, "2001", NOW)
    do(db, service.adjust, "a", ANNA, 2, "2001", NOW)
    of_both = [db.read(lambda session, who=who: shown.account(session, who, NOW)) for who in (ANNA, BORIS)]  # type: ignore[misc]
    assert of_both[0] == of_both[1]
    assert (of_both[0]["points"]["active"], sums(db, ANNA)) == (42, nothing(active=42))
