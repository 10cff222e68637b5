"""Reading points: a balance is one row, however long the ledger is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from retail.loyalty.ledger import BUCKETS, Account, Entry, Lot, fold
from retail.loyalty.programme import DEFAULT, NEVER, DatedProgramme, Programme, local_day, midnight, programme_from
from retail.loyalty.tiers import Outlook, Standing, Visit, outlook, window_begins
from sync_server.customers import groups
from sync_server.loyalty import books
from sync_server.loyalty.tables import (
    MERGED,
    UNDOES,
    points_answers,
    points_balances,
    points_entries,
    points_holds,
    points_lots,
    points_merges,
    programmes,
)
from sync_server.prepared import Prepared

ENTRIES_SHOWN_MAX = 100
PROGRAMMES_TOLD_MAX = 10
"""Versions: a terminal that was away for longer names one that is held against the one of its time."""

_B = points_balances.c
_SUMS = tuple(_B[bucket] for bucket in BUCKETS)
ONE_BALANCE = Prepared(select(*_SUMS, _B.merged_into).where(_B.customer == bindparam("account")), "account")
SHARES = Prepared(select(_B.merged_into, _B.shared).where(_B.customer == bindparam("account")), "account")
STANDING = Prepared(select(_B.tier, _B.tier_since).where(_B.customer == bindparam("account")), "account")
BOUGHT = Prepared(
    select(points_lots.c.id)
    .where(
        points_lots.c.account == bindparam("account"),
        points_lots.c.opened_at < bindparam("before"),
        points_lots.c.visits > 0,
    )
    .limit(1),
    "account",
    "before",
)
PROGRAMME = Prepared(
    select(programmes.c.body)
    .where(programmes.c.from_at <= bindparam("now"))
    .order_by(programmes.c.version.desc())
    .limit(1),
    "now",
)


def programme(session: Session, now: int) -> Programme:
    """The programme that holds at `now` (ms); the defaults before a merchant has made one."""
    row = PROGRAMME.first(session, now=now)
    if row is None:
        return DEFAULT
    kept = session.info.setdefault("kept", {})
    known: tuple[Any, Programme] = kept.get("programme", (None, DEFAULT))
    if known[0] != row.body:
        known = kept["programme"] = (row.body, programme_from(row.body))
    return known[1]


def dated(session: Session, at_most: int = PROGRAMMES_TOLD_MAX) -> tuple[DatedProgramme, ...]:
    """The newest programmes with the ms from which each holds: tills earn by them."""
    newest = select(programmes.c.from_at, programmes.c.body).order_by(programmes.c.version.desc()).limit(at_most)
    return tuple(DatedProgramme(row.from_at, programme_from(row.body)) for row in session.execute(newest).all())


def zone_of(found: Programme) -> ZoneInfo:
    """The time zone in which a programme's days and months begin."""
    return ZoneInfo(found.zone)


def buckets(session: Session, customer: str) -> dict[str, int]:
    """The points in each bucket of the account in which a customer's points count."""
    while True:
        row = ONE_BALANCE.first(session, account=customer)
        if row is None:
            return dict.fromkeys(BUCKETS, 0)
        if not row.merged_into:
            return {bucket: getattr(row, bucket) for bucket in BUCKETS}
        customer = row.merged_into


def balance(session: Session, customer: str) -> int:
    """The points that a customer can spend: active ones, less what is owed."""
    return free(buckets(session, customer))


def free(sums: dict[str, int]) -> int:
    return max(0, sums["active"] + sums["debt"])


def balances(session: Session, customers: list[str]) -> dict[str, int]:
    """The points of those of the customers who have any."""
    rows = session.execute(select(_B.customer, _B.active, _B.debt, _B.merged_into).where(_B.customer.in_(customers)))
    return {
        row.customer: balance(session, row.customer) if row.merged_into else max(0, row.active + row.debt)
        for row in rows.all()
    }


@dataclass(frozen=True, slots=True)
class Known:
    """What prices ask of a shopper: her tier, since when (ms) she has it, and whether she never bought before."""

    tier: str
    since: int
    first: bool


def known(session: Session, customer: str, before: int = NEVER) -> Known:
    """The standing of a customer; `first` looks at what was bought before a moment (ms)."""
    name = resolved(session, customer)
    row = STANDING.first(session, account=name)
    first = BOUGHT.first(session, account=name, before=before) is None
    return Known(row.tier, row.tier_since, first) if row is not None else Known("", 0, first)


