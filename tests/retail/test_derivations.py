"""A sale says how it came to its amounts, and somebody who shares no code with us finds that they are right."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promotion_carts import promotions
from promotion_words import NOON, book_of, cart_of

from receipt_checker.check import faults
from retail import why
from retail.cart import CartLine
from retail.catalogue import Product, TaxPart, TaxRate
from retail.price_lists import Break, PriceList, PriceLists
from retail.pricing import PriceBook, price
from retail.promotions.promotion import RuleBook
from retail.sale import Sale, SaleHead, close, differences, sale_from
from retail.tax import TaxRules
from retail.tender import Tender, rounding_of

HEAD = SaleHead("s-1", "01-01-000001", "main", "till-1", "staff-anna", "cart-1", "", 1)
RATES = st.one_of(
    st.integers(0, 3000).map(lambda rate: TaxRate("A", {}, rate)),
    st.lists(st.builds(TaxPart, st.just({}), st.integers(0, 300_000), st.booleans()), min_size=1, max_size=3).map(
        lambda parts: TaxRate("A", {}, 0, tuple(parts))
    ),
)
RULES = st.builds(TaxRules, st.booleans(), st.sampled_from(["document", "line"]))
BREAKS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 900)), max_size=3).map(
    lambda steps: tuple(Break(quantity * 1000, amount) for quantity, amount in sorted(dict(steps).items()))
)
GOODS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(1, 4)),
    min_size=1,
    max_size=7,
)
PRODUCTS = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from(["tea", "dairy", "snacks"])), min_size=5, max_size=5
).map(
    lambda rows: {
        item: Product(item, "", {"en": item}, department, amount, tax, "kg" if item == "e" else "piece")
        for item, tax, (amount, department) in zip("abcde", "AABAB", rows, strict=True)
    }
)


def sold(lines: list[CartLine], book: PriceBook) -> Sale:
    priced = price(lines, book, NOON)
    due = priced.total + rounding_of(priced.total, [], book.cash_step)
    return close(HEAD, priced, [Tender("cash", due + 7)], book, priced_at=7)


@st.composite
def sales(draw: Any) -> tuple[Sale, PriceBook]:
    products = draw(PRODUCTS)
    lines = [
        # A weighing is a line of its own, whatever was weighed before.
        CartLine(f"l-{n}", item, count * (137 if item == "e" else 1000), "till-1", "till", n, weighed=item == "e")
        for n, (item, count) in enumerate(draw(GOODS))
    ]
    lists = PriceLists(
        {"L": PriceList("L", 3, {}), "M": PriceList("M", 4, {}, channels=("till",))},
        {
            item: {name: found for name in "LM" if (found := draw(BREAKS))}
            for item in draw(st.sets(st.sampled_from("abcde")))
        },
    )
    rates = {"A": draw(RATES), "B": replace(draw(RATES), code="B")}
    rules = RuleBook(9, draw(promotions()))
    book = PriceBook(5, "EUR", products, rates, rules, lists, draw(RULES), draw(st.sampled_from([0, 5, 10])))
    return sold(lines, book), book


def as_sent(sale: Sale) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(sale.as_dict()))
    return body


@given(sales())
def test_every_amount_of_a_sale_agrees_with_what_it_says_of_itself(made: tuple[Sale, PriceBook]) -> None:
    sale, book = made
    assert faults(as_sent(sale)) == []
    assert differences(sale, book, NOON) == []
    assert sale_from(as_sent(sale)) == sale


def figures(value: Any, under: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all amounts of a receipt."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in ("derivation", "names"):
                yield from figures(one, (*under, key))
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from figures(one, (*under, n))
    elif under[-1] in AMOUNTS:
        yield under


AMOUNTS = {"unit_price", "total", "tax", "net", "gross", "off", "saved", "change", "rounding"}


@given(sales(), st.data(), st.sampled_from([-100, -1, 1, 100]))
def test_no_amount_of_a_receipt_can_be_changed_without_being_found(
    made: tuple[Sale, PriceBook], data: Any, by: int
) -> None:
    body = as_sent(made[0])
    *way, last = data.draw(st.sampled_from(list(figures(body))))
    found = body
    for key in way:
        found = found[key]
    found[last] += by
    assert faults(body)


def basket(rules: str) -> dict[str, Any]:
    products, lines = cart_of("3 × 100 snacks, 1 × 700 tea, 2 × 250 dairy")
    return as_sent(sold(lines, book_of(products, rules)))


@pytest.mark.parametrize(
    ("rules", "place", "value"),
    [
        ("20% off tea", ("value",), 1000),
        ("20% off tea [max 1]", ("roles", 0, "items"), ["a"]),
        ("3 for 2 snacks", ("pay",), 1),
        ("3 for 2 snacks", ("roles", 0, "count"), 2),
        ("buy 2 dairy get 1 snacks", ("roles", 1, "count"), 0),
        ("buy 2 dairy get 1 snacks", ("roles", 0, "items"), ["a"]),
        ("snacks + tea for 400", ("value",), 399),
        ("snacks + tea for 400", ("value",), 10_000),
        ("500 off from 1000", ("steps", 0, "amount"), 499),
        ("500 off from 1000", ("roles", 0, "items"), ["a", "b"]),
        ("gift a", ("most",), 0),
        ("20% off tea", ("kind",), "magic"),
    ],
)
def test_a_promotion_that_gave_something_else_than_its_terms_is_found(
    rules: str, place: tuple[Any, ...], value: Any
) -> None:
    body = basket(rules)
    assert faults(body) == []
    *way, last = place
    found = body["derivation"]["terms"][0]
    for key in way:
        found = found[key]
    found[last] = value
    assert faults(body) or rules == "gift a", "a gift without a limit is as right"


def test_more_sets_than_allowed_two_of_one_group_and_units_that_are_not_there_are_found() -> None:
    body = basket("20% off tea [max 1]; 10% off dairy [group x]; 3 for 2 snacks")
    limited = json.loads(json.dumps(body))
    limited["derivation"]["given"] *= 2
    assert any("units that are not there" in found for found in faults(limited))
    excluding = json.loads(json.dumps(body))
    for term in excluding["derivation"]["terms"]:
        term["groups"] = ["x"]
    assert any("excludes it" in found for found in faults(excluding))


def test_the_price_of_a_list_is_held_against_the_step_that_was_reached() -> None:
    products, lines = cart_of("6 × 100 tea")
    lists = PriceLists({"L": PriceList("L", 3, {})}, {"a": {"L": (Break(0, 90), Break(6000, 80))}})
    body = as_sent(sold(lines, replace(book_of(products, "10% off tea"), lists=lists)))
    line = body["lines"][0]
    assert (line["unit_price"], line["price_list"], line["derivation"]["own_price"]) == (80, "L", 100)
    assert faults(body) == []
    line["derivation"]["breaks"][1]["quantity"] = 7000
    assert faults(body) == ["price of l-a: 80 on the receipt, 90 by its terms"]


def test_a_sale_of_an_older_terminal_and_nonsense_are_no_proof() -> None:
    body = basket("20% off tea")
    assert faults({**body, "derivation": None}) == ["the sale does not say how it came to its amounts"]
    assert "cannot be read" in faults({**body, "taxes": [{}]})[0]
    assert faults({**body, "tenders": []})


def test_a_line_says_why_it_costs_what_it_costs_in_the_cart_and_on_the_receipt() -> None:
    products, lines = cart_of("2 × 100 tea")
    lists = PriceLists({"L": PriceList("L", 3, {})}, {"a": {"L": (Break(0, 90),)}})
    book = replace(book_of(products, "10% off tea"), lists=lists)
    rows = [
        {"kind": "own_price", "amount": 100, "of": "", "version": 0, "names": {}},
        {"kind": "price_list", "amount": 90, "of": "L", "version": 3, "names": {}},
        {"kind": "amount", "amount": 180, "of": "", "version": 0, "names": {}},
        {"kind": "promotion", "amount": -18, "of": "p1", "version": 1, "names": {"en": "10% off tea"}},
        {"kind": "total", "amount": 162, "of": "", "version": 0, "names": {}},
        {"kind": "tax_inside", "amount": 27, "of": "A", "version": 0, "names": {}},
    ]
    assert why.of_cart_line(price(lines, book, NOON).lines[0], book) == rows
    sale = sold(lines, book)
    assert why.of_sale_line(sale.lines[0], sale) == rows


def test_where_tax_is_added_it_is_a_row_before_the_total() -> None:
    products, lines = cart_of("2 × 100 tea")
    sale = sold(lines, replace(book_of(products, "10% off tea"), tax_rules=TaxRules(added=True)))
    found = [(row["kind"], row["amount"]) for row in why.of_sale_line(sale.lines[0], sale)]
    assert found == [("own_price", 100), ("amount", 200), ("promotion", -20), ("tax_added", 36), ("total", 216)]
