"""The groups that a customer belongs to, which price lists ask for."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync_server.customers.tables import customers
from sync_server.prepared import Prepared

GROUPS = Prepared(select(customers.c.groups).where(customers.c.id == bindparam("customer")), "customer")
GROUPS_MAX = 20
GROUP_LENGTH_MAX = 64


def of(session: Session, shopper: str) -> frozenset[str]:
    """The groups of a shopper; none for somebody who is not known."""
    row = GROUPS.first(session, customer=shopper)
    return frozenset(row.groups) if row is not None else frozenset()
