"""What a promotion would do before it is switched on: a cart that is tried, and who changed what of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from talking_device import NOW, PIECES, SHOP

from retail.errors import CartRefused, PromotionError
from retail.promotions.benefits import EachUnit, Unknown
from retail.promotions.calculators import Percent
from retail.promotions.conditions import Hours, Spend, Tiers
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from sync_server.db import Database
from sync_server.promotions import histories, preview, service

ITEM, OTHER = PIECES[0], PIECES[1]
MANAGER = next(member for member in SHOP.staff if member.role == "manager")
STORE = SHOP.stores[0].id
MONDAY = datetime(2026, 6, 1, 12, 0)


def half(**more: Any) -> Promotion:
    on = Selector(items=frozenset({ITEM.id}))
    return Promotion("half", 0, {"en": "Half price", "ru": "Полцены"}, EachUnit(Percent(5000), on), **more)


def tried(db: Database, draft: Promotion, pieces: int = 2, **more: Any) -> dict[str, Any]:
    wanted = preview.Wanted([(ITEM.id, pieces * 1000), (OTHER.id, 1000)], MONDAY, **more)
    return db.read(lambda session: preview.try_cart(session, STORE, draft, wanted, NOW))


def test_a_draft_that_nobody_has_saved_takes_its_part_off_a_tried_cart(db: Database) -> None:
    told = tried(db, half(paused=True))
    assert told["saved"] == told["without"] - told["total"] == ITEM.price
    assert told["draft"] | {"verdicts": []} == {"state": "given", "saved": ITEM.price, "verdicts": [], "by": []}
    [first, second] = told["lines"]
    assert (first["before"], first["total"]) == (2 * ITEM.price, ITEM.price)
    assert [row["promotion"] for row in first["given"]] == ["half"]
    assert second["before"] == second["total"] and not second["given"]


def test_the_version_in_force_does_not_count_beside_its_own_draft(db: Database) -> None:
    saved = db.write(lambda session: service.put(session, half(), MANAGER.id, NOW))
    quarter = replace(saved, benefit=replace(saved.benefit, calculator=Percent(2500)))  # type: ignore[call-arg]
    told = tried(db, quarter)
    assert told["saved"] == (2 * ITEM.price + 2) // 4
    assert told["without"] == 2 * ITEM.price + OTHER.price


def test_what_is_missing_is_told_with_what_there_is_and_what_is_needed(db: Database) -> None:
    needed = 3 * ITEM.price + OTHER.price
    told = tried(db, half(conditions=(Spend(needed), Tiers(("gold",)))))
    assert told["draft"]["state"] == "not_met" and told["saved"] == 0
    spend, tier = told["draft"]["verdicts"]
    assert (spend["held"], spend["actual"], spend["needed"]) == (False, needed - ITEM.price, needed)
    assert (tier["held"], tier["needed"]) == (False, ["gold"])
    met = tried(db, half(conditions=(Spend(needed), Tiers(("gold",)))), pieces=3, known=True, tier="gold")
    assert met["draft"]["state"] == "given"


def test_hours_and_beginning_are_those_of_the_chosen_moment_and_a_pause_does_not_count(db: Database) -> None:
    assert tried(db, half(paused=True, begin="2026-06-01T12:00"))["saved"] > 0
    assert tried(db, half(begin="2026-06-01T12:01"))["draft"]["verdicts"][0]["kind"] == "time"
    assert tried(db, half(conditions=(Hours(weekdays=(2,)),)))["draft"]["state"] == "not_met"


def test_a_coupon_is_in_the_hand_of_who_tries_unless_it_is_laid_down(db: Database) -> None:
    assert tried(db, half(coupon=True))["saved"] == ITEM.price
    assert tried(db, half(coupon=True), coupon=False)["saved"] == 0


def test_half_a_piece_and_a_benefit_of_a_newer_program_cannot_be_tried(db: Database) -> None:
    wanted = preview.Wanted([(ITEM.id, 500)], MONDAY)
    with pytest.raises(CartRefused):
        db.read(lambda session: preview.try_cart(session, STORE, half(), wanted, NOW))
    with pytest.raises(PromotionError) as refused:
        tried(db, replace(half(), benefit=Unknown()))
    assert refused.value.code == "promotion.newer"


def test_each_version_says_who_made_it_and_which_parts_it_changed(db: Database) -> None:
    first = db.write(lambda session: service.put(session, half(), MANAGER.id, NOW))
    db.write(lambda session: service.put(session, replace(first, end="2026-07-01T00:00", lane=20), MANAGER.id, NOW + 1))
    told = db.read(lambda session: histories.history(session, "half"))
    assert [row["version"] for row in told["versions"]] == [2, 1]
    assert told["versions"][0]["changes"] == [
        {"what": "end", "from": "", "to": "2026-07-01T00:00"},
        {"what": "lane", "from": 10, "to": 20},
    ]
    assert told["versions"][0]["by"]["en"] == MANAGER.name and told["versions"][1]["changes"] == []
    listed = {row["body"]["id"]: row for row in db.read(histories.listed)}
    assert listed["half"]["version"] == 2 and listed["books-3-for-2"]["by"] is None
