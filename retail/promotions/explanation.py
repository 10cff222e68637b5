"""Why each promotion gives something or not, what is missing, and what a coupon is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from retail.catalogue import Names
from retail.occasion import Occasion
from retail.promotions.benefits import Multibuy
from retail.promotions.conditions import Verdict
from retail.promotions.lanes import Outcome, run
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.stacks import Contents, Stack

HINTS_MAX = 2
NEAR = 2
"""A hint is given from a half of what is needed on: somebody far away is left alone."""

State = Literal["given", "beaten", "not_met", "untouched"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`saved` is in minor units; `by` are the promotions that had these goods where it was beaten."""

    promotion: str
    names: Names
    state: State
    saved: int
    verdicts: tuple[Verdict, ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """So much more of what a promotion counts, in minor units or units by `measure`, and it gives something."""

    promotion: str
    names: Names
    measure: Literal["money", "units"]
    missing: int
    needed: int


def explain(outcome: Outcome, rules: RuleBook, occasion: Occasion) -> list[Explanation]:
    """Every promotion of the book, in its order."""
    return [explained(one, outcome, occasion) for one in rules.promotions]


def explained(promotion: Promotion, outcome: Outcome, occasion: Occasion) -> Explanation:
    """One of them; of one that these goods do not touch the verdicts are what else it would want."""
    saved = outcome.saved.get(promotion.id, 0)
    verdicts = outcome.judged.get(promotion.id)
    if verdicts is None:
        contents, local = Contents(outcome.stacks), occasion.minute
        against = promotion.circumstances(occasion, local)
        verdicts = (*([against] if against else []), *(one.judge(contents, occasion) for one in promotion.conditions))
        return Explanation(promotion.id, promotion.names, "untouched", 0, verdicts)
    if saved or promotion in outcome.perks:
        return Explanation(promotion.id, promotion.names, "given", saved, verdicts)
    if not all(verdict.held for verdict in verdicts):
        return Explanation(promotion.id, promotion.names, "not_met", 0, verdicts)
    return Explanation(promotion.id, promotion.names, "beaten", 0, verdicts, _had_by(promotion, outcome))


def _had_by(promotion: Promotion, outcome: Outcome) -> tuple[str, ...]:
    targets = promotion.benefit.targets
    marks = {
        mark for stack in outcome.stacks if any(on.matches(stack.product) for on in targets) for mark, _ in stack.marks
    }
    return tuple(sorted(marks))


def hints(outcome: Outcome, rules: RuleBook) -> list[Hint]:
    """The nearest promotions that a little more would reach, nearest first."""
    found = [hint for one in rules.promotions if one.id in outcome.judged and (hint := _hint(one, outcome))]
    near = [one for one in found if (one.needed - one.missing) * NEAR >= one.needed]
    return sorted(near, key=lambda one: (one.missing * 1000 // one.needed, one.promotion))[:HINTS_MAX]


def _hint(promotion: Promotion, outcome: Outcome) -> Hint | None:
    verdicts = outcome.judged[promotion.id]
    unheld = [one for one in verdicts if not one.held] or [one for one in verdicts if one.kind == "step"]
    if len(unheld) == 1 and unheld[0].missing and unheld[0].measure != "word":
        verdict = unheld[0]
        assert isinstance(verdict.needed, int)
        return Hint(promotion.id, promotion.names, unheld[0].measure, verdict.missing, verdict.needed)
    benefit = promotion.benefit
    if not all(one.held for one in verdicts) or not isinstance(benefit, Multibuy):
        return None
    idle = sum(one.count for one in outcome.stacks if not one.marks and benefit.on.matches(one.product)) % benefit.take
    if not idle:
        return None
    return Hint(promotion.id, promotion.names, "units", benefit.take - idle, benefit.take)


def worth_of_coupon(stacks: Iterable[Stack], rules: RuleBook, occasion: Occasion, promotion: str) -> int:
    """How much less is paid with this promotion's coupon than without, in minor units; 0 where others do as well."""
    goods = tuple(stacks)
    paid: Mapping[bool, int] = {
        having: sum(one.price * one.count for one in run(goods, rules, _with(occasion, promotion, having)).stacks)
        for having in (True, False)
    }
    return paid[False] - paid[True]


def _with(occasion: Occasion, promotion: str, having: bool) -> Occasion:
    return replace(occasion, coupons=occasion.coupons | {promotion} if having else occasion.coupons - {promotion})
