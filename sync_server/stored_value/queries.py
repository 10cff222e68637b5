"""Reading gift cards and store credit."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from retail.stored_value import Entry, Terms
from sync_server.errors import NotFound
from sync_server.stored_value.tables import stored_value_entries, stored_value_holds, stored_values

ENTRIES_SHOWN_MAX = 200


def account_row(session: Session, account: str) -> Row[Any]:
    row = session.execute(select(stored_values).where(stored_values.c.id == account)).first()
    if row is None:
        raise NotFound()
    return row


def terms(row: Any) -> Terms:
    return Terms(row.currency, row.expires_at, row.blocked)


def shown(row: Any) -> dict[str, Any]:
    """An account as screens show it: no code, no PIN."""
    names = ("id", "kind", "currency", "customer", "hint", "available", "held", "expires_at", "blocked")
    return {**{name: getattr(row, name) for name in names}, "pin": row.pin_hash is not None}


def of_customer(session: Session, customer: str) -> list[dict[str, Any]]:
    """What a customer has, oldest first."""
    columns = stored_values.c
    rows = session.execute(
        select(stored_values).where(columns.customer == customer).order_by(columns.made_at, columns.id)
    )
    return [shown(row) for row in rows]


def history(session: Session, account: str, limit: int = ENTRIES_SHOWN_MAX) -> list[dict[str, Any]]:
    """The newest entries, newest first: what every number of the balance opens to."""
    columns = stored_value_entries.c
    here = select(stored_value_entries).where(columns.account == account)
    rows = session.execute(here.order_by(columns.number.desc()).limit(limit))
    hidden = {"hash", "answer"}
    return [{name: value for name, value in row._mapping.items() if name not in hidden} for row in rows]


def entries(session: Session, account: str) -> list[Entry]:
    """All entries of an account for a replay from zero, in the order in which they changed its balance."""
    columns = stored_value_entries.c
    rows = session.execute(select(stored_value_entries).where(columns.account == account).order_by(columns.number))
    return [Entry(row.key, row.kind, row.amount, row.hold) for row in rows]


def summed(session: Session, account: str) -> tuple[int, int]:
    """What the entries of an account add up to: available and held."""
    columns = stored_value_entries.c
    row = session.execute(
        select(func.coalesce(func.sum(columns.available), 0), func.coalesce(func.sum(columns.held), 0)).where(
            columns.account == account
        )
    ).one()
    return int(row[0]), int(row[1])


def hold_row(session: Session, hold: str) -> Row[Any] | None:
    return session.execute(select(stored_value_holds).where(stored_value_holds.c.id == hold)).first()


def taken_by(session: Session, account: str, sources: Collection[str]) -> int:
    """What these sales took from an account less what these returns gave back to it, in minor units. What a sale put on
    it beside, as a card that was sold, is another matter."""
    columns = stored_value_entries.c
    moved = func.coalesce(func.sum(columns.available + columns.held), 0)
    here = (columns.account == account) & columns.source.in_(sources)
    found = select(moved).where(here, columns.kind != "load")
    return -int(session.scalar(found) or 0)


def holds_over(session: Session, now: int, limit: int) -> list[str]:
    """Holds whose time is over and that nobody has ended yet."""
    columns = stored_value_holds.c
    over = (columns.state == "pending") & (columns.until <= now)
    return list(session.scalars(select(columns.id).where(over).order_by(columns.until).limit(limit)))


def accounts_over(session: Session, now: int, limit: int) -> list[str]:
    """Accounts with money on them whose time is over."""
    columns = stored_values.c
    over = (columns.expires_at > 0) & (columns.expires_at <= now) & (columns.available > 0)
    return list(session.scalars(select(columns.id).where(over).order_by(columns.expires_at).limit(limit)))


def owed(session: Session, at: int) -> list[dict[str, Any]]:
    """What the merchant owes as of `at` (ms), from the entries up to then: `[{kind, currency, accounts, amount}]`.

    Money that is held for a payment is still owed.
    """
    rows = session.execute(
        select(
            stored_values.c.kind,
            stored_values.c.currency,
            func.count(stored_value_entries.c.account.distinct()).label("accounts"),
            func.sum(stored_value_entries.c.available + stored_value_entries.c.held).label("amount"),
        )
        .join(stored_values, stored_values.c.id == stored_value_entries.c.account)
        .where(stored_value_entries.c.at <= at)
        .group_by(stored_values.c.kind, stored_values.c.currency)
        .order_by(stored_values.c.kind, stored_values.c.currency)
    )
    return [{**row._mapping, "amount": int(row.amount)} for row in rows]


def moved(session: Session, since: int, until: int) -> list[dict[str, Any]]:
    """What changed what the merchant owes from `since` until before `until` (ms), by what it was: `[{kind, currency,
    entry, count, amount}]`. Holds and voids change nothing of it."""
    columns = stored_value_entries.c
    change = columns.available + columns.held
    rows = session.execute(
        select(
            stored_values.c.kind,
            stored_values.c.currency,
            columns.kind.label("entry"),
            func.count().label("count"),
            func.sum(change).label("amount"),
        )
        .join(stored_values, stored_values.c.id == columns.account)
        .where(columns.at >= since, columns.at < until, change != 0)
        .group_by(stored_values.c.kind, stored_values.c.currency, columns.kind)
        .order_by(stored_values.c.kind, stored_values.c.currency, columns.kind)
    )
    return [{**row._mapping, "amount": int(row.amount)} for row in rows]
