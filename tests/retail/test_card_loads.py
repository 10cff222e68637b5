"""Money put on gift cards in a sale: no goods, no tax, no points, paid in cash and rounded with the rest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sale_laws import BOOK, lines_of

from receipt_checker.check import faults
from retail.card_loads import LOADS_MAX, CardLoad, card_for_card, check_load, check_paid_in_cash, loaded
from retail.errors import SaleError, StoredValueRefused, TenderRefused
from retail.pricing import price
from retail.returns import refunds
from retail.sale import Sale, SaleHead, close, differences, sale_from
from retail.stored_value import AMOUNT_MAX
from retail.tender import Tender

HEAD = SaleHead("s-1", "01-01-000001", "main", "till-1", "c-1", "cart-1", "shopper-1", 1_800_000_000_000)


def sold(goods: list[tuple[str, int]], amounts: list[int], *tenders: Tender, step: int = 0) -> Sale:
    loads = tuple(CardLoad(f"load-{n}", amount) for n, amount in enumerate(amounts))
    book = replace(BOOK, cash_step=step)
    priced = price(lines_of(goods), book)
    return close(HEAD, priced, tenders or [Tender("cash", priced.total + loaded(loads) + 100)], book, 0, (), loads)


@given(
    st.lists(st.integers(1, 100_000), min_size=1, max_size=LOADS_MAX), st.integers(0, 5), st.sampled_from([0, 5, 10])
)
def test_cards_change_nothing_of_the_goods_and_every_sum_agrees(amounts: list[int], pieces: int, step: int) -> None:
    goods = [("p-0", pieces * 1000)] if pieces else []
    sale = sold(goods, amounts, step=step)
    assert (sale.total, sale.due) == (189 * pieces, 189 * pieces + sum(amounts))
    assert sum(tender.amount for tender in sale.tenders) - sale.change == sale.due + sale.rounding
    assert faults(sale.as_dict()) == [] and differences(sale, replace(BOOK, cash_step=step)) == []
    assert sale_from(sale.as_dict()) == sale
    if pieces and not step:
        # What comes back for the goods is what the goods were paid with, and never the card's money.
        assert sum(one.amount for one in refunds(sale, 0, sale.total)) == sale.total
        assert (
            sale.points
            == sold(goods, [1]).points
            == close(HEAD, price(lines_of(goods), BOOK), [Tender("cash", 10_000)], BOOK).points
        )


def test_goods_beside_a_card_come_back_in_the_coins_that_there_are() -> None:
    # 1.89 and 50.03 are rounded as one sum, to 51.90; the goods alone are 1.90.
    for card in (5001, 5002, 5003, 5004):
        sale = sold([("p-0", 1000)], [card], step=5)
        assert [one.amount for one in refunds(sale, 0, sale.total, 5)] == [190]
        assert [one.amount for one in refunds(sale, 0, 95, 5)] == [95]
        assert [one.amount for one in refunds(sale, 95, sale.total, 5)] == [95]


def test_the_checker_finds_a_card_that_grew_on_the_way() -> None:
    sale = sold([("p-0", 1000)], [2500])
    grown = replace(sale, loads=(replace(sale.loads[0], amount=2600),))
    assert faults(grown.as_dict()) and differences(grown, BOOK)


def test_a_card_is_paid_in_cash_and_goods_beside_it_by_anything() -> None:
    paid = sold([("p-0", 1000)], [2500], Tender("gift_card", 189, "h"), Tender("cash", 2500))
    assert paid.change == 0
    with pytest.raises(TenderRefused) as refused:
        sold([("p-0", 1000)], [2500], Tender("gift_card", 190, "h"), Tender("cash", 2499))
    assert refused.value.code == card_for_card().code == "tender.card_for_card"
    check_paid_in_cash(189, paid.tenders)


@pytest.mark.parametrize(("amount", "others", "code"), [
    (0, 0, "card_load.amount"), (AMOUNT_MAX + 1, 0, "card_load.amount"), (1, LOADS_MAX, "card_load.too_many"),
])  # fmt: skip
def test_amounts_that_nobody_means_and_too_many_cards_are_refused(amount: int, others: int, code: str) -> None:
    check_load(AMOUNT_MAX, LOADS_MAX - 1)
    with pytest.raises(StoredValueRefused) as refused:
        check_load(amount, others)
    assert refused.value.code == code


def test_a_sale_of_nothing_or_of_one_card_twice_is_none() -> None:
    sale = sold([], [2500])
    for wrong in (replace(sale, loads=()), replace(sale, loads=sale.loads * 2)):
        with pytest.raises(SaleError):
            sale_from(wrong.as_dict())
