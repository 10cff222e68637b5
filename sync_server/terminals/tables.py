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

terminal_reports = Table(
    "terminal_reports",
    metadata,
    Column("terminal", String(64), primary_key=True),
    Column("first_seen", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False, comment="ms of the last report; 0 before the first"),
    Column("body", JSON, nullable=False),
    Column("stuck_at", BigInteger, nullable=False, comment="the acknowledged number that did not move"),
    Column("stuck_since", BigInteger, nullable=False, comment="ms; 0 while the numbers move"),
)
"""What each terminal last said of itself."""

terminal_links = Table(
    "terminal_links",
    metadata,
    Column("id", String(36), primary_key=True, comment="made by the worker that holds the connection"),
    Column("terminal", String(64), nullable=False, index=True),
    Column("since", BigInteger, nullable=False),
    Column("alive", BigInteger, nullable=False, comment="ms at which its worker last had it"),
    Column("until", BigInteger, nullable=True, comment="null while it lasts"),
)
"""When each terminal was connected: the newest times only."""
