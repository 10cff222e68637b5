"""What a purchase earns: floored once for the whole sale, shared back to its lines, so that a return takes its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import sub

from retail.loyalty.programme import DEFAULT, ONCE, Programme
from retail.money import split

BASE = "base"
"""The rule of a line that no multiplier speaks of."""


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for a line in minor units, after all discounts; `times` is what promotions multiply it by."""

    id: str
    item: str
    department: str
    paid: int
    times: int = ONCE


@dataclass(frozen=True, slots=True)
class LineEarning:
    """The points of a line and the rule that gave them: sale, line and rule are the key of their entry."""

    line: str
    rule: str
    points: int


@dataclass(frozen=True, slots=True)
class Earning:
    """What a sale earns; the lines add up to `points`."""

    points: int
    lines: tuple[LineEarning, ...]


def earned(paid: int, programme: Programme = DEFAULT) -> int:
    """Points for a sale on which `paid` minor units were really paid, floored once per sale."""
    return max(0, paid) * programme.points // programme.per


def share(points: int, line_totals: Sequence[int]) -> list[int]:
    """The points of a sale shared back to its lines, so that a return can take back exactly its own."""
    return split(points, list(line_totals))


def earn(programme: Programme, lines: Sequence[PaidLine], paid_in_points: int = 0) -> Earning:
    """What these lines earn. `paid_in_points` is the part of their sum, in minor units, that was paid with points: it
    is taken off all lines in proportion, for points earn no points."""
    paid = [max(0, line.paid) for line in lines]
    in_points = min(max(0, paid_in_points), sum(paid))
    own = map(sub, paid, split(in_points, paid))
    rules = [multiplier_of(programme, line) for line in lines]
    weights = [amount * lines[n].times * rules[n][1] for n, amount in enumerate(own)]
    points = sum(weights) * programme.points // (programme.per * ONCE * ONCE)
    shares = enumerate(split(points, weights))
    return Earning(points, tuple(LineEarning(lines[n].id, rules[n][0], part) for n, part in shares))


def multiplier_of(programme: Programme, line: PaidLine) -> tuple[str, int]:
    """The rule that speaks of a line and its thousandths: one that names the product before one that names its
    department, among equals the largest."""
    named = [row for row in programme.multipliers if line.item in row.products]
    found = named or [row for row in programme.multipliers if line.department in row.departments]
    best = min(found, key=lambda row: (-row.times, row.id), default=None)
    return (best.id, best.times) if best is not None else (BASE, ONCE)


def part_returned(points: int, before: int, now: int, of: int) -> int:
    """The points of a line that go with `now` of its `of` thousandths, when `before` came back already. Whatever the
    parts, together they are exactly the line's."""
    return points * (before + now) // of - points * before // of
