"""Enrolling terminals and knowing whether they are there."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_
from sync_server.errors import NotFound
from sync_server.terminals import queries
from sync_server.terminals.tables import terminals


def add(session: Session, terminal: str, store: str, code: str, kind: str, names: dict[str, str]) -> None:
    """A place for a terminal; it can speak once it has been given a token."""
    session.execute(
        insert(terminals).values(
            id=terminal,
            store=store,
            code=code,
            kind=kind,
            names=names,
            token_hash="",
            online=False,
            seen=0,
            last_sale="",
        )
    )


def enrol(session: Session, terminal: str, token: str) -> None:
    """Give the terminal this token; one that it had before is worth nothing from now on."""
    changed = session.execute(
        update(terminals).where(terminals.c.id == terminal).values(token_hash=queries.token_hash(token))
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        known = ", ".join(session.scalars(select(terminals.c.id).order_by(terminals.c.id)))
        raise NotFound(
            "terminal.unknown",
            N_("There is no terminal {terminal}. Known are: {known}."),
            terminal=terminal,
            known=known,
        )


def seen(session: Session, terminal: str, seen: int, **changed: Any) -> None:
    """Note a word from a terminal at the moment `seen` (ms), and what it changed: `online`, `last_sale`."""
    session.execute(update(terminals).where(terminals.c.id == terminal).values(seen=seen, **changed))
