"""What a purchase earns (docs/loyalty.md)."""

from collections.abc import Sequence

from retail.money import split

EARN_PER_MINOR = 100
"""One point for each whole 100 minor units paid: a point for each euro."""


def earned(paid: int) -> int:
    """Points for a sale on which `paid` minor units were really paid, floored once per sale."""
    return max(0, paid) // EARN_PER_MINOR


def share(points: int, line_totals: Sequence[int]) -> list[int]:
    """The points of a sale shared back to its lines, so that a return can take back exactly its own."""
    return split(points, list(line_totals))
