"""Reading staff."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from sync_server.staff.tables import staff


def rows_after(session: Session, store: str, number: str, limit: int) -> list[dict[str, Any]]:
    """The staff of a store behind a number with the hashes of their PINs, for the store's tills."""
    query = select(staff).where(staff.c.store == store, staff.c.number > number, staff.c.active)
    return [_for_tills(row) for row in session.execute(query.order_by(staff.c.number).limit(limit))]


def rows_of(session: Session, store: str, numbers: list[str]) -> list[dict[str, Any]]:
    """Those of the numbers that somebody of the store has."""
    query = select(staff).where(staff.c.store == store, staff.c.number.in_(numbers), staff.c.active)
    return [_for_tills(row) for row in session.execute(query)]


def _for_tills(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "names": row.names,
        "name": row.names.get(row.language) or row.names["en"],
        "role": row.role,
        "language": row.language,
        "pin_hash": row.pin_hash,
    }


def count(session: Session, store: str) -> int:
    """How many people work at a store."""
    query = select(func.count()).select_from(staff).where(staff.c.store == store, staff.c.active)
    return session.scalar(query) or 0


def by_number(session: Session, number: str) -> Row[Any] | None:
    return session.execute(select(staff).where(staff.c.number == number, staff.c.active)).first()


def by_id(session: Session, member: str) -> Row[Any] | None:
    return session.execute(select(staff).where(staff.c.id == member, staff.c.active)).first()


def names_of(session: Session, members: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names of these members of staff by id; one who is gone is called by the id."""
    wanted = sorted(members)
    found = {row.id: row.names for row in session.execute(select(staff).where(staff.c.id.in_(wanted)))}
    return {member: found.get(member, {"en": member}) for member in wanted}
