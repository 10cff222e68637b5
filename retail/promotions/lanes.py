"""Lane after lane over the goods of a cart: inside a lane the best for the shopper wins."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from retail.money import rounded_ratio, split
from retail.occasion import Occasion
from retail.promotions.benefits import EachUnit, FreeShipping, PointsTimes, Step, Together
from retail.promotions.calculators import PARTS
from retail.promotions.choice import Choice, choose
from retail.promotions.conditions import Verdict
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.sets import Working, working
from retail.promotions.stacks import Contents, Grant, Off, Stack, by_promotion, divided, evenly, in_order

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
    these goods; one that was in order and saved nothing was beaten by another. `grants` are what was given, one by one,
    lane after lane: what a proof of the price goes by.
    """

    stacks: tuple[Stack, ...]
    saved: Mapping[str, int]
    exact: bool
    perks: tuple[Promotion, ...]
    judged: Mapping[str, tuple[Verdict, ...]]
    grants: tuple[Grant, ...] = ()

    def gave(self, promotion: str) -> bool:
        """Whether it took something off, or gave something besides a price."""
        return promotion in self.saved or any(one.id == promotion for one in self.perks)


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
    grants: list[Grant] = []
    exact = True
    for _, members in groupby(candidates, key=lambda one: one.lane):
        contents, live = Contents(goods), list[Promotion]()
        for promotion in members:
            judged[promotion.id] = verdicts = _judged(promotion, contents, occasion, local, groups)
            if all(verdict.held for verdict in verdicts):
                (perks if isinstance(promotion.benefit, PointsTimes | FreeShipping) else live).append(promotion)
        if live:
            given = _lane(contents, live, rules)
            exact = exact and given.exact
            grants += given.grants
            if given.offs:
                goods = in_order(
                    part for n, stack in enumerate(goods) for part in divided(stack, given.offs.get(n, ()))
                )
            saved |= by_promotion((one.promotion, one.off * one.count) for offs in given.offs.values() for one in offs)
            groups.update(group for one in live if one.id in saved for group in one.groups)
    return Outcome(tuple(goods), saved, exact, tuple(perks), judged, tuple(grants))


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
    grants: tuple[Grant, ...] = ()


NOTHING = Given({}, 0, True)


def _lane(cart: Contents, live: Sequence[Promotion], rules: RuleBook) -> Given:
    """The best that the promotions of one lane can do, of every way to settle which exclude which."""
    ways, all_ways = _not_excluding(live)
    if not all_ways:
        ways = [_largest_first(cart, live, rules)]
    found = [_with_wholes(cart, way, rules) for way in ways]
    best = max(found, key=lambda one: one.worth)
    return best if all_ways else replace(best, exact=False)


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


def _largest_first(cart: Contents, live: Sequence[Promotion], rules: RuleBook) -> list[Promotion]:
    worth = {one.id: _with_wholes(cart, [one], rules).worth for one in live if one.groups}
    way = [one for one in live if not one.groups]
    for promotion in sorted((one for one in live if one.groups), key=lambda one: (-worth[one.id], one.id)):
        if not any(_exclude(promotion, one) for one in way):
            way.append(promotion)
    return sorted(way, key=lambda one: one.id)


@dataclass(frozen=True, slots=True)
class Whole:
    """A benefit on these stacks together."""

    promotion: str
    places: frozenset[int]
    off: int
    """In `PARTS`."""


def _with_wholes(cart: Contents, live: Sequence[Promotion], rules: RuleBook) -> Given:
    wholes = [whole for one in live if (whole := _whole(cart, one))]
    rest = [one for one in live if not isinstance(one.benefit, Together)]
    exact = len(wholes) <= WHOLES_MAX
    if not exact:
        wholes = sorted(wholes, key=lambda one: (-one.off, one.promotion))[:WHOLES_MAX]
    ways = list[tuple[int, tuple[Whole, ...], Given]]()
    for chosen in _disjoint(wholes):
        taken = frozenset().union(*(whole.places for whole in chosen))
        others = _units(cart, taken, rest, rules) if rest else NOTHING
        ways.append((others.worth + sum(whole.off for whole in chosen), chosen, others))
    worth, made, others = max(ways, key=lambda way: way[0])
    offs, grants = dict(others.offs), list(others.grants)
    for whole in made:
        offs.update(_share_whole(cart.stacks, whole, grants))
    return Given(offs, worth, exact and others.exact, tuple(grants))


def _disjoint(wholes: Sequence[Whole]) -> Iterator[tuple[Whole, ...]]:
    for size in range(len(wholes) + 1):
        for chosen in combinations(wholes, size):
            if sum(len(one.places) for one in chosen) == len(frozenset().union(*(one.places for one in chosen))):
                yield chosen


def _whole(cart: Contents, promotion: Promotion) -> Whole | None:
    benefit = promotion.benefit
    if not isinstance(benefit, Together):
        return None
    amount = cart.amount(benefit.on)
    step = max((one for one in benefit.steps if one.spend <= amount), key=lambda one: one.spend, default=Step(0))
    off = min(amount * PARTS, amount * step.hundredths + step.amount * PARTS)
    return Whole(promotion.id, frozenset(cart.places(benefit.on)), off) if off else None


