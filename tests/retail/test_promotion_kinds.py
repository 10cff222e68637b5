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
from retail.promotions.conditions import Verdict
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
    assert (told.state, told.verdicts) == ("untouched", (Verdict("newer", False, "word", "", ""),))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"version": -1}, {"version": -1}),
        ({"benefit": 7}, {}),
        ({"names": ["Half"]}, {"names": {}}),
        ({"names": {"en": 5}}, {"names": {"en": "5"}}),
        ({"version": "one"}, {"version": 0}),
        ({"version": None}, {"version": 0}),
        ({"id": 7}, {"id": "7"}),
        ({"version": {1}}, {"version": 0}),
    ],
)
def test_a_row_that_cannot_be_read_stops_no_till_and_keeps_what_can_be_told(
    change: dict[str, Any], kept: dict[str, Any]
) -> None:
    told = {"id": "p", "version": 1, "names": HALF["names"], **kept}
    assert kept_promotion({**HALF, **change}) == Promotion(**told, benefit=Unknown())
    with pytest.raises(PromotionError):
        promotion_from({**HALF, **change})


def test_a_row_without_anything_is_kept_as_a_promotion_without_a_name() -> None:
    assert kept_promotion({}) == Promotion("", 0, {}, Unknown())


def test_two_machines_write_a_promotion_in_the_same_bytes() -> None:
    on = {"items": ["z", "b", "k", "a"], "departments": ["y", "c", "x"], "families": ["n", "m"], "but": ["q", "p"]}
    spend = {"kind": "spend", "at_least": 5, "on": on}
    body = {**HALF, "benefit": {**HALF["benefit"], "on": on}, "conditions": [spend]}
    written = as_dict(promotion_from(body))
    for found in (written["benefit"]["on"], written["conditions"][0]["on"]):
        assert found == {name: sorted(ids) for name, ids in on.items()}
    tiers = {"kind": "tiers", "any_of": ["silver", "gold"]}
    assert as_dict(promotion_from({**HALF, "conditions": [tiers]}))["conditions"] == [tiers], "an order that was chosen"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"benefit": {"kind": "multibuy", "take": 2, "pay": 2}}, "benefit.pay: less than benefit.take"),
        ({"benefit": {"kind": "multibuy", "take": 2, "pay": 3}}, "benefit.pay: less than benefit.take"),
        ({"begin": "2026-05-01T00:00", "end": "2026-05-01T00:00"}, "end: later than begin"),
        (
            {"benefit": {"kind": "together", "steps": [{"spend": 1}, {"spend": 1}]}},
            "benefit.steps: two begin at the same amount",
        ),
        ({"id": {1}}, "Object of type set is not JSON serializable"),
        ({"version": "1"}, "version: Input should be a valid integer"),
        ({"colour": "red"}, "colour: Unexpected keyword argument"),
    ],
)
def test_a_promotion_that_contradicts_itself_says_in_what(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(PromotionError) as caught:
        promotion_from({**HALF, **change})
    assert caught.value.params == {"reason": reason}


def test_what_just_does_not_contradict_itself_is_read() -> None:
    two_for_one = {"kind": "multibuy", "take": 2, "pay": 1}
    steps = {"kind": "together", "steps": [{"spend": 1}, {"spend": 2}]}
    for benefit in (two_for_one, steps):
        assert promotion_from({**HALF, "benefit": benefit}).id == "p"
    for times in ({"begin": "2026-05-01T00:00"}, {"begin": "2026-05-01T00:00", "end": "2026-05-01T00:01"}):
        assert promotion_from({**HALF, **times}).begin == "2026-05-01T00:00"
    assert promotion_from({**HALF, "end": "2026-05-01T00:00"}).end == "2026-05-01T00:00"
