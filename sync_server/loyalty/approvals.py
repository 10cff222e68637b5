"""Points that wait for their owner's word: which there are, what a card has spent alone, and how the cart is told.

A row is a hold with a number. Whoever changes one holds its account, so what was spent alone stays as it was read.
"""

import secrets
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from retail.loyalty.approval import APPROVAL_MS, NUMBER_FIRST, NUMBER_LAST
from retail.loyalty.programme import DAY_MS
from sync_server.loyalty.tables import ASKED, points_holds
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.prepared import Prepared
from sync_server.terminals import queries as terminals

_H = points_holds.c
OPEN_IN = Prepared(select(points_holds).where(ASKED, _H.told_in == bindparam("cart")).order_by(_H.placed_at), "cart")


def spent_alone(session: Session, account: str, now: int) -> int:
    """Points that nobody had to allow within 24 hours until now (ms): spent, held, or allowed to a till."""
    points = case((_H.status == "open", _H.points), else_=_H.posted)
    # What a terminal took without the word that it had to wait for was spent on the card alone all the same.
    alone = (_H.number == 0) | ((_H.status == "posted") & (_H.answer != "allowed"))
    of = (_H.account == account, _H.placed_at > now - DAY_MS, _H.status.in_(("open", "posted")), alone)
    return int(session.scalar(select(func.coalesce(func.sum(points), 0)).where(*of)) or 0)


def begin(session: Session, name: str, cart: str, amount: int, by: str, now: int) -> Any:
    """The points of a hold wait for their owner from now on, who is asked in `cart`; where a manager `by` has vouched
    they wait for nobody. The row."""
    values: dict[str, Any] = {"told_in": cart, "amount": amount, "approved_by": by}
    values["number"] = NUMBER_FIRST + secrets.randbelow(NUMBER_LAST - NUMBER_FIRST + 1)
    values |= {"answer": "allowed"} if by else {"until": now + APPROVAL_MS}
    row = session.execute(update(points_holds).where(_H.id == name).values(**values).returning(points_holds)).one()
    tell(session, cart, now)
    return row


def answer(session: Session, name: str, said: str, by: str, until: int, now: int) -> bool:
    """The one statement that decides: whether this is the first answer, and in time. What is allowed is held until
    `until`."""
    open_still = (_H.id == name, _H.status == "open", _H.until > now, _H.number > 0, _H.answer == "")
    values: dict[str, Any] = {"answer": said, "approved_by": by} | ({"until": until} if said == "allowed" else {})
    row = session.execute(update(points_holds).where(*open_still).values(**values).returning(_H.told_in)).first()
    if row is not None:
        tell(session, row.told_in, now)
    return row is not None


def open_in(session: Session, cart: str) -> list[dict[str, Any]]:
    """`CartState.approvals`."""
    rows = OPEN_IN.all(session, cart=cart)
    places = terminals.places(session) if rows else {}
    return [_shown(row, places.get(row.terminal)) for row in rows]


def _shown(row: Any, place: dict[str, Any] | None) -> dict[str, Any]:
    names, store = (place["names"], place["store"]) if place else ({}, {})
    where = {language: f"{name}, {store.get(language, '')}".rstrip(", ") for language, name in names.items()}
    shown = {"hold": row.id, **{name: getattr(row, name) for name in ("points", "amount", "number", "until")}}
    return {**shown, "place": where, "answer": row.answer}


def tell(session: Session, cart: str, now: int) -> None:
    """The cart's stream says who is asked what."""
    outbox.record(session, f"cart:{cart}", {"approvals": open_in(session, cart)}, Cause(), now)
