"""What must hold for every store's rules: price lists, tax of every kind, cash rounding, and whole carts of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail.cart import CartLine
from retail.catalogue import Product, Store, TaxPart, TaxRate, tax_rate_from
from retail.errors import CatalogueError, TenderRefused
from retail.occasion import Occasion
from retail.price_lists import (
    Break,
    ListPrice,
    PriceList,
    PriceLists,
    breaks_as_rows,
    breaks_from,
    check_breaks,
    check_list,
    price_list_from,
    unit_price,
)
from retail.pricing import PriceBook, book_of, price
from retail.sale import Sale, SaleHead, close, differences, sale_from
from retail.tax import TaxRules, headline, taken, tax_document
from retail.tender import Tender, cash_rounding, settle
from retail.wall_clock import first_moment, reached

ZONE = "Europe/Tallinn"
PLACE = ZoneInfo(ZONE)
NOON = first_moment("2026-11-22T12:00", PLACE)
PARTS = st.lists(st.builds(TaxPart, st.just({}), st.integers(0, 300_000), st.booleans()), max_size=4).map(tuple)
RATES = st.fixed_dictionaries({code: st.tuples(st.integers(0, 3000), PARTS) for code in "AB"}).map(
    lambda found: {
        code: TaxRate(code, {}, headline(parts) if parts else rate, parts) for code, (rate, parts) in found.items()
    }
)
RULES = st.builds(TaxRules, st.booleans(), st.sampled_from(["document", "line"]))
LINES = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 10**7)), max_size=20)


@given(LINES, RATES, RULES)
@example([("A", 3)], {"A": TaxRate("A", {}, 0, (TaxPart({}, 300_000),) * 8)}, TaxRules())
def test_tax_of_every_kind_adds_up(lines: list[tuple[str, int]], rates: dict[str, TaxRate], rules: TaxRules) -> None:
    sums, by_line = tax_document(lines, rates, rules)
    assert sum(by_line) == sum(row.tax for row in sums)
    for row in sums:
        amount = sum(amount for code, amount in lines if code == row.code)
        assert row.gross == row.net + row.tax
        assert amount == (row.net if rules.added else row.gross)
        assert row.tax == sum(tax for (code, _), tax in zip(lines, by_line, strict=True) if code == row.code)
        assert row.tax >= 0 and row.net >= 0
        if rates[row.code].parts:
            assert sum(part.tax for part in row.parts) == row.tax
            assert [part.ppm for part in row.parts] == [part.ppm for part in rates[row.code].parts]
        else:
            assert not row.parts


@given(LINES, RATES, RULES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_tax_table(
    lines: list[tuple[str, int]], rates: dict[str, TaxRate], rules: TaxRules, order: Random
) -> None:
    shuffled = list(lines)
    order.shuffle(shuffled)
    assert tax_document(shuffled, rates, rules)[0] == tax_document(lines, rates, rules)[0]


@given(st.integers(0, 10**9), RATES)
def test_what_tax_adds_to_a_price_is_what_is_inside_the_sum(net: int, rates: dict[str, TaxRate]) -> None:
    for rate in rates.values():
        added = sum(taken(net, rate, added=True))
        inside = sum(taken(net + added, rate, added=False))
        # Each part that is rounded of its own may be half a minor unit off, and a tax on tax carries it along.
        assert abs(added - inside) <= max(1, len(rate.parts))


@given(RATES)
def test_a_rate_comes_back_from_its_json(rates: dict[str, TaxRate]) -> None:
    for rate in rates.values():
        parts = [{"names": part.names, "ppm": part.ppm, "compound": part.compound} for part in rate.parts]
        body: dict[str, Any] = {"code": rate.code, "names": rate.names, "rate": rate.rate, "parts": parts, "newer": 1}
        assert tax_rate_from(body) == rate
    assert tax_rate_from({"code": "A", "names": {}, "rate": 2000}) == TaxRate("A", {}, 2000)


@given(st.integers(0, 10**9), st.sampled_from([0, 1, 5, 10, 50, 100, 500]))
def test_cash_rounding_goes_to_the_nearest_step_and_half_of_one_at_most(amount: int, step: int) -> None:
    rounding = cash_rounding(amount, step)
    assert 2 * abs(rounding) <= (step if step > 1 else 0)
    assert (amount + rounding) % max(step, 1) == 0
    assert amount + rounding >= 0


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), max_size=5), st.sampled_from([0, 5, 10]))
def test_tenders_without_change_are_the_total_and_its_rounding(total: int, amounts: list[int], step: int) -> None:
    tenders = [Tender("cash", amount) for amount in amounts]
    try:
        settled = settle(total, tenders, step)
    except TenderRefused as refused:
        assert refused.params["missing"] == total + cash_rounding(total, step) - sum(amounts) > 0
        return
    assert settled.tendered - settled.change == total + settled.rounding
    assert settled.change >= 0 and settled.rounding == cash_rounding(total, step)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from([5, 10]))
def test_what_is_not_paid_in_cash_is_not_rounded(total: int, by_card: int, step: int) -> None:
    tenders = [Tender("card", by_card)]  # type: ignore[arg-type]
    left = max(0, total - by_card)
    try:
        settled = settle(total, tenders, step)
    except TenderRefused as refused:
        if by_card > total:
            assert refused.code == "tender.no_change"
        else:
            assert refused.params["missing"] == left + cash_rounding(left, step) > 0
    else:
        assert settled.rounding == (cash_rounding(left, step) if left else 0)
        assert by_card < total or settled.rounding == 0


def listed(number: int, conditions: tuple[bool, bool, bool, bool]) -> PriceList:
    group, store, channel, period = conditions
    return PriceList(
        f"list-{number}",
        number,
        {},
        ("main",) if store else (),
        ("till",) if channel else (),
        ("staff",) if group else (),
        "2026-11-01" if period else "",
    )


BREAKS = st.dictionaries(st.sampled_from([0, 1000, 3000, 6000]), st.integers(0, 500), min_size=1).map(
    lambda found: tuple(Break(quantity, found[quantity]) for quantity in sorted(found))
)
OFFERS = st.lists(st.tuples(st.tuples(*[st.booleans()] * 4), BREAKS), max_size=6)
OCCASION = Occasion(datetime(2026, 11, 22, 12), "main", "till", groups=frozenset({"staff"}))
BREAD = Product("bread", "", {"en": "Bread"}, "d", 240, "A")


def lists_of(offers: list[tuple[tuple[bool, bool, bool, bool], tuple[Break, ...]]]) -> PriceLists:
    heads = [listed(number, conditions) for number, (conditions, _) in enumerate(offers)]
    found = {head.id: breaks for head, (_, breaks) in zip(heads, offers, strict=True)}
    return PriceLists({head.id: head for head in heads}, {"bread": found})


@given(OFFERS, st.integers(1, 8000), st.randoms(use_true_random=False))
def test_one_list_wins_whatever_order_they_come_in(offers: Any, quantity: int, order: Random) -> None:
    lists = lists_of(offers)
    shuffled = list(lists.offers["bread"].items())
    order.shuffle(shuffled)
    again = PriceLists(lists.lists, {"bread": dict(shuffled)})
    found = unit_price(BREAD, quantity, lists, OCCASION)
    assert unit_price(BREAD, quantity, again, OCCASION) == found
    reached = [
        (-lists.lists[name].rank, [step.amount for step in breaks if step.quantity <= quantity][-1], name)
        for name, breaks in lists.offers["bread"].items()
        if breaks[0].quantity <= quantity
    ]
    expected = min(reached, default=None)
    assert (found.amount, found.list_id) == ((expected[1], expected[2]) if expected else (BREAD.price, ""))


@given(OFFERS, st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 5))
def test_on_how_many_lines_a_product_stands_does_not_change_its_price(
    offers: Any, pieces: list[int], milk: int
) -> None:
    book = PriceBook(
        1,
        "EUR",
        {"bread": BREAD, "milk": replace(BREAD, id="milk", price=99)},
        {"A": TaxRate("A", {}, 2000)},
        lists=lists_of(offers),
    )
    lines = [
        CartLine(f"l-{n}", "bread", count * 1000, "till-1", "till", n, fulfilment="carry_out")
        for n, count in enumerate(pieces)
    ]
    one = [CartLine("l", "bread", sum(pieces) * 1000, "till-1", "till", 1)]
    other = [CartLine("m", "milk", milk * 1000, "till-1", "till", 99)] if milk else []
    elsewhere = [CartLine("v", "bread", 50_000, "hub", "online", 100)]
    several, together = price([*lines, *other, *elsewhere], book, OCCASION), price(one, book, OCCASION)
    assert {row.unit_price for row in several.lines[: len(lines)]} == {together.lines[0].unit_price}
    assert sum(row.total for row in several.lines[: len(lines)]) == together.total


@pytest.mark.parametrize("zone", ["Europe/Tallinn", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.integers(1, 400),
    st.sampled_from(["2026-03-29", "2026-10-25", "2026-04-05", "2026-11-01"]),
)
def test_a_list_holds_once_from_its_beginning_to_its_end(zone: str, start: datetime, minutes: int, day: str) -> None:
    # Around the days on which clocks are changed, and on any other day.
    place = ZoneInfo(zone)
    for first in (start.replace(microsecond=0), datetime.fromisoformat(f"{day}T00:30")):
        starts, ends = (moment.isoformat(timespec="minutes") for moment in (first, first + timedelta(minutes=minutes)))
        found = PriceList("x", 1, {}, starts=starts, ends=ends)
        begin = first_moment(starts, place)
        steps = [begin + quarter * 900_000 for quarter in range(-12, 60)]
        held = [found.holds(Occasion(reached(at, place), "main", "till")) for at in steps]
        assert held == [first_moment(starts, place) <= at < first_moment(ends, place) for at in steps]
        assert "".join("x" if one else "." for one in held).strip(".").count(".") == 0
        assert not held[11] and held[12] == (first_moment(ends, place) > begin)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from([ZONE, "America/New_York"]))
def test_the_clock_shows_what_was_typed_or_has_jumped_over_it(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    at = first_moment(wall.isoformat(timespec="minutes"), ZoneInfo(zone)) // 1000
    shown, before = (datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None) for second in (at, at - 1))
    assert before < wall <= shown


@given(st.integers(0, 366 * 24 * 60), st.integers(0, 300), st.sampled_from([ZONE, "Australia/Lord_Howe", "Asia/Tokyo"]))
def test_the_clock_of_an_occasion_never_goes_back(minute: int, later: int, zone: str) -> None:
    place = ZoneInfo(zone)
    for begin in (first_moment("2026-01-01", place) + minute * 60_000, first_moment("2026-10-25T02:30", place)):
        one, other = reached(begin, place), reached(begin + later * 60_000, place)
        assert one <= other
        shown = datetime.fromtimestamp(begin / 1000, ZoneInfo(zone)).replace(tzinfo=None)
        assert shown <= one <= shown + timedelta(hours=1)


@pytest.mark.parametrize(
    "typed",
    ["tomorrow", "2026-11-27 18:00", "2026-11-27T18:00:30", "2026-11-27T18:00+02:00", "2026-13-01", "18:00", ""],
)
def test_what_is_no_local_time_is_refused(typed: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        first_moment(typed, PLACE)
    assert caught.value.code == "catalogue.local_time"


def test_a_list_that_cannot_hold_or_steps_that_do_not_rise_are_refused() -> None:
    with pytest.raises(CatalogueError) as caught:
        check_list(PriceList("x", 1, {}, starts="2026-11-27", ends="2026-11-27"))
    assert caught.value.code == "catalogue.list_period"
    check_list(PriceList("x", 1, {}, starts="2026-11-27T00:00", ends="2026-11-27T00:01"))
    check_breaks("bread", [Break(0, 90), Break(6000, 80)])
    for wrong in (
        [],
        [Break(6000, 80), Break(0, 90)],
        [Break(0, 1)] * 2,
        [Break(-1, 1)],
        [Break(n, 1) for n in range(13)],
    ):
        with pytest.raises(CatalogueError) as caught:
            check_breaks("bread", wrong)
        assert caught.value.code == "catalogue.breaks"
    for wrong in ([Break(0, -1)], [Break(0, 10**9 + 1)]):
        with pytest.raises(CatalogueError) as caught:
            check_breaks("bread", wrong)
        assert caught.value.code == "catalogue.price"


@given(OFFERS)
def test_lists_and_steps_come_back_from_their_json(offers: Any) -> None:
    lists = lists_of(offers)
    for head in lists.lists.values():
        body = {name: getattr(head, name) for name in head.__slots__}
        assert price_list_from(body | {"stores": list(head.stores), "newer": 1}) == head
    for breaks in lists.offers["bread"].values():
        assert breaks_from(breaks_as_rows(breaks)) == breaks


STORE = Store("main", "01", {}, {}, "EUR", ZONE, "en")
STORES = st.builds(
    replace,
    st.just(STORE),
    tax_added=st.booleans(),
    tax_rounding=st.sampled_from(["document", "line"]),
    cash_step=st.sampled_from([0, 5, 10]),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
GOODS = st.lists(st.tuples(st.sampled_from(["bread", "milk", "ham"]), st.integers(1, 9)), min_size=1, max_size=12)


def sold(store: Store, goods: list[tuple[str, int]], rates: dict[str, TaxRate], offers: Any) -> tuple[Sale, PriceBook]:
    products = {
        "bread": BREAD,
        "milk": replace(BREAD, id="milk", price=99, tax="B"),
        "ham": replace(BREAD, id="ham", price=1999, unit="kg"),
    }
    book = book_of(7, store, products, rates, lists_of(offers))
    lines = [
        CartLine(f"l-{n}", item, count * (137 if item == "ham" else 1000), "till-1", "till", n, weighed=item == "ham")
        for n, (item, count) in enumerate(goods)
    ]
    head = SaleHead("s", "01-01-000001", "main", "till-1", "c", "cart", "anna", NOON)
    priced = price(lines, book, OCCASION)
    return close(head, priced, [Tender("cash", priced.total + 10)], book), book


@given(STORES, GOODS, RATES, OFFERS)
def test_a_sale_adds_up_by_the_rules_of_every_store_and_the_hub_derives_the_same(
    store: Store, goods: list[tuple[str, int]], rates: dict[str, TaxRate], offers: Any
) -> None:
    sale, book = sold(store, goods, rates, offers)
    assert sum(line.total for line in sale.lines) == sale.total == sum(row.gross for row in sale.taxes)
    assert sum(line.tax for line in sale.lines) == sum(row.tax for row in sale.taxes)
    assert sum(tender.amount for tender in sale.tenders) - sale.change == sale.total + sale.rounding
    assert differences(sale, book, OCCASION) == []
    assert sale_from(sale.as_dict()) == sale


@given(STORES, GOODS, RATES, OFFERS, st.randoms(use_true_random=False))
def test_the_order_of_scanning_changes_no_total(
    store: Store, goods: list[tuple[str, int]], rates: dict[str, TaxRate], offers: Any, order: Random
) -> None:
    shuffled = list(goods)
    order.shuffle(shuffled)
    one, other = sold(store, goods, rates, offers)[0], sold(store, shuffled, rates, offers)[0]
    assert (one.total, one.taxes, one.rounding) == (other.total, other.taxes, other.rounding)


def test_what_a_forger_could_write_into_the_new_figures_is_named() -> None:
    store = replace(STORE, cash_step=5)
    sale, book = sold(store, [("bread", 1)], {"A": TaxRate("A", {}, 2000)}, [((False,) * 4, (Break(0, 243),))])
    assert (sale.rounding, sale.lines[0].price_list) == (2, "list-0")
    kinder = replace(sale, rounding=-3, change=sale.change + 5)
    assert {(row["what"], row["line"]) for row in differences(kinder, book, OCCASION)} == {("rounding", "")}
    other = replace(sale, lines=(replace(sale.lines[0], price_list="staff"),))
    assert {(row["what"], row["line"]) for row in differences(other, book, OCCASION)} == {("price_list", "l-0")}
    late = replace(OCCASION, groups=frozenset())
    assert differences(sale, book, late) == []
    assert {row["what"] for row in differences(sale, book)} >= {"unit_price", "total", "price_list"}


def test_a_share_of_tax_moves_by_one_at_most_when_another_line_comes() -> None:
    book = book_of(1, replace(STORE, tax_added=True), {"bread": BREAD}, {"A": TaxRate("A", {}, 887)}, PriceLists())
    one = [CartLine("l-0", "bread", 1000, "till-1", "till", 0)]
    for count in range(1, 30):
        more = [*one, *(CartLine(f"l-{n}", "bread", 1000, "till-1", "till", n) for n in range(1, count))]
        line, alone = price(more, book).lines[0], price(one, book).lines[0]
        assert (line.unit_price, line.total - line.tax) == (alone.unit_price, alone.total - alone.tax)
        assert abs(line.tax - alone.tax) <= 1


def test_without_an_occasion_no_list_is_asked() -> None:
    lists = lists_of([((False,) * 4, (Break(0, 1),))])
    assert unit_price(BREAD, 1000, lists, None) == ListPrice(240)
    assert unit_price(BREAD, 1000, lists, OCCASION) == ListPrice(1, "list-0", 0)


def test_a_book_says_when_other_lines_or_the_buyer_matter_to_a_price() -> None:
    rates, products = {"A": TaxRate("A", {}, 2000)}, {"bread": BREAD, "milk": replace(BREAD, id="milk")}
    plain = book_of(1, STORE, products, rates)
    assert not plain.entangled(["bread", "milk"]) and not plain.asks_for_whom
    assert book_of(1, replace(STORE, tax_added=True), products, rates).entangled(["milk"])
    listed_for_all = book_of(1, STORE, products, rates, lists_of([((False,) * 4, (Break(0, 1),))]))
    assert listed_for_all.entangled(["milk", "bread"]) and not listed_for_all.entangled(["milk"])
    assert not listed_for_all.asks_for_whom and not listed_for_all.lists.ask_for_groups
    for_staff = book_of(1, STORE, products, rates, lists_of([((True, False, False, False), (Break(0, 1),))]))
    assert for_staff.asks_for_whom and for_staff.asks_for_groups and not listed_for_all.asks_for_groups


def test_the_lists_in_force_are_those_whose_time_it_is() -> None:
    lists = PriceLists(
        {
            "night": PriceList("night", 1, {}, starts="2026-11-27T22:00", ends="2026-11-28"),
            "always": PriceList("always", 1, {}),
        }
    )
    asked = {text: lists.in_force(text) for text in ("2026-11-27T21:59", "2026-11-27T22:00", "2026-11-28T00:00")}
    assert list(asked.values()) == [["always"], ["always", "night"], ["always"]]


def test_a_line_says_what_it_would_cost_without_promotions() -> None:
    lines = [CartLine("l", "bread", 3000, "till-1", "till", 1)]
    book = book_of(1, STORE, {"bread": BREAD}, {"A": TaxRate("A", {}, 2000)})
    [row] = price(lines, book).lines
    assert (row.list_total, row.off) == (720, 0)
