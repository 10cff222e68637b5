"""Points as their owner sees them: the balance on the stream, and every number of it down to its entries."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from retail.loyalty.programme import NEVER, TierRule
from retail.loyalty.tiers import tier_names
from sync_server.catalogue.tables import stores
from sync_server.loyalty import queries
from sync_server.loyalty.tables import points_entries, points_holds, points_lots
from sync_server.orders.tables import sales
from sync_server.prepared import Prepared

ENTRIES_AT_ONCE = 30
UNUSED = ("voided", "expired")

_L = points_lots.c
ENDING = Prepared(
    select(_L.expires_at, func.sum(_L.active).label("points"))
    .where(_L.account == bindparam("account"), _L.open == 1, _L.active > 0, _L.expires_at < bindparam("never"))
    .group_by(_L.expires_at)
    .order_by(_L.expires_at)
    .limit(1),
    "account",
    "never",
)


def points(session: Session, customer: str) -> dict[str, Any]:
    """The points of a customer as `retail.points_shown.Points` has them. Nothing of it depends on the clock: what a
    stream shows changes with an event only."""
    name = queries.resolved(session, customer)
    sums = queries.buckets(session, name)
    ending = ENDING.first(session, account=name, never=NEVER)
    return {
        "active": queries.free(sums),
        "pending": sums["pending"],
        "held": sums["held"],
        "debt": -sums["debt"],
        "expiring": int(ending.points) if ending is not None else 0,
        "expires_at": ending.expires_at if ending is not None else 0,
        "tier": _tier(session, name),
    }


def _tier(session: Session, account: str) -> dict[str, Any] | None:
    standing = queries.standing(session, account)
    if not standing.tier:
        return None
    # The newest programme that knows the tier says what it is called.
    rules = (one.programme.tiers for one in queries.dated(session))
    found = [(n, one) for rule in rules if rule for n, one in enumerate(rule.tiers, 1) if one.id == standing.tier]
    step, names = (found[0][0], found[0][1].names) if found else (0, {"en": standing.tier})
    return {"id": standing.tier, "names": dict(names), "step": step, "since": standing.since}


def account(session: Session, customer: str, now: int, before: int = 0, lot: str = "") -> dict[str, Any]:
    """All that a shopper may see of the account, as `retail.points_shown.PointsAccount` has it."""
    name = queries.resolved(session, customer)
    programme = queries.programme(session, now)
    lots = queries.account(session, name)["lots"]
    entries = _entries(session, name, before or NEVER, lot)
    numbers = _numbers(session, {row["lot"] for row in lots} | {row.source for row in entries})
    currency = session.scalar(select(stores.c.body).order_by(stores.c.id).limit(1)) or {}
    return {
        "points": points(session, name),
        "zone": programme.zone,
        "currency": currency.get("currency", ""),
        "lots": [{**row, "number": numbers.get(row["lot"], "")} for row in lots],
        "outlook": _outlook(session, name, now, programme.tiers),
        "entries": [_entry(row, numbers) for row in entries],
    }


def _outlook(session: Session, account: str, now: int, rule: TierRule | None) -> dict[str, Any] | None:
    found = queries.tier(session, account, now)
    if found is None or rule is None:
        return None
    floors = {one.id: one.floor for one in rule.tiers}
    row = asdict(found)
    tier, after = row.pop("tier"), row.pop("next_tier")
    names = tier_names(rule, after)
    return {
        **row,
        "metric": rule.metric,
        "floor": floors.get(tier, 0),
        "next": dict(names) if names else None,
        "next_floor": floors.get(after, 0),
    }


def _entries(session: Session, account: str, before: int, lot: str) -> list[Any]:
    """The newest entries before a version of the account; all of one version, so that none falls between two pages.

    Without those of an allowance that nobody used: each visit has one, and what went out and came back is no news.
    """
    columns, holds = points_entries.c, points_holds.c
    unused = exists().where(holds.id == columns.source, holds.kind == "allowance", holds.status.in_(UNUSED))
    there_and_back = columns.kind.in_(("burn", "restore")) & unused
    of = [columns.account == account, columns.version < before, ~there_and_back]
    of += [columns.lot == lot] if lot else []
    newest = select(columns.version).where(*of).order_by(columns.version.desc()).limit(ENTRIES_AT_ONCE)
    last = min(session.scalars(newest), default=None)
    if last is None:
        return []
    order = (columns.version.desc(), columns.key.desc())
    return list(session.execute(select(points_entries).where(*of, columns.version >= last).order_by(*order)).all())


def _entry(row: Any, numbers: dict[str, str]) -> dict[str, Any]:
    names = ("key", "at", "kind", "lot", "src", "dst", "points", "source", "line", "rule")
    return {name: getattr(row, name) for name in names} | {
        "number": numbers.get(row.source, ""),
        "more": row.version,
    }


def _numbers(session: Session, names: set[str]) -> dict[str, str]:
    """The numbers of those of them that are sales."""
    rows = session.execute(select(sales.c.id, sales.c.number).where(sales.c.id.in_(names)))
    return {row.id: row.number for row in rows}