def at_tills(session: Session, customers: Sequence[str], now: int) -> dict[str, dict[str, Any]]:
    """What a terminal may know of these customers while the hub is away: `{points, tier, first, counted}`, of all."""
    columns = (_B.customer, _B.merged_into, _B.tier, _B.active, _B.debt)
    rows = {row.customer: row for row in session.execute(select(*columns).where(_B.customer.in_(customers)))}
    # Few share an account; theirs is looked for one by one.
    names = {who: resolved(session, who) if who in rows and rows[who].merged_into else who for who in customers}
    accounts = {name for who, name in names.items() if name != who}
    rows |= {row.customer: row for row in session.execute(select(*columns).where(_B.customer.in_(accounts)))}
    lots = points_lots.c
    of_all = (lots.account.in_(set(names.values())), lots.visits > 0)
    bought = set(session.scalars(select(lots.account).where(*of_all).distinct()))
    counted = _counted(session, set(names.values()), now)
    found = {}
    for who, name in names.items():
        row = rows.get(name)
        found[who] = {
            "points": max(0, row.active + row.debt) if row is not None else 0,
            "tier": row.tier if row is not None else "",
            "first": name not in bought,
            "counted": counted.get(name, 0),
        }
    return found


def _counted(session: Session, accounts: Collection[str], now: int) -> dict[str, int]:
    """The metric of tiers now by account, added up by the database; as `retail.loyalty.tiers.value` has it."""
    found: dict[str, int] = {}
    for sums, _ in _sums(session, now):
        for name, total in session.execute(sums.where(points_lots.c.account.in_(accounts))):
            found[name] = max(found.get(name, 0), int(total))
    return found


def _sums(session: Session, now: int) -> list[tuple[Select[Any], ColumnElement[Any]]]:
    """For each part of the window that counts for tiers now: account and metric of what was bought in it."""
    rule = programme(session, now).tiers
    if rule is None:
        return []
    zone, columns = zone_of(programme(session, now)), points_lots.c
    metric = func.sum({"spend": columns.paid, "points": columns.earned, "visits": columns.visits}[rule.metric])
    begins = [window_begins(rule, now, zone)]
    if rule.window == "calendar":
        begins.append(midnight(local_day(now, zone).replace(month=1, day=1), zone))
    return [
        (
            select(columns.account, metric)
            .where(columns.opened_at >= begin, columns.opened_at < end, columns.visits > 0)
            .group_by(columns.account),
            metric,
        )
        for begin, end in zip(begins, [*begins[1:], now + 1], strict=True)
    ]


def reaching(session: Session, now: int) -> list[str]:
    """Accounts without a tier that have bought enough for one, which a new programme or a correction may leave so."""
    rule, found = programme(session, now).tiers, set[str]()
    for sums, metric in _sums(session, now) if rule is not None and rule.tiers else ():
        without = sums.join(points_balances, _B.customer == points_lots.c.account)
        without = without.where(_B.tier == "", _B.merged_into == "").having(metric >= rule.tiers[0].floor)  # type: ignore[union-attr]
        found |= {row.account for row in session.execute(without)}
    return sorted(found)


def account(session: Session, customer: str) -> dict[str, Any]:
    """What a shopper may see: `{account, buckets, free, lots}`, of lots those with points to come or to spend, nearest
    expiry first: `{lot, pending, active, held, active_from, expires_at}`; `expires_at` is null for never."""
    name = resolved(session, customer)
    sums = buckets(session, name)
    lots = sorted((Lot(*row) for row in books.OPEN_LOTS.all(session, account=name)), key=lambda lot: lot.order)
    shown = [
        {
            "lot": lot.id,
            "pending": lot.pending,
            "active": lot.active,
            "held": lot.held,
            "active_from": lot.active_from,
            "expires_at": lot.expires_at if lot.expires_at < NEVER else None,
        }
        for lot in lots
        if lot.pending or lot.active or lot.held
    ]
    return {"account": name, "buckets": sums, "free": free(sums), "lots": shown}


def resolved(session: Session, customer: str) -> str:
    """In whose account the points of a customer count."""
    while (row := ONE_BALANCE.first(session, account=customer)) is not None and row.merged_into:
        customer = row.merged_into
    return customer


def people(session: Session, customer: str) -> list[str]:
    """The ids that a person has, this one first: mostly no other, which one look says."""
    row = SHARES.first(session, account=customer)
    if row is None or not (row.merged_into or row.shared):
        return [customer]
    return [customer, *(who for who in sharing(session, customer) if who != customer)]


def sharing(session: Session, customer: str) -> list[str]:
    """All customers whose points count in one account with this one's, and this one; always in the same order."""
    found = [resolved(session, customer)]
    for name in found:
        found += session.scalars(select(_B.customer).where(_B.merged_into == name, MERGED)).all()
    return sorted({*found, customer})


def joined(session: Session, customer: str) -> list[Any]:
    """The merging that stands of a customer into another, newest first: none, or one."""
    columns = points_merges.c
    standing = (columns.source == customer) & columns.parted_at.is_(None)
    return list(session.execute(select(points_merges).where(standing).order_by(columns.at.desc()).limit(1)).all())


