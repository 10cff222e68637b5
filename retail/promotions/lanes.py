"""Lane after lane over the goods of a cart: inside a lane the best for the shopper wins."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from retail.money import rounded_ratio, split
from retail.occasion import Occasion
from retail.promotions.benefits import EachUnit, FreeShipping, PointsTimes, Step, Together
from retail.promotions.calculators import PARTS
from retail.promotions.choice import choose
from retail.promotions.conditions import Verdict
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.sets import Machine, machine_of
from retail.promotions.stacks import Contents, Off, Stack, by_promotion, divided, evenly, in_order

WHOLES_MAX = 6
"""Benefits on goods together that are tried in every combination; of more the largest come first."""

EXCLUDING_MAX = 64
"""Ways to settle which promotions exclude which that are all tried; of more the largest savings come first."""

KEPT_MAX = 4096
"""Choices kept of earlier carts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The stacks as they are paid, what each promotion saved in minor units, and what it gives besides a price.

    `exact` says that no other choice would save more. `judged` holds the verdicts on every promotion that touches
    these goods; one that was in order and saved nothing was beaten by another.
    """

    stacks: tuple[Stack, ...]
    saved: Mapping[str, int]
    exact: bool
    perks: tuple[Promotion, ...]
    judged: Mapping[str, tuple[Verdict, ...]]


NOTHING_GIVEN = Outcome((), {}, True, (), {})


def run(stacks: Iterable[Stack], rules: RuleBook, occasion: Occasion) -> Outcome:
    """Give these goods what the promotions of the book give at this occasion."""
    goods = in_order(stacks)
    candidates = rules.touching(stack.product for stack in goods)
    if not candidates:
        return Outcome(tuple(goods), {}, True, (), {})
    local = occasion.minute
    saved: dict[str, int] = {}
    judged: dict[str, tuple[Verdict, ...]] = {}
    perks: list[Promotion] = []
    groups: set[str] = set()
    exact = True
    for _, members in groupby(candidates, key=lambda one: one.lane):
        contents, live = Contents(goods), list[Promotion]()
        for promotion in members:
            judged[promotion.id] = verdicts = _judged(promotion, contents, occasion, local, groups)
            if all(verdict.held for verdict in verdicts):
                (perks if isinstance(promotion.benefit, PointsTimes | FreeShipping) else live).append(promotion)
        if live:
            # Most goods have nothing to do with the promotions of a lane.
            touched, aside = _touched(goods, live)
            given = _lane(touched, live, contents, rules)
            exact = exact and given.exact
            if given.offs:
                parts = [part for n, stack in enumerate(touched) for part in divided(stack, given.offs.get(n, ()))]
                goods = in_order(parts + aside)
            saved |= by_promotion((one.promotion, one.off * one.count) for offs in given.offs.values() for one in offs)
            groups.update(group for one in live if one.id in saved for group in one.groups)
    return Outcome(tuple(goods), saved, exact, tuple(perks), judged)


def _touched(goods: Sequence[Stack], live: Sequence[Promotion]) -> tuple[list[Stack], list[Stack]]:
    """The stacks that any of the promotions is given on, and the others."""
    targets = {on for promotion in live for on in promotion.benefit.targets}
    touched: list[Stack] = []
    aside: list[Stack] = []
    for stack in goods:
        (touched if any(on.matches(stack.product) for on in targets) else aside).append(stack)
    return touched, aside


def _judged(
    promotion: Promotion, contents: Contents, occasion: Occasion, local: str, groups: set[str]
) -> tuple[Verdict, ...]:
    against = promotion.circumstances(occasion, local)
    verdicts = [against] if against else []
    verdicts += [condition.judge(contents, occasion) for condition in promotion.conditions]
    if isinstance(promotion.benefit, Together):
        verdicts.append(_step(promotion.benefit, contents))
    taken = [group for group in promotion.groups if group in groups]
    if taken:
        verdicts.append(Verdict("excluded", False, "word", taken[0], ""))
    return tuple(verdicts)


def _step(benefit: Together, contents: Contents) -> Verdict:
    """Whether any step is reached; `needed` is the next one, or the last where that is reached."""
    amount = contents.amount(benefit.on)
    spends = sorted(step.spend for step in benefit.steps)
    return Verdict(
        "step", amount >= spends[0], "money", amount, next((one for one in spends if one > amount), spends[-1])
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What the units of each stack get, by the stack's place; `worth` is what was gained, in `PARTS`."""

    offs: Mapping[int, Sequence[Off]]
    worth: int
    exact: bool


