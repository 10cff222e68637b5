"""Points for the time in which the hub is away: asked for as soon as a card is known, used without asking. Pure.

The id is in the state before the hub is asked, so whatever happens the same is asked for, used, or given back. A visit
has one allowance and a sale uses it once; what it leaves goes back when the hub hears of the sale.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from pos_terminal.set_aside import Allowed
from pos_terminal.till import Moment, Till, Wish
from retail.loyalty import allowance
from retail.loyalty.allowance import Allowance
from retail.loyalty.programme import Programme
from retail.tender import Tender


def wanted(till: Till) -> bool:
    """Whether the hub could be asked for points of the visit's shopper: one card, one question.

    Not before it has taken the card in: until then the cart may be somebody else's there, or nobody's.
    """
    shopper = till.shopper
    known = shopper is not None and shopper.confirmed and shopper.points != 0 and till.allowed is None
    return known and till.kind == "till" and till.phase == "selling"


def ask(till: Till, moment: Moment) -> Till:
    return replace(till, allowed=Allowed(moment.new_id())) if wanted(till) else till


def pending(till: Till) -> Allowed | None:
    """What the hub has still to answer, while the visit lasts."""
    return till.allowed if till.allowed is not None and till.allowed.asked else None


def granted(till: Till, answer: Mapping[str, Any]) -> Till:
    """The hub's answer; one that it has not signed, or for another till, is none."""
    if pending(till) is None or till.allowed is None or till.allowed.nonce != answer["nonce"]:
        return till
    given = Allowed(asked=False, **answer)
    genuine = allowance.genuine(given.public, _signed(given), given.signature)
    return replace(till, allowed=given) if genuine and given.terminal == till.device else refused(till, given.nonce)


def refused(till: Till, nonce: str) -> Till:
    """The hub has said no: it is not asked again in this visit."""
    mine = till.allowed is not None and till.allowed.nonce == nonce
    return replace(till, allowed=Allowed(nonce, asked=False)) if mine else till


def _signed(given: Allowed) -> Allowance:
    return Allowance(given.nonce, given.account, given.terminal, given.amount, given.not_after)


def used(till: Till) -> bool:
    return till.allowed is not None and any(one.hold == till.allowed.nonce for one in till.tenders)


def usable(till: Till, programme: Programme, left: int, at: int) -> Tender | None:
    """What the allowance would pay of `left` (minor units) at `at`; None where that is nothing."""
    given = till.allowed
    if given is None or not given.amount or at >= given.not_after or used(till) or left <= 0 or till.shopper is None:
        return None
    points = programme.points_for(min(programme.money(given.amount), left))
    amount = min(programme.money(points), left)
    return Tender("points", amount, given.nonce, points) if amount > 0 else None


def check(till: Till, paid: Tender, at: int) -> None:
    """Refuse what the hub has not signed for this till: what is on a disk may have been written by anybody."""
    given = till.allowed
    if given is not None:
        allowance.check(given.public, _signed(given), given.signature, till.device, 0, paid.points, at)


def more_at_hub(till: Till) -> bool:
    """Whether the shopper may have more points than those that are allowed here."""
    points = till.shopper.points if till.shopper else None
    return till.allowed is None or points is None or points > till.allowed.amount


def shown(till: Till, programme: Programme, left: int, at: int) -> dict[str, Any] | None:
    """What the page says can be paid with points without the hub: `{points, amount}`, or None."""
    found = usable(till, programme, left, at)
    return None if found is None else {"points": found.points, "amount": found.amount}


def with_sale(till: Till) -> list[dict[str, Any]]:
    """What the sale shows to the hub for the points that it was paid with."""
    if till.allowed is None or not used(till):
        return []
    row = asdict(till.allowed)
    return [{name: value for name, value in row.items() if name not in ("asked", "public")}]


def given_back(till: Till) -> list[Wish]:
    """The visit ends without them, or they may have been granted and nobody has heard: they are free again."""
    given = till.allowed
    if given is None or used(till) or not (given.asked or given.amount):
        return []
    return [Wish("hold.void", {"hold": given.nonce, "kind": "points"})]
