"""Points at a hub of the tests: what sells to whom, and whether ledger, lots and balance agree."""

from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from talking_device import SHOP

from retail.loyalty.earning import LineEarning
from retail.loyalty.ledger import BUCKETS, Account, Lot
from retail.loyalty.programme import DAY_MS, DEFAULT, MINUTE_MS, Programme
from sync_server.db import Database
from sync_server.loyalty import holds, queries, service
from sync_server.loyalty.tables import points_balances, points_lots

ANNA, BORIS, CLARA = [shopper.id for shopper in SHOP.shoppers if shopper.points == 0][:3]
"""They have just signed up."""
NOW = 1_767_600_000_000
"""In January 2026."""
NUMBERS = count(1)


def sell(
    db: Database, customer: str, *points: int, at: int = NOW, cashier: str = "", paid: int = 0, now: int = 0
) -> str:
    """A sale whose lines earn so many points; the hub hears of it at `now`, else at once."""
    sale = f"sale-{next(NUMBERS)}"
    lines = tuple(LineEarning(f"l-{n}", "base", part) for n, part in enumerate(points))
    bought = service.Purchase(sale, customer, lines, paid or sum(points) * 100, cashier, at)
    db.write(lambda session: service.earn(session, bought, now or at))
    return sale


def do(db: Database, work: Callable[..., Any], *words: Any, **named: Any) -> Any:
    """One command, in its own transaction."""
    return db.write(lambda session: work(session, *words, **named))


def sums(db: Database, customer: str) -> dict[str, int]:
    return db.read(lambda session: queries.buckets(session, customer))


def spendable(db: Database, customer: str) -> int:
    return db.read(lambda session: queries.balance(session, customer))


def change_programme(db: Database, programme: Programme = DEFAULT, at: int = 0) -> None:
    db.write(lambda session: service.set_programme(session, programme.as_dict(), at, "2001", NOW))


def agree(db: Database, *accounts: str) -> None:
    """Replaying the entries from zero gives the lots and the balance, for each of these accounts or for all."""

    def look(session: Session) -> None:
        rows = session.execute(select(points_balances)).all()
        for row in rows:
            if accounts and row.customer not in accounts:
                continue
            replayed = queries.replayed(session, row.customer)
            assert {bucket: getattr(row, bucket) for bucket in BUCKETS} == replayed.totals, row.customer
            assert _lots(session, row.customer) == replayed

    db.read(look)


def _lots(session: Session, account: str) -> Account:
    columns = [points_lots.c[name] for name in Lot.__slots__]
    found = [Lot(*row) for row in session.execute(select(*columns).where(points_lots.c.account == account))]
    return Account(account, {lot.id: lot for lot in found if not lot.empty})


HOUR_MS = 60 * MINUTE_MS
YEAR_MS = 400 * DAY_MS
"""Longer than points count."""


def nothing(**but: int) -> dict[str, int]:
    """The sums of an account with no points but these."""
    return dict.fromkeys(BUCKETS, 0) | but


def place(db: Database, name: str, customer: str, points: int, at: int = NOW) -> dict[str, Any]:
    answer: dict[str, Any] = do(db, holds.place, holds.Wanted(name, customer, points, "till-1", "cart-1"), at)
    return answer
