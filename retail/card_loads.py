"""Money that is put on gift cards in a sale: lines that are no goods (docs/coupons.md, "Sold at the till").

No tax is in them, no promotion sees them, no points come of them. `Sale.total` is what the goods cost; what is put on
cards comes on top, and is paid in cash alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retail.errors import N_, StoredValueRefused, TenderRefused
from retail.stored_value import AMOUNT_MAX
from retail.tender import Tender

LOADS_MAX = 10
"""Cards in one sale."""


@dataclass(frozen=True, slots=True)
class CardLoad:
    """So many minor units for the card whose code ends with `hint`; `id` is made by the terminal. The code itself is in
    no sale."""

    id: str
    amount: int
    hint: str = ""


def loaded(loads: Iterable[CardLoad]) -> int:
    """What a sale puts on cards, in minor units."""
    return sum(load.amount for load in loads)


def check_load(amount: int, others: int = 0) -> None:
    """Refuse an amount that nobody means, and one card too many beside so many `others`."""
    if not 0 < amount <= AMOUNT_MAX:
        raise StoredValueRefused("card_load.amount", N_("This amount cannot be put on a card. Type it again."))
    if others >= LOADS_MAX:
        raise StoredValueRefused(
            "card_load.too_many", N_("A sale takes {limit} gift cards at most. Finish it first."), limit=LOADS_MAX
        )


def too_many(loads: Sequence[CardLoad]) -> Iterator[str]:
    """Why no till of ours writes such cards into a sale."""
    if len({load.id for load in loads}) < len(loads) or len(loads) > LOADS_MAX:
        yield "it has too many gift cards, or one of them twice"


def check_paid_in_cash(goods: int, tenders: Sequence[Tender]) -> None:
    """Cards, credit and points pay goods and nothing else: with them nobody buys a card."""
    if sum(tender.amount for tender in tenders if tender.kind != "cash") > goods:
        raise card_for_card()


def card_for_card() -> TenderRefused:
    return TenderRefused(
        "tender.card_for_card",
        N_("A gift card is paid in cash: no card, credit or points buy one. They can pay the goods beside it."),
    )
