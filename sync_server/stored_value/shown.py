"""Store credit as its owner sees it: each account, and every number of it down to its entries."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.loyalty import queries as loyalty
from sync_server.orders.tables import sale_returns, sales
from sync_server.stored_value import queries

ENTRIES_AT_ONCE = 50
ACCOUNT = ("id", "currency", "available", "held", "expires_at", "blocked")
ENTRY = ("key", "at", "kind", "amount", "available")


def credit(session: Session, shopper: str) -> dict[str, Any]:
    """All that a shopper may see of it, as `retail.credit_shown.CreditAccounts` has it."""
    rows = [row for who in loyalty.people(session, shopper) for row in queries.of_customer(session, who)]
    accounts = [row for row in rows if row["kind"] == "store_credit"]
    entries = {row["id"]: queries.history(session, row["id"], ENTRIES_AT_ONCE) for row in accounts}
    numbers = _numbers(session, {one["source"] for found in entries.values() for one in found})
    return {
        "accounts": [
            {name: row[name] for name in ACCOUNT} | {"entries": [_entry(one, numbers) for one in entries[row["id"]]]}
            for row in accounts
        ]
    }


def _entry(row: dict[str, Any], numbers: dict[str, tuple[str, str]]) -> dict[str, Any]:
    number, sale = numbers.get(row["source"], ("", ""))
    return {name: row[name] for name in ENTRY} | {"number": number, "sale": sale}


def _numbers(session: Session, sources: set[str]) -> dict[str, tuple[str, str]]:
    """The number of each that is a sale or a return, and the sale that it is about."""
    sold = select(sales.c.id, sales.c.number, sales.c.id).where(sales.c.id.in_(sources))
    back = select(sale_returns.c.id, sale_returns.c.number, sale_returns.c.sale).where(sale_returns.c.id.in_(sources))
    rows = [tuple(row) for query in (sold, back) for row in session.execute(query)]
    return {source: (number, sale) for source, number, sale in rows}
