"""What a card alone may spend: it says who somebody is and proves nothing. Beyond it somebody is asked."""

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.programme import MINUTE_MS, Programme

APPROVAL_MS = 2 * MINUTE_MS
"""So long does a question to the owner stand; somebody waits at the till."""

NUMBER_FIRST, NUMBER_LAST = 10, 99
"""The number that stands on till and phone is one of these."""


def is_needed(programme: Programme, spent: int, wanted: int) -> bool:
    """Whether somebody has to allow `wanted` points, where `spent` went on the card alone within 24 hours."""
    return bool(programme.approve_above) and spent + wanted > programme.approve_above


def left_alone(programme: Programme, spent: int, wanted: int) -> int:
    """As many of the `wanted` points as the card alone may spend still."""
    return max(0, min(wanted, programme.approve_above - spent)) if programme.approve_above else wanted


def needed(programme: Programme, wanted: int) -> LoyaltyRefused:
    """The refusal for a terminal that cannot wait for an answer."""
    return LoyaltyRefused(
        "loyalty.needs_approval",
        N_(
            "This card alone spends at most {limit} points in 24 hours, and {points} were wanted. Nothing was set "
            "aside; ask for fewer, or have the customer or a manager allow them."
        ),
        limit=programme.approve_above,
        points=wanted,
    )
