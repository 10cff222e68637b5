"""Streams and their events: what the hub tells, stored in the transaction that made it true."""

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table

from sync_server.db import metadata

streams = Table(
    "streams",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("changes", JSON, nullable=False, comment="null where only the whole state says what is new"),
    Column("by", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("scan", BigInteger, nullable=False),
)

lives = Table(
    "lives",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("life", String(36), nullable=False),
    Column("former", String(36), nullable=False, comment="the life that this one took the place of"),
    Column("began", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False, comment="grows while the hub works"),
    Column("epoch", Integer, nullable=False, comment="of streams that begin in this life"),
    Column("copied_at", BigInteger, nullable=True, comment="set in a backup: whoever opens it is a copy"),
    Column("hub", String(36), nullable=False, server_default="", comment="who this hub is, in all its lives"),
)
"""One row: which life of its data the hub is in. A new one begins when an old copy was put back."""
