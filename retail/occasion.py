"""When, where and for whom a cart is priced: what price lists and promotions may ask about besides its lines."""

from dataclasses import dataclass
from datetime import datetime

from retail.cart import Channel


@dataclass(frozen=True, slots=True)
class Occasion:
    """`local` is the wall clock of the store, which is what "until Friday, 18:00" means; it names no zone.

    `groups` are the shopper's customer groups and `tier` her loyalty tier, both empty for somebody unknown; `first`
    says that she never bought before; `coupons` are the ids of the promotions that her coupons switch on.
    """

    local: datetime
    store: str
    channel: Channel
    shopper: str = ""
    groups: frozenset[str] = frozenset()
    tier: str = ""
    first: bool = False
    coupons: frozenset[str] = frozenset()

    @property
    def minute(self) -> str:
        """As a merchant writes a time: `2026-05-31T18:00`. Such texts sort as the times do."""
        return minute_of(self.local)


def minute_of(local: datetime) -> str:
    """The minute on a wall clock, as `Occasion.minute` has it."""
    return local.isoformat()[:16]
