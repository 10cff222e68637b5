"""What a promotion gives, as data. Counts are units: a piece, or one weighing whatever its weight."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from retail.promotions.calculators import FREE, PARTS, Calculator, Hundredths, Minor
from retail.promotions.selector import EVERYTHING, Selector

Count = Annotated[int, Field(ge=1, le=1000)]
Most = Annotated[int, Field(ge=0, le=1000)]


@dataclass(frozen=True, slots=True)
class EachUnit:
    """Something off each unit, or off the `most` dearest of them; 0 is no limit."""

    calculator: Calculator
    on: Selector = EVERYTHING
    most: Most = 0
    kind: Literal["each_unit"] = "each_unit"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (self.on,)


@dataclass(frozen=True, slots=True)
class Multibuy:
    """Of each `take` units the cheapest `take - pay` get something off: 3 for 2, the second at half price."""

    take: Count
    pay: Most
    on: Selector = EVERYTHING
    calculator: Calculator = FREE
    most: Most = 0
    """Sets in one sale; 0 is no limit."""
    kind: Literal["multibuy"] = "multibuy"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (self.on,)


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Who buys `buy_count` of these gets something off up to `get_count` of those.

    A unit that could be either is never got with cheaper units bought for it.
    """

    buy: Selector
    buy_count: Count
    get: Selector
    get_count: Count = 1
    calculator: Calculator = FREE
    most: Most = 0
    kind: Literal["buy_get"] = "buy_get"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (self.buy, self.get)


@dataclass(frozen=True, slots=True)
class Slot:
    on: Selector
    count: Count = 1


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """One of each slot together for `price` minor units."""

    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=6)]
    price: Minor
    most: Most = 0
    kind: Literal["bundle_price"] = "bundle_price"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return tuple(slot.on for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Step:
    """From `spend` minor units on: `hundredths` of a percent off, and `amount` minor units."""

    spend: Minor
    hundredths: Hundredths = 0
    amount: Minor = 0


@dataclass(frozen=True, slots=True)
class Together:
    """Something off all these goods together, by the highest step that they reach: 5.00 off from 50.00 on."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]
    on: Selector = EVERYTHING
    kind: Literal["together"] = "together"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (self.on,)


@dataclass(frozen=True, slots=True)
class Gift:
    """So many units of an item for nothing, once they are in the cart."""

    item: str
    count: Count = 1
    kind: Literal["gift"] = "gift"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (Selector(items=frozenset({self.item})),)


@dataclass(frozen=True, slots=True)
class PointsTimes:
    """Points for these goods times `hundredths` / 100: 200 doubles them. Prices stay as they are."""

    hundredths: Annotated[int, Field(ge=100, le=PARTS)]
    on: Selector = EVERYTHING
    kind: Literal["points_times"] = "points_times"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (self.on,)


@dataclass(frozen=True, slots=True)
class FreeShipping:
    """Nothing is charged for delivering this sale's goods."""

    kind: Literal["free_shipping"] = "free_shipping"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A benefit, or a condition of it, that a newer version than this one made: it gives nothing here."""

    kind: Literal["unknown"] = "unknown"

    @property
    def targets(self) -> tuple[Selector, ...]:
        return ()


Benefit = Annotated[
    EachUnit | Multibuy | BuyGet | BundlePrice | Together | Gift | PointsTimes | FreeShipping | Unknown,
    Field(discriminator="kind"),
]
