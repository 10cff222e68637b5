"""When a promotion is in force, row by row as docs/promotions.md has it."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from promotion_words import NOON, book_of, cart_of, goods
from test_worked_tables import rows

from retail.occasion import Occasion
from retail.pricing import price
from retail.promotions.benefits import EachUnit, FreeShipping, PointsTimes
from retail.promotions.calculators import Percent
from retail.promotions.conditions import Verdict
from retail.promotions.explanation import explain, hints, worth_of_coupon
from retail.promotions.kinds import promotion_from
from retail.promotions.promotion import LANE_COUPON, Promotion, RuleBook
from retail.promotions.stacks import Stack
from retail.wall_clock import reached

BERLIN = ZoneInfo("Europe/Berlin")
CART = "2 × 100 tea, 1 × 100 dairy"
HALF = {"kind": "each_unit", "calculator": {"kind": "percent", "hundredths": 5000}}


def occasion_of(cell: str) -> Occasion:
    found = NOON
    for part in filter(None, cell.split(", ")):
        word, _, value = part.partition(" ")
        if word[:2] == "20":
            found = replace(found, local=datetime.fromisoformat(word))
        elif word == "first":
            found = replace(found, first=True)
        elif word in ("tier", "shopper"):
            found = replace(found, **{word: value})
        elif word == "groups":
            found = replace(found, groups=frozenset(value.split()))
        else:
            assert word in (found.store, found.channel)
    return found


@pytest.mark.parametrize("row", rows("promotions.md", "condition"))
def test_a_condition_holds_when_the_page_says(row: list[str]) -> None:
    condition, occasion, holds, there_is, needed, _ = row
    body = {"id": "p", "version": 1, "names": {}, "benefit": HALF, "conditions": [json.loads(condition)]}
    products, lines = cart_of(CART)
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, [promotion_from(body)]))
    priced = price(lines, book, occasion_of(occasion))
    assert priced.off == {"yes": 150, "no": 0}[holds]
    (verdict,) = priced.given.judged["p"]
    asked = json.loads(condition)
    assert verdict == Verdict(
        asked["kind"],
        holds == "yes",
        {"spend": "money", "units": "units"}.get(asked["kind"], "word"),  # type: ignore[arg-type]
        int(there_is) if "at_least" in asked else there_is,
        int(needed) if "at_least" in asked else tuple(needed.split(", ")) if len(asked) > 1 else "",
    )


def half_off(**more: object) -> Promotion:
    return Promotion("p", 1, {"en": "Half"}, EachUnit(Percent(5000), goods("tea")), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minute", "in_force"),
    [("2026-05-29T17:59", True), ("2026-05-29T18:00", False), ("2026-05-28T18:00", True), ("2026-05-28T17:59", False)],
)
def test_a_promotion_begins_and_ends_by_the_clock_of_the_store(minute: str, in_force: bool) -> None:
    products, lines = cart_of(CART)
    rule = half_off(begin="2026-05-28T18:00", end="2026-05-29T18:00")
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, [rule]))
    assert price(lines, book, replace(NOON, local=datetime.fromisoformat(minute))).off == (100 if in_force else 0)


@pytest.mark.parametrize(
    ("end", "utc", "in_force"),
    [
        ("2026-10-25T03:00", "2026-10-25T00:15", True),
        ("2026-10-25T03:00", "2026-10-25T01:15", True),
        ("2026-10-25T02:30", "2026-10-25T00:15", True),
        ("2026-10-25T02:30", "2026-10-25T00:30", False),
        ("2026-10-25T02:30", "2026-10-25T01:15", False),
    ],
)
def test_in_the_hour_that_comes_twice_an_offer_goes_on_and_one_that_has_ended_does_not_begin_again(
    end: str, utc: str, in_force: bool
) -> None:
    """At the end of summer time it is 02:15 two times in Berlin: at 00:15 and at 01:15 UTC."""
    rule = half_off(begin="2026-10-25T02:00", end=end)
    products, lines = cart_of(CART)
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, [rule]))
    local = reached(int(datetime.fromisoformat(f"{utc}+00:00").timestamp() * 1000), BERLIN)
    assert price(lines, book, replace(NOON, local=local)).off == (100 if in_force else 0)


def test_a_paused_promotion_gives_nothing_and_says_so() -> None:
    products, lines = cart_of(CART)
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, [half_off(paused=True)]))
    priced = price(lines, book, NOON)
    (told,) = explain(priced.given, book.rules, NOON)
    assert (priced.off, told.state, told.verdicts[0].kind) == (0, "not_met", "paused")


def test_without_an_occasion_nothing_is_given() -> None:
    products, lines = cart_of(CART)
    assert price(lines, book_of(products, "50% off tea")).off == 0


def test_each_promotion_is_explained_with_what_beat_it_and_what_is_missing() -> None:
    products, lines = cart_of("2 × 100 tea, 1 × 100 dairy, 2 × 50 snacks")
    book = book_of(products, "50% off tea; 10% off tea; 20% off dairy [if 150 dairy]; 3 for 2 snacks; 5% off flowers")
    priced = price(lines, book, NOON)
    told = {one.promotion: one for one in explain(priced.given, book.rules, NOON)}
    assert (told["p1"].state, told["p1"].saved) == ("given", 100)
    assert (told["p2"].state, told["p2"].by) == ("beaten", ("p1",))
    (verdict,) = told["p3"].verdicts
    assert (told["p3"].state, verdict.actual, verdict.needed, verdict.missing) == ("not_met", 100, 150, 50)
    assert (told["p4"].state, told["p4"].by) == ("beaten", ())
    assert told["p5"].state == "untouched"
    assert [(one.promotion, one.missing, one.needed) for one in hints(priced.given, book.rules)] == [
        ("p3", 50, 150),
        ("p4", 1, 3),
    ]


def test_a_coupon_is_worth_what_is_paid_less_with_it() -> None:
    products, _ = cart_of(CART)
    stacks = [Stack(products["a"], 1000, 100, 2), Stack(products["b"], 1000, 100, 1)]
    book = book_of(products, "30% off tea; 50% off tea [coupon]; 10% off tea [coupon]")
    with_both = replace(NOON, coupons=frozenset({"p2", "p3"}))
    assert worth_of_coupon(stacks, book.rules, with_both, "p2") == 40
    assert worth_of_coupon(stacks, book.rules, NOON, "p3") == 0, "what everybody gets is better"
    book = book_of(products, f"30% off tea; 50% off tea [coupon, lane {LANE_COUPON}]")
    assert worth_of_coupon(stacks, book.rules, NOON, "p2") == 70, "a coupon of its own lane comes on top"


def test_points_and_free_delivery_are_given_beside_the_prices() -> None:
    products, lines = cart_of(CART)
    rules = [
        Promotion("ship", 1, {}, FreeShipping()),
        Promotion("twice", 1, {}, PointsTimes(200, goods("tea"))),
        Promotion("never", 1, {}, PointsTimes(300, goods("flowers"))),
    ]
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, rules))
    priced = price(lines, book, NOON)
    assert [one.id for one in priced.given.perks] == ["ship", "twice"]
    assert priced.off == 0
    told = explain(priced.given, book.rules, NOON)
    assert [(one.state, one.saved) for one in told] == [("untouched", 0), ("given", 0), ("given", 0)]


def test_an_earlier_lane_that_has_a_groups_promotion_excludes_the_later_one() -> None:
    products, lines = cart_of(CART)
    book = book_of(products, "40% off tea [group x]; 50% off dairy [group x, lane 20]")
    told = explain(price(lines, book, NOON).given, book.rules, NOON)
    assert [(one.state, [verdict.kind for verdict in one.verdicts]) for one in told] == [
        ("given", []),
        ("not_met", ["excluded"]),
    ]
