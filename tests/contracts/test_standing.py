"""Tier and first purchase at the hub, on both databases: what prices ask of a shopper, and what terminals hear."""

from dataclasses import replace
from typing import Any

import pytest
from points_hub import ANNA, BORIS, change_programme, do, sell, spendable
from sqlalchemy import select
from talking_device import NOW, PIECES, SHOP, Talker, make_sale, rows, terminal, view
from test_earning import reference

from retail.loyalty.programme import DAY_MS, DEFAULT, Tier, TierRule
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.conditions import Condition, FirstPurchase, Tiers
from retail.promotions.promotion import Promotion
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import merging, queries, sweep
from sync_server.loyalty.tables import points_balances
from sync_server.outbox.tables import events
from sync_server.promotions import service as promotions

ITEM = max(PIECES[:10], key=lambda product: product.price)
HALF = ITEM.price - ITEM.price // 2
CARD, OTHER_CARD = (next(one.card for one in SHOP.shoppers if one.id == who) for who in (ANNA, BORIS))
TIERS = TierRule((Tier("silver", {"en": "Silver"}, 100_00), Tier("gold", {"en": "Gold"}, 500_00)))
LONG_AGO = NOW - 30 * DAY_MS


def with_tiers(db: Database, **more: Any) -> None:
    change_programme(db, replace(DEFAULT, tiers=replace(TIERS, **more)))


def half_for(db: Database, condition: Condition) -> None:
    half = Promotion("half", 0, {"en": "Half price"}, EachUnit(Percent(5000)), conditions=(condition,))
    db.write(lambda session: promotions.put(session, half, "2001", NOW))


def serve(db: Database, card: str = CARD, dev: str = "till-1") -> tuple[Talker, str, dict[str, Any]]:
    """A till with one product in hand and the shopper's card shown: the till, the cart, what it was told of her."""
    till = Talker(db, terminal(dev))
    till.scan(ITEM.id)
    answer = till.ok("cart.attach", card=card)
    return till, str(answer["cart"]), answer["shopper"]


def off(db: Database, cart: str) -> int:
    return int(view(db, cart)["totals"]["off"])


def cases(db: Database) -> list[tuple[str, Any, Any]]:
    return [(row["what"], row["sold"], row["derived"]) for one in rows(db, exceptions) for row in one.detail["rows"]]


def test_a_promotion_for_a_tier_is_given_from_the_sale_on_that_reached_it(db: Database) -> None:
    with_tiers(db)
    half_for(db, Tiers(("gold",)))
    sell(db, ANNA, 1, at=LONG_AGO, paid=400_00)
    till, cart, told = serve(db)
    assert (off(db, cart), told["tier"], told["counted"], told["first"]) == (0, "silver", 400_00, False)
    sell(db, ANNA, 1, at=LONG_AGO + 1, paid=100_00)
    assert off(db, cart) == HALF
    sale = make_sale(db, till, cart, 1, ANNA, tier="gold")
    assert sale.total == ITEM.price - HALF
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert cases(db) == []


def test_a_sale_that_comes_late_is_counted_with_what_was_bought_since(db: Database) -> None:
    with_tiers(db)
    sell(db, ANNA, 1, at=NOW, paid=60_00)
    sell(db, ANNA, 1, at=NOW - 2 * DAY_MS, paid=50_00, now=NOW)
    assert db.read(lambda session: queries.standing(session, ANNA)).tier == "silver"


def test_a_sale_of_a_till_whose_clock_is_wrong_counts_as_of_when_it_is_heard_of(db: Database) -> None:
    with_tiers(db)
    sell(db, ANNA, 1, at=DAY_MS, paid=60_00, now=NOW)
    sell(db, ANNA, 1, at=NOW + 3000 * DAY_MS, paid=50_00, now=NOW)
    assert db.read(lambda session: queries.standing(session, ANNA)).tier == "silver"
    assert not db.read(lambda session: queries.known(session, ANNA, NOW + 1)).first


def test_a_sale_that_comes_late_takes_no_tier_away(db: Database) -> None:
    with_tiers(db, grace_days=0)
    sell(db, ANNA, 1, at=NOW, paid=600_00)
    sell(db, ANNA, 1, at=NOW - 2 * DAY_MS, paid=10_00, now=NOW)
    after = db.read(lambda session: queries.standing(session, ANNA))
    assert (after.tier, after.below_since) == ("gold", 0)


def test_points_of_a_till_whose_clock_stood_still_do_not_end_at_once(db: Database) -> None:
    sell(db, ANNA, 7, at=1000, now=NOW)
    sweep.sweep(db, NOW)
    assert spendable(db, ANNA) == 7


def test_a_sale_of_a_till_whose_clock_runs_far_ahead_is_kept(db: Database) -> None:
    till, cart, _ = serve(db)
    sale = make_sale(db, till, cart, 1, ANNA, at=10**15 - 1)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert spendable(db, ANNA) == sale.points > 0


def test_a_first_purchase_is_one_whoever_sells_it_and_with_whichever_card(db: Database) -> None:
    half_for(db, FirstPurchase())
    do(db, merging.merge, "m-1", BORIS, ANNA, "2001", NOW)
    till, cart, told = serve(db)
    assert (told["first"], off(db, cart)) == (True, HALF)
    sale = make_sale(db, till, cart, 1, ANNA, first=True)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    _, cart, told = serve(db, OTHER_CARD, "till-2")
    assert (told["first"], off(db, cart)) == (False, 0)
    assert cases(db) == []


