"""Ways to pay, what is left to pay, what cash is rounded to, and the change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retail.errors import N_, TenderRefused
from retail.money import rounded_ratio

TenderKind = Literal["cash", "gift_card", "store_credit", "points"]
"""All but cash are held at the hub before they pay."""

NOTES = {"EUR": (500, 1000, 2000, 5000, 10000, 20000)}
"""Banknotes in minor units, smallest first."""

TENDER_MAX = 100_000_00
"""Nobody hands over more than this in one tender; more is a slip of the finger or a scanned barcode."""


TENDERS_MAX = 20
"""Tenders in one sale."""

CASH_STEP_MAX = 100_000
"""The largest step to which a store may round cash, in minor units."""


@dataclass(frozen=True, slots=True)
class Tender:
    """`amount` in minor units as it was handed over, before change.

    What is no cash names the `hold` under which the hub set it aside; `points` are those that were spent, and `hint` is
    what a receipt may show of a card's code.
    """

    kind: TenderKind
    amount: int
    hold: str = ""
    points: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """`tendered` - `change` = `total` + `rounding`; only what is paid in cash is rounded."""

    total: int
    tendered: int
    change: int
    rounding: int = 0


def cash_rounding(amount: int, step: int) -> int:
    """What is added to an amount (or, negative, taken off) that is paid in cash of whole steps: to the nearest, half a
    step upwards. Nothing where every coin is in use (`step` 0 or 1)."""
    return rounded_ratio(amount, step) * step - amount if step > 1 else 0


def rounding_of(total: int, tenders: Sequence[Tender], cash_step: int = 0) -> int:
    """What cash rounding does to this total: what the tenders do not pay otherwise is paid in cash, and rounded."""
    in_cash = total - sum(tender.amount for tender in tenders if tender.kind != "cash")
    return cash_rounding(max(0, in_cash), cash_step)


def settle(total: int, tenders: Sequence[Tender], cash_step: int = 0) -> Settlement:
    """Close the payment, or say what is missing (`params["missing"]`, in minor units). Change is cash."""
    if len(tenders) > TENDERS_MAX:
        raise TenderRefused(
            "tender.too_many", N_("A sale takes {limit} payments at most. Take one back first."), limit=TENDERS_MAX
        )
    for tender in tenders:
        if not 0 < tender.amount <= TENDER_MAX:
            raise TenderRefused("tender.amount", N_("This amount cannot be right. Type it again."))
    tendered = sum(tender.amount for tender in tenders)
    if sum(tender.amount for tender in tenders if tender.kind != "cash") > total:
        raise TenderRefused(
            "tender.no_change", N_("Only cash gives change. Take less of the card or of the points; nothing was taken.")
        )
    rounding = rounding_of(total, tenders, cash_step)
    if tendered < total + rounding:
        raise TenderRefused(
            "tender.short",
            N_("That is not enough: something is left to pay."),
            missing=total + rounding - tendered,
        )
    return Settlement(total, tendered, tendered - total - rounding, rounding)


def suggested(total: int, currency: str) -> list[int]:
    """Amounts that a shopper is likely to hand over: exact, then rounded up to each note, at most five."""
    amounts = [total]
    for note in NOTES.get(currency, ()):
        rounded = -(-total // note) * note
        if rounded not in amounts:
            amounts.append(rounded)
    return sorted(amounts)[:5]
