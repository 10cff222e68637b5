"""Ids that managers never type: made of the name that they gave, and of none that was given before."""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

ID_LENGTH_MAX = 48


def free_id(session: Session, column: ColumnElement[Any], name: str, otherwise: str) -> str:
    """An id that this column does not have yet; `otherwise` begins that of a name without a Latin letter."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:ID_LENGTH_MAX] or otherwise
    taken = set(session.scalars(select(column).where(column.startswith(wanted, autoescape=True))))
    return next(one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
