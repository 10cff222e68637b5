"""Tiers: what counts, when one is reached, how it is lost again, and what somebody needs to reach or keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from retail.loyalty.programme import DAY_MS, Tier, TierRule, local_day, midnight

ROLLING_DAYS = 365


@dataclass(frozen=True, slots=True)
class Visit:
    """A purchase as tiers see it: money kept by the shop after returns, points earned, `visits` 1 or 0."""

    at: int
    spend: int
    points: int
    visits: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier that somebody has, empty for none, and since when; `below_since` is 0 while its floor is met."""

    tier: str = ""
    since: int = 0
    below_since: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the metric is now; the next tier and what is missing to it (both empty at the top); what is missing to keep
    the present one beyond `keep_until` (ms, 0 without a tier)."""

    value: int
    tier: str
    next_tier: str
    to_reach: int
    to_keep: int
    keep_until: int


def window_begins(rule: TierRule, now: int, zone: tzinfo) -> int:
    """The first ms that counts: a rolling window has 365 days; a calendar one is the year, and the year before it,
    because a tier lasts through the year after the one in which it was reached."""
    if rule.window == "rolling":
        return now - ROLLING_DAYS * DAY_MS + 1
    return _new_year(now, zone, -1)


def value(rule: TierRule, visits: Sequence[Visit], now: int, zone: tzinfo) -> int:
    """The metric now, never below zero. Of two calendar years the better one counts."""
    counted = [row for row in visits if window_begins(rule, now, zone) <= row.at <= now]
    if rule.window == "rolling":
        return max(0, sum(_of(rule, row) for row in counted))
    begins = _new_year(now, zone, 0)
    this = sum(_of(rule, row) for row in counted if row.at >= begins)
    return max(0, this, sum(_of(rule, row) for row in counted) - this)


def review(rule: TierRule, standing: Standing, reached: int, now: int) -> Standing:
    """The standing of somebody whose metric is `reached` now. Up at once, by as many steps as it takes; down one step,
    once the floor was missed for `grace_days`."""
    have, deserved = _place(rule, standing.tier), _place_at(rule, reached)
    if deserved > have:
        return Standing(_name(rule, deserved), now)
    if deserved == have:
        return replace(standing, tier=_name(rule, have), below_since=0)
    if not standing.below_since and rule.grace_days:
        return replace(standing, below_since=now)
    if now < standing.below_since + rule.grace_days * DAY_MS:
        return standing
    lower = have - 1
    return Standing(_name(rule, lower), now, 0 if deserved == lower else now)


def climbed(rule: TierRule | None, tier: str, counted: int, visit: Visit) -> str:
    """The tier that one more purchase reaches, where that is above `tier`; else empty. `counted` is the metric before
    it: a till asks that knows no more of the shopper."""
    if rule is None:
        return ""
    reached = _place_at(rule, counted + _of(rule, visit))
    return _name(rule, reached) if reached > _place(rule, tier) else ""


def tier_names(rule: TierRule | None, tier: str) -> Mapping[str, str] | None:
    """The names of a tier; None where there is no such tier, or none at all."""
    return next((one.names for one in rule.tiers if one.id == tier), None) if rule is not None else None


def outlook(rule: TierRule, standing: Standing, visits: Sequence[Visit], now: int, zone: tzinfo) -> Outlook:
    """What somebody needs to reach the next tier or to keep the present one, who buys nothing else."""
    reached, have = value(rule, visits, now, zone), _place(rule, standing.tier)
    above = rule.tiers[have + 1] if have + 1 < len(rule.tiers) else None
    own = rule.tiers[have] if have >= 0 else None
    return Outlook(
        reached,
        standing.tier,
        above.id if above else "",
        max(0, above.floor - reached) if above else 0,
        _to_keep(rule, own, visits, now, zone) if own else 0,
        _keep_until(rule, standing, own, visits, now, zone) if own else 0,
    )


def _to_keep(rule: TierRule, own: Tier, visits: Sequence[Visit], now: int, zone: tzinfo) -> int:
    """For a rolling window what is missing now; for a calendar one what is missing in this year for the next."""
    if rule.window == "rolling":
        return max(0, own.floor - value(rule, visits, now, zone))
    begins = _new_year(now, zone, 0)
    return max(0, own.floor - max(0, sum(_of(rule, row) for row in visits if begins <= row.at <= now)))


def _keep_until(rule: TierRule, standing: Standing, own: Tier, visits: Sequence[Visit], now: int, zone: tzinfo) -> int:
    grace = rule.grace_days * DAY_MS
    if standing.below_since:
        return standing.below_since + grace
    if rule.window == "calendar":
        years = 1 if _to_keep(rule, own, visits, now, zone) else 2
        return _new_year(now, zone, years) + grace
    counted = sorted((row for row in visits if window_begins(rule, now, zone) <= row.at <= now), key=lambda row: row.at)
    left, falls = sum(_of(rule, row) for row in counted), now
    for row in counted:
        if left < own.floor:
            break
        left, falls = left - _of(rule, row), row.at + ROLLING_DAYS * DAY_MS
    return falls + grace


def _of(rule: TierRule, visit: Visit) -> int:
    return int(getattr(visit, rule.metric))


def _place(rule: TierRule, name: str) -> int:
    return next((place for place, tier in enumerate(rule.tiers) if tier.id == name), -1)


def _place_at(rule: TierRule, reached: int) -> int:
    return sum(tier.floor <= reached for tier in rule.tiers) - 1


def _name(rule: TierRule, place: int) -> str:
    return rule.tiers[place].id if place >= 0 else ""


def _new_year(now: int, zone: tzinfo, years: int) -> int:
    today = local_day(now, zone)
    return midnight(today.replace(year=today.year + years, month=1, day=1), zone)
