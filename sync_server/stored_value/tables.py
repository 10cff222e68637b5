"""Gift cards and store credit as a ledger: entries are only ever added, the balance is changed with them by one
statement that cannot take it below zero."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from sync_server.db import metadata

card_batches = Table(
    "card_batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(80), nullable=False, comment="what the manager calls it"),
    Column("currency", String(3), nullable=False),
    Column("store", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False, comment="ms; 0 for never"),
    Column("pin", Boolean, nullable=False, comment="whether its cards ask for one"),
    Column("wanted", Integer, nullable=False, comment="cards that it is to have"),
    Column("made", Integer, nullable=False, comment="numbers of cards that were drawn so far"),
    Column("seed", String(64), nullable=True, comment="with the hub's key draws the codes; null once it is sealed"),
    Column("key", String(32), nullable=False, comment="which key of the hub: its fingerprint"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

stored_values = Table(
    "stored_values",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(12), nullable=False, comment="gift_card or store_credit"),
    Column("currency", String(3), nullable=False),
    Column("store", String(64), nullable=False, comment="that gave it out"),
    Column("customer", String(64), nullable=False, index=True, comment="whose it is; empty for who has the code"),
    Column("code_hash", String(64), unique=True, nullable=True, comment="keyed; null for store credit"),
    Column("hint", String(8), nullable=False, comment="the end of the code, for screens"),
    Column("pin_hash", String(64), nullable=True, comment="keyed; null where none is asked for"),
    Column("available", BigInteger, nullable=False, comment="minor units that can be spent"),
    Column("held", BigInteger, nullable=False, comment="minor units of payments that are under way"),
    Column("entries", BigInteger, nullable=False, comment="how many there are: each one's number, without gaps"),
    Column("expires_at", BigInteger, nullable=False, comment="ms; 0 for never"),
    Column("blocked", Boolean, nullable=False),
    Column("batch", String(64), ForeignKey("card_batches.id"), nullable=True, comment="null for one made by itself"),
    Column("number", Integer, nullable=True, comment="its place in the batch, from 0"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    CheckConstraint("available >= 0 AND held >= 0", name="never_below_zero"),
    UniqueConstraint("batch", "number", name="one_card_per_number"),
)
Index(
    "stored_values_to_expire",
    stored_values.c.expires_at,
    sqlite_where=stored_values.c.available > 0,
    postgresql_where=stored_values.c.available > 0,
)

stored_value_entries = Table(
    "stored_value_entries",
    metadata,
    Column("key", String(160), primary_key=True, comment="of whoever wants it done: the same twice is one entry"),
    Column("account", String(80), ForeignKey("stored_values.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False, comment="by how much it changed what can be spent"),
    Column("held", BigInteger, nullable=False),
    Column("hold", String(160), nullable=False, comment="that it ends; empty for all others"),
    Column("source", String(64), nullable=False, comment="the cart, the sale or the reason"),
    Column("by", String(64), nullable=False, comment="the device or the member of staff"),
    Column("at", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False, comment="of what was asked"),
    Column("number", BigInteger, nullable=True, comment="in the account; this and the answer come with the balance"),
    Column("answer", JSON, nullable=True, comment="what was answered; written in the same transaction"),
    UniqueConstraint("account", "number", name="one_entry_per_number"),
)
Index("stored_value_entries_by_time", stored_value_entries.c.at)

stored_value_holds = Table(
    "stored_value_holds",
    metadata,
    Column("id", String(160), primary_key=True, comment="the key of its entry"),
    Column("account", String(80), ForeignKey("stored_values.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", String(8), nullable=False, comment="pending, posted, voided or expired"),
    Column("until", BigInteger, nullable=False, comment="ms"),
    Column("cart", String(64), nullable=False, index=True),
)
Index(
    "stored_value_holds_pending",
    stored_value_holds.c.until,
    sqlite_where=stored_value_holds.c.state == "pending",
    postgresql_where=stored_value_holds.c.state == "pending",
)
