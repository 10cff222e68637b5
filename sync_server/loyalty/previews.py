"""What another loyalty programme would mean, before it holds: for one purchase, for the last sales, for the tiers."""

from collections import Counter
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from retail.loyalty.earning import PaidLine, earn, earned
from retail.loyalty.programme import DAY_MS, NEVER, Programme, TierRule, local_day, midnight, terms_of
from retail.loyalty.tiers import window_begins
from sync_server.catalogue import queries as catalogue
from sync_server.loyalty import queries
from sync_server.loyalty.tables import points_balances, points_lots
from sync_server.orders.tables import sales

SALES_MAX = 1_000
"""The newest sales of known shoppers that are earned anew."""

SALES_DAYS = 30


def purchase(programme: Programme, amount: int, now: int) -> dict[str, Any]:
    """What somebody earns who pays `amount` minor units for goods without a rule of their own: `{points, worth,
    active_from, expires_at}`, `expires_at` null for never."""
    points = earned(amount, programme)
    terms = terms_of(programme, now, queries.zone_of(programme))
    ends = terms.expires_at if terms.expires_at < NEVER else None
    worth = programme.money(points)
    return {"points": points, "worth": worth, "active_from": terms.active_from, "expires_at": ends}


def past(session: Session, before: Programme, after: Programme, store: str, now: int) -> dict[str, int]:
    """The points of the newest sales of known shoppers by both programmes, promotions left out: `{sales, before,
    after}`."""
    rows = session.scalars(
        select(sales.c.body)
        .where(sales.c.store == store, sales.c.at > now - SALES_DAYS * DAY_MS, sales.c.shopper != "")
        .order_by(sales.c.at.desc())
        .limit(SALES_MAX)
    ).all()
    goods = catalogue.book(session, store).products
    sums = [0, 0]
    for body in rows:
        lines = [_paid(row, goods.get(row["item"])) for row in body["lines"]]
        for place, programme in enumerate((before, after)):
            sums[place] += earn(programme, lines).points
    return {"sales": len(rows), "before": sums[0], "after": sums[1]}


def _paid(row: dict[str, Any], product: Any) -> PaidLine:
    return PaidLine(row["id"], row["item"], product.department if product is not None else "", row["total"])


def tiers(session: Session, programme: Programme, now: int) -> list[dict[str, Any]]:
    """The tiers of a programme from the lowest: `{id, names, floor, now, then}`, of how many customers have each now
    and how many would have it by what they bought; the first row, without an id, is those without a tier."""
    rule = programme.tiers
    accounts = points_balances.c
    query = select(accounts.tier, func.count()).where(accounts.merged_into == "").group_by(accounts.tier)
    have = Counter[str]()
    for tier, count in session.execute(query):
        have[tier] = count
    everybody = have.total()
    if rule is None:
        return []
    reached = _reached(session, rule, programme, now)
    then = Counter(_tier_at(rule, amount) for amount in reached)
    nobody = everybody - sum(count for tier, count in then.items() if tier)
    known = {tier.id for tier in rule.tiers}
    without = sum(count for tier, count in have.items() if tier not in known)
    lowest = {"id": "", "names": None, "floor": 0, "now": without, "then": nobody}
    return [lowest] + [
        {"id": one.id, "names": dict(one.names), "floor": one.floor, "now": have[one.id], "then": then[one.id]}
        for one in rule.tiers
    ]


def _tier_at(rule: TierRule, reached: int) -> str:
    return next((tier.id for tier in reversed(rule.tiers) if tier.floor <= reached), "")


def _reached(session: Session, rule: TierRule, programme: Programme, now: int) -> list[int]:
    """The metric of every account that bought anything in the rule's window. Of two calendar years the better one."""
    lots = points_lots.c
    metric = {"spend": lots.paid, "points": lots.earned, "visits": lots.visits}[rule.metric]
    zone = queries.zone_of(programme)
    begins = window_begins(rule, now, zone)
    bought = (lots.visits > 0, lots.opened_at >= begins, lots.opened_at <= now)
    if rule.window == "rolling":
        return [
            int(amount) for amount in session.scalars(select(func.sum(metric)).where(*bought).group_by(lots.account))
        ]
    turn = midnight(local_day(now, zone).replace(month=1, day=1), zone)
    this = func.sum(case((lots.opened_at >= turn, metric), else_=0))
    last = func.sum(case((lots.opened_at < turn, metric), else_=0))
    return [max(int(a), int(b)) for a, b in session.execute(select(this, last).where(*bought).group_by(lots.account))]
