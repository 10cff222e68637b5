"""When, where and for whom a cart is priced: what price lists and promotions may ask about besides its lines."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from retail.cart import Channel


@dataclass(frozen=True, slots=True)
class Occasion:
    """`at` is in ms since 1970 by the clock of whoever prices; `zone` is the store's IANA time zone.

    `groups` are the shopper's customer groups and `tier` her loyalty tier, both empty for somebody unknown; `first`
    says that she never bought before; `coupons` are the ids of the promotions that her coupons switch on.
    """

    at: int
    zone: str
    store: str
    channel: Channel
    shopper: str = ""
    groups: frozenset[str] = frozenset()
    tier: str = ""
    first: bool = False
    coupons: frozenset[str] = frozenset()

    @property
    def local(self) -> datetime:
        """The wall clock of the store, which is what "until Friday, 18:00" means."""
        return datetime.fromtimestamp(self.at / 1000, ZoneInfo(self.zone))
