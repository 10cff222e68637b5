"""The worked tables of docs/promotions.md, row by row."""

import pytest
from promotion_words import NOON, book_of, cart_of
from test_worked_tables import numbers, rows

from retail.pricing import price
from retail.promotions.conditions import Verdict
from retail.promotions.explanation import Explanation, explain, hints


@pytest.mark.parametrize("row", rows("promotions.md", "benefit") + rows("promotions.md", "lane"))
def test_a_cart_gets_off_what_the_page_says(row: list[str]) -> None:
    cart, promotions, paid, _ = row
    products, lines = cart_of(cart)
    priced = price(lines, book_of(products, promotions), NOON)
    assert [line.total for line in priced.lines] == numbers(paid)
    assert priced.given.exact


@pytest.mark.parametrize("row", rows("promotions.md", "first"))
def test_of_equals_the_promotion_that_the_page_names_gives_it(row: list[str]) -> None:
    cart, promotions, saved, _ = row
    products, lines = cart_of(cart)
    found = price(lines, book_of(products, promotions), NOON).given
    assert ", ".join(f"{name}: {off}" for name, off in sorted(found.saved.items())) == saved
    for promotion, off in found.saved.items():
        assert sum(grant.off for grant in found.grants if grant.promotion == promotion) == off
    assert all(grant.off > 0 for grant in found.grants)


@pytest.mark.parametrize("row", rows("promotions.md", "told"))
def test_each_promotion_tells_of_itself_what_the_page_says(row: list[str]) -> None:
    cart, promotions, wanted, _ = row
    products, lines = cart_of(cart)
    book = book_of(products, promotions)
    found = explain(price(lines, book, NOON).given, book.rules, NOON)
    assert "; ".join(map(said, found)) == wanted
    assert [one.names for one in found] == [one.names for one in book.rules.promotions]


def said(one: Explanation) -> str:
    assert one.saved == 0 or one.state == "given"
    verdicts = ", ".join(
        f"{held.kind} {held.actual or _none(held)} of {held.needed or 'nothing'}" for held in one.verdicts
    )
    state = (
        f"{one.promotion} {one.state}" + (f" {one.saved}" if one.saved else "") + "".join(f" by {by}" for by in one.by)
    )
    return f"{state}: {verdicts}" if verdicts else state


def _none(held: Verdict) -> str:
    assert held.actual in (0, "")
    return "nothing" if held.actual == "" else "0"


@pytest.mark.parametrize("row", rows("promotions.md", "hint"))
def test_what_is_missing_is_told_as_the_page_says(row: list[str]) -> None:
    cart, promotions, wanted, _ = row
    products, lines = cart_of(cart)
    book = book_of(products, promotions)
    found = hints(price(lines, book, NOON).given, book.rules)
    assert ", ".join(f"{one.promotion}: {one.missing} {one.measure}" for one in found) == wanted
    assert all(one.names == book.rules.named[one.promotion].names for one in found)
