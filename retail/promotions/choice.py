"""Which units get which benefit: the disjoint choice that saves the shopper most.

Units are shown dearest first to all machines at once, and every state that they can be in together is kept with the
most that was gained on the way to it. So the choice is exact, and cheap where few promotions meet. Where they would
have more states than the budget, the most promising are kept and the answer says that it is not known to be the best. A
state that even with the largest share of every set for each unit to come would gain less than a way that is known is
left (branch and bound).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from retail.promotions.sets import Limited, Multi, State, Working
from retail.promotions.stacks import Stack

WORK_MAX = 3_000
"""Units times states that one choice may look at."""

STATES_MIN, STATES_MAX = 12, 400
UNITS_A_ROUND_MAX = 60
"""Of one stack. It divides by 2, 3, 4, 5, 6, 10 and 12, so that whole sets come out of most stacks."""

ROUNDS_MAX = 500

Made = tuple[int, tuple[int, ...], int]
"""A set: the machine that made it, the stack of each of its units, and what it gets off, in `PARTS`."""


BITS = 12
MASK = (1 << BITS) - 1

Way = tuple[int, Any]
"""What was gained, and what was taken for it, the last first."""

Move = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    made: tuple[Made, ...]
    exact: bool


def choose(goods: Sequence[Stack], members: Sequence[int], at_work: Sequence[Working], alone: Sequence[int]) -> Choice:
    """The best sets of those goods that are `members`, dearest first; a unit in no set gains what `alone` says of its
    stack. The sets name the stacks by their places among the members. Where it is too large to be exact, it is never
    worse than what one of the promotions does by itself."""
    found = _choose(goods, members, at_work, alone)
    if found.exact or len(at_work) == 1:
        return found
    ways = [found.made]
    for m, one in enumerate(at_work):
        ways.append(tuple((m, stacks, off) for _, stacks, off in _choose(goods, members, [one], alone).made))
    return Choice(max(ways, key=lambda made: _gained(made, members, alone)), False)


def _gained(made: Sequence[Made], members: Sequence[int], alone: Sequence[int]) -> int:
    """What these sets gain beyond what their units would by themselves."""
    return sum(off - sum(alone[members[stack]] for stack in stacks) for _, stacks, off in made)


def _choose(goods: Sequence[Stack], members: Sequence[int], at_work: Sequence[Working], alone: Sequence[int]) -> Choice:
    lone = at_work[0].machine if len(at_work) == 1 else None
    # Among the members are goods of other promotions where this one is looked at by itself.
    its = [place for place, n in enumerate(members) if n in at_work[0].roles]
    if isinstance(lone, Multi | Limited) and _plain(goods, [members[place] for place in its], alone):
        return _in_turn([goods[n] for n in members], its, lone)
    table = Table(goods, members, at_work, alone)
    pool, made = [goods[n].count for n in members], list[Made]()
    exact = not any(machine.mixed for machine in table.multis.values())
    for _ in range(ROUNDS_MAX):
        counts = [min(count, UNITS_A_ROUND_MAX) for count in pool]
        found = _one_round(table, counts, Counter(machine for machine, _, _ in made))
        made += found.made
        exact = exact and found.exact and counts == pool
        if counts == pool or not found.made:
            break
        for _, members, _ in found.made:
            for stack in members:
                pool[stack] -= 1
    return Choice(tuple(made), exact)


def _plain(goods: Sequence[Stack], members: Sequence[int], alone: Sequence[int]) -> bool:
    """Whether nothing competes for these units, and the dearest gets the most off. It does not where sizes differ: of
    two weighings the cheaper may be the one that an amount a kilogram takes more off."""
    return not any(alone[n] for n in members) and len({goods[n].size for n in members}) == 1


def _in_turn(stacks: Sequence[Stack], its: Sequence[int], machine: Multi | Limited) -> Choice:
    """Every unit of `its` places taken as it comes, dearest first, while the machine takes any; what begins no whole
    set is left."""
    state, taken, whole = machine.begin(0), list[tuple[int, int]](), 0
    for place in its:
        for _ in range(stacks[place].count):
            found = machine.take(state, stacks[place], 0, (0,))
            if found is None:
                break
            state = found[0]
            taken.append((place, 0))
            if machine.done(state):
                whole = len(taken)
    made = machine.sets(taken[:whole], stacks)
    return Choice(tuple((0, tuple(members), off) for members, off in made), True)


class Table:
    """What is asked again and again, found once: by stack the machines that would take its units, the most that one
    unit can gain, and where each state of a machine leads.

    All machines' states together are one number: to each belong `BITS` of it, which are the place of its state in
    `known`. A step of one machine adds a number to it.
    """

    def __init__(
        self, goods: Sequence[Stack], members: Sequence[int], at_work: Sequence[Working], alone: Sequence[int]
    ) -> None:
        self.stacks, self.otherwise = [goods[n] for n in members], [alone[n] for n in members]
        self.machines = [one.machine for one in at_work]
        self.known: list[list[State]] = [[] for _ in at_work]
        self.multis = {m: machine for m, machine in enumerate(self.machines) if isinstance(machine, Multi)}
        self.offered = [
            [(m, Moves(m, one, n, goods[n], self.known[m])) for m, one in enumerate(at_work) if n in one.roles]
            for n in members
        ]
        self.most = [max([alone[n], *(one.shares[n] for one in at_work if n in one.roles)]) for n in members]

    def begin(self, so_far: Counter[int]) -> int:
        return sum(_number(self.known[m], one.begin(so_far[m])) << m * BITS for m, one in enumerate(self.machines))

    def done(self, together: int) -> bool:
        return all(one.done(self.known[m][together >> m * BITS & MASK]) for m, one in enumerate(self.machines))

    def ahead(self, together: int, place: int) -> int:
        """What the sets that were begun may still gain beyond the most of the units to come."""
        found, stack = 0, self.stacks[place]
        for m in self.multis:
            number = together >> m * BITS & MASK
            if number:
                found += self.multis[m].ahead(self.known[m][number], stack)
        return found


class Moves(dict[int, tuple[Move, ...]]):
    """Where machine `m` goes from each of its states with one unit of a stack: `(what is added, what is gained, the
    role)`. Each is found when it is first asked."""

    def __init__(self, m: int, one: Working, place: int, stack: Stack, known: list[State]) -> None:
        self._of = m, one.machine, one.roles[place], stack, known

    def __missing__(self, number: int) -> tuple[Move, ...]:
        m, machine, roles, stack, known = self._of
        found, state = list[Move](), known[number]
        for role in roles:
            taken = machine.take(state, stack, role, roles)
            if taken is not None:
                after = _number(known, taken[0])
                if after <= MASK:
                    found.append((after - number << m * BITS, taken[1], role))
        self[number] = moves = tuple(found)
        return moves


def _number(known: list[State], state: State) -> int:
    if state not in known:
        known.append(state)
    return known.index(state)


def _one_round(table: Table, counts: Sequence[int], so_far: Counter[int]) -> Choice:
    """First a few ways that are quickly found, then every way that could still be better than the best of them."""
    begin = table.begin(so_far)
    way, exact = _searched(table, counts, begin, STATES_MIN, (0, None))
    if not exact:
        room = max(STATES_MIN, min(STATES_MAX, WORK_MAX // (sum(counts) or 1)))
        way, exact = _searched(table, counts, begin, room, way)
    return Choice(tuple(_made(way[1], table)), exact)


def _searched(table: Table, counts: Sequence[int], begin: int, room: int, known: Way) -> tuple[Way, bool]:
    """The best way with at most so many states at once, or the known one where that is better, and whether none that
    could beat it was left out."""
    states: dict[int, Way] = {begin: (0, None)}
    rest = sum(map(mul, table.most, counts))
    exact = True
    for place, count in enumerate(counts):
        for _ in range(count):
            states = _shown(states, place, table)
            rest -= table.most[place]
            if len(states) > STATES_MIN:
                # What even at the very best gains less than is known to be possible is left.
                needed = known[0] - rest
                states = {
                    one: way
                    for one, way in states.items()
                    if way[0] >= needed or way[0] + table.ahead(one, place) >= needed
                }
            if len(states) > room:
                states, exact = _promising(states, begin, room), False
    whole = [way for one, way in states.items() if way[0] >= known[0] and table.done(one)]
    return max(whole, key=lambda way: way[0], default=known), exact


def _shown(states: dict[int, Way], place: int, table: Table) -> dict[int, Way]:
    """All states after one more unit: left alone, or taken by one of the machines in one of its roles."""
    after: dict[int, Way] = {}
    alone, offered = table.otherwise[place], table.offered[place]
    for state, (gain, way) in states.items():
        # Strictly more: of two ways that save the same the first stays, and the order of promotions is total.
        if state not in after or after[state][0] < gain + alone:
            after[state] = (gain + alone, way)
        for m, moves in offered:
            for step, more, role in moves[state >> m * BITS & MASK]:
                then = state + step
                if then not in after or after[then][0] < gain + more:
                    after[then] = (gain + more, (way, place, m, role))
    return after


def _promising(states: dict[int, Way], begin: int, most: int) -> dict[int, Way]:
    """The states that gained most, and always the one in which nothing is begun that is not ended."""
    kept = dict(sorted(states.items(), key=lambda item: -item[1][0])[:most])
    if begin in states:
        kept[begin] = states[begin]
    return kept


def _made(way: Any, table: Table) -> list[Made]:
    taken: list[list[tuple[int, int]]] = [[] for _ in table.machines]
    while way is not None:
        way, place, m, role = way
        taken[m].append((place, role))
    return [
        (m, tuple(members), off)
        for m, machine in enumerate(table.machines)
        for members, off in machine.sets(taken[m][::-1], table.stacks)
    ]
