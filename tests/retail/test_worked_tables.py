"""The worked tables of docs/pricing.md and docs/loyalty.md, row by row: the page and the code cannot disagree."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from receipt_checker.check import faults
from retail import loyalty
from retail.cart import Actor, Add, Cart, CartLine, apply
from retail.catalogue import Product, TaxPart, TaxRate, Unit, bundle_part, check_packs, check_parts
from retail.errors import CartRefused, CatalogueError, TenderRefused
from retail.money import extend, minor_digits, split
from retail.occasion import Occasion
from retail.price_lists import Break, ListPrice, PriceList, PriceLists, unit_price
from retail.pricing import PriceBook, PricedCart, price
from retail.sale import SaleHead, close
from retail.stock import bundles_in, moves_of
from retail.tax import WHOLE, TaxRules, headline, tax_document
from retail.tender import Tender, settle, suggested
from retail.wall_clock import first_moment

DOCS = Path(__file__).parents[2] / "docs"
TABLES = {
    "pricing.md": {
        *(
            "line",
            "units",
            "packs",
            "bundles",
            "decimals",
            "lists",
            "wall",
            "split",
            "tax",
            "tax_rules",
            "cart",
            "pay",
            "cash",
            "suggested",
        ),
    },
    "coupons.md": {"check", "typed", "usable", "waits", "ledger"},
    "loyalty.md": {
        "earned",
        "shared",
        "sale",
        "lines",
        "terms",
        "history",
        "entries",
        "parts",
        "worth",
        "tiers",
        "outlook",
        "allowance",
        "approval",
        "late",
    },
}


def tables(page: str) -> dict[str, list[list[str]]]:
    """The marked tables of a page: name to rows of cells, without the head."""
    found: dict[str, list[list[str]]] = {}
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, body in re.findall(r"<!-- table: (\w+) -->\n((?:\|.*\n)+)", text):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in body.splitlines()]
        found[name] = rows[2:]
    return found


def rows(page: str, name: str) -> list[object]:
    return [pytest.param(row, id="; ".join(cell for cell in row if cell)) for row in tables(page)[name]]


def numbers(cell: str) -> list[int]:
    return [int(part) for part in cell.split(",")] if cell else []


def pairs(cell: str) -> list[tuple[str, str]]:
    """ "A: 100, B: 200" as [("A", "100"), ("B", "200")]."""
    parts = [part.split(":") for part in cell.split(",")] if cell else []
    return [(code.strip(), value.strip()) for code, value in parts]


def rates_of(cell: str) -> dict[str, TaxRate]:
    """ "A: 2000" in hundredths of a percent, "A: 50000 + ^95000" or more than 10000 in parts of a million."""
    return {code: rate_of(code, rate) for code, rate in pairs(cell)}


def rate_of(code: str, rate: str) -> TaxRate:
    if "+" not in rate and int(rate) <= WHOLE:
        return TaxRate(code, {}, int(rate))
    parts = tuple(
        TaxPart({}, int(part.strip().removeprefix("^")), part.strip().startswith("^")) for part in rate.split("+")
    )
    return TaxRate(code, {}, headline(parts), parts)


@pytest.mark.parametrize("page", TABLES)
def test_each_page_still_has_all_its_tables_with_rows(page: str) -> None:
    found = tables(page)
    assert set(found) == TABLES[page]
    assert all(len(table) >= 3 for table in found.values())


@pytest.mark.parametrize("row", rows("pricing.md", "line"))
def test_a_line_costs_what_the_page_says(row: list[str]) -> None:
    unit_price, quantity, total, _ = row
    assert extend(int(unit_price), int(quantity)) == int(total)


@pytest.mark.parametrize("row", rows("pricing.md", "units"))
def test_a_unit_is_sold_as_the_page_says(row: list[str]) -> None:
    unit, each, quantity, total, refused, _ = row
    goods = Product("p", "", {}, "", int(each), "A", cast(Unit, unit))
    book = PriceBook(1, "EUR", {"p": goods}, {"A": TaxRate("A", {}, 2000)})
    assert goods.measured == (unit != "piece") and goods.weighed == (unit == "kg")
    if refused:
        with pytest.raises(CartRefused) as told:
            book.check_quantity("p", int(quantity))
        assert told.value.code == refused
        return
    book.check_quantity("p", int(quantity))
    line = CartLine("line", "p", int(quantity), "till-1", "till", 1, weighed=goods.measured)
    assert price([line], book).total == int(total)


@pytest.mark.parametrize("row", rows("pricing.md", "packs"))
def test_packs_are_lines_of_pieces_as_the_page_says(row: list[str]) -> None:
    scanned, lines, each, total, _ = row
    goods = Product("p", "", {}, "", 100, "A", packs={"19520000000001": 6, "29520000000008": 12})
    check_packs(goods)
    six = PriceLists({"six": PriceList("six", 1, {})}, {"p": {"six": (Break(6000, 90),)}})
    book = PriceBook(1, "EUR", {"p": goods}, {"A": TaxRate("A", {}, 2000)}, lists=six)
    cart = Cart("cart")
    for n, pieces in enumerate(numbers(scanned)):
        more = Add(f"line-{n}", "p", pieces * 1000, pack=pieces if pieces > 1 else 0)
        cart = apply(cart, Actor("till-1", "till"), more, 0)
    of = [f"{line.quantity // 1000}" + (f" of {line.pack}" if line.pack else "") for line in cart.of("till-1")]
    assert ", ".join(of) == lines
    priced = price(cart.of("till-1"), book, Occasion(datetime(2026, 5, 29, 12), "main", "till"))
    assert ({row.unit_price for row in priced.lines}, priced.total) == ({int(each)}, int(total))


@pytest.mark.parametrize("row", rows("pricing.md", "bundles"))
def test_a_bundle_takes_its_parts_off_the_shelf_as_the_page_says(row: list[str]) -> None:
    tax, cell, sold, leaves, refused, _ = row
    shelf = {name: Product(name, "", {}, "", 100, "A") for name in ("loaf", "honey")}
    shelf["tea"] = Product("tea", "", {}, "", 100, "A", "kg")
    parts = {item: int(count) for count, item in (part.strip().split(" × ") for part in cell.split(","))}
    box = Product("box", "", {}, "", 990, tax, parts=parts)
    if refused:
        with pytest.raises(CatalogueError) as told:
            check_parts(box, shelf)
        assert told.value.code == refused
        return
    check_parts(box, shelf)
    book = PriceBook(1, "EUR", {"box": box}, {"A": TaxRate("A", {}, 2000)})
    priced = price([CartLine("line", "box", int(sold), "till-1", "till", 1)], book)
    assert priced.total == 990 * int(sold) // 1000
    head = SaleHead("sale", "01-01-000001", "main", "till-1", "", "cart", "", 1)
    sale = close(head, priced, [Tender("cash", priced.total)], book)
    assert {move.item: -move.quantity for move in moves_of(sale)} == {k: int(v) for k, v in pairs(leaves)}
    assert bundles_in(parts, {item: each * 3 + each - 1 for item, each in parts.items()}) == 3000
    assert faults(sale.as_dict()) == []


def test_a_bundle_is_no_part_of_a_bundle() -> None:
    loaf = Product("loaf", "", {}, "", 100, "A", parts={"honey": 1000})
    with pytest.raises(CatalogueError) as told:
        check_parts(Product("box", "", {}, "", 990, "A", parts={"loaf": 1000}), {"loaf": loaf})
    assert (told.value.code, told.value.params) == (bundle_part("loaf").code, {"item": "loaf"})


@pytest.mark.parametrize("row", rows("pricing.md", "split"))
def test_an_amount_is_shared_as_the_page_says(row: list[str]) -> None:
    amount, weights, shares, _ = row
    assert split(int(amount), numbers(weights)) == numbers(shares)


@pytest.mark.parametrize("row", rows("pricing.md", "tax"))
def test_the_tax_table_is_as_the_page_says(row: list[str]) -> None:
    lines, rates, table, by_line, _ = row
    sums, shares = tax_document([(code, int(gross)) for code, gross in pairs(lines)], rates_of(rates))
    assert ", ".join(f"{one.code}: {one.net} + {one.tax}" for one in sums) == table
    assert shares == numbers(by_line)
    assert all(one.gross == one.net + one.tax for one in sums)


@pytest.mark.parametrize("row", rows("pricing.md", "tax_rules"))
def test_the_rules_of_a_store_give_the_tax_that_the_page_says(row: list[str]) -> None:
    lines, rates, prices, rounding, table, by_line, total, _ = row
    amounts = [(code, int(amount)) for code, amount in pairs(lines)]
    rules = TaxRules(prices == "added", "line" if rounding == "line" else "document")
    sums, shares = tax_document(amounts, rates_of(rates), rules)
    shown = [f"{one.code}: {one.net} + " + " + ".join(str(part.tax) for part in one.parts or (one,)) for one in sums]
    assert ", ".join(shown) == table
    assert shares == numbers(by_line)
    assert sum(one.gross for one in sums) == int(total)
    assert int(total) == sum(amount for _, amount in amounts) + (sum(shares) if rules.added else 0)


@pytest.mark.parametrize("row", rows("pricing.md", "decimals"))
def test_a_currency_shows_the_decimals_that_the_page_says(row: list[str]) -> None:
    assert minor_digits(row[0]) == int(row[1])


LISTS = {
    "A": PriceList("A", 1, {}),
    "N": PriceList("N", 2, {}, stores=("north",)),
    "O": PriceList("O", 3, {}, channels=("online",)),
    "G": PriceList("G", 4, {}, groups=("staff",)),
    "W": PriceList("W", 5, {}, starts="2026-11-27T18:00", ends="2026-11-30T00:00"),
    "T": PriceList("T", 6, {}, stores=("north",)),
}
OFFERS = {
    "A": (Break(0, 90), Break(6000, 80)),
    **{name: (Break(0, amount),) for name, amount in {"N": 95, "O": 85, "G": 88, "W": 70, "T": 95}.items()},
}


@pytest.mark.parametrize("row", rows("pricing.md", "lists"))
def test_the_list_that_the_page_names_gives_the_price(row: list[str]) -> None:
    named, store, channel, groups, local, quantity, amount, winner, _ = row
    names = [name.strip() for name in named.split(",") if name]
    lists = PriceLists({name: LISTS[name] for name in names}, {"p-1": {name: OFFERS[name] for name in names}})
    occasion = Occasion(
        datetime.fromisoformat(local),
        store,
        channel,  # type: ignore[arg-type]
        groups=frozenset({groups} - {""}),
    )
    found = unit_price(Product("p-1", "", {}, "d", 100, "A"), int(quantity), lists, occasion)
    assert found == ListPrice(int(amount), winner, LISTS[winner].version if winner else 0)


@pytest.mark.parametrize("row", rows("pricing.md", "wall"))
def test_the_clock_on_the_wall_is_read_as_the_page_says(row: list[str]) -> None:
    typed, zone, moment, _ = row
    assert datetime.fromtimestamp(first_moment(typed, ZoneInfo(zone)) / 1000, UTC).isoformat() == moment


def priced_cart(cell: str) -> PricedCart:
    products, lines = {}, []
    for n, part in enumerate(cell.split(","), 1):
        quantity, unit_price, tax = re.fullmatch(r"\s*(\d+) × (\d+) (\w)\s*", part).groups()  # type: ignore[union-attr]
        products[f"p-{n}"] = Product(f"p-{n}", "", {"en": f"Thing {n}"}, "d", int(unit_price), tax, "kg")
        lines.append(CartLine(f"l-{n}", f"p-{n}", int(quantity), "till-1", "till", n))
    return price(lines, PriceBook(1, "EUR", products, rates_of("A: 2000, B: 1000")))


@pytest.mark.parametrize("row", rows("pricing.md", "cart"))
def test_a_cart_costs_what_the_page_says(row: list[str]) -> None:
    cart, total, tax, lines = row
    priced = priced_cart(cart)
    assert (priced.total, priced.tax, [line.total for line in priced.lines]) == (int(total), int(tax), numbers(lines))


@pytest.mark.parametrize("row", rows("pricing.md", "pay"))
def test_tenders_settle_as_the_page_says(row: list[str]) -> None:
    total, amounts, change, refused, _ = row
    tenders = [Tender("cash", amount) for amount in numbers(amounts)]
    if refused:
        with pytest.raises(TenderRefused) as caught:
            settle(int(total), tenders)
        assert caught.value.code == refused
        if refused == "tender.short":
            assert caught.value.params["missing"] == int(total) - sum(numbers(amounts))
    else:
        assert settle(int(total), tenders).change == int(change)


@pytest.mark.parametrize("row", rows("pricing.md", "cash"))
def test_cash_is_rounded_as_the_page_says(row: list[str]) -> None:
    total, step, amounts, rounding, change, refused, _ = row
    tenders = [Tender("cash", amount) for amount in numbers(amounts)]
    if refused:
        with pytest.raises(TenderRefused) as caught:
            settle(int(total), tenders, int(step))
        assert (caught.value.code, caught.value.params) == (refused, {"missing": 2})
    else:
        settled = settle(int(total), tenders, int(step))
        assert (settled.rounding, settled.change) == (int(rounding), int(change))


@pytest.mark.parametrize("row", rows("pricing.md", "suggested"))
def test_the_till_suggests_what_the_page_says(row: list[str]) -> None:
    total, currency, amounts = row
    assert suggested(int(total), currency) == numbers(amounts)


@pytest.mark.parametrize("row", rows("loyalty.md", "earned"))
def test_a_sale_earns_what_the_page_says(row: list[str]) -> None:
    paid, points = row
    assert loyalty.earned(int(paid)) == int(points)


@pytest.mark.parametrize("row", rows("loyalty.md", "shared"))
def test_points_are_shared_as_the_page_says(row: list[str]) -> None:
    points, totals, shares, _ = row
    assert loyalty.share(int(points), numbers(totals)) == numbers(shares)


@pytest.mark.parametrize("row", rows("loyalty.md", "sale"))
def test_only_a_known_shopper_earns(row: list[str]) -> None:
    totals, shopper, points = row
    products = {f"p-{total}": Product(f"p-{total}", "", {"en": "x"}, "d", total, "A") for total in numbers(totals)}
    book = PriceBook(1, "EUR", products, rates_of("A: 2000"))
    lines = [CartLine(f"l-{n}", f"p-{total}", 1000, "till-1", "till", n) for n, total in enumerate(numbers(totals))]
    head = SaleHead("s-1", "01-01-000001", "main", "till-1", "c-1", "cart-1", shopper, 1)
    sale = close(head, price(lines, book), [Tender("cash", sum(numbers(totals)) or 1)], book)
    assert sale.points == int(points) == sum(line.points for line in sale.lines)
