"""Benefits that need several units at once, each as a small machine that is shown one unit after another.

The units come dearest first. A machine says in which roles it would take a unit, what is gained by that (in
`PARTS` of a minor unit) and in which state it is then; a choice is whole when every machine is `done`. Because the
dearest come first, a machine needs to remember counts and nothing else, and going through all states finds the best
choice there is: choice.py. The one exception are weighings that get an amount a kilogram off: there the dearest need
not get the most, and the choice does not say that it is the best.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import ge, mul, sub
from typing import Any

from retail.promotions.benefits import Benefit, BundlePrice, BuyGet, EachUnit, Gift, Multibuy
from retail.promotions.calculators import FREE, PARTS, Percent
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from retail.promotions.stacks import Contents, Stack

State = Any
Serving = tuple[Selector, ...]
"""The goods that can serve in each role; BUY is the first of two, and GET the second."""

Taken = Sequence[tuple[int, int]]
"""The units that a machine took as `(stack, role)`, in the order in which it was shown them."""


class Limited:
    """Something off each of the dearest units, so many of them."""

    def __init__(self, benefit: EachUnit | Gift) -> None:
        self.serving: Serving = benefit.targets
        self._calculator = benefit.calculator if isinstance(benefit, EachUnit) else FREE
        self._most = benefit.most if isinstance(benefit, EachUnit) else benefit.count

    def begin(self, sets: int) -> State:
        return sets

    def possible(self, units: Sequence[int]) -> bool:
        return True

    def share(self, stack: Stack, roles: tuple[int, ...], dearest: Sequence[int]) -> int:
        return self._calculator.off(stack.price, stack.size)

    def take(self, state: State, stack: Stack, role: int, also: tuple[int, ...]) -> tuple[State, int] | None:
        return (state + 1, self._calculator.off(stack.price, stack.size)) if state < self._most else None

    def done(self, state: State) -> bool:
        return True

    def sets(self, taken: Taken, stacks: Sequence[Stack]) -> Iterator[tuple[list[int], int]]:
        for stack, _ in taken:
            yield [stack], self._calculator.off(stacks[stack].price, stacks[stack].size)


class Multi:
    """So many together, of which the last and therefore cheapest get something off. The state is `(place, sets)`."""

    def __init__(self, benefit: Multibuy) -> None:
        self.serving: Serving = benefit.targets
        self._benefit = benefit
        self.mixed = False
        """Whether the cheaper of two units may get more off than the dearer: an amount a kilogram off two weighings."""

    def look(self, sizes: Set[int]) -> None:
        self.mixed = len(sizes) > 1 and not isinstance(self._benefit.calculator, Percent)

    def begin(self, sets: int) -> State:
        # The number of sets matters only where it is limited, else it stays 0: so more ways join into one.
        return (0, min(sets, self._benefit.most))

    def possible(self, units: Sequence[int]) -> bool:
        return units[0] >= self._benefit.take

    def share(self, stack: Stack, roles: tuple[int, ...], dearest: Sequence[int]) -> int:
        # The cheapest of a set get less off than its average: an even share for each of its units is never too little.
        benefit, off = self._benefit, self._benefit.calculator.off(stack.price, stack.size)
        return off if self.mixed else -(-off * (benefit.take - benefit.pay) // benefit.take)

    def ahead(self, state: State, stack: Stack) -> int:
        """What a set that was begun may still gain beyond the `share` of the units to come, of this price or less."""
        place, benefit = state[0], self._benefit
        if self.mixed:
            # Their shares are all that they could get off.
            return 0
        return (
            (benefit.take - max(place, benefit.pay)) * benefit.calculator.off(stack.price, stack.size) if place else 0
        )

    def take(self, state: State, stack: Stack, role: int, also: tuple[int, ...]) -> tuple[State, int] | None:
        (place, sets), benefit = state, self._benefit
        if benefit.most and sets >= benefit.most:
            return None
        gain = benefit.calculator.off(stack.price, stack.size) if place >= benefit.pay else 0
        if place + 1 < benefit.take:
            return (place + 1, sets), gain
        return (0, min(sets + 1, benefit.most)), gain

    def done(self, state: State) -> bool:
        return bool(state[0] == 0)

    def sets(self, taken: Taken, stacks: Sequence[Stack]) -> Iterator[tuple[list[int], int]]:
        size, off = self._benefit.take, self._benefit.calculator.off
        for first in range(0, len(taken), size):
            members = [stack for stack, _ in taken[first : first + size]]
            yield members, sum(off(stacks[one].price, stacks[one].size) for one in members[self._benefit.pay :])


BUY, GET = 0, 1


class BuyAndGet:
    """These bought, those got. The state is `(bought, got, sets)` of what is not yet a whole set."""

    def __init__(self, benefit: BuyGet) -> None:
        self.serving: Serving = benefit.targets
        self._benefit = benefit

    def begin(self, sets: int) -> State:
        return (0, 0, min(sets, self._benefit.most))

    def possible(self, units: Sequence[int]) -> bool:
        return units[BUY] >= self._benefit.buy_count and units[GET] > 0

    def share(self, stack: Stack, roles: tuple[int, ...], dearest: Sequence[int]) -> int:
        return self._benefit.calculator.off(stack.price, stack.size) if GET in roles else 0

    def take(self, state: State, stack: Stack, role: int, also: tuple[int, ...]) -> tuple[State, int] | None:
        (bought, got, sets), benefit = state, self._benefit
        if benefit.most and sets >= benefit.most:
            return None
        if role == BUY:
            bought, gain = bought + 1, 0
        else:
            # One that could also be bought is got only after the dearer ones that were bought for it.
            if len(also) > 1 and bought < benefit.buy_count * (got // benefit.get_count + 1):
                return None
            got, gain = got + 1, benefit.calculator.off(stack.price, stack.size)
        if bought >= benefit.buy_count and got >= benefit.get_count:
            bought, got, sets = bought - benefit.buy_count, got - benefit.get_count, min(sets + 1, benefit.most)
        return (bought, got, sets), gain

    def done(self, state: State) -> bool:
        bought, got, sets = state
        begun, benefit = -(-got // self._benefit.get_count), self._benefit
        allowed = not benefit.most or sets + begun <= benefit.most
        return bool(allowed and bought == begun * benefit.buy_count)

    def sets(self, taken: Taken, stacks: Sequence[Stack]) -> Iterator[tuple[list[int], int]]:
        buys = [stack for stack, role in taken if role == BUY]
        gets = [stack for stack, role in taken if role == GET]
        benefit = self._benefit
        for n in range(len(buys) // benefit.buy_count):
            got = gets[n * benefit.get_count : (n + 1) * benefit.get_count]
            off = sum(benefit.calculator.off(stacks[one].price, stacks[one].size) for one in got)
            yield buys[n * benefit.buy_count : (n + 1) * benefit.buy_count] + got, off


class Bundle:
    """One of each slot together. The state is what each slot holds beyond whole bundles, and the bundles if limited."""

    def __init__(self, benefit: BundlePrice) -> None:
        self.serving: Serving = benefit.targets
        self._needs = tuple(slot.count for slot in benefit.slots)
        self._benefit = benefit

    def begin(self, sets: int) -> State:
        return (*(0 for _ in self._needs), min(sets, self._benefit.most))

    def possible(self, units: Sequence[int]) -> bool:
        return all(units[n] >= need for n, need in enumerate(self._needs))

    def share(self, stack: Stack, roles: tuple[int, ...], dearest: Sequence[int]) -> int:
        # Of the dearest bundle that there could be, so much of each price is saved; of any other one less.
        whole = sum(map(mul, dearest, self._needs))
        return -(-stack.price * PARTS * (whole - self._benefit.price) // whole) if whole > self._benefit.price else 0

    def take(self, state: State, stack: Stack, role: int, also: tuple[int, ...]) -> tuple[State, int] | None:
        benefit, held = self._benefit, list(state)
        # What the bundles that are still allowed cannot use is not taken: it would be begun and never ended.
        if benefit.most and held[role] >= self._needs[role] * (benefit.most - held[-1]):
            return None
        # Each unit pays its part of the bundle's price at once: where a choice is too large, the most promising states
        # are kept, and one that owes a whole price yet would look better than it is.
        begun, whole = sum(held[:-1]), sum(self._needs)
        charge = benefit.price * PARTS * (begun + 1) // whole - benefit.price * PARTS * begun // whole
        held[role] += 1
        if all(map(ge, held, self._needs)):
            held = [*map(sub, held, self._needs), min(held[-1] + 1, benefit.most)]
        return tuple(held), stack.price * PARTS - charge

    def done(self, state: State) -> bool:
        return not any(state[:-1])

    def sets(self, taken: Taken, stacks: Sequence[Stack]) -> Iterator[tuple[list[int], int]]:
        by_slot = [[stack for stack, role in taken if role == slot] for slot in range(len(self._needs))]
        for n in range(len(by_slot[0]) // self._needs[0]):
            members = [
                stack for slot, need in enumerate(self._needs) for stack in by_slot[slot][n * need : (n + 1) * need]
            ]
            yield members, (sum(stacks[one].price for one in members) - self._benefit.price) * PARTS


Machine = Limited | Multi | BuyAndGet | Bundle
"""`begin` is its state before the first unit, where so many sets were made already. `serving` are the goods by the
roles that they could serve in, and `possible` says whether so many units of each role could ever make a set. `share` is
the most of a set's gain that can be put down to one unit of a stack: no set gains more than the shares of its units;
`dearest` are the highest prices by role. `take` is the state after taking a unit in a role, where `also` are all its
roles, and what was gained by it; None where that cannot be. `done` says that nothing was begun that is not ended.
`sets` are the stacks of each set's units, and what the set gets off, in `PARTS`."""


