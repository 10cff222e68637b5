"""Promotions: what each is now, and every version that it ever had."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

from sync_server.db import metadata

promotions = Table(
    "promotions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False, comment="gone from every till; sales that had it keep its name"),
    Column("body", JSON, nullable=False),
)

promotion_versions = Table(
    "promotion_versions",
    metadata,
    Column("promotion", String(64), ForeignKey("promotions.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("changed_by", String(64), nullable=False, comment="of the staff; empty for the shop's first ones"),
    Column("at", BigInteger, nullable=False),
)
"""Only ever added to: who made what of a promotion, and when."""
