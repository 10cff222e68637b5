"""Moving goods."""

from collections.abc import Iterable

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from retail.stock import StockMove
from sync_server.db import insert_if_absent
from sync_server.stock.tables import stock_levels, stock_moves


def move(session: Session, moves: Iterable[StockMove], at: int) -> None:
    """Book movements and the levels they change. Goods that left a shop left it, so a level may go below zero:
    that is a count to be corrected by a person, not a sale to be refused."""
    # Always in the same order: two sales of the same goods must not each hold what the other waits for.
    for row in sorted(moves, key=lambda move: (move.store, move.item, move.line)):
        session.execute(
            insert(stock_moves).values(
                source=row.source, line=row.line, store=row.store, item=row.item, quantity=row.quantity, at=at
            )
        )
        insert_if_absent(session, stock_levels, store=row.store, item=row.item, quantity=0)
        session.execute(
            update(stock_levels)
            .where(stock_levels.c.store == row.store, stock_levels.c.item == row.item)
            .values(quantity=stock_levels.c.quantity + row.quantity)
        )
