"""Reading points."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.loyalty.tables import points_balances


def balance(session: Session, shopper: str) -> int:
    """The points that a shopper can spend."""
    return session.scalar(select(points_balances.c.active).where(points_balances.c.customer == shopper)) or 0


def balances(session: Session, shoppers: list[str]) -> dict[str, int]:
    """The points of those of the shoppers who have any."""
    columns = points_balances.c
    rows = session.execute(select(columns.customer, columns.active).where(columns.customer.in_(shoppers)))
    return {row.customer: row.active for row in rows}
