"""Staff, their sign-in at the dashboard, and the audit ledger."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, StaffRefused
from retail.staff import PinAttempts, after_wrong_pin, check_may_try
from sync_server.catalogue import reference
from sync_server.errors import NotFound
from sync_server.staff.tables import audit, staff


def add(
    session: Session,
    member: str,
    number: str,
    names: dict[str, str],
    role: str,
    store: str,
    language: str,
    pin_hash: str,
) -> None:
    session.execute(
        insert(staff).values(
            id=member,
            number=number,
            names=names,
            role=role,
            store=store,
            language=language,
            pin_hash=pin_hash,
            failures=0,
            not_before=0,
            active=True,
        )
    )


def hired(session: Session, row: Mapping[str, Any], pin_hash: str, at: int) -> None:
    """Somebody works here from now on; `row` is `{id, number, names, role, store, language}`."""
    columns = staff.c
    taken = session.scalar(select(columns.id).where((columns.id == row["id"]) | (columns.number == row["number"])))
    if taken is not None:
        raise StaffRefused("staff.number_used", N_("Number {number} was given before."), number=row["number"])
    add(session, row["id"], row["number"], row["names"], row["role"], row["store"], row["language"], pin_hash)
    reference.changed(session, {"staff": [row["number"]]}, at, only=row["store"])


def left(session: Session, number: str, at: int) -> None:
    """Somebody works here no more. What they did stays theirs; their number is not given again."""
    _tell(session, number, {"active": False}, at)


def new_pin(session: Session, number: str, pin_hash: str, at: int) -> None:
    """Another PIN, also for somebody who was locked out."""
    _tell(session, number, {"pin_hash": pin_hash, "failures": 0, "not_before": 0}, at)


def _tell(session: Session, number: str, values: dict[str, Any], at: int) -> None:
    here = (staff.c.number == number) & staff.c.active
    store = session.execute(update(staff).where(here).values(values).returning(staff.c.store)).scalar()
    if store is None:
        raise NotFound("staff.unknown_number", N_("There is nobody with number {number}."), number=number)
    reference.changed(session, {"staff": [number]}, at, only=store)


def begin_try(session: Session, number: str, now: int) -> tuple[Row[Any] | None, PinAttempts]:
    """Count a try as a wrong one until its PIN proves right: the member, if there is one, and the tries so far.

    `StaffRefused` while one has to wait, or after too many.
    """
    row = session.execute(select(staff).where(staff.c.number == number, staff.c.active).with_for_update()).first()
    if row is None:
        return None, PinAttempts()
    before = PinAttempts(row.failures, row.not_before)
    check_may_try(before, now)
    attempts = after_wrong_pin(before, now)
    session.execute(
        update(staff).where(staff.c.id == row.id).values(failures=attempts.failures, not_before=attempts.not_before)
    )
    return row, attempts


def note_wrong_pin(session: Session, member: str, attempts: PinAttempts, now: int) -> None:
    """Leave a trace of a wrong PIN in the audit ledger, and of the lock that the last one closed."""
    note(session, "dashboard", "staff.wrong_pin", member, {"failures": attempts.failures}, now)
    if attempts.locked:
        note(session, "dashboard", "staff.locked", member, {}, now)


def unlock(session: Session, number: str, by: str, now: int) -> str:
    """Let a member of staff try again, on a manager's word (`by` is the manager's number); who it was."""
    manager = session.execute(select(staff).where(staff.c.number == by, staff.c.active)).first()
    if manager is None or manager.role != "manager" or by == number:
        raise StaffRefused("staff.not_a_manager", N_("Number {number} is not another manager's."), number=by)
    member = session.scalar(select(staff.c.id).where(staff.c.number == number))
    if member is None:
        raise NotFound("staff.unknown_number", N_("There is nobody with number {number}."), number=number)
    right_pin(session, member)
    note(session, "hub", "staff.unlock", manager.id, {"member": member}, now)
    return str(member)


def right_pin(session: Session, member: str) -> None:
    session.execute(update(staff).where(staff.c.id == member).values(failures=0, not_before=0))


def note(session: Session, device: str, action: str, member: str, detail: dict[str, Any], at: int) -> None:
    """Write one row of the audit ledger; rows are only ever added."""
    session.execute(insert(audit).values(device=device, action=action, staff=member, detail=detail, at=at))
