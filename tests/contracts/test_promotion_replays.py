"""Past sales with a draft: who would have received what, and what it costs, on both databases."""

from collections.abc import Iterable
from typing import Any

import pytest
from talking_device import FIRST, NOW, PIECES, SHOP, Talker, make_sale, terminal

from retail.promotions.benefits import EachUnit, PointsTimes
from retail.promotions.calculators import Percent
from retail.promotions.conditions import FirstPurchase, KnownShopper
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from sync_server.db import Database
from sync_server.errors import NotFound
from sync_server.promotions import replay, replayed, service

ITEM, OTHER = PIECES[0], PIECES[1]
STORE = SHOP.stores[0].id
DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def half(**more: Any) -> Promotion:
    on = Selector(items=frozenset({ITEM.id}))
    return Promotion("half", 0, {"en": "Half price", "ru": "Полцены"}, EachUnit(Percent(5000), on), **more)


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def sell(till: Talker, counter: int, items: Iterable[str], at: int, card: str = "") -> str:
    """One sale of these goods; its number."""
    till.visit = f"visit-{counter}"
    for item in items:
        till.scan(item)
    sale = make_sale(till.db, till, till.visit, counter, FIRST.id if card else "", at=at)
    till.ok("sale.commit", sale=sale.as_dict(), card=card)
    return sale.number


def looked(db: Database, draft: Promotion, since: int = NOW - DAY_MS, until: int = NOW + DAY_MS) -> dict[str, Any]:
    wanted = replay.Wanted(draft, (STORE,), since, until)
    begun = db.write(lambda session: replay.begin(session, "look", wanted, "staff-anna", NOW))
    while begun["done"] < begun["sales"]:
        begun = replay.step(db, "look", limit=2)
    return db.read(lambda session: replayed.found(session, "look"))


@pytest.fixture
def sold(till: Talker) -> list[str]:
    """Three sales of a day: two with the item, the second of them by somebody known; the third without it."""
    return [
        sell(till, 1, [ITEM.id, ITEM.id, OTHER.id], NOW - 3 * HOUR_MS),
        sell(till, 2, [ITEM.id], NOW - 2 * HOUR_MS, FIRST.card),
        sell(till, 3, [OTHER.id], NOW - HOUR_MS),
    ]


def test_what_a_draft_would_have_cost_is_the_sum_of_what_each_sale_would_have_been_less(
    db: Database, sold: list[str]
) -> None:
    told = looked(db, half(begin="2099-01-01T00:00", paused=True))
    assert (told["sales"], told["done"], told["given"], told["shoppers"]) == (3, 3, 2, 1)
    assert [row["number"] for row in told["top"]] == sold[:2]
    # Of the two pieces one whole price; of the one piece its half, rounded for the shopper.
    assert [row["less"] for row in told["top"]] == [ITEM.price, (ITEM.price + 1) // 2]
    assert told["cost"] == sum(row["less"] for row in told["top"])
    assert told["takings"] == 3 * ITEM.price + 2 * OTHER.price
    assert [row["id"] for row in told["people"]] == [FIRST.id]
    assert sum(day["cost"] for day in told["days"]) == told["cost"]


def test_the_version_in_force_is_not_counted_beside_its_own_draft(db: Database, sold: list[str]) -> None:
    before = looked(db, half())["cost"]
    saved = db.write(lambda session: service.put(session, half(), "staff-anna", NOW))
    wanted = replay.Wanted(saved, (STORE,), NOW - DAY_MS, NOW + DAY_MS)
    db.write(lambda session: replay.begin(session, "again", wanted, "staff-anna", NOW))
    while (state := replay.step(db, "again"))["done"] < state["sales"]:
        pass
    assert db.read(lambda session: replayed.found(session, "again"))["cost"] == before


def test_conditions_of_the_shopper_and_of_the_first_purchase_are_those_of_the_sale(
    db: Database, sold: list[str]
) -> None:
    assert [row["number"] for row in looked(db, half(conditions=(KnownShopper(),)))["top"]] == sold[1:2]


def test_only_the_first_purchase_of_somebody_known_is_one(db: Database, till: Talker, sold: list[str]) -> None:
    sell(till, 4, [ITEM.id], NOW, FIRST.card)
    assert [row["number"] for row in looked(db, half(conditions=(FirstPurchase(),)))["top"]] == sold[1:2]


def test_more_points_cost_points_and_no_money(db: Database, sold: list[str]) -> None:
    on = Selector(items=frozenset({ITEM.id}))
    told = looked(db, Promotion("triple", 0, {"en": "Triple"}, PointsTimes(300, on)))
    assert told["cost"] == 0
    assert told["points"] == 3 * ITEM.price // 100 - ITEM.price // 100
    assert [row["points"] for row in told["people"]] == [told["points"]]


def test_two_who_step_at_once_count_no_sale_twice(db: Database, sold: list[str]) -> None:
    wanted = replay.Wanted(half(), (STORE,), NOW - DAY_MS, NOW + DAY_MS)
    db.write(lambda session: replay.begin(session, "look", wanted, "staff-anna", NOW))
    parts = [db.read(lambda session: replay.look(session, "look", 2)) for _ in range(2)]
    for part in parts:
        db.write(lambda session, part=part: replay._keep(session, part))  # type: ignore[misc]
    while (state := replay.step(db, "look"))["done"] < state["sales"]:
        pass
    told = db.read(lambda session: replayed.found(session, "look"))
    assert (told["done"], told["given"]) == (3, 2)


def test_a_replay_is_forgotten_after_a_week(db: Database, sold: list[str]) -> None:
    looked(db, half())
    wanted = replay.Wanted(half(), (STORE,), NOW, NOW + 1)
    db.write(lambda session: replay.begin(session, "next", wanted, "staff-anna", NOW + replay.KEPT_MS + 1))
    with pytest.raises(NotFound):
        db.read(lambda session: replayed.found(session, "look"))
