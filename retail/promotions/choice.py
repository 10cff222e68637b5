"""Which units get which benefit: the disjoint choice that saves the shopper most.

Units are shown dearest first to all machines at once, and every state that they can be in together is kept with the
most that was gained on the way to it. So the choice is exact, and cheap where few promotions meet. Where they would
have more states than the budget, the most promising are kept and the answer says that it is not known to be the best.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retail.promotions.sets import Machine
from retail.promotions.stacks import Stack

WORK_MAX = 20_000
"""Units times states times machines that one choice may look at."""

STATES_MIN, STATES_MAX = 8, 512
UNITS_A_ROUND_MAX = 60
"""Of one stack. It divides by 2, 3, 4, 5, 6, 10 and 12, so that whole sets come out of most stacks."""

ROUNDS_MAX = 500

Made = tuple[int, tuple[int, ...], int]
"""A set: the machine that made it, the stack of each of its units, and what it gets off, in `PARTS`."""


@dataclass(frozen=True, slots=True)
class Choice:
    made: tuple[Made, ...]
    exact: bool


def choose(stacks: Sequence[Stack], machines: Sequence[Machine], otherwise: Sequence[int]) -> Choice:
    """The best sets of these stacks, dearest first; a unit in no set gains what `otherwise` says of its stack."""
    pool, made, exact = [stack.count for stack in stacks], list[Made](), True
    for _ in range(ROUNDS_MAX):
        counts = [min(count, UNITS_A_ROUND_MAX) for count in pool]
        found = _one_round(stacks, counts, machines, otherwise, Counter(machine for machine, _, _ in made))
        made += found.made
        exact = exact and found.exact
        if counts == pool or not found.made:
            return Choice(tuple(made), exact and counts == pool)
        exact = False
        for _, members, _ in found.made:
            for stack in members:
                pool[stack] -= 1
    return Choice(tuple(made), False)


def _one_round(
    stacks: Sequence[Stack],
    counts: Sequence[int],
    machines: Sequence[Machine],
    otherwise: Sequence[int],
    so_far: Counter[int],
) -> Choice:
    roles = [[(m, machine.roles(stack)) for m, machine in enumerate(machines)] for stack in stacks]
    states: dict[Any, tuple[int, Any]] = {
        tuple(machine.begin(so_far[m]) for m, machine in enumerate(machines)): (0, None)
    }
    most = max(STATES_MIN, min(STATES_MAX, WORK_MAX // (sum(counts) * len(machines) or 1)))
    exact = True
    for place, count in enumerate(counts):
        offered = [(m, machines[m], found) for m, found in roles[place] if found]
        for _ in range(count):
            states = _shown(states, place, stacks[place], offered, otherwise[place])
            if len(states) > most:
                states, exact = _promising(states, machines, most), False
    whole = [way for state, way in states.items() if _done(state, machines)]
    return Choice(tuple(_made(max(whole, key=lambda way: way[0])[1], machines, stacks)), exact)


def _shown(
    states: dict[Any, tuple[int, Any]],
    place: int,
    stack: Stack,
    offered: Sequence[tuple[int, Machine, tuple[int, ...]]],
    otherwise: int,
) -> dict[Any, tuple[int, Any]]:
    """All states after one more unit: left alone, or taken by one of the machines in one of its roles."""
    after: dict[Any, tuple[int, Any]] = {}
    for state, (gain, way) in states.items():
        # Strictly more: of two ways that save the same the first stays, and the order of promotions is total.
        if state not in after or after[state][0] < gain + otherwise:
            after[state] = (gain + otherwise, way)
        for m, machine, roles in offered:
            for role in roles:
                taken = machine.take(state[m], stack, role, roles)
                if taken is not None:
                    then = (*state[:m], taken[0], *state[m + 1 :])
                    if then not in after or after[then][0] < gain + taken[1]:
                        after[then] = (gain + taken[1], (way, place, m, role))
    return after


def _done(state: Any, machines: Sequence[Machine]) -> bool:
    return all(machine.done(one) for machine, one in zip(machines, state, strict=True))


def _promising(
    states: dict[Any, tuple[int, Any]], machines: Sequence[Machine], most: int
) -> dict[Any, tuple[int, Any]]:
    """The states that gained most, and always one from which the choice can end."""
    ranked = sorted(states.items(), key=lambda item: -item[1][0])
    kept = dict(ranked[:most])
    if not any(_done(state, machines) for state in kept):
        kept.update(next(([item] for item in ranked if _done(item[0], machines)), []))
    return kept


def _made(way: Any, machines: Sequence[Machine], stacks: Sequence[Stack]) -> list[Made]:
    taken: list[list[tuple[int, int]]] = [[] for _ in machines]
    while way is not None:
        way, place, m, role = way
        taken[m].append((place, role))
    return [
        (m, tuple(members), off)
        for m, machine in enumerate(machines)
        for members, off in machine.sets(taken[m][::-1], stacks)
    ]
