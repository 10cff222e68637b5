"""Points beyond what a scanned card may spend alone: set aside at the hub, and waiting for their owner. Pure.

The owner answers on the phone, and the shopper's cart tells the till; or a manager of this store answers here by PIN.
Until then they pay nothing. The cart's word only says that there is news: what came of it the hub is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pos_terminal.errors import LinkRefused, TillRefused
from pos_terminal.held import is_asking, void
from pos_terminal.set_aside import Approval, Asking
from pos_terminal.till import Step, Till
from retail.errors import N_


def waits(till: Till) -> Approval | None:
    """The approval that the open payment waits for."""
    return None if till.asking is None else till.asking.approval


def told(held: Mapping[str, Any]) -> str:
    """What the hub says of the approval of what it has set aside: "allowed" (also where none is needed), "refused", or
    "" while it is asked for."""
    approval = held.get("approval")
    return "allowed" if approval is None else str(approval["answer"])


def began(till: Till, asking: Asking, held: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Till:
    """The hub has set the points aside and asks their owner. `rows` is what the cart has said of it so far."""
    if not is_asking(till, asking) or till.asking is None:
        return till
    asked, before = held["approval"], till.asking.approval
    said = before.said if before else ""
    approval = Approval(asked["number"], asked["until"], held.get("points", 0), held["amount"], said)
    return heard(replace(till, asking=replace(till.asking, approval=approval)), rows)


def heard(till: Till, rows: Iterable[Mapping[str, Any]]) -> Till:
    """What the shopper's cart says about who is asked; the till itself where that is nothing new to it."""
    approval = waits(till)
    if till.asking is None or approval is None:
        return till
    answers = [str(row["answer"]) for row in rows if row["hold"] == till.asking.hold]
    # It is told of in the cart from its beginning, maybe a moment after the hub has answered us.
    over = "over" if approval.said in ("open", "allowed") else approval.said
    said = (answers[0] or "open") if answers else over
    if said == approval.said:
        return till
    return replace(till, asking=replace(till.asking, approval=replace(approval, said=said)))


def waiting(till: Till) -> Asking:
    """What somebody has to allow; refused where nothing is."""
    if till.asking is None or till.asking.approval is None:
        raise TillRefused("approval.none", N_("No points wait for anybody's word any more."))
    return till.asking


def approved(till: Till, manager: str) -> Till:
    """A manager has vouched for whoever stands here; the hub is told, and has the last word."""
    return replace(till, asking=replace(waiting(till), approved_by=manager))


def without(till: Till) -> Step:
    """The cashier goes on without the points."""
    asking = waiting(till)
    return replace(till, asking=None), [void(asking.hold, asking.kind)]


def shown(till: Till) -> dict[str, Any] | None:
    """For the page: `{number, points, amount, until, by_manager}`, or None."""
    approval = waits(till)
    if approval is None or till.asking is None:
        return None
    return {
        "number": approval.number,
        "points": approval.points,
        "amount": approval.amount,
        "until": approval.until,
        "by_manager": bool(till.asking.approved_by),
    }


def refused() -> TillRefused:
    return TillRefused(
        "approval.refused",
        N_("The customer did not allow the points on the phone. Nothing was taken; take another way to pay."),
    )


def hub_gone() -> LinkRefused:
    return LinkRefused(
        "approval.needs_hub",
        N_("The hub is away, so nobody can allow the points. Nothing was taken; take another way to pay."),
    )
