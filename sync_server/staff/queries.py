"""Reading staff."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from sync_server.staff.tables import staff


def of_store(session: Session, store: str) -> list[dict[str, Any]]:
    """The staff of a store with the hashes of their PINs, for the store's tills."""
    rows = session.execute(select(staff).where(staff.c.store == store).order_by(staff.c.number))
    return [
        {
            "id": row.id,
            "number": row.number,
            "names": row.names,
            "name": row.names.get(row.language) or row.names["en"],
            "role": row.role,
            "language": row.language,
            "pin_hash": row.pin_hash,
        }
        for row in rows
    ]


def by_number(session: Session, number: str) -> Row[Any] | None:
    return session.execute(select(staff).where(staff.c.number == number)).first()


def by_id(session: Session, member: str) -> Row[Any] | None:
    return session.execute(select(staff).where(staff.c.id == member)).first()


def names_of(session: Session, members: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names of these members of staff by id; one who is gone is called by the id."""
    wanted = sorted(members)
    found = {row.id: row.names for row in session.execute(select(staff).where(staff.c.id.in_(wanted)))}
    return {member: found.get(member, {"en": member}) for member in wanted}
