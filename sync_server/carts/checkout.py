"""Leases that run out: whoever watches the cart is told, by whichever worker notices first."""

from sqlalchemy.orm import Session

from retail import cart as rules
from sync_server.carts import queries, service
from sync_server.db import Database
from sync_server.outbox.service import Cause

LEASES_AT_ONCE = 100


def end_leases(db: Database, now: int) -> None:
    """Record an event for each cart whose lease is over at `now` (ms).

    Nothing depends on it being done: a lease that is over is refused to nobody. What is due stands in the database, so
    a hub that was away tells it when it is back.
    """
    over = db.read(lambda session: queries.leases_over(session, now, LEASES_AT_ONCE))
    if over:
        db.write(lambda session: _end(session, over, now))


def _end(session: Session, over: list[str], now: int) -> None:
    for cart_id in sorted(over):
        stored = queries.find(session, cart_id, lock=True)
        # Meanwhile another worker may have been here, or the payer came back and renewed it.
        if stored is not None:
            service.save(session, stored, rules.lapsed(stored.cart, now), Cause(), now)
