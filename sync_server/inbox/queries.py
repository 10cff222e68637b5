"""Reading what waits for a person."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from retail.errors import N_
from sync_server.inbox.tables import exceptions

EXCEPTIONS_SHOWN_MAX = 100
FIGURES_SHOWN_MAX = 20

SENTENCES = {
    "discrepancy": N_("Sale {number} does not agree with the hub's own figures. The receipt stays as it is."),
    "conflict": N_("{source} sent something else under a number that it had used before. The first one counts."),
    "rejected": N_("{source} sent something that was refused. What it sent is kept."),
    "fork": N_("{source} is an old copy or a double. It sells on by itself; with a new code it sends again."),
    "restored": N_("The hub was set back to an older copy of its data. Devices send again what it lost."),
    "paid_twice": N_("Sale {number} was paid for goods of another sale. Both are kept; one needs a refund."),
    "hole": N_("The numbers of {source} have stopped, although it gave more. Look at its screen and its link."),
}
"""What each kind of exception means, in one sentence."""


def open_exceptions(session: Session, store: str) -> dict[str, dict[str, Any]]:
    """What waits for a person of the store, oldest first: `{id, kind, at, message, params, error, figures}` by id.

    `error` is the refusal of a `rejected` operation; `figures` are a discrepancy's rows: `{what, line, sold, derived}`.
    """
    rows = session.execute(
        select(exceptions)
        .where(exceptions.c.store == store, exceptions.c.closed_at.is_(None))
        .order_by(exceptions.c.id)
        .limit(EXCEPTIONS_SHOWN_MAX)
    )
    return {str(row.id): _shown(row) for row in rows}


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at,
        "message": SENTENCES[row.kind],
        "params": {"source": row.source, "number": row.detail.get("number", ""), **row.detail.get("params", {})},
        "error": row.detail.get("error"),
        "figures": row.detail.get("rows", [])[:FIGURES_SHOWN_MAX],
    }
