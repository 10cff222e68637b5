"""A sale's figures agree with one another, survive their journey, and the hub finds every one that was changed."""

import json
from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate, product_from
from retail.codec import canonical, digest
from retail.errors import CartRefused, CatalogueError, SaleError, TenderRefused
from retail.pricing import PriceBook, price
from retail.sale import AMOUNT_MAX, Sale, SaleHead, close, differences, sale_from, sale_number
from retail.stock import moves_of
from retail.tender import TENDER_MAX, TENDERS_MAX, Tender, settle, suggested

TAXES = {"A": TaxRate("A", {"en": "VAT", "ru": "НДС"}, 2000), "B": TaxRate("B", {"en": "VAT", "ru": "НДС"}, 1000)}
PRODUCTS = {
    f"p-{n}": Product(f"p-{n}", "", {"en": f"Thing {n}", "ru": f"Вещь {n}"}, "d", price_, tax, unit)
    for n, (price_, tax, unit) in enumerate(
        [
            (189, "A", "piece"),
            (600, "A", "piece"),
            (1, "B", "piece"),
            (0, "A", "piece"),
            (240, "B", "kg"),
            (999, "A", "kg"),
        ]
    )
}
BOOK = PriceBook(7, "EUR", PRODUCTS, TAXES)
PIECES = st.tuples(st.sampled_from([key for key, one in PRODUCTS.items() if not one.weighed]), st.integers(1, 99)).map(
    lambda pair: (pair[0], pair[1] * 1000)
)
WEIGHINGS = st.tuples(st.sampled_from([key for key, one in PRODUCTS.items() if one.weighed]), st.integers(1, 9_999))
GOODS = st.lists(PIECES | WEIGHINGS, min_size=1, max_size=20)
SHOPPERS = st.sampled_from(["", "shopper-1"])


def lines_of(goods: list[tuple[str, int]]) -> list[CartLine]:
    return [
        CartLine(f"l-{n}", item, quantity, "till-1", "till", n, weighed=PRODUCTS[item].weighed)
        for n, (item, quantity) in enumerate(goods, 1)
    ]


def sold(goods: list[tuple[str, int]], shopper: str = "shopper-1", more: int = 0) -> Sale:
    """A sale of these goods, paid with `more` than they cost."""
    head = SaleHead("s-1", "01-01-000001", "main", "till-1", "c-1", "cart-1", shopper, 1_800_000_000_000)
    priced = price(lines_of(goods), BOOK)
    tenders = [Tender("cash", priced.total + more)] if priced.total + more else []
    return close(head, priced, tenders, BOOK)


SINCE_PROMOTIONS = {"promotions", "priced_at", "rounding", "derivation", "coupons"}
SINCE_PROMOTIONS |= {"programme", "boosts", "tier", "first", "counted", "reached", "loads"}
"""Fields that an older terminal does not write."""

BASKET = sold([("p-0", 2000), ("p-4", 345), ("p-1", 1000)], more=59)


