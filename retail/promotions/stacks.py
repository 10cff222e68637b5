"""The goods of a cart as a lane sees them: equal units in one stack, at the price that earlier lanes left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retail.catalogue import Product
from retail.promotions.selector import Selector

Mark = tuple[str, int]
"""A promotion's id, and the minor units that one unit got off by it."""


@dataclass(frozen=True, slots=True)
class Stack:
    """`count` units of `price` minor units each, of which each is `size` thousandths: 1000 for a piece.

    Each weighing is one unit, of its own `line`; pieces of all lines stand together, so that the order of scanning
    cannot matter. `marks` are what one unit has got off already.
    """

    product: Product
    size: int
    price: int
    count: int
    line: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, int, int, str, int]:
        """What decides about its discounts, and nothing else. A product may be moved to another department, which
        other promotions are given on."""
        goods = self.product
        return (goods.id, goods.department, goods.family, self.size, self.price, self.line, self.count)

    def marked(self, promotion: str, off: int, count: int) -> "Stack":
        """So many of its units, with this much off each."""
        # Written out: `replace` looks at every field by name, and a long cart has many stacks.
        marks = (*self.marks, (promotion, off))
        return Stack(self.product, self.size, self.price - off, count, self.line, marks)


def by_promotion(rows: Iterable[Mark]) -> dict[str, int]:
    """What each promotion took off in all, in the order in which they first did."""
    found: dict[str, int] = {}
    for promotion, off in rows:
        found[promotion] = found.get(promotion, 0) + off
    return found


def in_order(stacks: Iterable[Stack]) -> list[Stack]:
    """Dearest first, and then whatever tells two stacks apart: the same order however they were scanned."""
    return sorted(stacks, key=lambda one: (-one.price, one.product.id, one.size, one.line, one.marks))


class Contents:
    """What is in the cart at the beginning of a lane; each selector is counted once."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self._stacks = tuple(stacks)
        self._found: dict[Selector, tuple[int, int]] = {}

    def amount(self, on: Selector) -> int:
        return self._counted(on)[0]

    def units(self, on: Selector) -> int:
        return self._counted(on)[1]

    def _counted(self, on: Selector) -> tuple[int, int]:
        found = self._found.get(on)
        if found is None:
            matching = [stack for stack in self._stacks if on.matches(stack.product)]
            found = (sum(one.price * one.count for one in matching), sum(one.count for one in matching))
            self._found[on] = found
        return found


@dataclass(frozen=True, slots=True)
class Off:
    """So many units of one stack get `off` minor units each."""

    promotion: str
    off: int
    count: int


def divided(stack: Stack, offs: Sequence[Off]) -> list[Stack]:
    """The stack after its units got what they got; what is left over stays as it was."""
    if not offs:
        return [stack]
    parts, left = [], stack.count
    for one in offs:
        parts.append(stack.marked(one.promotion, one.off, one.count))
        left -= one.count
    if left:
        parts.append(Stack(stack.product, stack.size, stack.price, left, stack.line, stack.marks))
    return parts


def evenly(amount: int, count: int) -> list[tuple[int, int]]:
    """An amount over equal units as `(off, count)`, never a minor unit lost: the first of them get one more."""
    off, more = divmod(amount, count)
    return [(each, many) for each, many in ((off + 1, more), (off, count - more)) if many]
