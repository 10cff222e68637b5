"""The worked tables of docs/promotions.md, row by row."""

import pytest
from promotion_words import NOON, book_of, cart_of
from test_worked_tables import numbers, rows

from retail.pricing import price
from retail.promotions.explanation import hints


@pytest.mark.parametrize("row", rows("promotions.md", "benefit") + rows("promotions.md", "lane"))
def test_a_cart_gets_off_what_the_page_says(row: list[str]) -> None:
    cart, promotions, paid, _ = row
    products, lines = cart_of(cart)
    priced = price(lines, book_of(products, promotions), NOON)
    assert [line.total for line in priced.lines] == numbers(paid)
    assert priced.given.exact


@pytest.mark.parametrize("row", rows("promotions.md", "hint"))
def test_what_is_missing_is_told_as_the_page_says(row: list[str]) -> None:
    cart, promotions, wanted, _ = row
    products, lines = cart_of(cart)
    book = book_of(products, promotions)
    found = hints(price(lines, book, NOON).given, book.rules)
    assert ", ".join(f"{one.promotion}: {one.missing} {one.measure}" for one in found) == wanted