@given(GOODS, SHOPPERS, st.integers(0, 10_000))
def test_all_sums_of_a_sale_agree(goods: list[Any], shopper: str, more: int) -> None:
    sale = sold(goods, shopper, more)
    assert sum(line.total for line in sale.lines) == sale.total == sum(row.gross for row in sale.taxes)
    assert sum(line.tax for line in sale.lines) == sum(row.tax for row in sale.taxes)
    assert sum(tender.amount for tender in sale.tenders) - sale.change == sale.total
    assert sum(line.points for line in sale.lines) == sale.points
    assert sale.points == (sale.total // 100 if shopper else 0)
    assert all(0 <= line.tax <= line.total for line in sale.lines)


@given(GOODS, st.randoms(use_true_random=False))
def test_the_order_of_scanning_changes_neither_the_total_nor_the_tax(goods: list[Any], order: Random) -> None:
    shuffled = list(goods)
    order.shuffle(shuffled)
    first, second = price(lines_of(goods), BOOK), price(lines_of(shuffled), BOOK)
    assert (first.total, first.taxes) == (second.total, second.taxes)
    assert sorted((row.product.id, row.total) for row in first.lines) == sorted(
        (row.product.id, row.total) for row in second.lines
    )


@given(GOODS, PIECES)
def test_a_product_more_leaves_the_other_lines_as_they_were(goods: list[Any], another: tuple[str, int]) -> None:
    before, after = price(lines_of(goods), BOOK), price(lines_of([*goods, another]), BOOK)
    assert [row.total for row in after.lines[:-1]] == [row.total for row in before.lines]


@given(GOODS, SHOPPERS, st.integers(0, 10_000))
def test_the_hub_derives_the_same_sale_again(goods: list[Any], shopper: str, more: int) -> None:
    assert differences(sold(goods, shopper, more), BOOK) == []


@given(GOODS, SHOPPERS)
def test_a_sale_comes_through_the_wire_unchanged(goods: list[Any], shopper: str) -> None:
    sale = sold(goods, shopper)
    assert sale_from(json.loads(json.dumps(sale.as_dict()))) == sale == sale_from(sale.as_dict())
    assert digest(json.loads(json.dumps(sale.as_dict()))) == digest(sale.as_dict())


@given(st.integers(0, 10**9), st.lists(st.integers(-5, TENDER_MAX + 5), max_size=TENDERS_MAX + 2))
def test_tenders_are_refused_or_their_sum_less_the_change_is_the_total(total: int, amounts: list[int]) -> None:
    try:
        settled = settle(total, [Tender("cash", amount) for amount in amounts])
    except TenderRefused as refusal:
        assert (
            len(amounts) > TENDERS_MAX
            or min(amounts, default=1) <= 0
            or max(amounts, default=1) > TENDER_MAX
            or (refusal.code == "tender.short" and sum(amounts) < total)
        )
    else:
        assert settled.tendered - settled.change == total
        assert settled.change >= 0


@given(st.integers(0, 10**7))
def test_every_suggested_amount_pays_the_total(total: int) -> None:
    amounts = suggested(total, "EUR")
    assert amounts[0] == total
    assert amounts == sorted(set(amounts))
    assert len(amounts) <= 5


FIGURES = ["total", "change", "points"]
LINE_FIGURES = ["unit_price", "total", "tax", "points"]


@given(GOODS, st.sampled_from(FIGURES), st.integers(1, 1000))
def test_a_changed_figure_of_a_sale_is_found(goods: list[Any], what: str, by: int) -> None:
    sale = sold(goods)
    forged = replace(sale, **{what: getattr(sale, what) + by})
    row = {"what": what, "line": "", "sold": getattr(forged, what), "derived": getattr(sale, what)}
    assert row in differences(forged, BOOK)


@given(GOODS, st.data(), st.sampled_from(LINE_FIGURES), st.integers(1, 1000))
def test_a_changed_figure_of_a_line_is_found(goods: list[Any], data: st.DataObject, what: str, by: int) -> None:
    sale = sold(goods)
    place = data.draw(st.integers(0, len(sale.lines) - 1))
    line = sale.lines[place]
    changed = replace(line, **{what: getattr(line, what) + by})
    forged = replace(sale, lines=(*sale.lines[:place], changed, *sale.lines[place + 1 :]))
    row = {"what": what, "line": line.id, "sold": getattr(changed, what), "derived": getattr(line, what)}
    assert row in differences(forged, BOOK)


def whats(sale: Sale, book: PriceBook) -> set[tuple[str, str]]:
    return {(row["what"], row["line"]) for row in differences(sale, book)}


def test_a_price_that_rose_since_is_a_difference_even_where_the_money_would_not_do() -> None:
    dearer = replace(BOOK, products=PRODUCTS | {"p-0": replace(PRODUCTS["p-0"], price=9999)})
    found = differences(BASKET, dearer)
    assert {"what": "unit_price", "line": "l-1", "sold": 189, "derived": 9999} in found
    assert {"what": "total", "line": "", "sold": 1061, "derived": 20681} in found
    assert "change" not in {row["what"] for row in found}


def test_a_product_that_is_gone_is_named_and_the_rest_is_derived() -> None:
    without = replace(BOOK, products={key: one for key, one in PRODUCTS.items() if key != "p-4"})
    assert differences(BASKET, without) == [{"what": "item", "line": "l-2", "sold": "p-4", "derived": None}]


def test_a_tax_rate_that_is_gone_is_named_and_the_rest_is_derived() -> None:
    without = replace(BOOK, taxes={"A": TAXES["A"]})
    assert differences(BASKET, without) == [{"what": "rate", "line": "", "sold": "B", "derived": None}]


def test_nothing_known_at_all_is_still_no_crash() -> None:
    assert whats(BASKET, PriceBook(1, "EUR", {}, {})) == {
        ("item", "l-1"),
        ("item", "l-2"),
        ("item", "l-3"),
        ("rate", ""),
    }


def test_a_changed_rate_shows_in_the_tax_table() -> None:
    changed = replace(BOOK, taxes=TAXES | {"A": replace(TAXES["A"], rate=2100)})
    assert {("taxes", ""), ("tax", "l-1"), ("tax", "l-3")} <= whats(BASKET, changed)


def test_another_currency_is_a_difference() -> None:
    assert whats(BASKET, replace(BOOK, currency="USD")) == {("currency", "")}


def test_lines_that_do_not_add_up_and_half_a_piece_are_named() -> None:
    assert ("sum", "") in whats(replace(BASKET, lines=BASKET.lines[:2]), BOOK)
    half = replace(BASKET.lines[0], quantity=500)
    assert ("quantity", "l-1") in whats(replace(BASKET, lines=(half, *BASKET.lines[1:])), BOOK)


def test_points_for_a_shopper_nobody_knows_are_a_difference() -> None:
    assert ("points", "") in whats(replace(BASKET, shopper=""), BOOK)


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("a text for an amount", {"total": "1061"}),
    ("a fraction for an amount", {"total": 1061.0}),
    ("a yes for an amount", {"total": True}),
    ("an amount below nothing", {"total": -1}),
    ("an amount no database keeps", {"total": AMOUNT_MAX + 1}),
    ("a moment below nothing", {"at": -1}),
    ("no number", {"number": ""}),
    ("no id", {"id": ""}),
    ("an id longer than any database keeps", {"id": "s" * 65}),
    ("an id with a sign that no database keeps", {"cart": "c\0"}),
    ("a number longer than any database keeps", {"number": "1" * 21}),
    ("a currency of two letters", {"currency": "EU"}),
    ("a hold that no database looks for", {"tenders": [asdict(BASKET.tenders[0]) | {"hold": "h" * 65}]}),
    ("goods that no database looks for", {"lines": [asdict(BASKET.lines[0]) | {"item": "\0"}]}),
    ("a card as a tender", {"tenders": [{"kind": "card", "amount": 1061}]}),
    ("too many tenders", {"tenders": [{"kind": "cash", "amount": 1}] * (TENDERS_MAX + 1)}),
    ("no lines", {"lines": []}),
    ("lines that are a text", {"lines": "milk"}),
    ("the same line twice", {"lines": [asdict(BASKET.lines[0])] * 2}),
    ("a quantity of nothing", {"lines": [asdict(BASKET.lines[0]) | {"quantity": 0}]}),
    ("a price below nothing", {"lines": [asdict(BASKET.lines[0]) | {"unit_price": -1}]}),
    ("a line with a field too many", {"lines": [asdict(BASKET.lines[0]) | {"discount": 5}]}),
    ("a rate of minus a hundred percent", {"taxes": [asdict(BASKET.taxes[0]) | {"rate": -10_000}]}),
    ("a field too many", {"paid": True}),
]


