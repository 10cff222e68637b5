"""How fast is too fast: spending beyond a limit is refused; earning beyond one is noted for a person, because the goods
are sold and the receipt is printed."""

from dataclasses import dataclass

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.programme import Limits


@dataclass(frozen=True, slots=True)
class Burned:
    """What an account has spent or holds: how often within the last hour, and how many points within the last day."""

    times_in_hour: int
    points_in_day: int


@dataclass(frozen=True, slots=True)
class Day:
    """What an account has earned today; `of_cashier` are the sales that one member of staff rang up for it."""

    sales: int
    points: int
    of_cashier: int = 0


def check_burn(limits: Limits, before: Burned, points: int) -> None:
    """Refuse to spend faster than the programme allows."""
    if limits.burns_an_hour and before.times_in_hour >= limits.burns_an_hour:
        raise LoyaltyRefused(
            "loyalty.too_often",
            N_("Points of this card were used {times} times within an hour. Try again later, or pay another way."),
            times=before.times_in_hour,
        )
    if limits.burned_a_day and before.points_in_day + points > limits.burned_a_day:
        raise LoyaltyRefused(
            "loyalty.day_limit",
            N_("At most {limit} points can be used in a day. Choose fewer, or pay another way."),
            limit=limits.burned_a_day,
        )


def suspicions(limits: Limits, day: Day) -> list[str]:
    """Why a person should look at what a card earned today: `sales`, `points` or `cashier`; mostly nothing."""
    over = {
        "sales": bool(limits.sales_a_day) and day.sales > limits.sales_a_day,
        "points": bool(limits.points_a_day) and day.points > limits.points_a_day,
        "cashier": bool(limits.sales_a_day_of_one_cashier) and day.of_cashier > limits.sales_a_day_of_one_cashier,
    }
    return [name for name, found in over.items() if found]
