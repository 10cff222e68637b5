"""Enrolled tills and kiosks."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table

from sync_server.db import metadata

terminals = Table(
    "terminals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False),
    Column("code", String(2), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("names", JSON, nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("online", Boolean, nullable=False),
    Column("seen", BigInteger, nullable=False, comment="ms of the last word from it"),
    Column("last_sale", String(20), nullable=False),
)
