"""Sets of weighings: the dearest of them need not be the one that gets the most off."""

import pytest
from promotion_words import NOON

from retail.catalogue import Product
from retail.promotions.benefits import EachUnit, Multibuy
from retail.promotions.calculators import Amount, Calculator, FixedPrice, Percent
from retail.promotions.lanes import run
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.selector import EVERYTHING
from retail.promotions.stacks import Stack

CHEESE = Product("cheese", "", {"en": "Cheese"}, "dairy", 1, "A", "kg")


def weighing(line: str, price: int, grams: int) -> Stack:
    return Stack(CHEESE, grams, price, 1, line)


TWO_FOR_ONE = Promotion("two", 1, {"en": "two"}, Multibuy(2, 1, EVERYTHING, Amount(100)))
"""Of two weighings the cheaper gets 1.00 a kilogram off."""


def test_a_set_of_weighings_is_made_where_it_gains_more_than_they_do_by_themselves() -> None:
    each = Promotion("each", 1, {"en": "each"}, EachUnit(Amount(50)))
    # 0.05 and 1.00 off by themselves; 2.00 off the second one in the set.
    found = run([weighing("a", 500, 100), weighing("b", 400, 2000)], RuleBook(1, [TWO_FOR_ONE, each]), NOON)
    assert found.saved == {"two": 200}
    assert not found.exact


def test_a_choice_over_weighings_by_the_kilogram_does_not_say_that_it_is_the_best() -> None:
    some = [weighing("a", 1000, 100), weighing("b", 900, 100), weighing("c", 800, 5000), weighing("d", 700, 5000)]
    found = run(some, RuleBook(1, [TWO_FOR_ONE]), NOON)
    assert sum(found.saved.values()) >= 510
    assert not found.exact


def test_weighings_of_one_size_and_pieces_are_chosen_over_exactly() -> None:
    some = [weighing(line, price, 500) for line, price in (("a", 900), ("b", 700), ("c", 600), ("d", 500))]
    found = run(some, RuleBook(1, [TWO_FOR_ONE]), NOON)
    assert (found.saved, found.exact) == ({"two": 100}, True)


@pytest.mark.parametrize(
    ("calculator", "price", "grams", "off"),
    [
        (Percent(2000), 500, 500, 100),
        (Amount(300), 500, 500, 150),
        (Amount(300), 100, 500, 100),
        (Amount(300), 500, 1000, 300),
        (FixedPrice(600), 500, 500, 200),
        (FixedPrice(600), 200, 500, 0),
        (FixedPrice(600), 1000, 1000, 400),
    ],
)
def test_an_amount_or_a_price_is_for_a_whole_kilogram(calculator: Calculator, price: int, grams: int, off: int) -> None:
    """Half a kilogram gets half of 3.00 off and never more than it costs; at 6.00 a kilogram it is 3.00."""
    found = run([weighing("a", price, grams)], RuleBook(1, [Promotion("p", 1, {}, EachUnit(calculator))]), NOON)
    assert found.saved == ({"p": off} if off else {})
