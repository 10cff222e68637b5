"""What a sale earns: by the programme of its moment, and by promotions that multiply points."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promotion_carts import carts
from promotion_words import NOON, cart_of, goods

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.loyalty.programme import DEFAULT, DatedProgramme, Multiplier, Programme, Tier, TierRule, dated_from, holding
from retail.loyalty.purchase import earning_of, multiplying, paid_in_points, points_of, times_of
from retail.loyalty.tiers import Standing, Visit, climbed, review, tier_names
from retail.pricing import PriceBook, price
from retail.promotions.benefits import PointsTimes
from retail.promotions.conditions import Condition, FirstPurchase, KnownShopper, Tiers, Units
from retail.promotions.promotion import Promotion, RuleBook
from retail.sale import Sale, SaleHead, close, differences, sale_from
from retail.tender import Tender

HEAD = SaleHead("s-1", "01-01-000001", "main", "till-1", "staff-anna", "cart-1", "anna", 50)
DAIRY = replace(DEFAULT, multipliers=(Multiplier("dairy-double", 2000, departments=("dairy",)),))
TRIPLE_TEA = Promotion("tea-week", 4, {"en": "Tea week"}, PointsTimes(300, goods("tea")))


def book_of(products: dict[str, Product], *programmes: DatedProgramme, rules: tuple[Promotion, ...] = ()) -> PriceBook:
    taxes = {"A": TaxRate("A", {}, 2000)}
    return PriceBook(1, "EUR", products, taxes, RuleBook(1, rules), programmes=programmes)


def sold(
    cell: str, *programmes: DatedProgramme, rules: tuple[Promotion, ...] = (), at: int = 50
) -> tuple[Sale, PriceBook]:
    products, lines = cart_of(cell)
    book = book_of(products, *programmes, rules=rules)
    priced = price(lines, book, NOON)
    return close(replace(HEAD, at=at), priced, [Tender("cash", priced.total)], book), book


def test_a_rule_of_the_programme_multiplies_a_line_and_the_sale_names_it() -> None:
    sale, book = sold("2 × 250 dairy, 1 × 450 tea", DatedProgramme(0, DAIRY))
    assert (sale.points, sale.programme) == (14, 1)
    assert [(line.points, line.points_rule) for line in sale.lines] == [(10, "dairy-double"), (4, "base")]
    assert differences(sale, book, NOON) == []
    assert sale_from(sale.as_dict()) == sale


def test_a_promotion_multiplies_points_on_top_of_the_programme_and_is_named() -> None:
    all_day = replace(TRIPLE_TEA, id="all", benefit=PointsTimes(200))
    sale, book = sold("1 × 100 dairy, 1 × 100 tea", DatedProgramme(0, DAIRY), rules=(TRIPLE_TEA, all_day))
    # Dairy: doubled by the programme and by `all`. Tea: the larger of two promotions, not both.
    assert [(line.points, line.points_times) for line in sale.lines] == [(4, 2000), (3, 3000)]
    assert [(row.id, row.version, row.saved) for row in sale.boosts] == [("all", 4, 0), ("tea-week", 4, 0)]
    assert (sale.promotions, sale.total) == ((), 200)
    assert differences(sale, book, NOON) == []


def test_nobody_unknown_earns_whatever_multiplies() -> None:
    products, lines = cart_of("1 × 900 tea")
    book = book_of(products, DatedProgramme(0, DAIRY), rules=(TRIPLE_TEA,))
    priced = price(lines, book, NOON)
    sale = close(replace(HEAD, shopper=""), priced, [Tender("cash", 900)], book)
    assert (sale.points, sale.lines[0].points, sale.boosts) == (0, 0, ())
    assert differences(sale, book, NOON) == []


def test_the_programme_of_the_moment_holds_and_later_the_next() -> None:
    five = replace(DEFAULT, version=2, points=5)
    dated = (DatedProgramme(0, DAIRY), DatedProgramme(100, five))
    assert [sold("1 × 1000 tea", *dated, at=at)[0].points for at in (50, 100)] == [10, 50]
    assert holding((), 50) == DEFAULT
    assert holding(dated[1:], 50) == DEFAULT, "before the first one has begun"


def test_a_sale_before_the_first_programme_begins_is_made_by_none() -> None:
    sale, book = sold("1 × 1000 tea", DatedProgramme(51, Programme(version=1, points=5)), at=50)
    assert (sale.points, sale.programme, differences(sale, book, NOON)) == (10, 0, [])


def test_a_till_that_had_not_heard_of_a_newer_programme_is_held_against_its_own() -> None:
    sale, book = sold("1 × 1000 dairy", DatedProgramme(0, DAIRY))
    newer = replace(book, programmes=(DatedProgramme(0, DAIRY), DatedProgramme(10, replace(DEFAULT, version=2))))
    assert (sale.points, differences(sale, newer, NOON)) == (20, [])
    forgotten = replace(newer, programmes=newer.programmes[1:])
    assert {row["what"] for row in differences(sale, forgotten, NOON)} == {"points", "points_rule"}


def test_a_sale_of_a_terminal_from_before_there_was_a_programme_still_reads() -> None:
    sale, book = sold("1 × 1000 tea")
    body = sale.as_dict()
    for field in ("programme", "boosts"):
        del body[field]
    del body["lines"][0]["points_rule"], body["lines"][0]["points_times"]
    assert sale_from(body) == sale
    assert differences(sale_from(body), replace(book, programmes=(DatedProgramme(0, DAIRY),)), NOON) == []


@pytest.mark.parametrize("change", [{"points": 99}, {"lines": 3}])
def test_points_that_cannot_be_derived_are_named(change: dict[str, int]) -> None:
    sale, book = sold("1 × 1000 tea, 1 × 500 dairy", DatedProgramme(0, DAIRY))
    lines = (replace(sale.lines[0], points=change["lines"]), *sale.lines[1:]) if "lines" in change else sale.lines
    wrong = replace(sale, lines=lines, points=change.get("points", sale.points))
    assert {row["what"] for row in differences(wrong, book, NOON)} == {"points", "points_sum"}


def test_what_is_paid_with_points_earns_none_and_counts_for_no_tier() -> None:
    products, lines = cart_of("1 × 600 dairy, 1 × 400 tea")
    tiered = replace(DEFAULT, tiers=TierRule((Tier("silver", {"en": "Silver"}, 1000),)))
    book = book_of(products, DatedProgramme(0, tiered))
    priced = price(lines, book, NOON)
    half: Any = Tender("points", 500)  # type: ignore[arg-type]
    sale = close(HEAD, priced, [half, Tender("cash", 500)], book)
    assert (paid_in_points(sale.tenders), sale.points, [line.points for line in sale.lines]) == (500, 5, [3, 2])
    assert (sale.reached, close(HEAD, priced, [Tender("cash", 1000)], book).reached) == ("", "silver")
    assert differences(sale, book, NOON) == []


def test_goods_for_nothing_earn_nothing() -> None:
    products, lines = cart_of("1 × 99 tea, 1 × 0 dairy")
    assert points_of(price(lines, book_of(products), NOON), DEFAULT) == 0


CLUB = TierRule((Tier("silver", {"en": "Silver"}, 100), Tier("gold", {"en": "Gold"}, 500)))


@given(st.sampled_from(["", "silver", "gold"]), st.integers(0, 700), st.integers(0, 700))
def test_a_till_tells_the_tier_that_the_hub_will_find(tier: str, counted: int, paid: int) -> None:
    reached = climbed(CLUB, tier, counted, Visit(5, paid, 0))
    found = review(CLUB, Standing(tier), counted + paid, 5).tier
    places = ["", "silver", "gold"]
    assert reached == (found if places.index(found) > places.index(tier) else "")


def test_without_tiers_none_is_reached_and_none_has_a_name() -> None:
    assert climbed(None, "", 10**9, Visit(5, 10**9, 0)) == ""
    assert (tier_names(None, "gold"), tier_names(CLUB, "lead"), tier_names(CLUB, "gold")) == (
        None,
        None,
        {"en": "Gold"},
    )


@pytest.mark.parametrize(
    ("condition", "asks"), [(Tiers(("gold",)), True), (FirstPurchase(), True), (KnownShopper(), False)]
)
def test_a_book_says_whether_prices_ask_for_tier_or_first_purchase(condition: Condition, asks: bool) -> None:
    products, _ = cart_of("1 × 600 dairy")
    assert book_of(products, rules=(replace(TRIPLE_TEA, conditions=(condition,)),)).asks_for_standing == asks


def test_a_promotion_that_touches_none_of_the_goods_multiplies_nothing() -> None:
    products, lines = cart_of("1 × 600 dairy")
    elsewhere = replace(TRIPLE_TEA, conditions=(Units(1, goods("dairy")),))
    priced = price(lines, book_of(products, rules=(elsewhere,)), NOON)
    assert (priced.given.perks, multiplying(priced), times_of(priced.lines[0], [elsewhere])) == ((elsewhere,), [], 1000)


PROGRAMMES = st.builds(
    lambda points, per, times: replace(
        DEFAULT, points=points, per=per, multipliers=(Multiplier("m", times, departments=("dairy",)),)
    ),
    st.integers(0, 20),
    st.sampled_from([1, 7, 100]),
    st.integers(0, 5000),
)
BOOSTS = st.lists(
    st.sampled_from([TRIPLE_TEA, replace(TRIPLE_TEA, id="x", benefit=PointsTimes(150))]), unique_by=lambda one: one.id
)


@given(carts(), PROGRAMMES, BOOSTS)
def test_the_hub_derives_the_points_that_the_till_gave_and_lines_add_up(
    cart: tuple[dict[str, Product], list[CartLine]], programme: Programme, boosts: list[Promotion]
) -> None:
    products, lines = cart
    book = book_of(products, DatedProgramme(0, programme), rules=tuple(boosts))
    priced = price(lines, book, NOON)
    tenders = [Tender("cash", priced.total)] if priced.total else []
    sale = close(HEAD, priced, tenders, book)
    assert sum(line.points for line in sale.lines) == sale.points == points_of(priced, programme)
    assert earning_of(priced, programme, priced.total).points == 0, "what is paid with points earns none"
    assert differences(sale_from(sale.as_dict()), book, NOON) == []


def told(**more: Any) -> dict[str, Any]:
    return {"from_at": 5, "programme": {**asdict(DAIRY), **more}}


def test_a_till_reads_what_it_knows_of_a_newer_hubs_programme_and_leaves_out_what_it_cannot_read() -> None:
    assert dated_from([told(lottery={"odds": 3})]) == (DatedProgramme(5, DAIRY),)
    assert dated_from([told(), told(version=2, points="many")]) == (DatedProgramme(5, DAIRY),)
    assert dated_from([told(points="5")]) == (), "a number is a number"
    assert dated_from([{"from_at": 5}]) == ()
    assert dated_from([{"from_at": 5}, told()]) == (DatedProgramme(5, DAIRY),), "and goes on with the next"