NOTHING = Given({}, 0, True)


def _lane(goods: Sequence[Stack], live: Sequence[Promotion], contents: Contents, rules: RuleBook) -> Given:
    """The best that the promotions of one lane can do, of every way to settle which exclude which."""
    ways, all_ways = _not_excluding(live)
    if not all_ways:
        ways = [_largest_first(goods, live, contents, rules)]
    found = [_with_wholes(goods, way, contents, rules) for way in ways]
    best = max(found, key=lambda one: one.worth)
    return best if all_ways else Given(best.offs, best.worth, False)


def _not_excluding(live: Sequence[Promotion]) -> tuple[list[list[Promotion]], bool]:
    """Every largest set of promotions of which no two share an exclusive group, and whether these are all."""
    ways: list[list[Promotion]] = [[]]
    for promotion in live:
        if not promotion.groups:
            for way in ways:
                way.append(promotion)
            continue
        more: list[list[Promotion]] = []
        for way in ways:
            against = [one for one in way if _exclude(one, promotion)]
            if not against:
                way.append(promotion)
            else:
                more.append([*(one for one in way if one not in against), promotion])
        ways += [way for way in more if way not in ways]
        if len(ways) > EXCLUDING_MAX:
            return [], False
    return ways, True


def _exclude(one: Promotion, other: Promotion) -> bool:
    return not set(one.groups).isdisjoint(other.groups)


def _largest_first(
    goods: Sequence[Stack], live: Sequence[Promotion], contents: Contents, rules: RuleBook
) -> list[Promotion]:
    worth = {one.id: _with_wholes(goods, [one], contents, rules).worth for one in live if one.groups}
    way = [one for one in live if not one.groups]
    for promotion in sorted((one for one in live if one.groups), key=lambda one: (-worth[one.id], one.id)):
        if not any(_exclude(promotion, one) for one in way):
            way.append(promotion)
    return sorted(way, key=lambda one: one.id)


@dataclass(frozen=True, slots=True)
class Whole:
    """A benefit on these stacks together."""

    promotion: Promotion
    places: frozenset[int]
    off: int
    """In `PARTS`."""


def _with_wholes(goods: Sequence[Stack], live: Sequence[Promotion], contents: Contents, rules: RuleBook) -> Given:
    wholes = [whole for one in live if (whole := _whole(goods, one, contents))]
    rest = [one for one in live if not isinstance(one.benefit, Together)]
    exact = len(wholes) <= WHOLES_MAX
    if not exact:
        wholes = sorted(wholes, key=lambda one: (-one.off, one.promotion.id))[:WHOLES_MAX]
    best: Given | None = None
    for chosen in _disjoint(wholes):
        offs: dict[int, list[Off]] = {}
        for whole in chosen:
            _share_whole(goods, whole, offs)
        free = [n for n in range(len(goods)) if not any(n in whole.places for whole in chosen)]
        others = _units(goods, free, rest, rules) if rest and free else NOTHING
        worth = others.worth + sum(whole.off for whole in chosen)
        if best is None or worth > best.worth:
            best = Given({**others.offs, **offs}, worth, exact and others.exact)
    assert best is not None
    return best


def _disjoint(wholes: Sequence[Whole]) -> Iterator[tuple[Whole, ...]]:
    for size in range(len(wholes) + 1):
        for chosen in combinations(wholes, size):
            if sum(len(one.places) for one in chosen) == len(frozenset().union(*(one.places for one in chosen))):
                yield chosen


def _whole(goods: Sequence[Stack], promotion: Promotion, contents: Contents) -> Whole | None:
    benefit = promotion.benefit
    if not isinstance(benefit, Together):
        return None
    amount = contents.amount(benefit.on)
    step = max((one for one in benefit.steps if one.spend <= amount), key=lambda one: one.spend, default=Step(0))
    off = min(amount * PARTS, amount * step.hundredths + step.amount * PARTS)
    places = frozenset(n for n, stack in enumerate(goods) if benefit.on.matches(stack.product))
    return Whole(promotion, places, off) if off > 0 else None


def _share_whole(goods: Sequence[Stack], whole: Whole, offs: dict[int, list[Off]]) -> None:
    places = sorted(whole.places)
    shares = split(rounded_ratio(whole.off, PARTS), [goods[n].price * goods[n].count for n in places])
    for n, share in zip(places, shares, strict=True):
        offs[n] = [Off(whole.promotion.id, off, count) for off, count in evenly(share, goods[n].count) if off]


