"""Reading staff."""

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
