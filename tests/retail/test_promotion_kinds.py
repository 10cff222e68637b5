"""Promotions over the wire: what goes in comes out, what is wrong is named, what is newer is kept."""

import json
from typing import Any

import pytest
from hypothesis import given
from promotion_carts import promotions
from promotion_words import NOON, book_of, cart_of, promotion_of

from retail.errors import PromotionError
from retail.pricing import price
from retail.promotions.benefits import FreeShipping, PointsTimes, Unknown
from retail.promotions.explanation import explain
from retail.promotions.kinds import as_dict, kept_promotion, promotion_from
from retail.promotions.promotion import Promotion, RuleBook

HALF = as_dict(promotion_of("p", "50% off tea"))


@given(promotions())
def test_a_promotion_comes_back_as_it_went(rules: list[Promotion]) -> None:
    for rule in rules:
        body = as_dict(rule)
        assert kept_promotion(json.loads(json.dumps(body))) == rule
        assert as_dict(kept_promotion(body)) == body


@pytest.mark.parametrize("benefit", [FreeShipping(), PointsTimes(200)])
def test_what_gives_no_price_travels_too(benefit: Any) -> None:
    rule = Promotion("p", 1, {"en": "Extra"}, benefit)
    assert promotion_from(as_dict(rule)) == rule


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": ""}, "id"),
        ({"benefit": {"kind": "each_unit"}}, "calculator"),
        ({"benefit": {"kind": "each_unit", "calculator": {"kind": "percent", "hundredths": 10_001}}}, "hundredths"),
        ({"benefit": {"kind": "each_unit", "calculator": {"kind": "amount", "amount": -5}}}, "amount"),
        ({"benefit": {"kind": "multibuy", "take": 2, "pay": 2}}, "benefit.pay"),
        ({"benefit": {"kind": "together", "steps": [{"spend": 1}, {"spend": 1}]}}, "benefit.steps"),
        ({"benefit": {"kind": "magic"}}, "magic"),
        ({"conditions": [{"kind": "hours", "weekdays": [8]}]}, "weekdays"),
        ({"begin": "tomorrow"}, "begin"),
        ({"begin": "2026-05-02T00:00", "end": "2026-05-01T00:00"}, "end"),
        ({"colour": "red"}, "colour"),
        ({"version": "1"}, "version"),
    ],
)
def test_what_is_wrong_with_a_promotion_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(PromotionError) as caught:
        promotion_from({**HALF, **change})
    assert caught.value.code == "promotion.malformed"
    assert named in caught.value.params["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"benefit": {"kind": "magic", "spell": 7}},
        {"conditions": [{"kind": "moon", "phase": "full"}]},
        {"benefit": {**HALF["benefit"], "also": 1}},
    ],
)
def test_a_rule_from_a_newer_version_is_kept_and_gives_nothing(change: dict[str, Any]) -> None:
    rule = kept_promotion({**HALF, **change})
    assert (rule.id, rule.version, rule.names, rule.benefit) == ("p", 1, HALF["names"], Unknown())
    products, lines = cart_of("2 × 100 tea")
    book = book_of(products, "10% off tea")
    rules = RuleBook(2, [*book.rules.promotions, rule])
    priced = price(lines, type(book)(1, "EUR", products, book.taxes, rules), NOON)
    assert priced.off == 20
    (told,) = [one for one in explain(priced.given, rules, NOON) if one.promotion == "p"]
    assert (told.state, [verdict.kind for verdict in told.verdicts]) == ("untouched", ["newer"])


@pytest.mark.parametrize("change", [{"version": -1}, {"benefit": 7}, {"names": ["Half"]}, {"version": "one"}])
def test_a_row_that_cannot_be_read_stops_no_till(change: dict[str, Any]) -> None:
    assert kept_promotion({**HALF, **change}).benefit == Unknown()
    with pytest.raises(PromotionError):
        promotion_from({**HALF, **change})
