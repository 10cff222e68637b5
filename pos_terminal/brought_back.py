"""What of goods that are brought back is in the till's state: it survives the end of the process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from retail.returns import REASONS


@dataclass(frozen=True, slots=True)
class Returning:
    """Goods of a sale that somebody brings back. `before` is what came back of its lines already, as far as the hub
    said (`known`) or as our own journal has it; `chosen` what comes back now, both in thousandths by line.

    `asked` is the return that the hub has been asked for, None while it is still being put together; `granted` that it
    said yes, with `less` minor units less in cash. `exchange` keeps the cash for the goods that are taken instead.
    """

    sale: Mapping[str, Any]
    before: Mapping[str, int]
    known: bool
    cash_step: int
    chosen: Mapping[str, int] = field(default_factory=dict)
    spoiled: tuple[str, ...] = ()
    reason: str = REASONS[0]
    exchange: bool = False
    asked: str = ""
    asked_at: int = 0
    granted: bool = False
    less: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """What was given back for goods that are exchanged, in minor units, until new ones are paid with it: the cash of
    return `number`, which is still in the drawer."""

    number: str
    amount: int


def returning_from(body: Mapping[str, Any] | None) -> Returning | None:
    return Returning(**{**body, "spoiled": tuple(body["spoiled"])}) if body else None
