"""Stock is a ledger of movements; a sale moves goods out of its store in the transaction of the sale."""

from collections.abc import Mapping
from dataclasses import dataclass

from retail.codec import digest
from retail.money import QUANTITY_ONE
from retail.returns import Return
from retail.sale import Sale

NAME_CHARS_MAX = 64
"""Of a movement's line, as a database keeps it."""

DIGEST_CHARS = 48
"""In place of an id that is too long to be one part of a name."""


@dataclass(frozen=True, slots=True)
class StockMove:
    """`quantity` in thousandths, negative when goods leave; `source` and `line` together make it unique."""

    store: str
    item: str
    quantity: int
    source: str
    line: str


def moves_of(sale: Sale) -> list[StockMove]:
    """The movements out of the store: one for each line of the sale, or one for each part of a bundle."""
    return [
        StockMove(sale.store, item, -quantity, sale.id, name)
        for line in sale.lines
        for name, item, quantity in _moved(line.id, line.item, line.quantity, line.parts)
    ]


def moves_back(document: Return, parts: Mapping[str, Mapping[str, int]] | None = None) -> list[StockMove]:
    """The movements into the store, for each line that can be sold again; `parts` are those of the lines of the sale
    that were bundles, by line."""
    return [
        StockMove(document.store, item, quantity, document.id, name)
        for line in document.lines
        if line.restock
        for name, item, quantity in _moved(line.line, line.item, line.quantity, (parts or {}).get(line.line, {}))
    ]


def _moved(line: str, item: str, quantity: int, parts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """`(name of the movement, item, thousandths)`. A bundle itself stands on no shelf: what it consists of does."""
    if not parts:
        return [(line, item, quantity)]
    return [
        (_name(line, n), part, each * quantity // QUANTITY_ONE) for n, (part, each) in enumerate(sorted(parts.items()))
    ]


def _name(line: str, n: int) -> str:
    """A name for part `n` of a line that no line has and no part of another: a phone chooses the ids of its lines, and
    none of those has a stroke in it."""
    name = f"{line}/{n}"
    return name if len(name) <= NAME_CHARS_MAX else f"/{digest(line)[:DIGEST_CHARS]}/{n}"


def bundles_in(parts: Mapping[str, int], levels: Mapping[str, int]) -> int:
    """Thousandths of a bundle that can be put together from what is there: as many as the scarcest part allows."""
    return min(max(0, levels.get(item, 0)) // each for item, each in parts.items()) * QUANTITY_ONE
