"""What the dashboards were told last, and the figures that only they show."""

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table

from sync_server.db import metadata

dashboards = Table(
    "dashboards",
    metadata,
    Column("store", String(64), primary_key=True),
    Column("version", BigInteger, nullable=False, comment="grows with each telling; compared and set"),
    Column("state", JSON, nullable=False, comment="what the events of the stream add up to"),
)

store_health = Table(
    "store_health",
    metadata,
    Column("store", String(64), primary_key=True),
    Column("body", JSON, nullable=False),
)
"""What `company:all` shows of each store."""

latency_minutes = Table(
    "latency_minutes",
    metadata,
    Column("store", String(64), primary_key=True),
    Column("at", BigInteger, primary_key=True, comment="ms of the beginning of the minute"),
    Column("buckets", JSON, nullable=False, comment="how many by number of the histogram's bucket"),
    Column("count", Integer, nullable=False),
    Column("p50", Integer, nullable=False),
    Column("p99", Integer, nullable=False),
)
