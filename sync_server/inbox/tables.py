"""Everything that a device asked for, under the number that the device gave it, with the answer it got."""

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table, UniqueConstraint

from sync_server.db import metadata

devices = Table(
    "devices",
    metadata,
    Column("dev", String(64), primary_key=True),
    Column("inc", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False, server_default="", comment="the hash at last_seq, of a terminal"),
    Column("public_key", String(64), nullable=False, server_default="", comment="of an enrolled terminal, in hex"),
)

operations = Table(
    "operations",
    metadata,
    Column("dev", String(64), primary_key=True),
    Column("inc", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("id", String(36), unique=True, nullable=True, comment="null where the message named none that can be read"),
    Column("kind", String(40), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("chain", String(64), nullable=False, server_default="", comment="the hash of the chain at it"),
    Column("result", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("store", String(64), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("source", String(120), nullable=False, comment="device and number, or the sale"),
    Column("detail", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=True),
    Column("closed_by", String(64), nullable=True, comment="the member of staff"),
    Column("closed_because", String(400), nullable=True),
    Column("closed_how", String(12), nullable=True, comment="closed with a reason, or replayed"),
    Column("tried_at", BigInteger, nullable=True, comment="of the last replay that was refused again"),
    Column("tried_by", String(64), nullable=True),
    Column("tried_error", JSON, nullable=True),
    UniqueConstraint("kind", "source", name="one_case_per_source"),
)

replays = Table(
    "replays",
    metadata,
    Column("exception", Integer, primary_key=True, autoincrement=False),
    Column("dev", String(64), nullable=False),
    Column("inc", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("result", JSON, nullable=False),
    Column("by", String(64), nullable=False, comment="the manager"),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("dev", "inc", "seq", name="one_replay_per_operation"),
)
"""Refused operations that were carried out after all: the result beside the refusal that their device was given."""
