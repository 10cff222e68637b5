"""Points as a ledger: entries are only ever added, the balance is changed with them by one statement."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from sync_server.db import metadata

points_entries = Table(
    "points_entries",
    metadata,
    Column("key", String(160), primary_key=True, comment="source + what: the same key twice is one entry"),
    Column("customer", String(64), ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("source", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)

points_balances = Table(
    "points_balances",
    metadata,
    Column("customer", String(64), ForeignKey("customers.id"), primary_key=True),
    Column("active", BigInteger, nullable=False),
)