def entries(session: Session, customer: str, before: int = NEVER, limit: int = ENTRIES_SHOWN_MAX) -> list[Any]:
    """The entries of an account, the newest first, before a version of it: every number opens to what it came from."""
    columns = points_entries.c
    name = resolved(session, customer)
    return list(
        session.execute(
            select(points_entries)
            .where(columns.account == name, columns.version < before)
            .order_by(columns.version.desc(), columns.key.desc())
            .limit(min(limit, ENTRIES_SHOWN_MAX))
        ).all()
    )


def replayed(session: Session, name: str) -> Account:
    """The account from zero, from all its entries: what the balance and the lots have to agree with."""
    columns = points_entries.c
    names = list(Entry.__slots__)
    rows = session.execute(
        select(*(columns[name] for name in names))
        .where(columns.account == name)
        .order_by(columns.version, columns.at, columns.key)
    )
    return fold(name, (Entry(*row) for row in rows))


def entries_of(session: Session, source: str) -> Sequence[Any]:
    """The entries that a sale, a return or a hold made, in the order of their keys."""
    columns = points_entries.c
    return session.execute(select(points_entries).where(columns.source == source).order_by(columns.key)).all()


def undone(session: Session, keys: list[str]) -> dict[str, int]:
    """How many points of each of these entries were reversed already."""
    columns = points_entries.c
    rows = session.execute(
        select(columns.reverses, func.sum(columns.points))
        .where(columns.reverses.in_(keys), UNDOES)
        .group_by(columns.reverses)
    )
    return {key: int(points) for key, points in rows}


def answered(session: Session, key: str) -> dict[str, Any]:
    """What was answered under a key; nothing where nobody has asked."""
    return session.scalar(select(points_answers.c.answer).where(points_answers.c.key == key)) or {}


def hold(session: Session, name: str) -> Any:
    """The row of a hold or an allowance, or None."""
    return session.execute(select(points_holds).where(points_holds.c.id == name)).first()


def liability(session: Session, now: int) -> dict[str, Any]:
    """What the points that are out are worth: `{points, money, debt, months}`, of months each `{month, pending, active,
    held, points, money}` by the month in which they still count last, "" for never; money in minor units."""
    found = programme(session, now)
    zone = zone_of(found)
    columns = points_lots.c
    sums = [func.sum(columns[bucket]).label(bucket) for bucket in ("pending", "active", "held", "debt")]
    rows = session.execute(select(columns.expires_at, *sums).where(columns.open == 1).group_by(columns.expires_at))
    months: dict[str, dict[str, int]] = {}
    debt = 0
    for row in rows:
        ends = row.expires_at
        # The first ms that does not count belongs to the next month where points end with a month.
        month = local_day(ends - 1, zone).strftime("%Y-%m") if ends < NEVER else ""
        into = months.setdefault(month, {"pending": 0, "active": 0, "held": 0})
        for bucket in into:
            into[bucket] += int(getattr(row, bucket))
        debt += int(row.debt)
    listed = [
        {"month": month, **sums, "points": sum(sums.values()), "money": found.money(sum(sums.values()))}
        for month, sums in sorted(months.items(), key=lambda item: item[0] or "9999-99")
        if any(sums.values())
    ]
    points = sum(sum(sums.values()) for sums in months.values())
    return {"points": points, "money": found.money(points), "debt": -debt, "months": listed}


def groups_of_others(session: Session, names: Collection[str]) -> dict[str, set[str]]:
    """The groups that customers are in because they share an account, by customer; nothing of those who share none."""
    shared = select(_B.customer).where(_B.customer.in_(names), (_B.merged_into != "") | (_B.shared == 1))
    return {
        who: {group for other in people(session, who)[1:] for group in groups.of(session, other)}
        for who in session.scalars(shared).all()
    }


def bought_after(session: Session, customer: str, at: int) -> list[str]:
    """The sales to a person that were made after a moment (ms)."""
    columns = points_lots.c
    later = select(columns.id).where(
        columns.account == resolved(session, customer), columns.opened_at > at, columns.visits > 0
    )
    return list(session.scalars(later.order_by(columns.opened_at)))


def visits(session: Session, name: str, since: int) -> list[Visit]:
    """The sales of an account since `since` (ms), as tiers see them."""
    columns = points_lots.c
    rows = session.execute(
        select(columns.opened_at, columns.paid, columns.earned, columns.visits)
        .where(columns.account == name, columns.opened_at >= since, columns.visits > 0)
        .order_by(columns.opened_at)
    )
    return [Visit(*row) for row in rows]


def standing(session: Session, name: str) -> Standing:
    row = session.execute(select(_B.tier, _B.tier_since, _B.tier_below).where(_B.customer == name)).first()
    return Standing(*row) if row is not None else Standing()


def tier(session: Session, customer: str, now: int) -> Outlook | None:
    """The tier of a customer and what it takes to reach the next or keep it; None where the programme has no tiers."""
    found = programme(session, now)
    if found.tiers is None:
        return None
    name = resolved(session, customer)
    zone = zone_of(found)
    bought = visits(session, name, window_begins(found.tiers, now, zone))
    return outlook(found.tiers, standing(session, name), bought, now, zone)
