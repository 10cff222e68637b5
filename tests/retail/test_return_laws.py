"""What holds for every return of every sale, in whatever parts and order the goods come back."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promotion_carts import carts, promotions
from promotion_words import NOON
from return_words import HEAD

from retail import returns
from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.errors import ReturnRefused, SaleError
from retail.money import QUANTITY_ONE
from retail.pricing import PriceBook, price
from retail.promotions.promotion import Promotion, RuleBook
from retail.returns import Back, Return, differences, return_from
from retail.sale import Sale, SaleHead, close
from retail.stock import moves_back, moves_of
from retail.tax import INSIDE, TaxRules
from retail.tender import TENDERS_MAX, Tender, rounding_of

TAXES = {"A": TaxRate("A", {"en": "VAT"}, 2000)}
SALE = SaleHead("s1", "01-01-000001", "store", "till-1", "c1", "cart", "", 1)

# Made once: to build them anew for each sale takes longer than all that is looked at here.
CARTS, OFFERS = carts(), promotions(most=3)


@st.composite
def sales(draw: st.DrawFn) -> tuple[Sale, int]:
    """Any cart under any promotions, sold inside or without tax, paid in any way, and the store's step of cash."""
    cart: tuple[dict[str, Product], list[CartLine]] = draw(CARTS)
    offers: list[Promotion] = draw(OFFERS)
    step = draw(st.sampled_from([0, 5, 10]))
    rules = draw(st.sampled_from([INSIDE, TaxRules(added=True), TaxRules(added=True, rounding="line")]))
    products, lines = cart
    book = PriceBook(1, "EUR", products, TAXES, RuleBook(1, offers), tax_rules=rules, cash_step=step)
    priced = price(lines, book, NOON)
    tenders, owed = list[Tender](), priced.total
    for n, kind in enumerate(draw(st.lists(st.sampled_from(["gift_card", "points"]), max_size=2))):
        amount = draw(st.integers(0, owed))
        if amount:
            tenders.append(Tender(kind, amount, hold=f"hold-{n}", points=amount // 2 if kind == "points" else 0))
            owed -= amount
    in_cash = owed + rounding_of(priced.total, tenders, step)
    more = draw(st.integers(0, 500))
    if in_cash + more:
        tenders.append(Tender("cash", in_cash + more))
    return close(SALE, priced, tenders, book), step


@st.composite
def parts(draw: st.DrawFn, sale: Sale) -> list[list[Back]]:
    """All goods of a sale, in some order, in some number of returns."""
    units = [line.id for line in sale.lines for _ in range(line.quantity // QUANTITY_ONE)]
    order = draw(st.permutations(units))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    groups = [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return [[Back(line, n * QUANTITY_ONE) for line, n in Counter(some).items()] for some in groups if some]


def returned(sale: Sale, groups: Sequence[Sequence[Back]], step: int) -> list[Return]:
    before, found = Counter[str](), []
    for some in groups:
        found.append(returns.make(HEAD, sale, before, some, step))
        before.update({back.line: back.quantity for back in some})
    return found


def test_the_sales_of_these_laws_have_offers_taxes_and_tenders_of_all_kinds() -> None:
    seen: set[str] = set()

    @given(sales())
    def look(found: tuple[Sale, int]) -> None:
        sale, _ = found
        seen.update(tender.kind for tender in sale.tenders)
        seen.update("offer" for line in sale.lines if line.shares)
        seen.update("rounded" for _ in range(sale.rounding != 0))
        seen.update("tax on top" for line in sale.lines if line.total > line.unit_price * line.quantity // 1000)

    look()
    assert seen == {"cash", "gift_card", "points", "offer", "rounded", "tax on top"}


@given(st.data())
def test_all_goods_brought_back_in_any_parts_and_order_are_exactly_what_was_paid(data: st.DataObject) -> None:
    sale, step = data.draw(sales())
    found = returned(sale, data.draw(parts(sale)), step)
    back: Counter[tuple[str, str]] = Counter()
    points: Counter[str] = Counter()
    for one in found:
        back.update({(row.kind, row.hold): row.amount for row in one.refunds})
        points.update({row.hold: row.points for row in one.refunds})
    paid = Counter({(row.kind, row.hold): row.amount for row in sale.tenders if row.kind != "cash"})
    in_cash = sum(row.amount for row in sale.tenders if row.kind == "cash") - sale.change
    assert +back == +(paid + Counter({("cash", ""): in_cash}))
    assert +points == +Counter({row.hold: row.points for row in sale.tenders if row.points})
    shelf = Counter[str]()
    for one in found:
        shelf.update({move.item: move.quantity for move in moves_back(one)})
    for move in moves_of(sale):
        shelf[move.item] += move.quantity
    assert not any(shelf.values())
    for line in sale.lines:
        rows = [row for one in found for row in one.lines if row.line == line.id]
        assert sum(row.total for row in rows) == line.total
        assert sum(row.tax for row in rows) == line.tax
        assert sum(row.points for row in rows) == line.points


@given(st.data())
def test_no_part_ever_gives_back_more_than_was_paid(data: st.DataObject) -> None:
    sale, step = data.draw(sales())
    paid, so_far = sale.total + sale.rounding, 0
    for one in returned(sale, data.draw(parts(sale)), step):
        assert all(row.amount >= 0 and row.points >= 0 for row in one.refunds)
        assert all(row.total >= row.tax >= 0 for row in one.lines)
        so_far += sum(row.amount for row in one.refunds)
        assert so_far <= paid


@given(st.data())
def test_what_comes_back_first_never_makes_the_rest_dearer(data: st.DataObject) -> None:
    """Units that got more off come back first, so each part refunds at most its share of the line."""
    sale, step = data.draw(sales())
    for line in sale.lines:
        units = line.quantity // QUANTITY_ONE
        totals = [returns.worth(line, n * QUANTITY_ONE)[0] for n in range(units + 1)]
        steps = [after - before for before, after in pairwise(totals)]
        assert all(later >= earlier - 1 for earlier, later in pairwise(steps)), step


@given(st.data())
def test_what_came_back_does_not_come_back_again(data: st.DataObject) -> None:
    sale, _ = data.draw(sales())
    line = data.draw(st.sampled_from(sale.lines))
    gone = data.draw(st.integers(1, line.quantity // QUANTITY_ONE)) * QUANTITY_ONE
    assert returns.left(line, gone) == line.quantity - gone
    with pytest.raises(ReturnRefused):
        returns.make(HEAD, sale, {line.id: gone}, [Back(line.id, line.quantity - gone + QUANTITY_ONE)])
    with pytest.raises(ReturnRefused):
        returns.check(line, gone, line.quantity)


@given(st.data())
def test_a_return_survives_its_journey_and_every_changed_figure_is_named(data: st.DataObject) -> None:
    sale, step = data.draw(sales())
    one = returned(sale, data.draw(parts(sale)), step)[0]
    body = json.loads(json.dumps(one.as_dict()))
    assert return_from(body) == one
    assert differences(one, one) == []
    what = data.draw(st.sampled_from(["total", "tax"]))
    assert [row["what"] for row in differences(return_from({**body, what: body[what] + 1}), one)] == [what]
    body["lines"][0]["total"] += 1
    assert [(row["what"], row["line"]) for row in differences(return_from(body), one)] == [("total", one.lines[0].line)]


@pytest.mark.parametrize(
    "fault",
    [
        {"total": -1},
        {"id": ""},
        {"lines": []},
        {"at": "now"},
        {"more": 1},
        {"id": "r" * 65},
        {"sale": "\0"},
        {"number": "1" * 25},
        {"reason": "r" * 201},
        {"currency": "EURO"},
        {"refunds": [asdict(Tender("cash", 1))] * (TENDERS_MAX + 1)},
    ],
)
def test_a_return_that_cannot_be_read_says_why(fault: dict[str, object]) -> None:
    line = [
        {"line": "l", "item": "i", "names": {}, "quantity": 1000, "total": 1, "tax_code": "A", "tax": 0, "points": 0}
    ]
    body = {
        "id": "r",
        "number": "n",
        "sale": "s",
        "store": "st",
        "terminal": "t",
        "cashier": "c",
        "reason": "",
        "lines": line,
        "total": 1,
        "tax": 0,
        "refunds": [],
        "currency": "EUR",
        "at": 1,
    }
    assert return_from(body).total == 1
    with pytest.raises(SaleError) as refused:
        return_from(body | fault)
    assert refused.value.code == "return.malformed"
