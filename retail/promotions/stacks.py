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


Named = dict[str, list[int]]


class Contents:
    """What is in the cart at the beginning of a lane, found by what a selector names; each selector is asked once."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self.stacks = tuple(stacks)
        self._places: dict[Selector, Sequence[int]] = {}
        # A shop has many more promotions than a cart has goods: who names what is looked up, not tried.
        self._items, self._departments, self._families = Named(), Named(), Named()
        for n, stack in enumerate(self.stacks):
            goods = stack.product
            self._items.setdefault(goods.id, []).append(n)
            self._departments.setdefault(goods.department, []).append(n)
            self._families.setdefault(goods.family, []).append(n)

    def places(self, on: Selector) -> Sequence[int]:
        """The places of the stacks that a selector matches, in their order."""
        found = self._places.get(on)
        if found is None:
            found = self._places[on] = self._found(on)
        return found

    def _found(self, on: Selector) -> Sequence[int]:
        if on.everything:
            chosen = range(len(self.stacks))
            return [n for n in chosen if self.stacks[n].product.id not in on.but] if on.but else chosen
        named: list[int] | set[int] = []
        for names, known in (
            (on.items, self._items),
            (on.departments, self._departments),
            (on.families, self._families),
        ):
            for name in names.intersection(known) if names else ():
                # Most selectors name a few of many goods, and most carts have one of them.
                named = {*named, *known[name]} if named else known[name]
        for name in on.but.intersection(self._items) if named and on.but else ():
            named = set(named).difference(self._items[name])
        return sorted(named) if isinstance(named, set) else named

    def amount(self, on: Selector) -> int:
        return sum(self.stacks[n].price * self.stacks[n].count for n in self.places(on))

    def units(self, on: Selector) -> int:
        return sum(self.stacks[n].count for n in self.places(on))


@dataclass(frozen=True, slots=True)
class Off:
    """So many units of one stack get `off` minor units each."""

    promotion: str
    off: int
    count: int


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that a promotion gave: `off` minor units on these stacks together, so many units of each; the order is
    that in which the amount was shared. A set of a multibuy is one, and so is a percentage off one stack."""

    promotion: str
    off: int
    taken: tuple[tuple[Stack, int], ...]


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
