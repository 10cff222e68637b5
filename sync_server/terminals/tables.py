"""Enrolled tills and kiosks."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

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

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("terminal", String(64), ForeignKey("terminals.id"), nullable=False),
    Column("made_by", String(64), nullable=False, comment="the member of staff, or hub for its command line"),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Column("public_key", String(64), nullable=False, comment="of who used it"),
    Column("answer", JSON, nullable=True, comment="what was answered, while a lost answer may be asked for again"),
)
"""One-time codes. A code is used by one key; the same key gets the same answer again."""

enrolment_tries = Table(
    "enrolment_tries",
    metadata,
    Column("span", BigInteger, primary_key=True, autoincrement=False, comment="number of the quarter of an hour"),
    Column("tries", Integer, nullable=False),
)
"""How often codes were tried: whoever guesses is stopped long before a guess is likely to be right."""
