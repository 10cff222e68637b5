"""Showing points to those whose they are: every change of a balance is an event on the streams of all who share it."""

from sqlalchemy.orm import Session

from sync_server.customers import service as customers
from sync_server.loyalty import queries, shown
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause


def tell(session: Session, customer: str, now: int, cause: Cause = Cause()) -> None:  # noqa: B008 - a frozen value
    """Show the balance to a customer and to everybody in the same account; `cause` is the operation that changed it."""
    changes = {"points": shown.points(session, customer)}
    for name in queries.sharing(session, customer):
        # An operation is answered on the stream of whoever is meant; for the others it is news.
        outbox.record(session, customers.stream(name), changes, cause if name == customer else Cause(), now)
