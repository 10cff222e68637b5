"""What promotions gave and what is missing, as every screen gets it (`GivenShown` and `HintShown` in retail.states)."""

from collections.abc import Iterable, Mapping
from typing import Any

from retail.occasion import Occasion
from retail.promotions import explanation
from retail.promotions.explanation import State
from retail.promotions.lanes import Outcome
from retail.promotions.promotion import Promotion, RuleBook

BEST_FIRST: tuple[State, ...] = ("given", "beaten", "not_met", "untouched")
"""Of several purchases the one in which a coupon does most speaks for it."""


def given(discounts: Mapping[str, int], rules: RuleBook) -> list[dict[str, Any]]:
    """What each promotion took off a line, in minor units by its id, with the promotion's name."""
    return [
        {"promotion": promotion, "names": rules.named[promotion].names, "off": off}
        for promotion, off in discounts.items()
    ]


def hints(outcome: Outcome, rules: RuleBook) -> list[dict[str, Any]]:
    """The nearest promotions that a little more would reach."""
    return [
        {"promotion": one.promotion, "names": one.names, "measure": one.measure, "missing": one.missing}
        for one in explanation.hints(outcome, rules)
    ]


def coupon(promotion: Promotion | None, purchases: Iterable[tuple[Outcome, Occasion]]) -> dict[str, Any]:
    """What the promotion of a coupon does in these purchases, and why it does not do more (`CouponDoing`). `None`
    stands for one that the book does not have (any more)."""
    told = [] if promotion is None else [explanation.explained(promotion, *one) for one in purchases]
    doing = {"off": sum(one.saved for one in told), "state": "untouched", "fails": "", "measure": "word", "missing": 0}
    best = min(told, key=lambda one: BEST_FIRST.index(one.state), default=None)
    if best is None:
        return doing
    # Where no goods are that it is for, how many of them are missing says nothing; that it is over says something.
    unheld = (one for one in best.verdicts if not one.held and (best.state != "untouched" or one.measure == "word"))
    failed = next(unheld, None)
    if best.state == "given" or failed is None:
        return doing | {"state": best.state}
    return doing | {"state": best.state, "fails": failed.kind, "measure": failed.measure, "missing": failed.missing}
