"""What must hold before a promotion gives anything, and how far a cart is from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from retail.cart import Channel
from retail.occasion import Occasion
from retail.promotions.benefits import Count
from retail.promotions.calculators import Minor
from retail.promotions.selector import EVERYTHING, Selector
from retail.promotions.stacks import Contents

MINUTES_A_DAY = 24 * 60
Measure = Literal["money", "units", "word"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds. `actual` and `needed` are minor units, units, or words by `measure`."""

    kind: str
    held: bool
    measure: Measure
    actual: int | str
    needed: int | str | tuple[str, ...]

    @property
    def missing(self) -> int:
        """How much more would do, in minor units or units; 0 where no more of anything helps."""
        if not isinstance(self.actual, int) or not isinstance(self.needed, int):
            return 0
        return max(0, self.needed - self.actual)


@dataclass(frozen=True, slots=True)
class Spend:
    """At least so many minor units of these goods."""

    at_least: Minor
    on: Selector = EVERYTHING
    kind: Literal["spend"] = "spend"

    def judge(self, cart: Contents, _: Occasion) -> Verdict:
        actual = cart.amount(self.on)
        return Verdict(self.kind, actual >= self.at_least, "money", actual, self.at_least)


@dataclass(frozen=True, slots=True)
class Units:
    """At least so many units of these goods."""

    at_least: Count
    on: Selector = EVERYTHING
    kind: Literal["units"] = "units"

    def judge(self, cart: Contents, _: Occasion) -> Verdict:
        actual = cart.units(self.on)
        return Verdict(self.kind, actual >= self.at_least, "units", actual, self.at_least)


@dataclass(frozen=True, slots=True)
class Tiers:
    """The shopper has one of these loyalty tiers."""

    any_of: tuple[str, ...]
    kind: Literal["tiers"] = "tiers"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        return Verdict(self.kind, occasion.tier in self.any_of, "word", occasion.tier, self.any_of)


@dataclass(frozen=True, slots=True)
class Groups:
    """The shopper belongs to one of these customer groups."""

    any_of: tuple[str, ...]
    kind: Literal["groups"] = "groups"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        held = not occasion.groups.isdisjoint(self.any_of)
        return Verdict(self.kind, held, "word", ", ".join(sorted(occasion.groups)), self.any_of)


@dataclass(frozen=True, slots=True)
class Stores:
    any_of: tuple[str, ...]
    kind: Literal["stores"] = "stores"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        return Verdict(self.kind, occasion.store in self.any_of, "word", occasion.store, self.any_of)


@dataclass(frozen=True, slots=True)
class Channels:
    any_of: tuple[Channel, ...]
    kind: Literal["channels"] = "channels"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        return Verdict(self.kind, occasion.channel in self.any_of, "word", occasion.channel, self.any_of)


@dataclass(frozen=True, slots=True)
class Hours:
    """On these weekdays (1 is Monday, ISO 8601) between two minutes of the store's day; none named is every day.

    The end is not part of it. An end before the beginning is on the next day, and the weekday is that of the beginning.
    """

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    begin: Annotated[int, Field(ge=0, lt=MINUTES_A_DAY)] = 0
    end: Annotated[int, Field(ge=0, le=MINUTES_A_DAY)] = MINUTES_A_DAY
    kind: Literal["hours"] = "hours"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        now = occasion.local
        actual = f"{now.isoweekday()} {_clock(now.hour * 60 + now.minute)}"
        return Verdict(self.kind, self.hold(now), "word", actual, self._said())

    def hold(self, local: datetime) -> bool:
        minute, weekday = local.hour * 60 + local.minute, local.isoweekday()
        if self.begin < self.end:
            held = self.begin <= minute < self.end
        else:
            held = minute >= self.begin or minute < self.end
            if minute < self.end:
                weekday = weekday - 1 or 7
        return held and (not self.weekdays or weekday in self.weekdays)

    def _said(self) -> tuple[str, ...]:
        return (*map(str, self.weekdays), f"{_clock(self.begin)}-{_clock(self.end)}")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class FirstPurchase:
    """The shopper is known and has never bought before."""

    kind: Literal["first_purchase"] = "first_purchase"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        held = bool(occasion.shopper) and occasion.first
        return Verdict(self.kind, held, "word", occasion.shopper, "")


@dataclass(frozen=True, slots=True)
class KnownShopper:
    kind: Literal["known_shopper"] = "known_shopper"

    def judge(self, _: Contents, occasion: Occasion) -> Verdict:
        return Verdict(self.kind, bool(occasion.shopper), "word", occasion.shopper, "")


Condition = Annotated[
    Spend | Units | Tiers | Groups | Stores | Channels | Hours | FirstPurchase | KnownShopper,
    Field(discriminator="kind"),
]
