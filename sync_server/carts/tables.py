"""Carts and their lines. A shopper has one live cart; a terminal opens one for each visit."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from sync_server.db import metadata

carts = Table(
    "carts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False),
    Column("opened_by", String(64), nullable=False, comment="the device of a visit; empty for a shopper's live cart"),
    Column("shopper", String(64), nullable=False),
    Column("status", String(8), nullable=False),
    Column("moved_to", String(64), nullable=False),
    Column("next_n", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False, default=0, comment="the highest number that a lease of it ever had"),
    Column("paying", String(64), nullable=False, default="", comment="the device that holds the lease, or empty"),
    Column("paying_since", BigInteger, nullable=False, default=0, comment="ms, by the hub's clock"),
    Column("paying_until", BigInteger, nullable=False, default=0),
)
Index(
    "live_cart_of_shopper",
    carts.c.shopper,
    unique=True,
    sqlite_where=carts.c.opened_by == "",
    postgresql_where=carts.c.opened_by == "",
)
Index("visits_moved_to", carts.c.moved_to, carts.c.opened_by)
Index("leases", carts.c.paying_until, sqlite_where=carts.c.paying != "", postgresql_where=carts.c.paying != "")

cart_lines = Table(
    "cart_lines",
    metadata,
    Column("cart", String(64), ForeignKey("carts.id"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("item", String(64), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("origin", String(8), nullable=False),
    Column("n", Integer, nullable=False),
    Column("fulfilment", String(12), nullable=False),
    Column("weighed", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("pack", Integer, nullable=False, server_default="0", comment="pieces in one pack; 0 for single ones"),
)
Index("cart_lines_of_item", cart_lines.c.item)
