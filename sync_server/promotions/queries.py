"""Reading promotions."""

from collections.abc import Iterator

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from retail.promotions.kinds import kept_promotion
from retail.promotions.promotion import Promotion, RuleBook
from sync_server.promotions.tables import promotions

BODY = cast(promotions.c.body, Text)
"""As it is stored: who passes it on need not read it."""


def rules(session: Session, version: int) -> RuleBook:
    """All promotions of the shop, as the rules of this version."""
    query = select(promotions.c.body).where(~promotions.c.withdrawn).order_by(promotions.c.id)
    return RuleBook(version, [kept_promotion(body) for body in session.scalars(query)])


def find(session: Session, promotion_id: str) -> Promotion | None:
    body = session.scalar(select(promotions.c.body).where(promotions.c.id == promotion_id))
    return None if body is None else kept_promotion(body)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(promotions).where(~promotions.c.withdrawn)) or 0


def bodies_after(session: Session, promotion_id: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """Ids and JSON bodies of the promotions behind an id."""
    query = select(promotions.c.id, BODY).where(promotions.c.id > promotion_id, ~promotions.c.withdrawn)
    for row in session.execute(query.order_by(promotions.c.id).limit(limit)):
        yield row[0], row[1].encode()


def bodies_of(session: Session, ids: list[str]) -> dict[str, bytes]:
    """The JSON bodies of those of the promotions that are not withdrawn."""
    query = select(promotions.c.id, BODY).where(promotions.c.id.in_(ids), ~promotions.c.withdrawn)
    return {row[0]: row[1].encode() for row in session.execute(query)}