def _share_whole(goods: Sequence[Stack], whole: Whole, grants: list[Grant]) -> dict[int, list[Off]]:
    places, together = sorted(whole.places), rounded_ratio(whole.off, PARTS)
    grants.append(Grant(whole.promotion, together, tuple((goods[n], goods[n].count) for n in places)))
    shares = split(together, [goods[n].price * goods[n].count for n in places])
    return {
        n: [Off(whole.promotion, off, count) for off, count in evenly(shares[place], goods[n].count) if off]
        for place, n in enumerate(places)
    }


def _units(cart: Contents, taken: Set[int], live: Sequence[Promotion], rules: RuleBook) -> Given:
    """What single units and sets of all but the `taken` stacks get: only goods that a set could join are chosen over
    together."""
    goods, simple = cart.stacks, _best_alone(cart, taken, live)
    alone = [simple[n][1] if n in simple else 0 for n in range(len(goods))]
    offs: dict[int, list[Off]] = {}
    grants: list[Grant] = []
    left, worth, exact = [stack.count for stack in goods], 0, True
    at_work = [one for promotion in live if (one := working(promotion, cart, taken, alone))]
    for members, some in _apart(at_work):
        choice = _chosen(goods, members, some, alone, rules)
        exact = exact and choice.exact
        for m, stacks, off in choice.made:
            worth += off
            grants.append(_share_set(goods, some[m].promotion, [members[one] for one in stacks], off, offs, left))
    for n, (promotion, off) in sorted(simple.items()):
        if left[n]:
            worth += off * left[n]
            together = rounded_ratio(off * left[n], PARTS)
            grants.append(Grant(promotion, together, ((goods[n], left[n]),)))
            offs.setdefault(n, []).extend(
                Off(promotion, each, count) for each, count in evenly(together, left[n]) if each
            )
    return Given({n: _joined(found) for n, found in offs.items()}, worth, exact, tuple(grants))


def _best_alone(cart: Contents, taken: Set[int], live: Sequence[Promotion]) -> dict[int, tuple[str, int]]:
    """By the stacks' places the promotion that gives one unit by itself most, and how much in `PARTS`; the first of
    equals. A stack that gets nothing is not among them."""
    best: dict[int, tuple[str, int]] = {}
    for one in live:
        benefit = one.benefit
        if isinstance(benefit, EachUnit) and not benefit.most:
            for n in cart.places(benefit.on):
                stack = cart.stacks[n]
                off = benefit.calculator.off(stack.price, stack.size)
                if off and n not in taken and (n not in best or off > best[n][1]):
                    best[n] = (one.id, off)
    return best


def _apart(at_work: Iterable[Working]) -> Iterator[tuple[list[int], list[Working]]]:
    """The stacks in parts that no set could join, each with the promotions that work on it."""
    parts: list[tuple[set[int], list[Working]]] = []
    for one in at_work:
        joined = [part for part in parts if not part[0].isdisjoint(one.roles)]
        parts = [part for part in parts if part[0].isdisjoint(one.roles)]
        stacks = set(one.roles).union(*(part[0] for part in joined))
        parts.append((stacks, [*(other for part in joined for other in part[1]), one]))
    for stacks, some in parts:
        yield sorted(stacks), sorted(some, key=lambda one: one.promotion)


def _chosen(
    goods: Sequence[Stack], members: Sequence[int], some: Sequence[Working], alone: Sequence[int], rules: RuleBook
) -> Choice:
    key = (tuple(goods[n].key for n in members), tuple(one.promotion for one in some), tuple(alone[n] for n in members))
    choice = rules.kept.get(key)
    if choice is None:
        choice = choose(goods, members, some, alone)
        if len(rules.kept) >= KEPT_MAX:
            rules.kept.clear()
        rules.kept[key] = choice
    return choice


def _share_set(
    goods: Sequence[Stack],
    promotion: str,
    members: Sequence[int],
    off: int,
    offs: dict[int, list[Off]],
    left: list[int],
) -> Grant:
    """A set's saving over all its units by their prices: none of them can be returned for more than was paid."""
    together = rounded_ratio(off, PARTS)
    shares = split(together, [goods[n].price for n in members])
    for place, n in enumerate(members):
        left[n] -= 1
        if shares[place]:
            offs.setdefault(n, []).append(Off(promotion, shares[place], 1))
        else:
            # It served in a set and got nothing: it stays at its price, and no other promotion of the lane has it.
            offs.setdefault(n, [])
    return Grant(promotion, together, tuple((goods[n], 1) for n in members))


def _joined(offs: Sequence[Off]) -> Sequence[Off]:
    if len(offs) < 2:
        return offs
    counts = Counter[tuple[str, int]]()
    for one in offs:
        counts[(one.promotion, one.off)] += one.count
    return [Off(promotion, off, count) for (promotion, off), count in counts.items()]
