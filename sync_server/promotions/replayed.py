"""What a replay of past sales has found: how many, how much, on which days, in which sales, for whom."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, func, literal_column, select
from sqlalchemy.orm import Session

from sync_server.catalogue import queries as catalogue
from sync_server.customers.tables import customers
from sync_server.orders.tables import sales
from sync_server.promotions import replay
from sync_server.promotions.tables import promotion_replay_sales

TOP_SHOWN = 15
SHARE_OF = 10_000
"""Shares are in hundredths of a percent."""

QUARTER_MS = 900_000
"""Every zone's days begin at a whole quarter of an hour."""

_COLUMNS = promotion_replay_sales.c
_COST = _COLUMNS.before - _COLUMNS.after
_QUARTER = (_COLUMNS.at // literal_column(str(QUARTER_MS), BigInteger)).label("quarter")


def found(session: Session, name: str) -> dict[str, Any]:
    """`{id, sales, done, takings, currency, since, until, given, cost, points, shoppers, share, cost_share, days, top,
    people}`: `given` is the number of sales that the draft changes, `cost` what less would have been paid, in minor
    units; shares are hundredths of a percent of the sales and of what was paid."""
    row = replay.row_of(session, name)
    mine = _COLUMNS.replay == name
    given, cost, points, shoppers = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(_COST), 0),
            func.coalesce(func.sum(_COLUMNS.points), 0),
            func.count(func.nullif(_COLUMNS.shopper, "").distinct()),
        ).where(mine)
    ).one()
    store = catalogue.store(session, row.stores[0])
    return {
        **replay.progress(row),
        "takings": row.takings,
        "currency": store.currency,
        "since": row.since,
        "until": row.until,
        "given": given,
        "cost": int(cost),
        "points": int(points),
        "shoppers": shoppers,
        "share": given * SHARE_OF // row.done if row.done else 0,
        "cost_share": int(cost) * SHARE_OF // row.takings if row.takings else 0,
        "days": _days(session, name, row, ZoneInfo(store.zone)),
        "top": _top(session, name),
        "people": _people(session, name),
    }


def _days(session: Session, name: str, row: Any, zone: ZoneInfo) -> list[dict[str, Any]]:
    """What each day would have cost, also those that would have cost nothing."""
    quarters = session.execute(select(_QUARTER, func.sum(_COST)).where(_COLUMNS.replay == name).group_by(_QUARTER))
    costs: Counter[str] = Counter()
    for quarter, cost in quarters:
        costs[datetime.fromtimestamp(quarter * QUARTER_MS // 1000, zone).date().isoformat()] += int(cost)
    day, last = (datetime.fromtimestamp(at // 1000, zone).date() for at in (row.since, row.until - 1))
    days = []
    while day <= last:
        days.append({"day": day.isoformat(), "cost": costs[day.isoformat()]})
        day += timedelta(days=1)
    return days


def _top(session: Session, name: str) -> list[dict[str, Any]]:
    """The sales that would have become cheapest."""
    rows = session.execute(
        select(promotion_replay_sales, sales.c.number, customers.c.names)
        .join(sales, sales.c.id == _COLUMNS.sale)
        .outerjoin(customers, customers.c.id == _COLUMNS.shopper)
        .where(_COLUMNS.replay == name)
        .order_by(_COST.desc(), _COLUMNS.points.desc(), _COLUMNS.sale)
        .limit(TOP_SHOWN)
    )
    return [
        {
            "id": row.sale,
            "number": row.number,
            "at": row.at,
            "names": row.names,
            "before": row.before,
            "after": row.after,
            "less": row.before - row.after,
            "points": row.points,
        }
        for row in rows
    ]


def _people(session: Session, name: str) -> list[dict[str, Any]]:
    """The known shoppers who would have received most."""
    less, points = func.sum(_COST).label("less"), func.sum(_COLUMNS.points).label("points")
    rows = session.execute(
        select(_COLUMNS.shopper, func.count().label("sales"), less, points)
        .where(_COLUMNS.replay == name, _COLUMNS.shopper != "")
        .group_by(_COLUMNS.shopper)
        .order_by(less.desc(), points.desc(), _COLUMNS.shopper)
        .limit(TOP_SHOWN)
    ).all()
    named = select(customers.c.id, customers.c.names).where(customers.c.id.in_([row.shopper for row in rows]))
    names = {row.id: row.names for row in session.execute(named)}
    return [
        {
            "id": row.shopper,
            "names": names.get(row.shopper),
            "sales": row.sales,
            "less": int(row.less),
            "points": int(row.points),
        }
        for row in rows
    ]
