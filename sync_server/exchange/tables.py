"""Files that a manager brings in: the file itself in parts, how far it is, and which of its rows are bad."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from sync_server.db import metadata

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("file", String(120), nullable=False, comment="what it is called at the manager's"),
    Column("by", String(64), nullable=False, comment="the member of staff"),
    Column("store", String(64), nullable=False, comment="of that member"),
    Column("at", BigInteger, nullable=False, comment="ms"),
    Column("ended_at", BigInteger, nullable=False, comment="ms; 0 while it goes on"),
    Column("state", String(12), nullable=False, comment="sending, checking, checked, carrying, done, refused, stopped"),
    Column("size", Integer, nullable=False, comment="bytes of the file"),
    Column("received", Integer, nullable=False, comment="bytes that are here"),
    Column("head", JSON, nullable=True, comment="of a CSV: its columns and the sign between them"),
    Column("place", Integer, nullable=False, comment="the byte after the last row that was looked at"),
    Column("line", Integer, nullable=False, comment="lines before that place"),
    Column("rows", Integer, nullable=False, comment="that were looked at in this walk"),
    Column("changed", Integer, nullable=False, comment="rows of this walk that change something"),
    Column("refused", Integer, nullable=False, comment="rows of this walk that are bad"),
    Column("checked", JSON, nullable=True, comment="what the first walk found: rows, changed and refused"),
    Column("skip_bad", Boolean, nullable=False),
    Column("why", JSON, nullable=True, comment="the reason where the file is refused as a whole"),
)

exchange_parts = Table(
    "exchange_parts",
    metadata,
    Column("exchange", String(64), ForeignKey("exchanges.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="of its first byte in the file"),
    Column("body", LargeBinary, nullable=False),
)

exchange_keys = Table(
    "exchange_keys",
    metadata,
    Column("exchange", String(64), ForeignKey("exchanges.id"), primary_key=True),
    Column("key", String(64), primary_key=True, comment="a digest of what no two rows share"),
    Column("line", Integer, nullable=False, comment="where it stands first"),
)

exchange_bad = Table(
    "exchange_bad",
    metadata,
    Column("exchange", String(64), ForeignKey("exchanges.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("reason", JSON, nullable=False, comment="message and params"),
)