def _units(goods: Sequence[Stack], places: Sequence[int], live: Sequence[Promotion], rules: RuleBook) -> Given:
    """What single units and sets of these stacks get: only goods that a set could join are chosen over together."""
    simple = [_best_alone(goods[n], live) for n in places]
    machines = [(one, machine) for one in live if (machine := machine_of(one))]
    offs: dict[int, list[Off]] = {}
    left, worth, exact = {n: goods[n].count for n in places}, 0, True
    for members, working in _apart(goods, places, machines):
        alone = {n: off for n, (_, off) in zip(places, simple, strict=True)}
        made, whole = _chosen([goods[n] for n in members], working, [alone[n] for n in members], rules)
        exact = exact and whole
        for promotion, stacks, off in made:
            worth += off
            _share_set(goods, promotion, [members[one] for one in stacks], off, offs, left)
    for n, (promotion_id, off) in zip(places, simple, strict=True):
        if off and left[n]:
            worth += off * left[n]
            offs.setdefault(n, []).extend(
                Off(promotion_id, each, count)
                for each, count in evenly(rounded_ratio(off * left[n], PARTS), left[n])
                if each
            )
    return Given({n: _joined(found) for n, found in offs.items()}, worth, exact)


def _best_alone(stack: Stack, live: Sequence[Promotion]) -> tuple[str, int]:
    """The promotion that gives one unit by itself most, and how much, in `PARTS`; the first of equals."""
    best = ("", 0)
    for one in live:
        benefit = one.benefit
        if isinstance(benefit, EachUnit) and not benefit.most and benefit.on.matches(stack.product):
            off = benefit.calculator.off(stack.price, stack.size)
            if off > best[1]:
                best = (one.id, off)
    return best


Working = Sequence[tuple[Promotion, Machine]]


def _apart(goods: Sequence[Stack], places: Sequence[int], machines: Working) -> Iterator[tuple[list[int], Working]]:
    """The stacks in parts that no set could join, each with the promotions that work on it."""
    parts: list[tuple[set[int], list[tuple[Promotion, Machine]]]] = []
    for promotion, machine in machines:
        units, touched = Counter[int](), set[int]()
        for n in places:
            for role in machine.roles(goods[n]):
                units[role] += goods[n].count
                touched.add(n)
        if not touched or not machine.possible(units):
            continue
        joined = [part for part in parts if not part[0].isdisjoint(touched)]
        parts = [part for part in parts if part[0].isdisjoint(touched)]
        stacks = touched.union(*(part[0] for part in joined))
        parts.append((stacks, [*(one for part in joined for one in part[1]), (promotion, machine)]))
    for stacks, working in parts:
        yield sorted(stacks), sorted(working, key=lambda one: one[0].id)


def _chosen(
    stacks: Sequence[Stack], working: Working, otherwise: Sequence[int], rules: RuleBook
) -> tuple[list[tuple[str, Sequence[int], int]], bool]:
    key = (tuple(stack.key for stack in stacks), tuple(one.id for one, _ in working), tuple(otherwise))
    choice = rules.kept.get(key)
    if choice is None:
        choice = choose(stacks, [machine for _, machine in working], otherwise)
        if len(rules.kept) >= KEPT_MAX:
            rules.kept.clear()
        rules.kept[key] = choice
    return [(working[m][0].id, members, off) for m, members, off in choice.made], choice.exact


def _share_set(
    goods: Sequence[Stack],
    promotion: str,
    members: Sequence[int],
    off: int,
    offs: dict[int, list[Off]],
    left: dict[int, int],
) -> None:
    """A set's saving over all its units by their prices: none of them can be returned for more than was paid."""
    shares = split(rounded_ratio(off, PARTS), [goods[n].price for n in members])
    for n, share in zip(members, shares, strict=True):
        left[n] -= 1
        if share:
            offs.setdefault(n, []).append(Off(promotion, share, 1))
        else:
            # It served in a set and got nothing: it stays at its price, and no other promotion of the lane has it.
            offs.setdefault(n, [])


def _joined(offs: Sequence[Off]) -> list[Off]:
    counts = Counter[tuple[str, int]]()
    for one in offs:
        counts[(one.promotion, one.off)] += one.count
    return [Off(promotion, off, count) for (promotion, off), count in counts.items()]
