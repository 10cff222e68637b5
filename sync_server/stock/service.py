"""Moving goods."""

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from retail.stock import StockMove
from sync_server.db import ensure
from sync_server.prepared import Prepared
from sync_server.stock.tables import stock_levels, stock_moves

# Statements of each sale are made once: a shop that comes back has thousands to tell.
BOOK = Prepared(insert(stock_moves).inline(), "source", "line", "store", "item", "quantity", "at")
CHANGE_LEVEL = Prepared(
    update(stock_levels)
    .where(stock_levels.c.store == bindparam("of_store"), stock_levels.c.item == bindparam("of_item"))
    .values(quantity=stock_levels.c.quantity + bindparam("by")),
    "of_store",
    "of_item",
    "by",
)


def move(session: Session, moves: Iterable[StockMove], at: int) -> None:
    """Book movements and the levels they change. Goods that left a shop left it, so a level may go below zero:
    that is a count to be corrected by a person, not a sale to be refused."""
    # Always in the same order: two sales of the same goods must not each hold what the other waits for.
    for row in sorted(moves, key=lambda move: (move.store, move.item, move.line)):
        moved = {"store": row.store, "item": row.item, "quantity": row.quantity}
        BOOK.run(session, source=row.source, line=row.line, at=at, **moved)
        ensure(session, stock_levels, store=row.store, item=row.item, quantity=0)
        CHANGE_LEVEL.run(session, of_store=row.store, of_item=row.item, by=row.quantity)
