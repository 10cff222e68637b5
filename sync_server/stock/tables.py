"""Stock as a ledger of movements, with the level of each item in each store."""

from sqlalchemy import BigInteger, Column, String, Table

from sync_server.db import metadata

stock_moves = Table(
    "stock_moves",
    metadata,
    Column("source", String(64), primary_key=True, comment="the sale, or what else moved the goods"),
    Column("line", String(64), primary_key=True),
    Column("store", String(64), nullable=False),
    Column("item", String(64), nullable=False),
    Column("quantity", BigInteger, nullable=False, comment="thousandths; negative when goods leave"),
    Column("at", BigInteger, nullable=False),
)

stock_levels = Table(
    "stock_levels",
    metadata,
    Column("store", String(64), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("quantity", BigInteger, nullable=False),
)
