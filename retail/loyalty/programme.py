"""A loyalty programme as data: what is earned, when it counts and until when, what a point is worth, which limits hold.

A merchant writes it as JSON (`programme_from`); the defaults are those of docs/loyalty.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from retail.codec import canonical
from retail.errors import N_, LoyaltyRefused
from retail.messages import faults_of

ONCE = 1000
"""Multipliers are in thousandths: 2000 doubles the points."""

NEVER = 10**15
"""The end of what has none, in ms; it sorts behind every other."""

MINUTE_MS = 60_000
DAY_MS = 86_400_000

Metric = Literal["spend", "points", "visits"]
Window = Literal["rolling", "calendar"]


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Goods of these departments, or these products, earn `times` thousandths of what others earn; 0 is nothing."""

    id: str
    times: int
    departments: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """Reached by whoever has at least `floor`: minor units, points or visits, as its rule measures."""

    id: str
    names: Mapping[str, str]
    floor: int


@dataclass(frozen=True, slots=True)
class TierRule:
    """Tiers from the lowest to the highest. Nobody below the first floor has one."""

    tiers: tuple[Tier, ...]
    metric: Metric = "spend"
    window: Window = "rolling"
    grace_days: int = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """0 is no limit. Earning beyond one is noted for a person; spending beyond one is refused."""

    sales_a_day: int = 20
    sales_a_day_of_one_cashier: int = 8
    points_a_day: int = 0
    burns_an_hour: int = 6
    burned_a_day: int = 0


@dataclass(frozen=True, slots=True)
class Programme:
    """`points` for each whole `per` minor units; `worth_points` points pay `worth` minor units."""

    id: str = "points"
    version: int = 1
    zone: str = "UTC"
    """The IANA time zone in which its days and months begin."""
    points: int = 1
    per: int = 100
    multipliers: tuple[Multiplier, ...] = ()
    pending_days: int = 0
    expiry: Literal["never", "months", "month_end"] = "month_end"
    expiry_months: int = 12
    worth: int = 1
    worth_points: int = 1
    hold_minutes: int = 15
    hold_hours_max: int = 4
    """A hold that is renewed again and again ends all the same."""
    missing: Literal["debt", "withhold"] = "debt"
    """Where returned goods gave points that are spent: they are owed, or taken off the refund in money."""
    restored_days: int = 30
    """So long do burned points count that come back after their own end."""
    allowance_hours: int = 24
    allowance_points_max: int = 1000
    approve_above: int = 0
    """So many points are spent on a card alone within 24 hours; beyond them somebody is asked. 0 is no limit."""
    limits: Limits = Limits()
    tiers: TierRule | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def money(self, points: int) -> int:
        """What so many points pay, in minor units, never rounded up."""
        return points * self.worth // self.worth_points

    def points_for(self, money: int) -> int:
        """The fewest points that pay so many minor units."""
        return -(-money * self.worth_points // self.worth)

    @property
    def hold_ms(self) -> int:
        return self.hold_minutes * MINUTE_MS


DEFAULT = Programme()


@dataclass(frozen=True, slots=True)
class Terms:
    """When points begin to count, and the first ms at which they do not any more (`NEVER`)."""

    active_from: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class DatedProgramme:
    """A programme and the ms from which it holds, until one of a higher version does."""

    from_at: int
    programme: Programme


def holding(dated: Iterable[DatedProgramme], at: int) -> Programme:
    """The programme that holds at `at` (ms); the defaults before a merchant has made one."""
    begun = [one.programme for one in dated if one.from_at <= at]
    return max(begun, key=lambda one: one.version, default=DEFAULT)


_PROGRAMME: TypeAdapter[Programme] = TypeAdapter(Programme)


def dated_from(rows: Iterable[Mapping[str, Any]]) -> tuple[DatedProgramme, ...]:
    """The programmes that reference data tells, `{from_at, programme}`. What a newer hub says of one beside what is
    known here is passed over; one that cannot be read at all is left out, and the one before it goes on."""
    found = []
    for row in rows:
        try:
            programme = _PROGRAMME.validate_json(canonical(row["programme"]), strict=True)
        except (ValidationError, KeyError, TypeError, ValueError):
            continue
        found.append(DatedProgramme(int(row["from_at"]), programme))
    return tuple(found)


def programme_from(body: Mapping[str, Any]) -> Programme:
    """The programme that `Programme.as_dict` wrote, or a merchant; `LoyaltyRefused` names every field that is wrong."""
    try:
        programme = _PROGRAMME.validate_json(canonical(body), strict=True, extra="forbid")
    except (ValidationError, TypeError, ValueError) as error:
        raise _malformed(faults_of(error) if isinstance(error, ValidationError) else str(error)) from None
    for fault in _impossible(programme):
        raise _malformed(fault)
    return programme


def _malformed(reason: str) -> LoyaltyRefused:
    return LoyaltyRefused(
        "loyalty.programme",
        N_("This is not a programme that can be used: {reason}. Nothing was changed."),
        reason=reason,
    )


def _impossible(programme: Programme) -> Iterator[str]:
    if min(programme.per, programme.worth, programme.worth_points, programme.hold_minutes, programme.version) <= 0:
        yield "per, worth, worth_points, hold_minutes and version are more than zero"
    numbers = (programme.points, programme.pending_days, programme.restored_days, programme.approve_above)
    if min(*numbers, *asdict(programme.limits).values()) < 0:
        yield "a number is negative"
    if programme.expiry != "never" and not 0 < programme.expiry_months <= 1200:
        yield "points expire after 1 to 1200 months, or never"
    if any(one.times < 0 for one in programme.multipliers):
        yield "a multiplier is negative"
    floors = [tier.floor for tier in programme.tiers.tiers] if programme.tiers else []
    if floors != sorted(set(floors)) or any(floor <= 0 for floor in floors):
        yield "each tier's floor is above the one before"


def terms_of(programme: Programme, at: int, zone: tzinfo) -> Terms:
    """From when and until when points count that are earned at `at` (ms): whole days and months of the
    programme's `zone`, which whoever may read the tables of time zones brings along.

    Months are counted from the day on which the points become active, and that day of the last month still counts.
    """
    return _terms(zone, programme.pending_days, programme.expiry, programme.expiry_months, at)


@lru_cache(1024)
def _terms(zone: tzinfo, pending_days: int, expiry: str, months: int, at: int) -> Terms:
    begins = local_day(at, zone) + timedelta(days=pending_days)
    active_from = midnight(begins, zone) if pending_days else at
    if expiry == "never":
        return Terms(active_from, NEVER)
    last = months_after(begins, months)
    after = months_after(last.replace(day=1), 1) if expiry == "month_end" else last + timedelta(days=1)
    return Terms(active_from, midnight(after, zone))


def local_day(at: int, zone: tzinfo) -> date:
    """The day on the wall of the zone."""
    return datetime.fromtimestamp(at // 1000, zone).date()


def midnight(day: date, zone: tzinfo) -> int:
    """The ms at which a day begins in the zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    length = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - first
    return first.replace(day=min(day.day, length.days))
