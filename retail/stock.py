"""Stock is a ledger of movements; a sale moves goods out of its store in the transaction of the sale."""

from dataclasses import dataclass

from retail.returns import Return
from retail.sale import Sale


@dataclass(frozen=True, slots=True)
class StockMove:
    """`quantity` in thousandths, negative when goods leave; `source` and `line` together make it unique."""

    store: str
    item: str
    quantity: int
    source: str
    line: str


def moves_of(sale: Sale) -> list[StockMove]:
    """One movement out of the store for each line of the sale."""
    return [StockMove(sale.store, line.item, -line.quantity, sale.id, line.id) for line in sale.lines]


def moves_back(document: Return) -> list[StockMove]:
    """One movement into the store for each line that can be sold again."""
    return [
        StockMove(document.store, line.item, line.quantity, document.id, line.line)
        for line in document.lines
        if line.restock
    ]
