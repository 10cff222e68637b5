"""Reading stock."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.stock.tables import stock_levels


def of_item(session: Session, item: str) -> dict[str, int]:
    """Thousandths of an item in each store."""
    rows = session.execute(select(stock_levels.c.store, stock_levels.c.quantity).where(stock_levels.c.item == item))
    return {row.store: row.quantity for row in rows}


def of_store(session: Session, store: str) -> dict[str, int]:
    """Thousandths of each item in a store."""
    rows = session.execute(select(stock_levels.c.item, stock_levels.c.quantity).where(stock_levels.c.store == store))
    return {row.item: row.quantity for row in rows}
