"""Tax inside the price or on top of it, summed per rate over the document and shared back over its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retail.catalogue import TaxPart, TaxRate, TaxRounding
from retail.errors import N_, CatalogueError
from retail.money import rounded_ratio, split

WHOLE = 10_000
"""Rates are in hundredths of a percent."""

WHOLE_PPM = 1_000_000
PARTS_MAX = 8
"""Taxes under one code."""


@dataclass(frozen=True, slots=True)
class TaxRules:
    """What a store does with tax: `added` to its prices instead of inside them, rounded per document or per line."""

    added: bool = False
    rounding: TaxRounding = "document"


INSIDE = TaxRules()


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One of several taxes under a code: `tax` minor units at `ppm` parts of a million of `base`."""

    ppm: int
    base: int
    tax: int


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One row of a receipt's tax table; `gross` = `net` + `tax`, all in minor units. The taxes of `parts` add up to
    `tax`; there are none where one rate is all."""

    code: str
    rate: int
    net: int
    tax: int
    gross: int
    parts: tuple[TaxShare, ...] = ()


def included(gross: int, rate: int) -> int:
    """The tax inside a gross amount, rounded half up."""
    return rounded_ratio(gross * rate, WHOLE + rate)


def headline(parts: Sequence[TaxPart]) -> int:
    """About how much several taxes are in all, in hundredths of a percent."""
    exact = _exact(parts)
    return rounded_ratio(sum(exact) * WHOLE, WHOLE_PPM ** len(parts))


def taken(amount: int, rate: TaxRate, added: bool) -> tuple[int, ...]:
    """The tax on one amount, for each part of the rate; a rate without parts has one.

    Inside the price all of them are rounded together, half up, and shared out by largest remainder, so that they are
    never more than the price. On top of it each is rounded of its own, as each is owed to an office of its own.
    """
    if not rate.parts:
        return (rounded_ratio(amount * rate.rate, WHOLE if added else WHOLE + rate.rate),)
    if added:
        taxes: list[int] = []
        for part in rate.parts:
            base = amount + sum(taxes) if part.compound else amount
            taxes.append(rounded_ratio(base * part.ppm, WHOLE_PPM))
        return tuple(taxes)
    exact = _exact(rate.parts)
    together = sum(exact)
    return tuple(split(rounded_ratio(amount * together, WHOLE_PPM ** len(exact) + together), exact))


def _exact(parts: Sequence[TaxPart]) -> list[int]:
    """What each tax takes of a net amount of a million to the power of the parts: whole numbers, however they stack."""
    net = whole = WHOLE_PPM ** len(parts)
    found: list[int] = []
    for part in parts:
        found.append(part.ppm * (whole if part.compound else net) // WHOLE_PPM)
        whole += found[-1]
    return found


def tax_document(
    lines: Sequence[tuple[str, int]], rates: Mapping[str, TaxRate], rules: TaxRules = INSIDE
) -> tuple[list[TaxSum], list[int]]:
    """Tax of a document from `(tax code, amount)` per line: the sums per code, and the tax of each line.

    Amounts are gross where tax is inside the price, net where it is added. Rounding per document takes the tax of a
    code once from its whole amount and shares it over its lines by largest remainder; rounding per line takes it of
    each line. Either way the lines add up to the sums.
    """
    sums: list[TaxSum] = []
    by_line = [0] * len(lines)
    for code in sorted({code for code, _ in lines}):
        if code not in rates:
            raise CatalogueError("catalogue.tax_unknown", N_("There is no tax rate {code}."), code=code)
        members = [index for index, (line_code, _) in enumerate(lines) if line_code == code]
        amounts, rate = [lines[index][1] for index in members], rates[code]
        amount = sum(amounts)
        if rules.rounding == "line":
            each = [taken(one, rate, rules.added) for one in amounts]
            parts, shares = tuple(map(sum, zip(*each, strict=True))), [sum(one) for one in each]
        else:
            parts = taken(amount, rate, rules.added)
            shares = split(sum(parts), amounts)
        for index, share in zip(members, shares, strict=True):
            by_line[index] = share
        tax = sum(parts)
        net = amount if rules.added else amount - tax
        sums.append(TaxSum(code, rate.rate, net, tax, net + tax, _shares(net, rate, parts)))
    return sums, by_line


def _shares(net: int, rate: TaxRate, taxes: Sequence[int]) -> tuple[TaxShare, ...]:
    found: list[TaxShare] = []
    before = 0
    for part, tax in zip(rate.parts, taxes, strict=False):
        found.append(TaxShare(part.ppm, net + before if part.compound else net, tax))
        before += tax
    return tuple(found)


def tax_sums(documents: Sequence[Sequence[TaxSum]]) -> list[TaxSum]:
    """The tax table of several documents: each code once, its figures added."""
    found: dict[str, TaxSum] = {}
    for row in (row for document in documents for row in document):
        known = found.get(row.code)
        if known is not None:
            parts = tuple(
                TaxShare(one.ppm, one.base + other.base, one.tax + other.tax)
                for one, other in zip(known.parts, row.parts, strict=True)
            )
            row = TaxSum(row.code, row.rate, known.net + row.net, known.tax + row.tax, known.gross + row.gross, parts)
        found[row.code] = row
    return [found[code] for code in sorted(found)]
