"""Shoppers, their cards and their sign-ins."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

from sync_server.db import metadata

customers = Table(
    "customers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("names", JSON, nullable=False),
    Column("language", String(5), nullable=False),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False, comment="where the online cart is priced"),
    Column(
        "groups",
        JSON,
        nullable=False,
        server_default="[]",
        comment="that price lists ask for",
    ),
    Column("email", String(254), unique=True, nullable=False),
    Column("phone", String(20), unique=True, nullable=False, comment="E.164"),
    Column("password_hash", String(200), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("customer", String(64), ForeignKey("customers.id"), nullable=False),
    Column("active", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(8), nullable=False, comment="shopper or staff"),
    Column("subject", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False),
)