@pytest.mark.parametrize("change", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_no_till_writes_is_not_taken_for_a_sale(change: dict[str, Any]) -> None:
    with pytest.raises(SaleError) as caught:
        sale_from(BASKET.as_dict() | change)
    assert caught.value.code == "sale.malformed"


@pytest.mark.parametrize("field", sorted(set(BASKET.as_dict()) - SINCE_PROMOTIONS))
def test_a_sale_with_a_missing_field_says_which(field: str) -> None:
    body = BASKET.as_dict()
    del body[field]
    with pytest.raises(SaleError, match=f"{field}: Field required"):
        sale_from(body)


@pytest.mark.parametrize("body", [None, [], "sale", 7, {}])
def test_something_that_is_no_object_is_no_sale(body: Any) -> None:
    with pytest.raises(SaleError):
        sale_from(body)


def test_an_empty_cart_cannot_be_paid() -> None:
    with pytest.raises(SaleError) as caught:
        sold([])
    assert caught.value.code == "sale.empty"


def test_goods_that_cost_nothing_are_sold_without_money() -> None:
    gift = sold([("p-3", 1000)])
    assert (gift.total, gift.tenders, gift.change, gift.points) == (0, (), 0, 0)
    assert differences(gift, BOOK) == []


def test_a_product_nobody_knows_has_no_price() -> None:
    with pytest.raises(CatalogueError) as caught:
        price([CartLine("l", "p-99", 1000, "till-1", "till", 1)], BOOK)
    assert (caught.value.code, caught.value.params) == ("catalogue.unknown_item", {"item": "p-99"})


def test_only_weighed_goods_are_sold_in_parts() -> None:
    BOOK.check_quantity("p-4", 345)
    BOOK.check_quantity("p-0", -2000)
    with pytest.raises(CartRefused) as caught:
        BOOK.check_quantity("p-0", 500)
    assert caught.value.code == "cart.whole_pieces"
    with pytest.raises(CatalogueError):
        BOOK.check_quantity("p-99", 1000)


@given(GOODS)
def test_a_sale_moves_exactly_its_goods_out_of_its_store_once_a_line(goods: list[Any]) -> None:
    moves = moves_of(sold(goods))
    assert [(move.item, -move.quantity) for move in moves] == goods
    assert len({(move.source, move.line) for move in moves}) == len(moves)
    assert {move.store for move in moves} == {"main"}


def test_movements_of_bundles_have_names_of_their_own_whatever_their_lines_are_called() -> None:
    """A phone chooses the ids of its lines, and a till cannot keep two movements of one name."""
    box = replace(PRODUCTS["p-0"], id="box", parts={"p-0": 1000, "p-1": 2000})
    book = PriceBook(7, "EUR", {**PRODUCTS, "box": box}, TAXES)
    names = ["a", "0.a", "a.0", "1.a", "x" * 64, "x" * 63 + "y", "x" * 62]
    lines = [CartLine(name, "p-0" if "." in name else "box", 1000, "till-1", "till", n) for n, name in enumerate(names)]
    head = SaleHead("sale", "01-01-000001", "main", "till-1", "", "cart", "", 1)
    priced = price(lines, book)
    sale = close(head, priced, [Tender("cash", priced.total)], book)
    kept = {move.line for move in moves_of(sale)}
    assert len(kept) == len(moves_of(sale)) == 11 and max(map(len, kept)) <= 64
    body = sale.as_dict()
    body["lines"][0]["parts"] = {"x" * 65: 1000}
    with pytest.raises(SaleError):
        sale_from(body)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_two_sales_of_a_terminal_never_share_a_number(one: int, another: int) -> None:
    assume(one != another)
    assert sale_number("01", "02", one) != sale_number("01", "02", another)
    assert sale_number("01", "02", one) != sale_number("01", "03", one)


def test_a_product_written_and_read_is_the_same_product() -> None:
    boots = Product(
        "p-9",
        "09520123456788",
        {"en": "Boots", "ru": "Ботинки"},
        "shoes",
        8900,
        "A",
        family="boots",
        attributes={"size": {"en": "42", "ru": "42"}},
        picture="boots",
    )
    assert product_from(json.loads(json.dumps(boots.as_dict()))) == boots


def test_the_same_value_has_the_same_bytes_whatever_the_order_of_its_keys() -> None:
    assert canonical({"b": 1, "a": "чай €"}) == '{"a":"чай €","b":1}'.encode() == canonical({"a": "чай €", "b": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_half_a_surrogate_pair_from_outside_still_has_a_hash() -> None:
    assert digest({"note": "\ud800"}) != digest({"note": "\ud801"})
