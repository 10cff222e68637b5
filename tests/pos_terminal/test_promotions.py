"""Promotions at a till that is alone: given, shown, printed and kept, and begun and ended by its own clock."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from till_bench import PIECES, SHOP, SHOPPER, Bench, reference

from retail.promotions.benefits import EachUnit, Multibuy
from retail.promotions.calculators import Percent
from retail.promotions.conditions import KnownShopper
from retail.promotions.kinds import as_dict
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector

ONE, OTHER = PIECES[:2]
PAIR = Promotion(
    "pair",
    3,
    {"en": "Two for one", "ru": "Два по цене одного"},
    Multibuy(2, 1, Selector(items=frozenset({ONE.id, OTHER.id}))),
)
CLUB = Promotion(
    "club",
    1,
    {"en": "For our club", "ru": "Для клуба"},
    EachUnit(Percent(1000), Selector(items=frozenset({ONE.id}))),
    conditions=(KnownShopper(),),
)


@pytest.fixture
def till(make_bench) -> Bench:
    made: Bench = make_bench()
    return made


def test_two_for_one_is_hinted_given_printed_and_kept(till: Bench) -> None:
    till.selling(PAIR)
    till.scan(ONE)
    assert till.view["hints"] == [{"promotion": "pair", "names": PAIR.names, "measure": "units", "missing": 1}]
    till.scan(OTHER)
    saved = min(ONE.price, OTHER.price)
    assert (till.view["hints"], till.view["totals"]["off"]) == ([], saved)
    assert till.view["totals"]["in_hand"] == ONE.price + OTHER.price - saved
    assert sum(line["list_total"] for line in till.view["lines"].values()) == ONE.price + OTHER.price
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=ONE.price + OTHER.price - saved)
    till.wait_paper("Two for one")
    till.wait_paper("You saved")
    ((body,),) = till.rows("SELECT body FROM sales")
    sale = json.loads(body)
    assert [(row["id"], row["version"], row["saved"]) for row in sale["promotions"]] == [("pair", 3, saved)]
    assert sum(mark["off"] for line in sale["lines"] for share in line["shares"] for mark in share["marks"]) == saved


def test_a_card_switches_on_what_is_for_known_shoppers(till: Bench) -> None:
    till.selling(CLUB)
    till.scan(ONE)
    assert till.view["totals"]["off"] == 0
    till.ok("attach", card=SHOPPER.card)
    assert till.view["totals"]["off"] == round(ONE.price / 10 + 1e-9)


def test_an_offer_ends_on_the_minute_while_a_cart_is_open_but_not_while_somebody_pays(
    till: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = ZoneInfo(SHOP.stores[0].zone)
    now = datetime.now(zone)
    end = (now + timedelta(minutes=2)).replace(second=0, microsecond=0)
    offer = Promotion("now", 1, {"en": "Now"}, EachUnit(Percent(5000)), end=end.isoformat()[:16])
    till.selling(offer)
    till.scan(ONE)
    half = till.view["totals"]["off"]
    assert half > 0
    till.ok("pay_begin")
    after = int(end.timestamp() * 1000) + 1
    monkeypatch.setattr(till.counter, "now", lambda: after)
    till.terminal.clockwork.tick(after)
    assert till.view["totals"]["off"] == half, "who began to pay pays what was shown"
    till.ok("pay_cancel")
    till.terminal.clockwork.tick(after)
    assert till.view["totals"]["off"] == 0


def test_what_a_newer_hub_has_that_the_till_does_not_know_gives_nothing_and_stops_nothing(till: Bench) -> None:
    newer = {**as_dict(CLUB), "id": "newer", "benefit": {"kind": "teleport"}}
    till.load_replica({**reference(), "promotions": [newer, as_dict(PAIR)]})
    till.start()
    till.sign_in()
    till.scan(ONE)
    till.scan(OTHER)
    assert till.view["totals"]["off"] == min(ONE.price, OTHER.price)


def test_a_hub_of_the_version_before_tells_of_no_promotions(till: Bench) -> None:
    till.load_replica(reference())
    till.start()
    till.sign_in()
    till.scan(ONE)
    assert (till.view["totals"]["off"], till.view["hints"]) == (0, [])
