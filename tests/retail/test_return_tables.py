"""The worked tables of docs/returns.md, row by row."""

import re

import pytest
from return_words import HEAD, mark, sale_line, sale_of, tenders_of
from test_worked_tables import numbers, rows

from retail import returns
from retail.errors import ReturnRefused
from retail.returns import Back
from retail.sale import SaleShare


@pytest.mark.parametrize("row", rows("returns.md", "lines"))
def test_goods_come_back_for_what_was_paid_for_them(row: list[str]) -> None:
    unit_price, units, total, tax, back, refunds, taxes, _ = row
    shares = [(int(count), int(price)) for count, price in re.findall(r"(\d+) x (\d+)", units)]
    price = int(unit_price)
    line = sale_line(
        quantity=sum(count for count, _ in shares) * 1000 if shares else int(units.split()[0]),
        unit_price=price,
        total=int(total),
        tax=int(tax),
        weighed=not shares,
        shares=tuple(SaleShare(count, (mark(price - paid),) if paid < price else ()) for count, paid in shares),
    )
    sale, before, found = sale_of([line], tenders_of(f"cash {total}")), 0, []
    for quantity in numbers(back):
        found.append(returns.make(HEAD, sale, {line.id: before}, [Back(line.id, quantity)]))
        before += quantity
    assert [one.total for one in found] == numbers(refunds)
    assert [one.tax for one in found] == numbers(taxes)


@pytest.mark.parametrize("row", rows("returns.md", "money"))
def test_money_goes_back_to_where_it_came_from(row: list[str]) -> None:
    total, paid, change, step, worths, given, _ = row
    sale = sale_of([sale_line(total=int(total))], tenders_of(paid), int(change))
    before, found = 0, []
    for worth in numbers(worths):
        found.append(returns.refunds(sale, before, before + worth, int(step)))
        before += worth
    wanted = [tenders_of(one) for one in given.split("; ")]
    assert [[(one.kind, one.amount, one.points) for one in some] for some in found] == [
        [(one.kind, one.amount, one.points) for one in some] for some in wanted
    ]


@pytest.mark.parametrize(
    ("wanted", "before", "code"),
    [
        ([], 0, "return.nothing"),
        ([Back("line", 4000)], 0, "return.too_many"),
        ([Back("line", 2000)], 2000, "return.too_many"),
        ([Back("line", 0)], 0, "return.too_many"),
        ([Back("line", -1000)], 0, "return.too_many"),
        ([Back("line", 500)], 0, "return.whole_units"),
        ([Back("another", 1000)], 0, "return.unknown_line"),
        ([Back("line", 1000), Back("line", 1000)], 0, "return.line_twice"),
    ],
)
def test_goods_that_cannot_come_back_are_refused(wanted: list[Back], before: int, code: str) -> None:
    sale = sale_of([sale_line(quantity=3000)], tenders_of("cash 300"))
    with pytest.raises(ReturnRefused) as refused:
        returns.make(HEAD, sale, {"line": before}, wanted)
    assert refused.value.code == code


def test_a_weighing_comes_back_as_it_was_sold() -> None:
    sale = sale_of([sale_line(quantity=345, weighed=True)], tenders_of("cash 300"))
    with pytest.raises(ReturnRefused) as refused:
        returns.make(HEAD, sale, {}, [Back("line", 100)])
    assert refused.value.code == "return.whole_units"


def test_a_return_has_a_number_of_a_series_of_its_own() -> None:
    assert returns.return_number("01", "02", 17) == "01-02-R000017"


def test_a_weighing_and_a_part_of_a_piece_come_back_whole_or_not_at_all() -> None:
    lines = [sale_line(), sale_line(weighed=True, quantity=345), sale_line(quantity=500)]
    assert [returns.one_unit(line) for line in lines] == [False, True, True]
