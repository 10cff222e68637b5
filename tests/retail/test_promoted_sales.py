"""A sale with promotions: what is stored of them, and that the hub derives the same."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from promotion_carts import carts, promotions
from promotion_words import NOON, book_of, cart_of

from retail.cart import CartLine
from retail.catalogue import Product
from retail.coupons import COUPONS_MAX
from retail.errors import SaleError
from retail.pricing import PriceBook, price
from retail.promotions import shown
from retail.promotions.kinds import as_dict, promotion_from
from retail.promotions.promotion import Promotion, RuleBook
from retail.sale import Sale, SaleCoupon, SaleHead, SaleMark, SaleShare, close, differences, sale_from
from retail.states import CouponShown, GivenShown, HintShown
from retail.tax import TaxRules
from retail.tender import Tender

HEAD = SaleHead("s-1", "01-01-000001", "main", "till-1", "staff-anna", "cart-1", "", 1)


def sold(products: dict[str, Product], lines: list[CartLine], book: PriceBook) -> Sale:
    priced = price(lines, book, NOON)
    return close(HEAD, priced, [Tender("cash", priced.total)] if priced.total else [], book, priced_at=7)


def basket() -> tuple[Sale, PriceBook]:
    products, lines = cart_of("3 × 100 snacks, 1 × 700 tea")
    book = book_of(products, "3 for 2 snacks; 10% off tea; 5% off from 500 [lane 20]")
    return sold(products, lines, book), book


def test_a_sale_keeps_what_each_unit_got_off_and_by_which_version() -> None:
    sale, _ = basket()
    assert [(row.id, row.version, row.saved) for row in sale.promotions] == [
        ("p1", 1, 100),
        ("p2", 1, 70),
        ("p3", 1, 42),
    ]
    snacks, tea = sale.lines
    assert tea.shares == (SaleShare(1, (SaleMark("p2", 70), SaleMark("p3", 32))),)
    assert (tea.discounts, tea.off, tea.total) == ({"p2": 70, "p3": 32}, 102, 598)
    assert sum(share.count for share in snacks.shares) == 3
    assert (snacks.off, snacks.total, sale.total, sale.priced_at) == (110, 190, 788, 7)


def test_a_sale_uses_those_of_its_coupons_that_gave_something() -> None:
    products, lines = cart_of("3 × 100 snacks, 1 × 700 tea")
    book = book_of(products, "3 for 2 snacks")
    priced = price(lines, book, NOON)
    coupons = [SaleCoupon("c-1", "p1"), SaleCoupon("c-2", "p9")]
    assert [priced.given.gave(one.promotion) for one in coupons] == [True, False]
    sale = close(HEAD, priced, [Tender("cash", priced.total)], book, 7, coupons)
    assert sale.coupons == (coupons[0],)
    assert sale_from(sale.as_dict()) == sale
    with pytest.raises(SaleError, match="too many coupons"):
        sale_from(replace(sale, coupons=tuple(coupons[:1] * (COUPONS_MAX + 1))).as_dict())


@pytest.mark.parametrize(
    ("said", "state", "fails", "missing"),
    [
        ("3 for 2 snacks", "given", "", 0),
        ("5% off from 2000 [lane 20]", "not_met", "step", 1000),
        ("10% off milk", "untouched", "", 0),
    ],
)
def test_a_coupon_says_what_it_does_in_a_cart_and_why_not_more(said: str, state: str, fails: str, missing: int) -> None:
    products, lines = cart_of("3 × 100 snacks, 1 × 700 tea")
    book = book_of(products, said)
    doing = shown.coupon(book.rules.named["p1"], [(price(lines, book, NOON).given, NOON)])
    assert (doing["state"], doing["fails"], doing["missing"]) == (state, fails, missing)
    assert doing["off"] == (100 if state == "given" else 0)
    assert CouponShown.model_validate({"claim": "c-1", "promotion": "p1", "names": {}, **doing})


@pytest.mark.parametrize("goods", ["1 × 700 tea", "1 × 700 milk"])
@pytest.mark.parametrize(
    ("part", "why"), [({"paused": True}, "paused"), ({"end": "2020-01-01T00:00"}, "time")], ids=["paused", "over"]
)
def test_a_coupon_of_a_promotion_that_is_paused_or_over_says_so_whether_its_goods_are_there_or_not(
    goods: str, part: dict[str, Any], why: str
) -> None:
    products, lines = cart_of(goods)
    rule = replace(book_of(products, "10% off tea").rules.named["p1"], **part)
    book = replace(book_of(products, "10% off tea"), rules=RuleBook(1, [rule]))
    doing = shown.coupon(rule, [(price(lines, book, NOON).given, NOON)])
    assert (doing["fails"], doing["off"]) == (why, 0)


def test_a_coupon_does_what_it_does_in_the_best_of_several_purchases_and_nothing_where_its_promotion_is_gone() -> None:
    products, (milk, tea) = cart_of("1 × 700 milk, 1 × 700 tea")
    book = book_of(products, "10% off tea")
    purchases = [(price([line], book, NOON).given, NOON) for line in (milk, tea, tea)]
    assert shown.coupon(book.rules.named["p1"], purchases)["state"] == "given"
    assert shown.coupon(book.rules.named["p1"], purchases)["off"] == 140
    assert shown.coupon(None, purchases)["state"] == "untouched"


@given(carts(), promotions())
def test_the_hub_derives_what_the_till_sold_and_a_sale_comes_back_as_it_went(
    cart: tuple[dict[str, Product], list[CartLine]], rules: list[Promotion]
) -> None:
    products, lines = cart
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, rules))
    sale = sold(products, lines, book)
    assert differences(sale, book, NOON) == []
    assert sale_from(sale.as_dict()) == sale


def test_a_sale_of_an_older_terminal_has_no_word_of_promotions() -> None:
    products, lines = cart_of("1 × 100 snacks")
    body = sold(products, lines, book_of(products, "10% off tea")).as_dict()
    for field in ("promotions", "priced_at"):
        del body[field]
    del body["lines"][0]["shares"]
    assert sale_from(body).lines[0].shares == ()


def bent(sale: Sale, line: dict[str, Any] | None = None, **more: Any) -> Sale:
    return replace(sale, lines=(replace(sale.lines[0], **(line or {})), *sale.lines[1:]), **more)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"promotions": ()}, {"promotions"}),
        ({"line": {"total": 150}}, {"total", "discount", "sum"}),
        ({"line": {"shares": (SaleShare(3, (SaleMark("p1", 1),)),)}}, {"discount"}),
    ],
)
def test_a_discount_that_cannot_be_derived_is_named(change: dict[str, Any], named: set[str]) -> None:
    sale, book = basket()
    assert {row["what"] for row in differences(bent(sale, **change), book, NOON)} == named


def test_where_tax_is_added_a_promotion_is_taken_off_before_the_tax() -> None:
    products, lines = cart_of("3 × 100 snacks, 1 × 700 tea")
    book = replace(book_of(products, "3 for 2 snacks; 10% off tea"), tax_rules=TaxRules(added=True))
    sale = sold(products, lines, book)
    assert (sale.lines[1].total, sale.lines[1].off, sale.total) == (756, 70, 996)
    assert differences(sale, book, NOON) == []


class ReadWhenAsked(Mapping[str, Product]):
    """As the hub's: what nobody asked for yet is not among those that it goes through."""

    def __init__(self, products: dict[str, Product]) -> None:
        self._products, self._read = products, set[str]()

    def __getitem__(self, item: str) -> Product:
        self._read.add(item)
        return self._products[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def test_a_hub_that_has_just_started_derives_a_sale_by_its_own_book_and_not_by_the_sale() -> None:
    sale, book = basket()
    fresh = replace(book, products=ReadWhenAsked(dict(book.products)))
    assert differences(sale, fresh, NOON) == []
    dearer = {item: replace(product, price=product.price + 10) for item, product in book.products.items()}
    rows = differences(sale, replace(book, products=ReadWhenAsked(dearer)), NOON)
    assert {row["what"] for row in rows} >= {"total", "unit_price", "promotions"}


def test_a_promotion_that_was_not_in_force_then_is_named() -> None:
    sale, book = basket()
    over = RuleBook(2, [replace(one, end="2026-05-29T12:00") for one in book.rules.promotions])
    rows = differences(sale, replace(book, rules=over), NOON)
    assert {"what": "promotions", "line": "", "sold": {"p1": 100, "p2": 70, "p3": 42}, "derived": {}} in rows


def test_screens_get_what_was_given_and_what_is_missing_with_names() -> None:
    products, lines = cart_of("2 × 100 snacks, 1 × 700 tea")
    book = book_of(products, "3 for 2 snacks; 10% off tea")
    priced = price(lines, book, NOON)
    assert shown.given(priced.lines[1].discounts, book.rules) == [
        {"promotion": "p2", "names": {"en": "10% off tea"}, "off": 70}
    ]
    assert shown.hints(priced.given, book.rules) == [
        {"promotion": "p1", "names": {"en": "3 for 2 snacks"}, "measure": "units", "missing": 1}
    ]
    for row in shown.given(priced.lines[1].discounts, book.rules):
        GivenShown.model_validate(row)
    for row in shown.hints(priced.given, book.rules):
        HintShown.model_validate(row)


def test_while_the_same_promotions_are_in_force_prices_stay_the_same() -> None:
    products, _ = cart_of("1 × 100 tea")
    day = replace(book_of(products, "10% off tea").rules.promotions[0], end="2026-06-01T00:00")
    evening: Any = {"kind": "hours", "begin": 1080, "end": 1200}

    night = promotion_from({**as_dict(day), "id": "p2", "conditions": [evening]})
    rules = RuleBook(1, [day, night])
    assert rules.in_force(datetime(2026, 5, 29, 12)) == {"p1"}
    assert rules.in_force(datetime(2026, 5, 29, 18)) == {"p1", "p2"}
    assert day.at_this_hour(datetime(2026, 5, 31, 23, 59)) and not day.at_this_hour(datetime(2026, 6, 1))
    assert rules.in_force(datetime(2026, 6, 1, 18)) == frozenset()
