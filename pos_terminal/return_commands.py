"""What a page asks for about goods that come back: schemas and handlers, as in `commands`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from pos_terminal import giving_back, returning
from pos_terminal.turn import Turn
from retail.cart import LINE_QUANTITY_MAX
from retail.messages import Key, Message


class NoMore(Message):
    pass


class Chosen(Message):
    """So much of a line of the receipt, in thousandths; 0 is none of it."""

    line: Key
    quantity: Annotated[int, Field(ge=0, le=LINE_QUANTITY_MAX)]


class Resold(Message):
    """Whether a line can be sold again."""

    line: Key
    restock: bool


class Why(Message):
    reason: Literal["not_wanted", "does_not_fit", "damaged", "wrong_goods", "other"]


class Confirmed(Message):
    """`exchange`: what is given back waits for new goods instead of being paid out."""

    exchange: bool = False


class SlipOf(Message):
    document: Key


def choose(turn: Turn, body: Chosen) -> None:
    turn.till = returning.choose(turn.till, body.line, body.quantity)


def choose_all(turn: Turn, _: NoMore) -> None:
    turn.till = returning.choose_all(turn.till)


def resold(turn: Turn, body: Resold) -> None:
    turn.till = returning.spoil(turn.till, body.line, not body.restock)


def why(turn: Turn, body: Why) -> None:
    turn.till = returning.give_reason(turn.till, body.reason)


def cancel(turn: Turn, _: NoMore) -> None:
    turn.till = returning.cancel(turn.till)


def done(turn: Turn, _: NoMore) -> None:
    """The result has been read; the goods that were in hand are there again."""
    if turn.till.phase == "returned":
        turn.till = replace(turn.till, phase="selling")


RETURN_COMMANDS: dict[str, tuple[type[Message], Callable[[Turn, Any], Any]]] = {
    "return_line": (Chosen, choose),
    "return_all": (NoMore, choose_all),
    "return_resold": (Resold, resold),
    "return_reason": (Why, why),
    "return_cancel": (NoMore, cancel),
    "return_confirm": (Confirmed, lambda turn, body: giving_back.confirm(turn, body.exchange)),
    "return_give": (NoMore, lambda turn, _: giving_back.give_anyway(turn)),
    "return_done": (NoMore, done),
    "return_slip": (SlipOf, lambda turn, body: giving_back.copy(turn, body.document)),
    "credit_pay": (NoMore, lambda turn, _: giving_back.pay_credit(turn)),
}
