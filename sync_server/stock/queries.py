"""Reading stock."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.stock.tables import stock_levels


def of_item(session: Session, item: str) -> dict[str, int]:
    """Thousandths of an item in each store."""
    rows = session.execute(select(stock_levels.c.store, stock_levels.c.quantity).where(stock_levels.c.item == item))
    return {row.store: row.quantity for row in rows}


def of_items(session: Session, store: str, items: list[str]) -> dict[str, int]:
    """Thousandths of each of the items in a store."""
    if not items:
        return {}
    levels = stock_levels.c
    rows = session.execute(select(levels.item, levels.quantity).where(levels.store == store, levels.item.in_(items)))
    return {row.item: row.quantity for row in rows}
