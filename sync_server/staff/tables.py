"""People who work in the shop, and the ledger of what they did that not everybody may."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

from sync_server.db import metadata

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", String(8), unique=True, nullable=False),
    Column("names", JSON, nullable=False),
    Column("role", String(12), nullable=False),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False),
    Column("language", String(5), nullable=False),
    Column("pin_hash", String(200), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("device", String(64), nullable=False),
    Column("action", String(60), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
)
