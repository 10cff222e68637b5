"""Giving points."""

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from sync_server.db import insert_if_absent
from sync_server.loyalty.tables import points_balances, points_entries


def earn(session: Session, shopper: str, source: str, points: int, at: int, kind: str = "earn") -> None:
    """Add an entry and its points to the balance. The same source and kind a second time is refused by the key."""
    session.execute(
        insert(points_entries).values(
            key=f"{source}:{kind}", customer=shopper, kind=kind, points=points, source=source, at=at
        )
    )
    insert_if_absent(session, points_balances, customer=shopper, active=0)
    session.execute(
        update(points_balances)
        .where(points_balances.c.customer == shopper)
        .values(active=points_balances.c.active + points)
    )
