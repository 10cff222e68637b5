"""Points beyond what a card alone may spend: asked for by a till, answered by phone or a manager's PIN."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty import approval
from retail.loyalty.programme import Programme
from retail.messages import HoldWanted
from retail.questions import ApprovalGiven
from sync_server.errors import NotAllowed
from sync_server.inbox.service import Device
from sync_server.loyalty import approvals, books, queries, telling
from sync_server.loyalty import holds as points
from sync_server.staff import queries as people
from sync_server.staff import service as staff


@dataclass(frozen=True, slots=True)
class Asked:
    """`count` points of `customer`, whose live cart is `cart` and belongs to `shopper` there."""

    customer: str
    count: int
    cart: str
    shopper: str


def is_needed(session: Session, device: Device, wanted: HoldWanted, programme: Programme, of: Asked, now: int) -> bool:
    """Whether somebody has to allow the points that are about to be set aside. Refused where nobody can be asked, or
    somebody is asked already; then nothing was set aside."""
    if not programme.approve_above:
        return False
    account, _ = books.locked(session, of.customer)
    if not approval.is_needed(programme, approvals.spent_alone(session, account, now), of.count):
        return False
    if wanted.approved_by:
        _check_manager(session, device, wanted.approved_by)
        return True
    if not wanted.approval:
        raise approval.needed(programme, of.count)
    if not of.shopper or queries.resolved(session, of.shopper) != account:
        raise LoyaltyRefused(
            "loyalty.not_attached",
            N_("The hub has not taken the card in yet, so nobody can be asked. Try again in a moment."),
        )
    if any(not row["answer"] for row in approvals.open_in(session, of.cart)):
        raise LoyaltyRefused(
            "loyalty.asks_already", N_("The customer is being asked for other points. Wait for that answer first.")
        )
    return True


def begin(session: Session, device: Device, wanted: HoldWanted, cart: str, amount: int, now: int) -> Any:
    """Ask the owner of what `wanted.hold` has set aside, or keep which manager has vouched: its row."""
    row = approvals.begin(session, wanted.hold, cart, amount, wanted.approved_by, now)
    if wanted.approved_by:
        _note(session, device, row, wanted.approved_by, now)
    return row


def again(session: Session, device: Device, row: Any, wanted: HoldWanted, now: int) -> Any:
    """The same hold once more: its row as it is, with a manager's word if one has come."""
    if row.answer == "" and wanted.approved_by:
        _check_manager(session, device, wanted.approved_by)
        books.locked(session, row.customer)
        until = now + queries.programme(session, now).hold_ms
        if approvals.answer(session, row.id, "allowed", wanted.approved_by, until, now):
            _note(session, device, row, wanted.approved_by, now)
        row = queries.hold(session, row.id)
    if row.answer != "refused" and (row.status != "open" or row.until <= now):
        raise points.over()
    return row


def answer(session: Session, device: Device, given: ApprovalGiven, now: int) -> dict[str, Any]:
    """The owner's word from a phone: `retail.told.Answered`. The same again is the same; a stranger's points are as
    unknown as those that nobody has set aside."""
    if not device.shopper:
        raise NotAllowed()
    row = queries.hold(session, given.hold)
    if row is None or not row.number or row.customer not in queries.sharing(session, device.shopper):
        raise points.unknown(given.hold)
    books.locked(session, row.customer)
    said = "allowed" if given.allow else "refused"
    until = now + queries.programme(session, now).hold_ms
    if approvals.answer(session, row.id, said, "", until, now):
        if not given.allow:
            points.void(session, row.id, now)
            telling.tell(session, row.customer, now)
        return {"hold": row.id, "answer": said}
    row = queries.hold(session, given.hold)
    if row.answer == "":
        raise points.over()
    if row.answer != said:
        raise LoyaltyRefused("loyalty.answered", N_("This was answered already, and stays as it was answered."))
    return {"hold": row.id, "answer": said}


def _check_manager(session: Session, device: Device, member: str) -> None:
    manager = people.by_id(session, member)
    if device.actor.channel != "till" or manager is None or manager.role != "manager" or manager.store != device.store:
        raise LoyaltyRefused(
            "loyalty.no_manager", N_("Only a manager of this store can allow the points. Nothing was taken.")
        )


def _note(session: Session, device: Device, row: Any, manager: str, now: int) -> None:
    detail = {"hold": row.id, "points": row.points, "shopper": row.customer}
    staff.note(session, device.dev, "points.approved", manager, detail, now)
