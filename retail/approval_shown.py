"""Points that wait for their owner's word, as the hub tells them to tills and phones."""

from typing import Literal

from retail.catalogue import Names
from retail.messages import Milliseconds
from retail.told import Amount, Answer, Count, Told


class ApprovalShown(Told):
    """Points of a cart's shopper that a terminal at `place` wants to use, worth `amount`; else as `Approval`."""

    hold: str
    points: Count
    amount: Amount
    number: Count
    until: Milliseconds
    place: Names
    answer: Answer = ""


class Answered(Told):
    """What the shopper has said of the points that `hold` has set aside."""

    hold: str
    answer: Literal["allowed", "refused"]