def test_two_tills_without_the_hub_that_both_sold_a_first_purchase_are_a_case_for_a_person(db: Database) -> None:
    half_for(db, FirstPurchase())
    till, cart, _ = serve(db)
    sale = make_sale(db, till, cart, 1, ANNA, first=True, at=NOW)
    sell(db, ANNA, 1, at=NOW - 1)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert cases(db) == [("first", True, False)]


def test_a_first_purchase_given_twice_is_found_also_where_the_later_sale_comes_first(db: Database) -> None:
    half_for(db, FirstPurchase())
    till, cart, _ = serve(db)
    other, _, _ = serve(db, dev="till-2")
    early = make_sale(db, till, cart, 1, ANNA, first=True, at=NOW)
    late = make_sale(db, other, cart, 2, ANNA, first=True, at=NOW + 60_000)
    other.ok("sale.commit", sale=late.as_dict(), card=CARD)
    assert cases(db) == []
    till.ok("sale.commit", sale=early.as_dict(), card=CARD)
    assert cases(db) == [("first", True, False)]
    assert [one.detail["number"] for one in rows(db, exceptions)] == [late.number]


def test_what_others_hold_of_a_cart_is_told_anew_once_the_first_purchase_is_made(db: Database) -> None:
    half_for(db, FirstPurchase())
    till, cart, _ = serve(db)
    serve(db, dev="till-2")
    assert off(db, cart) == 2 * HALF
    sale = make_sale(db, till, cart, 1, ANNA, first=True)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert off(db, cart) == 0
    # The last event says only that there is something new: what is left costs something else now.
    told = select(events.c.changes).where(events.c.stream == f"cart:{cart}").order_by(events.c.version.desc())
    assert db.read(lambda session: session.scalars(told.limit(1)).one()) is None


def test_a_tier_that_is_new_is_given_to_who_has_bought_enough_already(db: Database) -> None:
    sell(db, ANNA, 1, at=LONG_AGO, paid=600_00)
    sell(db, BORIS, 1, at=LONG_AGO, paid=99_99)
    with_tiers(db)
    assert sweep.review_tiers(db, NOW) == 1
    assert [db.read(lambda session, who=who: queries.standing(session, who)).tier for who in (ANNA, BORIS)] == [  # type: ignore[misc]
        "gold",
        "",
    ]
    assert sweep.review_tiers(db, NOW) == 1, "whoever has one is looked at, and stays"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("gold", [("tier", "gold", "silver")]),
        # What the till knew too little of costs the shop nothing.
        ("", []),
        ("silver", []),
    ],
)
def test_a_tier_that_somebody_does_not_have_is_a_case_only_where_it_lowered_the_price(
    db: Database, said: str, found: list[Any]
) -> None:
    with_tiers(db)
    half_for(db, Tiers(("gold",)))
    sell(db, ANNA, 1, at=LONG_AGO, paid=100_00)
    till, cart, _ = serve(db)
    sale = make_sale(db, till, cart, 1, ANNA, tier=said)
    if said == "gold":
        gold = make_sale_for_gold(db, till, cart)
        sale = replace(gold, id=sale.id)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert cases(db) == found


def make_sale_for_gold(db: Database, till: Talker, cart: str) -> Any:
    """The sale of a till that took her for gold."""
    db.write(lambda session: session.execute(points_balances.update().values(tier="gold")))
    sale = make_sale(db, till, cart, 1, ANNA, tier="gold")
    db.write(lambda session: session.execute(points_balances.update().values(tier="silver")))
    return sale


def test_a_sale_from_before_the_present_tier_is_believed(db: Database) -> None:
    with_tiers(db)
    half_for(db, Tiers(("gold",)))
    sell(db, ANNA, 1, at=LONG_AGO, paid=100_00)
    till, cart, _ = serve(db)
    sale = make_sale_for_gold(db, till, cart)
    db.write(lambda session: session.execute(points_balances.update().values(tier_since=NOW + 1)))
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert cases(db) == []


@pytest.mark.parametrize("metric", ["spend", "points", "visits"])
@pytest.mark.parametrize("window", ["rolling", "calendar"])
def test_what_counts_for_tiers_is_added_up_by_the_database_as_the_rules_have_it(
    db: Database, metric: str, window: str
) -> None:
    with_tiers(db, metric=metric, window=window)
    for days, points in [(0, 3), (1, 40), (364, 500), (366, 6000), (700, 70_000)]:
        sell(db, ANNA, points, at=NOW - days * DAY_MS)
    found = db.read(lambda session: queries.at_tills(session, [ANNA, BORIS], NOW))
    outlook = db.read(lambda session: queries.tier(session, ANNA, NOW))
    assert outlook is not None and found[ANNA]["counted"] == outlook.value
    assert found[BORIS] == {"points": 0, "tier": "", "first": True, "counted": 0}


def test_terminals_are_told_once_of_every_card_whose_points_changed(db: Database) -> None:
    with_tiers(db)
    do(db, merging.merge, "m-1", BORIS, ANNA, "2001", NOW)
    assert sweep.tell_terminals(db, NOW) >= 1
    before = reference(db)["version"]
    assert (sweep.tell_terminals(db, NOW), reference(db)["version"]) == (0, before), "nothing changed since"
    sell(db, ANNA, 120, at=NOW)
    assert sweep.tell_terminals(db, NOW) == 1
    after = reference(db)
    told = {row["number"]: row for row in after["cards"]}
    assert after["version"] == before + 1
    assert [(told[card]["points"], told[card]["tier"], told[card]["first"]) for card in (CARD, OTHER_CARD)] == [
        (120, "silver", False),
        (120, "silver", False),
    ]
    untold = select(points_balances.c.customer).where(points_balances.c.told != points_balances.c.version)
    assert db.read(lambda session: session.scalars(untold).all()) == []
