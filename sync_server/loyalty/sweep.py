"""What time does to points: holds and allowances end, lots begin and end. It may run twice, or in several workers."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync_server.catalogue import reference
from sync_server.customers import queries as customers
from sync_server.db import Database
from sync_server.loyalty import holds, queries, service, telling
from sync_server.loyalty.tables import STILL_OPEN, UNTOLD, points_balances, points_holds, points_lots

log = logging.getLogger("omnitill.loyalty")

AT_ONCE_MAX = 200
"""So many accounts or holds in one go; each in a transaction of its own, so nobody waits for all of them."""

TOLD_MAX = 500
"""Accounts that terminals are told of with one version of their reference data."""


def sweep(db: Database, now: int) -> dict[str, int]:
    """End what is over at `now` (ms): `{"holds", "accounts"}` that were changed. Nothing depends on it being in time:
    who spends points looks at what is due first."""
    return {
        "holds": _each(db, db.read(_over(now)), lambda session, row: _expire(session, row.id, row.customer, now)),
        "accounts": _each(db, db.read(_due(now)), lambda session, account: _ripen(session, account, now)),
    }


def _each(db: Database, rows: Sequence[Any], command: Callable[[Session, Any], bool]) -> int:
    """Do it for each in a transaction of its own, and say of how many something came. One account that does not fit
    holds up nobody else's points."""
    done = 0
    for row in rows:
        try:
            done += db.write(lambda session, row=row: command(session, row))  # type: ignore[misc]
        except Exception:
            log.exception("the points of %s were left as they are", row)
    return done


def _expire(session: Session, name: str, customer: str, now: int) -> bool:
    ended = holds.expire(session, name, now)
    if ended:
        telling.tell(session, customer, now)
    return ended


def _ripen(session: Session, account: str, now: int) -> bool:
    service.ripen(session, account, now)
    telling.tell(session, account, now)
    return True


def _over(now: int) -> Any:
    columns = points_holds.c
    query = select(columns.id, columns.customer).where(STILL_OPEN, columns.until <= now).order_by(columns.until)
    return lambda session: session.execute(query.limit(AT_ONCE_MAX)).all()


def _due(now: int) -> Any:
    query = select(points_lots.c.account).where(points_lots.c.due <= now).distinct().limit(AT_ONCE_MAX)
    return lambda session: session.scalars(query).all()


def tell_terminals(db: Database, now: int) -> int:
    """Tell the terminals, with the next version of their reference data, of all accounts that have changed since: how
    many. So what a till knows of a card while the hub is away is not older than that."""
    untold = select(points_balances.c.customer).where(UNTOLD, points_balances.c.merged_into == "").limit(TOLD_MAX)
    return len(db.read(lambda session: session.scalars(untold).all())) and db.write(
        lambda session: _tell_terminals(session, now), patient=True
    )


def _tell_terminals(session: Session, now: int) -> int:
    columns = points_balances.c
    # The version is read and marked in one statement: who changes an account meanwhile leaves it untold again.
    names = select(columns.customer).where(UNTOLD).order_by(columns.customer).limit(TOLD_MAX).with_for_update()
    mark = update(points_balances).where(columns.customer.in_(list(session.scalars(names))))
    told = list(session.scalars(mark.values(told=columns.version).returning(columns.customer)))
    everybody = {one for name in told for one in queries.sharing(session, name)}
    numbers = customers.card_numbers(session, everybody)
    if numbers:
        reference.changed(session, {"cards": numbers}, now)
    return len(told)


def review_tiers(db: Database, now: int) -> int:
    """Bring down by a step whoever missed the floor of a tier for longer than the days of grace, and up whoever reached
    one before the programme had it; how many accounts were looked at. Once a day is enough."""
    programme = db.read(lambda session: queries.programme(session, now))
    if programme.tiers is None:
        return 0

    def review(session: Session, account: str) -> None:
        before = queries.standing(session, account).tier
        if service.review_tier(session, account, programme, now) != before:
            telling.tell(session, account, now)

    query = select(points_balances.c.customer).where(points_balances.c.tier != "", points_balances.c.merged_into == "")
    accounts = db.read(lambda session: [*session.scalars(query), *queries.reaching(session, now)])
    for account in accounts:
        db.write(lambda session, account=account: review(session, account))  # type: ignore[misc]
    return len(accounts)
