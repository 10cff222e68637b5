"""What promotions gave and what is missing, as every screen gets it (`GivenShown` and `HintShown` in retail.states)."""

from collections.abc import Iterable, Mapping
from typing import Any

from retail.promotions import explanation
from retail.promotions.lanes import Outcome
from retail.promotions.promotion import RuleBook


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


def coupon(promotion: str, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """What the promotion of a coupon does in these purchases, and why it does not do more (`CouponDoing`)."""
    all_of_them = list(outcomes)
    doing = {"off": sum(one.saved.get(promotion, 0) for one in all_of_them), "state": "given", "fails": ""}
    doing |= {"measure": "word", "missing": 0}
    if any(one.gave(promotion) for one in all_of_them):
        return doing
    judged = [one.judged[promotion] for one in all_of_them if promotion in one.judged]
    if not judged:
        return doing | {"state": "untouched"}
    failed = next((verdict for verdict in judged[0] if not verdict.held), None)
    if failed is None:
        return doing | {"state": "beaten"}
    return doing | {"state": "not_met", "fails": failed.kind, "measure": failed.measure, "missing": failed.missing}
