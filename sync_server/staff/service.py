"""Staff, their sign-in at the dashboard, and the audit ledger."""

from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from retail.staff import PinAttempts, after_wrong_pin, wrong_pin
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
        )
    )


def note_wrong_pin(session: Session, row: Any, now: int) -> Exception:
    """Count a wrong PIN and give the refusal to answer with."""
    attempts = after_wrong_pin(PinAttempts(row.failures, row.not_before), now)
    session.execute(
        update(staff).where(staff.c.id == row.id).values(failures=attempts.failures, not_before=attempts.not_before)
    )
    note(session, "dashboard", "staff.wrong_pin", row.id, {"failures": attempts.failures}, now)
    return wrong_pin(attempts)


def right_pin(session: Session, member: str) -> None:
    session.execute(update(staff).where(staff.c.id == member).values(failures=0, not_before=0))


def note(session: Session, device: str, action: str, member: str, detail: dict[str, Any], at: int) -> None:
    """Write one row of the audit ledger; rows are only ever added."""
    session.execute(insert(audit).values(device=device, action=action, staff=member, detail=detail, at=at))
