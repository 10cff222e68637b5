"""Figures of the tax table by hand, where a law alone would let a slip through (found by bin/mutate)."""

import pytest

from retail.catalogue import TaxPart, TaxRate
from retail.errors import MoneyError
from retail.money import minor_digits, split
from retail.tax import TaxRules, TaxShare, TaxSum, tax_document, tax_sums

STATE, CITY = TaxPart({}, 50_000), TaxPart({}, 100_000, compound=True)
RATES = {"A": TaxRate("A", {}, 1550, (STATE, CITY)), "B": TaxRate("B", {}, 1000)}


def test_a_tax_on_tax_says_of_what_it_is_taken() -> None:
    (row,), by_line = tax_document([("A", 1000)], RATES, TaxRules(added=True))
    assert row == TaxSum("A", 1550, 1000, 155, 1155, (TaxShare(50_000, 1000, 50), TaxShare(100_000, 1050, 105)))
    assert by_line == [155]


def test_a_third_tax_on_tax_is_taken_of_both_before_it() -> None:
    rate = TaxRate("A", {}, 0, (STATE, CITY, CITY))
    ((row,), _) = tax_document([("A", 1000)], {"A": rate}, TaxRules(added=True))
    assert [(part.base, part.tax) for part in row.parts] == [(1000, 50), (1050, 105), (1155, 116)]


def test_several_documents_have_one_table_in_the_order_of_codes() -> None:
    till = [
        TaxSum("A", 1550, 1000, 155, 1155, (TaxShare(50_000, 1000, 50), TaxShare(100_000, 1050, 105))),
        TaxSum("B", 1000, 500, 50, 550),
    ]
    online = [
        TaxSum("B", 1000, 200, 20, 220),
        TaxSum("A", 1550, 100, 16, 116, (TaxShare(50_000, 100, 5), TaxShare(100_000, 105, 11))),
    ]
    assert tax_sums([till, online]) == [
        TaxSum("A", 1550, 1100, 171, 1271, (TaxShare(50_000, 1100, 55), TaxShare(100_000, 1155, 116))),
        TaxSum("B", 1000, 700, 70, 770),
    ]
    assert tax_sums([online]) == online[::-1]
    assert tax_sums([]) == []


def test_a_table_of_other_taxes_is_not_added_to_this_one() -> None:
    one = [TaxSum("A", 1550, 100, 5, 105, (TaxShare(50_000, 100, 5),))]
    other = [TaxSum("A", 1550, 100, 0, 100)]
    with pytest.raises(ValueError):
        tax_sums([one, other])


def test_nothing_is_shared_over_nobody_and_a_share_is_never_negative() -> None:
    assert split(0, []) == []
    with pytest.raises(MoneyError) as nobody:
        split(1, [])
    with pytest.raises(MoneyError) as negative:
        split(1, [2, -1])
    assert (nobody.value.code, negative.value.code) == ("money.nobody_to_share", "money.negative_weight")
    assert minor_digits("XXX") == 2
