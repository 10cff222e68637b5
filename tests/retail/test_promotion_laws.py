"""The guarantees of docs/promotions.md, on any cart under any promotions."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from promotion_carts import NAMED, ROUND_CALCULATORS, ROUND_PRICES, carts, most_saved, promotions
from promotion_words import NOON, book_of, cart_of

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.pricing import PriceBook, PricedCart, price
from retail.promotions.benefits import Together
from retail.promotions.promotion import LANE_GOODS, Promotion, RuleBook

Cart = tuple[dict[str, Product], list[CartLine]]


def priced(cart: Cart, rules: list[Promotion], lines: list[CartLine] | None = None) -> PricedCart:
    products, own = cart
    book = PriceBook(1, "EUR", products, {"A": TaxRate("A", {}, 2000)}, RuleBook(1, rules))
    return price(own if lines is None else lines, book, NOON)


@given(carts(), promotions())
def test_no_unit_costs_less_than_nothing_and_none_gets_dearer(cart: Cart, rules: list[Promotion]) -> None:
    for line in priced(cart, rules).lines:
        for share in line.shares:
            assert all(off > 0 for _, off in share.marks)
            assert sum(off for _, off in share.marks) <= line.unit_price


@given(carts(), promotions())
def test_what_is_paid_and_what_was_saved_add_up_to_the_list_prices(cart: Cart, rules: list[Promotion]) -> None:
    found = priced(cart, rules)
    assert found.total + found.off == priced(cart, []).total
    assert found.total == sum(line.total for line in found.lines)
    assert all(line.list_total == line.unit_price * line.line.quantity // 1000 for line in found.lines)
    by_line = sum((Counter(line.discounts) for line in found.lines), Counter[str]())
    assert by_line == Counter(found.given.saved)


@given(carts(), promotions())
def test_the_units_of_a_line_pay_together_what_the_line_pays(cart: Cart, rules: list[Promotion]) -> None:
    """So returning them one by one, in any order, gives back what was paid."""
    for line in priced(cart, rules).lines:
        paid = [
            line.unit_price - sum(off for _, off in share.marks) for share in line.shares for _ in range(share.count)
        ]
        assert not paid or (sum(paid), len(paid)) == (line.total, line.line.quantity // 1000)


@given(carts(), promotions(), st.randoms())
def test_the_order_of_scanning_changes_nothing(cart: Cart, rules: list[Promotion], chance: Random) -> None:
    lines = list(cart[1])
    chance.shuffle(lines)
    again = priced(cart, rules, lines)
    assert (again.total, again.given.saved) == (priced(cart, rules).total, priced(cart, rules).given.saved)


@given(carts(), promotions(), st.data())
def test_it_is_the_same_whether_pieces_stand_in_one_line_or_in_two(
    cart: Cart, rules: list[Promotion], data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(cart[1]))
    assume(line.quantity > 1000)
    parts = [replace(line, quantity=1000), replace(line, id="l-more", quantity=line.quantity - 1000)]
    apart = priced(cart, rules, [one for one in cart[1] if one is not line] + parts)
    assert (apart.total, apart.given.saved) == (priced(cart, rules).total, priced(cart, rules).given.saved)


@given(carts(), promotions(selectors=NAMED), st.integers(0, 900), st.integers(1, 9))
def test_goods_that_no_promotion_joins_with_others_change_nothing_for_them(
    cart: Cart, rules: list[Promotion], other_price: int, count: int
) -> None:
    products, lines = cart
    other = Product("other", "", {"en": "other"}, "flowers", other_price, "A")
    line = CartLine("l-other", "other", count * 1000, "till-1", "till", 99)
    more = priced(({**products, "other": other}, [*lines, line]), rules)
    assert [one.total for one in more.lines[:-1]] == [one.total for one in priced(cart, rules).lines]


@settings(max_examples=150)
@given(
    carts(ROUND_PRICES, lines_max=4, units_max=2), promotions(ROUND_CALCULATORS, ROUND_PRICES, (LANE_GOODS,), most=3)
)
def test_no_other_choice_saves_more(cart: Cart, rules: list[Promotion]) -> None:
    """What needs the whole cart is left to the tables: here every disjoint choice of sets is tried."""
    live = [replace(one, conditions=()) for one in rules if not isinstance(one.benefit, Together)]
    found = priced(cart, live)
    units = [cart[0][line.item] for line in cart[1] for _ in range(line.quantity // 1000)]
    assert found.given.exact
    assert found.off == most_saved(units, live)


@given(carts(), promotions())
def test_pricing_the_same_goods_again_gives_the_same_answer(cart: Cart, rules: list[Promotion]) -> None:
    products, lines = cart
    book: Any = PriceBook(1, "EUR", products, {"A": TaxRate("A", {}, 2000)}, RuleBook(1, rules))
    first = price(lines, book, NOON)
    assert price(lines, book, NOON) == first


def test_goods_that_were_moved_to_another_department_get_what_is_given_there() -> None:
    """The promotions stay the same book, and what it has found out before is of the department of before."""
    products, lines = cart_of("1 × 100 tea, 1 × 300 dairy, 1 × 100 dairy")
    book = book_of(products, "tea + dairy for 120")
    assert [line.off > 0 for line in price(lines, book, NOON).lines] == [True, True, False]
    moved = replace(book, products={**products, "b": replace(products["b"], department="tea")})
    assert [line.off > 0 for line in price(lines, moved, NOON).lines] == [False, True, True]
