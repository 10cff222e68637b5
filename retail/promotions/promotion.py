"""One promotion, and the book of all that a shop has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from retail.catalogue import Names, Product
from retail.occasion import Occasion, minute_of
from retail.promotions.benefits import Benefit, Unknown
from retail.promotions.conditions import Condition, FirstPurchase, Groups, Hours, Spend, Tiers, Units, Verdict
from retail.promotions.selector import Selector

LANE_GOODS, LANE_CART, LANE_COUPON = 10, 20, 30
"""The lanes that a shop begins with: single goods, then the whole cart, then what a coupon gives."""


WallClock = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)?$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class Promotion:
    """`begin` and `end` are the wall clock of the store (`2026-05-31T18:00`), empty for no limit; the end is not in it.

    Of the promotions of one exclusive group at most one gives something in a sale. With `coupon` it asks for a coupon.
    """

    id: Name
    version: Annotated[int, Field(ge=0)]
    names: Names
    benefit: Benefit
    conditions: tuple[Condition, ...] = ()
    lane: int = LANE_GOODS
    groups: tuple[str, ...] = ()
    begin: WallClock = ""
    end: WallClock = ""
    coupon: bool = False
    paused: bool = False

    def in_time(self, local: str) -> bool:
        return not self.paused and self.begin <= local and (not self.end or local < self.end)

    def at_this_hour(self, local: datetime) -> bool:
        """Whether the clock, and nothing else, would let it give something."""
        hours = [one for one in self.conditions if isinstance(one, Hours)]
        return self.in_time(minute_of(local)) and all(one.hold(local) for one in hours)

    def circumstances(self, occasion: Occasion, local: str) -> Verdict | None:
        """The first thing besides the goods that speaks against it; None where nothing does."""
        if not self.in_time(local):
            return Verdict("paused" if self.paused else "time", False, "word", local, (self.begin, self.end))
        if isinstance(self.benefit, Unknown):
            return Verdict("newer", False, "word", "", "")
        if self.coupon and self.id not in occasion.coupons:
            return Verdict("coupon", False, "word", "", self.id)
        return None

    @property
    def touches(self) -> Iterator[Selector]:
        """The goods that it is given on, and those that its conditions count."""
        yield from self.benefit.targets
        for condition in self.conditions:
            if isinstance(condition, Spend | Units):
                yield condition.on


class RuleBook:
    """All promotions of one version of the rules, in their total order, found by the goods that they touch."""

    def __init__(self, version: int = 0, promotions: Iterable[Promotion] = ()) -> None:
        self.version = version
        self.promotions: tuple[Promotion, ...] = tuple(sorted(promotions, key=lambda one: (one.lane, one.id)))
        self.kept: dict[Any, Any] = {}
        """What choosing has found before, for the same goods and promotions: it computes nothing else than before."""
        self.ask_for_groups = any(isinstance(held, Groups) for one in self.promotions for held in one.conditions)
        self.ask_for_standing = any(
            isinstance(held, Tiers | FirstPurchase) for one in self.promotions for held in one.conditions
        )
        self.ask_for_coupons = any(one.coupon for one in self.promotions)
        self.named = {promotion.id: promotion for promotion in self.promotions}
        self._any: list[int] = []
        self._by: dict[tuple[str, str], list[int]] = {}
        for place, promotion in enumerate(self.promotions):
            self._enter(place, list(promotion.touches))

    def _enter(self, place: int, touched: Sequence[Selector]) -> None:
        if any(selector.everything for selector in touched):
            self._any.append(place)
            return
        for kind in ("items", "departments", "families"):
            for name in {name for selector in touched for name in getattr(selector, kind)}:
                self._by.setdefault((kind, name), []).append(place)

    def in_force(self, local: datetime) -> frozenset[str]:
        """The promotions that are in their time at this wall clock: while it stays the same, prices do."""
        return frozenset(one.id for one in self.promotions if one.at_this_hour(local))

    def touching(self, products: Iterable[Product]) -> list[Promotion]:
        """Those that any of these goods could matter to, in the total order."""
        if not self.promotions:
            return []
        found, by = set(self._any), self._by
        for product in products:
            for key in (("items", product.id), ("departments", product.department), ("families", product.family)):
                found.update(by.get(key, ()))
        return [self.promotions[place] for place in sorted(found)]


NO_RULES = RuleBook()
