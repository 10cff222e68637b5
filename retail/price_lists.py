"""Price lists: other prices at some stores, in some channels, for some customers, for a time, or from a quantity on.

The rule is total and written in docs/pricing.md: of the lists that hold and have a price for so much of the product,
the more specific wins, then the lower price, then the smaller id; where there is none, the product's own price is it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from retail.cart import LINE_QUANTITY_MAX, Channel
from retail.catalogue import Names, Product
from retail.errors import N_, CatalogueError
from retail.occasion import Occasion
from retail.wall_clock import local_time

LISTS_MAX = 200
"""Price lists of one company; their conditions go to every terminal whole."""

BREAKS_MAX = 12
"""Steps of one product in one list."""

AMOUNT_MAX = 10**9
"""Minor units for one whole unit, as a product's own price."""

# Which lists are the more specific: for whom, then where, then how, then when.
GROUP_RANK, STORE_RANK, CHANNEL_RANK, PERIOD_RANK = 8, 4, 2, 1


@dataclass(frozen=True, slots=True)
class Break:
    """`amount` minor units for one whole unit from `quantity` thousandths of the product on."""

    quantity: int
    amount: int


Breaks = tuple[Break, ...]
"""Of one product in one list, smallest quantity first."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """When, where and for whom a list holds; an empty condition asks for nothing.

    `starts` and `ends` are the store's wall clock ("2026-11-27T18:00"); at `ends` it holds no more.
    """

    id: str
    version: int
    names: Names
    stores: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    groups: tuple[str, ...] = ()
    starts: str = ""
    ends: str = ""

    @property
    def rank(self) -> int:
        """How specific it is: one kind of condition outweighs all that stand behind it."""
        return (
            GROUP_RANK * bool(self.groups)
            + STORE_RANK * bool(self.stores)
            + CHANNEL_RANK * bool(self.channels)
            + PERIOD_RANK * bool(self.starts or self.ends)
        )

    def holds(self, occasion: Occasion) -> bool:
        if self.stores and occasion.store not in self.stores:
            return False
        if self.channels and occasion.channel not in self.channels:
            return False
        if self.groups and occasion.groups.isdisjoint(self.groups):
            return False
        return self.in_time(occasion.minute)

    def in_time(self, minute: str) -> bool:
        """Whether it holds at this time by the clock of the store ("2026-11-27T18:00"), as far as time decides."""
        return self.starts <= minute and (not self.ends or minute < self.ends)


@dataclass(frozen=True, slots=True)
class PriceLists:
    """The lists by id, and by product what each of them asks for it."""

    lists: Mapping[str, PriceList] = field(default_factory=dict)
    offers: Mapping[str, Mapping[str, Breaks]] = field(default_factory=dict)

    @property
    def ask_for_groups(self) -> bool:
        return any(found.groups for found in self.lists.values())

    def in_force(self, minute: str) -> list[str]:
        """The ids of the lists that hold at this time, as far as time decides."""
        return sorted(found.id for found in self.lists.values() if found.in_time(minute))


NO_LISTS = PriceLists()


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What one whole unit costs, in minor units; `list_id` is empty where it is the product's own price."""

    amount: int
    list_id: str = ""
    version: int = 0


def unit_price(product: Product, quantity: int, lists: PriceLists, occasion: Occasion | None) -> ListPrice:
    """What one unit costs where `quantity` thousandths of it are bought together; `None` asks no list."""
    offers = lists.offers.get(product.id) if occasion is not None else None
    best: tuple[tuple[int, int, str], ListPrice] | None = None
    for list_id, breaks in (offers or {}).items():
        found = lists.lists.get(list_id)
        amount = reached(breaks, quantity)
        if found is None or amount is None or occasion is None or not found.holds(occasion):
            continue
        order = (-found.rank, amount, list_id)
        if best is None or order < best[0]:
            best = order, ListPrice(amount, list_id, found.version)
    return ListPrice(product.price) if best is None else best[1]


def reached(breaks: Sequence[Break], quantity: int) -> int | None:
    """The amount of the highest step that the quantity reaches; None where it reaches none."""
    amount = None
    for step in breaks:
        if step.quantity > quantity:
            break
        amount = step.amount
    return amount


def price_list_from(body: Mapping[str, Any]) -> PriceList:
    """The list that `dataclasses.asdict` wrote; what a newer version adds to it is left out."""
    known = {name: body[name] for name in PriceList.__dataclass_fields__ if name in body}
    known |= {name: tuple(known[name]) for name in ("stores", "channels", "groups") if name in known}
    return PriceList(**known)


def breaks_from(rows: Sequence[Sequence[int]]) -> Breaks:
    """Steps from `[quantity, amount]` as they are stored and sent."""
    return tuple(Break(quantity, amount) for quantity, amount in rows)


def breaks_as_rows(breaks: Breaks) -> list[list[int]]:
    return [[step.quantity, step.amount] for step in breaks]


def check_list(found: PriceList) -> None:
    """Refuse a list that begins after its end, or whose times are none."""
    starts, ends = (local_time(text) if text else None for text in (found.starts, found.ends))
    if starts is not None and ends is not None and ends <= starts:
        raise CatalogueError("catalogue.list_period", N_("The list ends before it begins. Look at its dates."))


def check_breaks(item: str, breaks: Sequence[Break]) -> None:
    """Refuse steps that do not rise, are too many, or whose amounts are no prices."""
    quantities = [step.quantity for step in breaks]
    rising = all(one < other for one, other in pairwise(quantities))
    if not 0 < len(breaks) <= BREAKS_MAX or not rising or not 0 <= quantities[0] <= quantities[-1] <= LINE_QUANTITY_MAX:
        raise CatalogueError(
            "catalogue.breaks",
            N_("The steps for {item} have to rise, and there are {limit} at most."),
            item=item,
            limit=BREAKS_MAX,
        )
    for step in breaks:
        if not 0 <= step.amount <= AMOUNT_MAX:
            raise CatalogueError("catalogue.price", N_("{price} is no price for {item}."), item=item, price=step.amount)
