"""Reading what waits for a person."""

from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from retail.errors import N_
from sync_server.inbox.tables import exceptions
from sync_server.staff import queries as staff

EXCEPTIONS_SHOWN_MAX = 100
SETTLED_SHOWN_MAX = 30
FIGURES_SHOWN_MAX = 20

SENTENCES = {
    "discrepancy": N_("Sale {number} does not agree with the hub's own figures. The receipt stays as it is."),
    "conflict": N_("{source} sent something else under a number that it had used before. The first one counts."),
    "rejected": N_("{source} sent something that was refused. What it sent is kept."),
    "fork": N_("{source} is an old copy or a double. It sells on by itself; with a new code it sends again."),
    "restored": N_("The hub was set back to an older copy of its data. Devices send again what it lost."),
    "paid_twice": N_("Sale {number} has goods that sale {other} was paid for. Both are kept; refund one of them."),
    "returned": N_("Return {number} gave back more than was left of its sale. What goes beyond it is booked nowhere."),
    "hole": N_("The numbers of {source} have stopped, although it gave more. Look at its screen and its link."),
    "code_guessing": N_("{source} gave {wrong} wrong codes or PINs of coupons or gift cards. Each further one waits."),
    "points_pace": N_("The card of {shopper} earned unusually much within a day, last with sale {number}."),
    "points_owed": N_("Sale {number} was paid with points that were spent meanwhile; {owed} of them are owed."),
    "bad_signature": N_("Something came in the name of {source} that its key has not signed. Nothing of it was done."),
}
"""What each kind of exception means, in one sentence."""


def open_exceptions(session: Session, store: str) -> dict[str, dict[str, Any]]:
    """What waits for a person of the store, oldest first, by id.

    `error` is the refusal of a `rejected` operation; `figures` are a discrepancy's rows: `{what, line, sold, derived}`.
    """
    rows = session.execute(
        _of(store).where(exceptions.c.closed_at.is_(None)).order_by(exceptions.c.id).limit(EXCEPTIONS_SHOWN_MAX)
    ).all()
    names = staff.names_of(session, {row.tried_by for row in rows if row.tried_by})
    return {str(row.id): _open(row, names) for row in rows}


def waiting(session: Session, store: str) -> int:
    """How many cases of the store wait, also those beyond EXCEPTIONS_SHOWN_MAX."""
    query = select(func.count()).where(exceptions.c.store == store, exceptions.c.closed_at.is_(None))
    return session.scalar(query) or 0


def settled(session: Session, store: str) -> dict[str, dict[str, Any]]:
    """The cases of a store that were settled last: how, by whom, when, why."""
    rows = session.execute(
        _of(store)
        .where(exceptions.c.closed_at.is_not(None))
        .order_by(exceptions.c.closed_at.desc(), exceptions.c.id)
        .limit(SETTLED_SHOWN_MAX)
    ).all()
    names = staff.names_of(session, {row.closed_by for row in rows})
    return {
        str(row.id): {
            **_what(row),
            "how": row.closed_how or "closed",
            "by": names[row.closed_by],
            "closed_at": row.closed_at,
            "reason": row.closed_because,
        }
        for row in rows
    }


def forked(session: Session, store: str) -> set[str]:
    """The terminals of the store that are in quarantine."""
    sources = select(exceptions.c.source).where(
        exceptions.c.store == store, exceptions.c.kind == "fork", exceptions.c.closed_at.is_(None)
    )
    return {source.partition("/")[0] for source in session.scalars(sources)}


def _of(store: str) -> Select[Any]:
    return select(exceptions).where(exceptions.c.store == store)


def _what(row: Row[Any]) -> dict[str, Any]:
    params = {"source": row.source, "number": row.detail.get("number", ""), **row.detail.get("params", {})}
    return {"id": row.id, "kind": row.kind, "at": row.at, "message": SENTENCES[row.kind], "params": params}


def _open(row: Row[Any], names: dict[str, dict[str, str]]) -> dict[str, Any]:
    tried = {"at": row.tried_at, "by": names[row.tried_by], "error": row.tried_error} if row.tried_by else None
    return {
        **_what(row),
        "error": row.detail.get("error"),
        "figures": row.detail.get("rows", [])[:FIGURES_SHOWN_MAX],
        "replayable": row.kind == "rejected",
        "tried": tried,
    }
