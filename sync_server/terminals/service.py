"""Enrolling terminals and knowing whether they are there."""

from typing import NoReturn

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_
from sync_server.errors import NotFound
from sync_server.inbox import service as inbox
from sync_server.outbox.service import KICKED
from sync_server.prepared import Prepared
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


REVOKED = N_("The hub does not know this sign-in any more. Sign in or enrol again.")


def enrol(session: Session, terminal: str, token: str, public_key: str = "", inc: int = 1) -> None:
    """Give the terminal this token and this key in a new incarnation; those that it had before are worth nothing from
    now on, and who is connected with them is shown out."""
    changed = session.execute(
        update(terminals).where(terminals.c.id == terminal).values(token_hash=queries.token_hash(token))
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        refuse_unknown(session, terminal)
    if public_key:
        inbox.begin_incarnation(session, terminal, inc, public_key)
    show_out(session, terminal)


def withdraw(session: Session, terminal: str) -> None:
    """Nobody is this terminal from now on, until it is set up anew."""
    session.execute(update(terminals).where(terminals.c.id == terminal).values(token_hash=""))
    show_out(session, terminal)


def show_out(session: Session, terminal: str) -> None:
    """Once this is committed, whoever is connected as this terminal is told so and disconnected."""
    session.info.setdefault(KICKED, []).append({"dev": terminal, "code": "revoked", "message": REVOKED})


def refuse_unknown(session: Session, terminal: str) -> NoReturn:
    known = ", ".join(session.scalars(select(terminals.c.id).order_by(terminals.c.id)))
    raise NotFound(
        "terminal.unknown",
        N_("There is no terminal {terminal}. Known are: {known}."),
        terminal=terminal,
        known=known,
    )


SEEN = Prepared(
    update(terminals).where(terminals.c.id == bindparam("terminal")).values(seen=bindparam("at")), "terminal", "at"
)
SOLD = Prepared(
    update(terminals)
    .where(terminals.c.id == bindparam("terminal"))
    .values(seen=bindparam("at"), last_sale=bindparam("number")),
    "terminal",
    "at",
    "number",
)


def seen(session: Session, terminal: str, at: int) -> None:
    """Note a word from a terminal at the moment `at` (ms)."""
    SEEN.run(session, terminal=terminal, at=at)


def sold(session: Session, terminal: str, at: int, number: str) -> None:
    """Note a sale of a terminal, which came at the moment `at` (ms)."""
    SOLD.run(session, terminal=terminal, at=at, number=number)
