"""Reading points."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.loyalty.tables import points_balances


def balance(session: Session, shopper: str) -> int:
    """The points that a shopper can spend."""
    return session.scalar(select(points_balances.c.active).where(points_balances.c.customer == shopper)) or 0


def balances(session: Session) -> dict[str, int]:
    """The points of every shopper who has any."""
    rows = session.execute(select(points_balances.c.customer, points_balances.c.active))
    return {row.customer: row.active for row in rows}