@dataclass(frozen=True, slots=True)
class Working:
    """A promotion's machine on the stacks of a cart, by their places: the roles in which it would take their units, and
    the `share` of each."""

    promotion: str
    machine: Machine
    roles: Mapping[int, tuple[int, ...]]
    shares: Mapping[int, int]


def working(promotion: Promotion, cart: Contents, taken: Set[int], alone: Sequence[int]) -> Working | None:
    """The machine of a promotion on all but the `taken` stacks; None where no set of it can be made, or none of them
    gains more than its units do by themselves (`alone`, for one unit of each stack, in `PARTS`)."""
    machine = machine_of(promotion.benefit)
    if machine is None:
        return None
    stacks, free = cart.stacks, [cart.places(on) for on in machine.serving]
    if taken:
        free = [[n for n in places if n not in taken] for places in free]
    if not all(free) or not machine.possible([sum(stacks[n].count for n in places) for places in free]):
        return None
    roles: dict[int, tuple[int, ...]] = {}
    for role, places in enumerate(free):
        for n in places:
            roles[n] = (*roles.get(n, ()), role)
    if isinstance(machine, Multi):
        machine.look({stacks[n].size for n in roles})
    dearest = [stacks[places[0]].price for places in free]
    shares = {n: machine.share(stacks[n], found, dearest) for n, found in roles.items()}
    if not any(share > alone[n] for n, share in shares.items()):
        return None
    return Working(promotion.id, machine, roles, shares)


def machine_of(benefit: Benefit) -> Machine | None:
    """The machine of a benefit that needs or counts several units; None for all others."""
    if isinstance(benefit, Multibuy):
        return Multi(benefit)
    if isinstance(benefit, BuyGet):
        return BuyAndGet(benefit)
    if isinstance(benefit, BundlePrice):
        return Bundle(benefit)
    if isinstance(benefit, Gift) or (isinstance(benefit, EachUnit) and benefit.most):
        return Limited(benefit)
    return None
