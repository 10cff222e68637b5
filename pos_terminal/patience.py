"""What a command waits for before it begins: for a moment, with no lock, and never for long."""

from collections.abc import Callable

from pos_terminal.card_shown import Card
from pos_terminal.commands import Paid, PaidFrom, Scan
from pos_terminal.counter import Counter
from retail import barcode
from retail.barcode import CardCode
from retail.errors import BarcodeError
from retail.messages import Message

CARD_WAIT_S = 2.0
LEASE_WAIT_MS = 1_500
"""From asking for the lease; who takes longer to give the money waits for nothing."""


class Patience:
    """`ask_for_cards(limit_s)` fetches what is new of the shop, if it can."""

    def __init__(self, counter: Counter, ask_for_cards: Callable[[float], None]) -> None:
        self._counter, self._ask_for_cards = counter, ask_for_cards

    def __call__(self, body: Message) -> None:
        if not self._counter.desk.link.online:
            return
        if isinstance(body, Paid | PaidFrom):
            self._lease()
        number = body.card if isinstance(body, Card) else _card_in(body) if isinstance(body, Scan) else ""
        if number and self._counter.replica.card(number) is None:
            # A card that is not known here may be younger than our copy.
            self._ask_for_cards(CARD_WAIT_S)

    def _lease(self) -> None:
        """Money that is given while the hub is asked who pays: its word is a moment away."""
        counter = self._counter
        checkout = counter.till.checkout
        if checkout is None:
            return
        left_ms = min(LEASE_WAIT_MS, checkout.asked_at + LEASE_WAIT_MS - counter.now())
        with counter.news:
            counter.news.wait_for(lambda: not _asking(counter), max(0, left_ms) / 1000)


def _asking(counter: Counter) -> bool:
    checkout = counter.till.checkout
    return checkout is not None and not checkout.fence


def _card_in(scan: Scan) -> str:
    try:
        reading = barcode.read(scan.text, scan.aim)
    except BarcodeError:
        return ""
    return reading.number if isinstance(reading, CardCode) else ""
