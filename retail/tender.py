"""Ways to pay, what is left to pay, and the change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retail.errors import N_, TenderRefused

TenderKind = Literal["cash"]

NOTES = {"EUR": (500, 1000, 2000, 5000, 10000, 20000)}
"""Banknotes in minor units, smallest first."""

TENDER_MAX = 100_000_00
"""Nobody hands over more than this in one tender; more is a slip of the finger or a scanned barcode."""


TENDERS_MAX = 20
"""Tenders in one sale."""


@dataclass(frozen=True, slots=True)
class Tender:
    """`amount` in minor units as it was handed over, before change."""

    kind: TenderKind
    amount: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """`tendered` - `change` = `total`."""

    total: int
    tendered: int
    change: int


def settle(total: int, tenders: Sequence[Tender]) -> Settlement:
    """Close the payment, or say what is missing (`params["missing"]`, in minor units). Change is cash."""
    if len(tenders) > TENDERS_MAX:
        raise TenderRefused(
            "tender.too_many", N_("A sale takes {limit} payments at most. Take one back first."), limit=TENDERS_MAX
        )
    for tender in tenders:
        if not 0 < tender.amount <= TENDER_MAX:
            raise TenderRefused("tender.amount", N_("This amount cannot be right. Type it again."))
    tendered = sum(tender.amount for tender in tenders)
    if tendered < total:
        raise TenderRefused(
            "tender.short", N_("That is not enough: something is left to pay."), missing=total - tendered
        )
    return Settlement(total, tendered, tendered - total)


def suggested(total: int, currency: str) -> list[int]:
    """Amounts that a shopper is likely to hand over: exact, then rounded up to each note, at most five."""
    amounts = [total]
    for note in NOTES.get(currency, ()):
        rounded = -(-total // note) * note
        if rounded not in amounts:
            amounts.append(rounded)
    return sorted(amounts)[:5]
