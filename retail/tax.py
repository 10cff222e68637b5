"""Tax that is already inside the price, summed per rate over the document and shared back over its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retail.catalogue import TaxRate
from retail.errors import N_, CatalogueError
from retail.money import rounded_ratio, split

WHOLE = 10_000
"""Rates are in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One row of a receipt's tax table; `gross` = `net` + `tax`, all in minor units."""

    code: str
    rate: int
    net: int
    tax: int
    gross: int


def included(gross: int, rate: int) -> int:
    """The tax inside a gross amount, rounded half up."""
    return rounded_ratio(gross * rate, WHOLE + rate)


def tax_document(lines: Sequence[tuple[str, int]], rates: Mapping[str, TaxRate]) -> tuple[list[TaxSum], list[int]]:
    """Tax of a document from `(tax code, gross)` per line: the sums per rate, and the tax of each line.

    Rounding is per document: the tax of a rate is taken once from its whole gross, then shared over its lines
    by largest remainder, so the lines always add up to the sums.
    """
    sums: list[TaxSum] = []
    by_line = [0] * len(lines)
    for code in sorted({code for code, _ in lines}):
        if code not in rates:
            raise CatalogueError("catalogue.tax_unknown", N_("There is no tax rate {code}."), code=code)
        members = [index for index, (line_code, _) in enumerate(lines) if line_code == code]
        gross = sum(lines[index][1] for index in members)
        tax = included(gross, rates[code].rate)
        for index, share in zip(members, split(tax, [lines[index][1] for index in members]), strict=True):
            by_line[index] = share
        sums.append(TaxSum(code, rates[code].rate, gross - tax, tax, gross))
    return sums, by_line
