"""Points at a till that is alone: earned by the programme that the hub told, shown, printed and kept."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from till_bench import PIECES, SHOPPER, Bench, reference

from pos_terminal.store import journal
from pos_terminal.sync.push import _confirmed
from retail.loyalty.programme import DEFAULT, Multiplier, Tier, TierRule
from retail.promotions.benefits import EachUnit, PointsTimes
from retail.promotions.calculators import Percent
from retail.promotions.conditions import FirstPurchase, Tiers
from retail.promotions.kinds import as_dict
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector

ONE, OTHER = PIECES[:2]
PROGRAMME = replace(DEFAULT, version=3, points=10, multipliers=(Multiplier("double", 2000, products=(ONE.id,)),))
WEEK = Promotion("week", 1, {"en": "Week", "ru": "Неделя"}, PointsTimes(300, Selector(items=frozenset({OTHER.id}))))


def with_programme(till: Bench, *promotions: Promotion, **more: Any) -> Bench:
    return till.selling(*promotions, programmes=[{"from_at": 0, "programme": asdict(PROGRAMME)}], **more)


@pytest.fixture
def till(make_bench) -> Bench:
    made: Bench = make_bench()
    return made


def test_a_sale_without_the_hub_earns_by_the_programme_on_screen_on_paper_and_in_the_journal(till: Bench) -> None:
    with_programme(till, WEEK)
    till.scan(ONE)
    assert till.view["totals"]["points"] == 0, "nobody is known yet"
    till.ok("attach", card=SHOPPER.card)
    earned = ONE.price * 2 * 10 // 100
    assert till.view["totals"]["points"] == earned
    till.scan(OTHER)
    earned = (ONE.price * 2 + OTHER.price * 3) * 10 // 100
    assert till.view["totals"]["points"] == earned
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["totals"]["in_hand"])
    assert till.view["last_sale"]["points"] == earned
    till.wait_paper(f"+{earned}")
    ((body,),) = till.rows("SELECT body FROM sales")
    sale = json.loads(body)
    assert (sale["points"], sale["programme"], [row["id"] for row in sale["boosts"]]) == (earned, 3, ["week"])
    assert [line["points_rule"] for line in sale["lines"]] == ["double", "base"]
    assert till.rows("SELECT points FROM points_entries") == [(earned,)]


def test_a_hub_of_the_version_before_tells_of_no_programme(till: Bench) -> None:
    till.load_replica(reference())
    till.start()
    till.sign_in()
    till.ok("attach", card=SHOPPER.card)
    till.scan(ONE)
    assert till.view["totals"]["points"] == ONE.price // 100


SILVER, GOLD = {"en": "Silver", "ru": "Серебро"}, {"en": "Gold", "ru": "Золото"}
TIERS = replace(PROGRAMME, tiers=TierRule((Tier("silver", SILVER, 10_000), Tier("gold", GOLD, 20_000))))
FOR_GOLD = Promotion("gold", 1, {"en": "For gold"}, EachUnit(Percent(1000)), conditions=(Tiers(("gold",)),))
WELCOME = Promotion("welcome", 1, {"en": "Welcome"}, EachUnit(Percent(5000)), conditions=(FirstPurchase(),))


def with_card(till: Bench, *promotions: Promotion, **card: Any) -> Bench:
    told = [{"from_at": 0, "programme": asdict(TIERS)}]
    cards = [{**row, **(card if row["number"] == SHOPPER.card else {})} for row in reference()["cards"]]
    body = {**reference(), "programmes": told, "promotions": [as_dict(one) for one in promotions], "cards": cards}
    till.load_replica(body)
    till.start()
    till.sign_in()
    return till


def test_a_promotion_for_a_tier_is_given_without_the_hub_and_the_sale_says_as_of_which(till: Bench) -> None:
    with_card(till, FOR_GOLD, tier="gold", counted=25_000)
    till.scan(ONE)
    assert till.view["totals"]["off"] == 0
    till.ok("attach", card=SHOPPER.card)
    assert till.view["totals"]["off"] == round(ONE.price / 10 + 1e-9)
    assert (till.view["shopper"]["tier"], till.view["shopper"]["as_of"] > 0) == (GOLD, True)
    assert not {"first", "counted", "groups"} & set(till.view["shopper"]), "nobody's business on a screen"
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["totals"]["in_hand"])
    ((body,),) = till.rows("SELECT body FROM sales")
    sale = json.loads(body)
    assert (sale["tier"], sale["first"], sale["counted"], sale["reached"]) == ("gold", False, 25_000, "")


def test_a_first_purchase_is_one_even_where_the_hub_has_not_heard_of_it(till: Bench) -> None:
    with_card(till, WELCOME, first=True, points=5)
    till.ok("attach", card=SHOPPER.card)
    till.scan(ONE)
    paid = till.view["totals"]["in_hand"]
    assert (till.view["totals"]["off"] > 0, till.view["shopper"]["points"]) == (True, 5)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=paid)
    earned = till.view["last_sale"]["points"]
    till.ok("attach", card=SHOPPER.card)
    till.scan(ONE)
    assert till.view["totals"]["off"] == 0, "the hub did not hear of the first one yet"
    assert till.view["shopper"]["points"] == 5 + earned
    till.ok("void_cart")
    other = next(row["number"] for row in reference()["cards"] if row["number"] != SHOPPER.card)
    till.ok("attach", card=other)
    assert till.view["shopper"]["points"] != 5 + earned


def test_the_tier_that_a_sale_reaches_is_told_before_paying_after_it_and_on_paper(till: Bench) -> None:
    with_card(till, tier="silver", counted=20_000 - ONE.price - 1)
    till.ok("attach", card=SHOPPER.card)
    till.scan(ONE)
    assert till.view["totals"]["reaches"] is None, "a cent is missing"
    till.scan(OTHER)
    assert till.view["totals"]["reaches"] == GOLD
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["totals"]["in_hand"])
    assert till.view["last_sale"]["reached"] == GOLD
    till.wait_paper("New level: Gold")
    ((body,),) = till.rows("SELECT body FROM sales")
    assert json.loads(body)["reached"] == "gold"


def test_the_hubs_word_replaces_what_the_card_said_but_not_under_the_hands_of_somebody_who_pays(make_bench) -> None:
    till: Bench = make_bench()
    with_card(till, FOR_GOLD, tier="silver")
    till.ok("attach", card=SHOPPER.card)
    row = {"points": 77, "tier": "gold", "first": True, "counted": 9}
    heard = _confirmed(till.counter.till, till.counter.till.shopper, row, 123)
    assert (heard.points, heard.tier, heard.first, heard.counted, heard.as_of) == (77, "gold", True, 9, 123)
    paying = replace(till.counter.till, phase="paying")
    heard = _confirmed(paying, paying.shopper, row, 123)
    assert (heard.points, heard.tier, heard.first) == (77, "silver", False)


def test_a_tier_reached_without_the_hub_holds_at_the_next_visit(till: Bench) -> None:
    with_card(till, FOR_GOLD, tier="silver", counted=19_999)
    for visit in range(2):
        till.ok("attach", card=SHOPPER.card)
        till.scan(ONE)
        assert (till.view["totals"]["off"] > 0) == bool(visit)
        till.ok("pay_begin")
        till.ok("tender", kind="cash", amount=till.view["totals"]["in_hand"])
        assert till.view["last_sale"]["reached"] == (None if visit else GOLD)


def test_what_was_paid_with_points_counts_for_no_tier_without_the_hub_either(till: Bench) -> None:
    with_card(till, tier="", counted=0)
    till.ok("attach", card=SHOPPER.card)
    till.scan(ONE)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["totals"]["in_hand"])
    with till.counter.store.begin() as connection:
        ((body,),) = connection.exec_driver_sql("SELECT body FROM sales").all()
        sale = json.loads(body)
        sale["tenders"] = [{**sale["tenders"][0], "kind": "points", "amount": 30}, *sale["tenders"]]
        connection.exec_driver_sql("UPDATE sales SET body = ?", (json.dumps(sale),))
        found = journal.bought_here(connection, SHOPPER.id, 0, "spend")
    assert found.counted == sale["total"] - 30
