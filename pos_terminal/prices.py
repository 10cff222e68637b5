"""What the lines in hand cost, and at which moment and occasion."""

from zoneinfo import ZoneInfo

from pos_terminal.till import Till
from retail.catalogue import Store
from retail.occasion import Occasion
from retail.pricing import PriceBook, PricedCart, price
from retail.wall_clock import reached


def price_of(till: Till, book: PriceBook, store: Store, now: int) -> PricedCart:
    """The lines in hand with their prices. While somebody pays, they are those of the moment in which that began."""
    return price(till.cart.lines.values(), book, occasion_of(till, store, moment_of(till, now)))


def moment_of(till: Till, now: int) -> int:
    """The moment by which prices and points are, in ms."""
    return till.paying_since if till.phase == "paying" else now


def occasion_of(till: Till, store: Store, at: int) -> Occasion:
    who, belongs = (till.shopper.id, frozenset(till.shopper.groups)) if till.shopper else ("", frozenset[str]())
    tier, first = (till.shopper.tier, till.shopper.first) if till.shopper else ("", False)
    coupons = frozenset(one.promotion for one in till.coupons)
    return Occasion(reached(at, ZoneInfo(store.zone)), store.id, till.kind, who, belongs, tier, first, coupons)
