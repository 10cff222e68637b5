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

promotion_replays = Table(
    "promotion_replays",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("by", String(64), nullable=False, comment="the member of staff who looks"),
    Column("body", JSON, nullable=False, comment="the draft"),
    Column("stores", JSON, nullable=False, comment="whose sales, in this order"),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("sales", Integer, nullable=False, comment="how many there are to look at"),
    Column("done", Integer, nullable=False),
    Column("place", JSON, nullable=False, comment="[store, ms, sale] of the last one that was looked at"),
    Column("takings", BigInteger, nullable=False, comment="what was paid for those that were looked at"),
    Column("at", BigInteger, nullable=False),
)
"""Past sales that are priced with a draft, a few at a time: whoever has gone away goes on where it was."""

promotion_replay_sales = Table(
    "promotion_replay_sales",
    metadata,
    Column("replay", String(64), ForeignKey("promotion_replays.id"), primary_key=True),
    Column("sale", String(64), primary_key=True),
    Column("shopper", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("before", BigInteger, nullable=False, comment="what it would cost by today's promotions without the draft"),
    Column("after", BigInteger, nullable=False, comment="and with it"),
    Column("saved", BigInteger, nullable=False, comment="what the draft itself took off"),
    Column("points", BigInteger, nullable=False, comment="that it would earn more, below zero for fewer"),
)
"""Only sales for which the draft makes a difference."""
