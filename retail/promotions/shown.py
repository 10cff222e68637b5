"""What promotions gave and what is missing, as every screen gets it (`GivenShown` and `HintShown` in retail.states)."""

from collections.abc import Mapping
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
