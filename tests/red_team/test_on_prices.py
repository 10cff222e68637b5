"""Attacks on the engine of prices, each by its name. What is found on returns comes with the returns."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from promotion_words import NOON, book_of, cart_of, promotion_of

from receipt_checker.check import faults
from retail.cart import LINE_QUANTITY_MAX, Actor, Add, Cart, CartLine, apply
from retail.catalogue import Product, TaxRate
from retail.errors import CartRefused, TenderRefused
from retail.occasion import Occasion
from retail.price_lists import Break, PriceList, PriceLists
from retail.pricing import PriceBook, price
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Amount
from retail.promotions.kinds import as_dict, kept_promotion
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.selector import Selector
from retail.sale import SaleHead, close
from retail.tender import Tender, settle
from retail.wall_clock import reached

HEAD = SaleHead("s-1", "01-01-000001", "main", "till-1", "anna", "cart", "", 1)
MANY = 10_000
ENGINE_MAX_S = 2.0


@pytest.mark.parametrize(("currency", "paid"), [("JPY", 189), ("EUR", 189), ("KWD", 189)])
def test_currencies_of_no_two_and_three_decimals(currency: str, paid: int) -> None:
    products, lines = cart_of("1 × 210 tea")
    book = replace(book_of(products, "10% off tea"), currency=currency)
    sale = close(HEAD, price(lines, book, NOON), [Tender("cash", 1000)], book)
    assert (sale.total, sale.change, sale.currency) == (paid, 1000 - paid, currency)
    assert faults(sale.as_dict()) == []


@pytest.mark.parametrize("quantity", [0, -1, -1000, LINE_QUANTITY_MAX + 1, 10**18])
def test_negative_and_huge_quantities(quantity: int) -> None:
    """Less than nothing of what is not there is none of it; a line below zero is never made."""
    till = Actor("till-1", "till")
    for before in (Cart("c"), apply(Cart("c"), till, Add("l", "tea", 1000), 1)):
        try:
            after = apply(before, till, Add("m", "tea", quantity), 2)
        except CartRefused as refused:
            assert refused.code in ("cart.quantity", "cart.too_much")
        else:
            assert quantity < 0 and all(line.quantity > 0 for line in after.lines.values())


def test_the_largest_cart_that_there_can_be_is_priced_to_the_cent() -> None:
    products = {"gold": Product("gold", "", {}, "", 10**9, "A")}
    book = PriceBook(1, "EUR", products, {"A": TaxRate("A", {}, 2000)})
    lines = [CartLine(f"l-{n}", "gold", LINE_QUANTITY_MAX, "till-1", "till", n) for n in range(500)]
    priced = price(lines, book, NOON)
    assert priced.total == 500 * 9_999 * 10**9 == sum(line.total for line in priced.lines)
    assert sum(line.tax for line in priced.lines) == priced.tax
    with pytest.raises(TenderRefused):
        settle(priced.total, [Tender("cash", 10**12)])


@pytest.mark.parametrize("rules", ["700 off each tea", "900 off from 0", "500 off each tea; 500 off from 1 [lane 20]"])
def test_a_promotion_that_would_make_a_line_negative(rules: str) -> None:
    products, lines = cart_of("1 × 600 tea, 1 × 0 dairy")
    priced = price(lines, book_of(products, rules), NOON)
    assert (priced.total, priced.off) == (0, 600)
    assert all(line.total >= 0 and line.tax >= 0 for line in priced.lines)


def test_ten_thousand_promotions() -> None:
    items = {f"p-{n}": Product(f"p-{n}", "", {}, "tea", 500, "A") for n in range(MANY)}
    rules = [
        Promotion(f"r-{n:05d}", 1, {}, EachUnit(Amount(1 + n % 99), Selector(items=frozenset({f"p-{n}"}))))
        for n in range(MANY)
    ]
    book = PriceBook(1, "EUR", items, {"A": TaxRate("A", {}, 2000)}, RuleBook(1, rules))
    lines = [CartLine(f"l-{n}", f"p-{n * 97}", 1000, "till-1", "till", n) for n in range(30)]
    began = time.monotonic()
    priced = price(lines, book, NOON)
    assert time.monotonic() - began < ENGINE_MAX_S
    assert priced.off == sum(1 + n * 97 % 99 for n in range(30))


def test_rules_that_exclude_each_other_in_a_ring() -> None:
    products, lines = cart_of("1 × 100 tea, 1 × 100 dairy, 1 × 100 snacks, 1 × 100 soap")
    ring = "50% off tea [group x y]; 40% off dairy [group y z]; 30% off snacks [group z w]; 20% off soap [group w x]"
    priced = price(lines, book_of(products, ring), NOON)
    # Of a ring of four every second can be had: 50 and 30 are more than 40 and 20.
    assert dict(priced.given.saved) == {"p1": 50, "p3": 30}


def test_a_rule_from_a_newer_version() -> None:
    products, lines = cart_of("1 × 600 tea")
    newer = kept_promotion(
        as_dict(promotion_of("p1", "20% off tea")) | {"benefit": {"kind": "teleport", "to": "shelf"}}
    )
    book = replace(book_of(products, "10% off tea"), rules=RuleBook(2, [newer, promotion_of("p2", "10% off tea")]))
    assert dict(price(lines, book, NOON).given.saved) == {"p2": 60}


def at(moment: datetime, zone: str) -> Occasion:
    return Occasion(reached(int(moment.timestamp() * 1000), ZoneInfo(zone)), "main", "till")


def test_midnight_in_the_zone_of_the_store_with_a_cart_open() -> None:
    products, lines = cart_of("1 × 600 tea")
    day = replace(promotion_of("p1", "50% off tea"), begin="2026-06-01T00:00", end="2026-06-02T00:00")
    book = replace(book_of(products, "1% off tea"), rules=RuleBook(1, [day]))
    # Midnight in Tallinn is 21:00 in UTC the day before; a hub that stands elsewhere must not decide.
    for moment, total in ((20, 600), (21, 300)):
        asked = at(datetime(2026, 5, 31, moment, 0, tzinfo=UTC), "Europe/Tallinn")
        assert price(lines, book, asked).total == total
    assert price(lines, book, at(datetime(2026, 6, 1, 21, 0, tzinfo=UTC), "Europe/Tallinn")).total == 600


def test_the_change_of_the_clocks_with_a_cart_open() -> None:
    products, lines = cart_of("1 × 600 tea")
    night = PriceList("W", 1, {}, starts="2026-10-25T03:00", ends="2026-10-25T03:30")
    lists = PriceLists({"W": night}, {"a": {"W": (Break(0, 500),)}})
    book = replace(book_of(products, "1% off dairy"), lists=lists)
    asked = [(0, 0), (0, 29), (0, 30), (1, 0), (1, 15), (2, 0)]
    paid = [price(lines, book, at(datetime(2026, 10, 25, *when, tzinfo=UTC), "Europe/Tallinn")).total for when in asked]
    # 03:00 to 03:30 is shown twice that night; the price that ended does not begin again.
    assert paid == [500, 500, 600, 600, 600, 600]


def test_every_attack_of_the_page_has_its_test_and_every_test_its_line() -> None:
    here = Path(__file__).parent
    page = (here.parents[1] / "docs" / "attacks.md").read_text(encoding="utf-8")
    tests = {name for file in here.glob("test_*.py") for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)}
    assert set(re.findall(r"`(test_\w+)`", page)) == tests - {ITSELF}


ITSELF = "test_every_attack_of_the_page_has_its_test_and_every_test_its_line"
