"""Points at a till that is alone: earned by the programme that the hub told, shown, printed and kept."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from till_bench import PIECES, SHOPPER, Bench, reference

from retail.loyalty.programme import DEFAULT, Multiplier
from retail.promotions.benefits import PointsTimes
from retail.promotions.kinds import as_dict
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector

ONE, OTHER = PIECES[:2]
PROGRAMME = replace(DEFAULT, version=3, points=10, multipliers=(Multiplier("double", 2000, products=(ONE.id,)),))
WEEK = Promotion("week", 1, {"en": "Week", "ru": "Неделя"}, PointsTimes(300, Selector(items=frozenset({OTHER.id}))))


def with_programme(till: Bench, *promotions: Promotion, **more: Any) -> Bench:
    told = [{"from_at": 0, "programme": asdict(PROGRAMME)}]
    till.load_replica({**reference(), "programmes": told, "promotions": [as_dict(one) for one in promotions], **more})
    till.start()
    till.sign_in()
    return till


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
