"""What must hold for every amount: nothing is lost in splitting, rounding or taking tax."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail.catalogue import TaxRate
from retail.errors import CatalogueError, MoneyError
from retail.loyalty import earned, share
from retail.money import extend, minor_digits, round_half_up, split
from retail.tax import included, tax_document

AMOUNTS = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10**12) | st.integers(0, 3), min_size=1, max_size=30)
RATES = {code: TaxRate(code, {}, rate) for code, rate in {"A": 2000, "B": 1000, "C": 0, "D": 545}.items()}
LINES = st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 10**9)), max_size=40)


@given(AMOUNTS, WEIGHTS)
@example(1, [10**15, 10**15 + 1])
@example(-1, [0, 0, 0])
def test_splitting_never_loses_or_makes_a_minor_unit(amount: int, weights: list[int]) -> None:
    assert sum(split(amount, weights)) == amount


@given(AMOUNTS, WEIGHTS.filter(any))
def test_each_share_is_within_one_unit_of_its_exact_part(amount: int, weights: list[int]) -> None:
    for part, weight in zip(split(amount, weights), weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@given(AMOUNTS, WEIGHTS)
def test_giving_back_is_shared_as_taking_was(amount: int, weights: list[int]) -> None:
    assert split(-amount, weights) == [-part for part in split(amount, weights)]


@given(AMOUNTS, WEIGHTS)
def test_equal_weights_never_differ_by_more_than_one_and_the_earlier_is_not_worse(
    amount: int, weights: list[int]
) -> None:
    parts = [abs(part) for part in split(amount, [1] * len(weights))]
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


def test_an_amount_needs_somebody_to_share_it() -> None:
    assert split(0, []) == []
    with pytest.raises(MoneyError, match="nothing to share"):
        split(1, [])


def test_a_share_is_never_negative() -> None:
    with pytest.raises(MoneyError) as caught:
        split(100, [2, -1])
    assert caught.value.code == "money.negative_weight"


@given(st.fractions(-(10**9), 10**9))
def test_rounding_is_half_away_from_zero(value: Fraction) -> None:
    rounded = round_half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    assert round_half_up(-value) == -rounded
    if abs(rounded - value) == Fraction(1, 2):
        assert abs(rounded) > abs(value)


@given(st.integers(0, 10**9), st.integers(0, 9999), st.integers(0, 9_999_000))
def test_whole_pieces_cost_exactly_their_price(price: int, pieces: int, quantity: int) -> None:
    assert extend(price, pieces * 1000) == price * pieces
    assert extend(price, quantity) >= 0


@given(LINES)
def test_line_taxes_add_up_to_the_tax_table_and_the_table_to_the_lines(lines: list[tuple[str, int]]) -> None:
    sums, by_line = tax_document(lines, RATES)
    assert sum(by_line) == sum(row.tax for row in sums)
    assert sum(row.gross for row in sums) == sum(gross for _, gross in lines)
    for row in sums:
        assert row.net + row.tax == row.gross
        assert row.tax == sum(tax for tax, (code, _) in zip(by_line, lines, strict=True) if code == row.code)
    assert all(0 <= tax <= gross for tax, (_, gross) in zip(by_line, lines, strict=True))


@given(LINES, st.randoms(use_true_random=False))
def test_the_tax_table_does_not_depend_on_the_order_of_lines(lines: list[tuple[str, int]], order: Random) -> None:
    shuffled = list(lines)
    order.shuffle(shuffled)
    assert tax_document(shuffled, RATES)[0] == tax_document(lines, RATES)[0]


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_the_tax_inside_an_amount_gives_the_net_it_came_from(net: int, rate: int) -> None:
    gross = net + round_half_up(Fraction(net * rate, 10_000))
    assert abs(gross - included(gross, rate) - net) <= 1


def test_a_rate_that_nobody_knows_is_named() -> None:
    with pytest.raises(CatalogueError) as caught:
        tax_document([("A", 100), ("X", 100)], RATES)
    assert (caught.value.code, caught.value.params) == ("catalogue.tax_unknown", {"code": "X"})


@given(st.integers(-100, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_points_of_lines_add_up_to_the_points_of_the_sale(paid: int, totals: list[int]) -> None:
    points = earned(paid)
    assert points >= 0
    assert sum(share(points, totals)) == points


def test_currencies_show_the_decimals_that_they_have() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "JPY", "KWD")] == [2, 0, 3]
