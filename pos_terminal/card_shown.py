"""A shopper's card at the terminal: whose it is, and what is known of her here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from pos_terminal import allowed, till
from pos_terminal.store import journal
from pos_terminal.turn import Turn
from retail.errors import N_, CartRefused
from retail.loyalty.tiers import Visit, climbed
from retail.messages import Message


class Card(Message):
    card: Annotated[str, Field(min_length=1, max_length=20)]
    replace: bool = False


def attach(turn: Turn, body: Card) -> None:
    card = turn.replica.card(body.card)
    if card is None:
        if turn.desk.link.online:
            raise CartRefused(
                "card.unknown",
                N_("Card {card} is not known. The cart stays as it is; look at the number."),
                card=body.card,
            )
        raise CartRefused(
            "card.unknown_offline",
            N_("Card {card} is not known here, and the hub cannot be asked now. Sell without it and keep the receipt."),
            card=body.card,
        )
    before = turn.till
    after, wishes = till.attach(turn.till, _as_of_now(turn, card), turn.moment, body.replace)
    if before.allowed is not None and after.shopper != before.shopper:
        # Points of the one are nobody else's, also of one whose card the hub has refused.
        after, wishes = replace(after, allowed=None), [*allowed.given_back(before), *wishes]
    turn.step((after, wishes))


def _as_of_now(turn: Turn, card: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card with what this terminal has sold to it since the hub told of it: what the hub does not know yet, or has
    not told, counts here all the same."""
    as_of = int(card.get("as_of") or 0) + turn.moment.at - turn.local_now if card.get("as_of") else 0
    programme = turn.book.programme(turn.moment.at)
    metric = programme.tiers.metric if programme.tiers else "points"
    since = journal.bought_here(turn.connection, str(card["shopper"]), as_of, metric)
    if not since.sales:
        return {**card, "as_of": as_of}
    known = {"points": max(0, int(card.get("points") or 0) + since.points - since.used), "first": False}
    counted, tier = int(card.get("counted") or 0) + since.counted, str(card.get("tier") or "")
    tier = climbed(programme.tiers, tier, counted, Visit(turn.moment.at, 0, 0, 0)) or tier
    return {**card, **known, "counted": counted, "tier": tier, "as_of": as_of}
