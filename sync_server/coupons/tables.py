"""Coupons: batches of hashed codes, the uses that carts claim, and what happened to each use.

A use is a row under (code, slot). A customer's uses of a batch are numbered as well. Both are kept by the schema, so no
race can give one too many.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from sync_server.db import metadata

coupon_batches = Table(
    "coupon_batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("promotion", String(64), nullable=False, index=True),
    Column("name", String(80), nullable=False, comment="what the manager calls it"),
    Column("uses", Integer, nullable=False, comment="of each code"),
    Column("per_customer", Integer, nullable=False, comment="uses of the batch by one customer; 0: no limit"),
    Column("begins", String(32), nullable=False, comment="wall clock of the store, ISO; empty for open"),
    Column("ends", String(32), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("wanted", Integer, nullable=False, comment="codes that it is to have"),
    Column("made", Integer, nullable=False, comment="numbers of codes that were drawn so far"),
    Column("seed", String(64), nullable=True, comment="with the hub's key draws the codes; null once it is sealed"),
    Column("key", String(32), nullable=False, comment="which key of the hub: its fingerprint"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

coupon_codes = Table(
    "coupon_codes",
    metadata,
    Column("hash", String(64), primary_key=True, comment="keyed; the code itself is stored nowhere"),
    Column("batch", String(64), ForeignKey("coupon_batches.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="its place in the batch, from 0"),
    Column("slots", Integer, nullable=False, comment="how many rows of coupon_slots it has"),
    Column("blocked", Boolean, nullable=False),
    UniqueConstraint("batch", "number", name="one_code_per_number"),
)

coupon_slots = Table(
    "coupon_slots",
    metadata,
    Column("code", String(64), ForeignKey("coupon_codes.hash"), primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False, comment="from 0; less than the code's uses"),
    Column("batch", String(64), nullable=False),
    Column("state", String(8), nullable=False, comment="free, claimed or used"),
    Column("claim", String(64), unique=True, nullable=True, comment="null while it is free, as all that follows"),
    Column("customer", String(64), nullable=True),
    Column("turn", Integer, nullable=True, comment="of this customer in this batch; null where there is no limit"),
    Column("cart", String(64), nullable=True, index=True),
    Column("until", BigInteger, nullable=True, comment="ms; null while it is used, 0 while it is free"),
    Column("sale", String(64), nullable=True),
    UniqueConstraint("batch", "customer", "turn", name="one_use_per_turn"),
)
Index("coupon_slots_to_take", coupon_slots.c.code, coupon_slots.c.until)
Index(
    "coupon_claims",
    coupon_slots.c.until,
    sqlite_where=coupon_slots.c.state == "claimed",
    postgresql_where=coupon_slots.c.state == "claimed",
)

coupon_customers = Table(
    "coupon_customers",
    metadata,
    Column("batch", String(64), ForeignKey("coupon_batches.id"), primary_key=True),
    Column("customer", String(64), primary_key=True),
)
"""A row to hold while a customer's uses of a batch are counted."""

coupon_entries = Table(
    "coupon_entries",
    metadata,
    Column("key", String(200), primary_key=True, comment="claim and kind: the same twice is one entry"),
    Column("claim", String(64), nullable=False, index=True),
    Column("kind", String(12), nullable=False, comment="claim, attach, confirm, release, lapse, restore"),
    Column("code", String(64), ForeignKey("coupon_codes.hash"), nullable=False, index=True),
    Column("slot", Integer, nullable=False),
    Column("customer", String(64), nullable=False),
    Column("cart", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("sale", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What happened to each use, only ever added to."""
