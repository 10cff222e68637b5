"""Coupons, gift cards and store credit."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _codes()
    _tries()
    _uses()
    _cards()
    _entries()


def _codes() -> None:
    op.create_table(
        "coupon_batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("promotion", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False, comment="what the manager calls it"),
        sa.Column("uses", sa.Integer(), nullable=False, comment="of each code"),
        sa.Column(
            "per_customer", sa.Integer(), nullable=False, comment="uses of the batch by one customer; 0: no limit"
        ),
        sa.Column(
            "begins", sa.String(length=32), nullable=False, comment="wall clock of the store, ISO; empty for open"
        ),
        sa.Column("ends", sa.String(length=32), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False, comment="codes that it is to have"),
        sa.Column("made", sa.Integer(), nullable=False, comment="numbers of codes that were drawn so far"),
        sa.Column(
            "seed",
            sa.String(length=64),
            nullable=True,
            comment="with the hub's key draws the codes; null once it is sealed",
        ),
        sa.Column("key", sa.String(length=32), nullable=False, comment="which key of the hub: its fingerprint"),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_coupon_batches_promotion"), "coupon_batches", ["promotion"], unique=False)
    op.create_table(
        "coupon_codes",
        sa.Column("hash", sa.String(length=64), nullable=False, comment="keyed; the code itself is stored nowhere"),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="its place in the batch, from 0"),
        sa.Column("slots", sa.Integer(), nullable=False, comment="how many rows of coupon_slots it has"),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["coupon_batches.id"],
        ),
        sa.PrimaryKeyConstraint("hash"),
        sa.UniqueConstraint("batch", "number", name="one_code_per_number"),
    )
    op.create_table(
        "coupon_customers",
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["coupon_batches.id"],
        ),
        sa.PrimaryKeyConstraint("batch", "customer"),
    )


def _tries() -> None:
    op.create_table(
        "voucher_keys",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_table(
        "voucher_tries",
        sa.Column(
            "who",
            sa.String(length=80),
            nullable=False,
            comment="device:<id>, shopper:<id> or card:<id>, whose PIN was wrong",
        ),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="ms of the last wrong one"),
        sa.Column("not_before", sa.BigInteger(), nullable=False, comment="ms before which no try counts"),
        sa.PrimaryKeyConstraint("who"),
    )


def _uses() -> None:
    op.create_table(
        "coupon_entries",
        sa.Column("key", sa.String(length=200), nullable=False, comment="claim and kind: the same twice is one entry"),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column(
            "kind", sa.String(length=12), nullable=False, comment="claim, attach, confirm, release, lapse, restore"
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("cart", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["coupon_codes.hash"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_coupon_entries_claim"), "coupon_entries", ["claim"], unique=False)
    op.create_index(op.f("ix_coupon_entries_code"), "coupon_entries", ["code"], unique=False)
    op.create_table(
        "coupon_slots",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column(
            "slot", sa.Integer(), autoincrement=False, nullable=False, comment="from 0; less than the code's uses"
        ),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False, comment="free, claimed or used"),
        sa.Column("claim", sa.String(length=64), nullable=True, comment="null while it is free, as all that follows"),
        sa.Column("customer", sa.String(length=64), nullable=True),
        sa.Column(
            "turn", sa.Integer(), nullable=True, comment="of this customer in this batch; null where there is no limit"
        ),
        sa.Column("cart", sa.String(length=64), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True, comment="ms; null while it is used, 0 while it is free"),
        sa.Column("sale", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["code"],
            ["coupon_codes.hash"],
        ),
        sa.PrimaryKeyConstraint("code", "slot"),
        sa.UniqueConstraint("batch", "customer", "turn", name="one_use_per_turn"),
        sa.UniqueConstraint("claim"),
    )
    op.create_index(
        "coupon_claims",
        "coupon_slots",
        ["until"],
        unique=False,
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index("coupon_slots_to_take", "coupon_slots", ["code", "until"], unique=False)
    op.create_index(op.f("ix_coupon_slots_cart"), "coupon_slots", ["cart"], unique=False)


def _cards() -> None:
    op.create_table(
        "card_batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False, comment="what the manager calls it"),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False, comment="ms; 0 for never"),
        sa.Column("pin", sa.Boolean(), nullable=False, comment="whether its cards ask for one"),
        sa.Column("wanted", sa.Integer(), nullable=False, comment="cards that it is to have"),
        sa.Column("made", sa.Integer(), nullable=False, comment="numbers of cards that were drawn so far"),
        sa.Column(
            "seed",
            sa.String(length=64),
            nullable=True,
            comment="with the hub's key draws the codes; null once it is sealed",
        ),
        sa.Column("key", sa.String(length=32), nullable=False, comment="which key of the hub: its fingerprint"),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stored_values",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="gift_card or store_credit"),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False, comment="that gave it out"),
        sa.Column("customer", sa.String(length=64), nullable=False, comment="whose it is; empty for who has the code"),
        sa.Column("code_hash", sa.String(length=64), nullable=True, comment="keyed; null for store credit"),
        sa.Column("hint", sa.String(length=8), nullable=False, comment="the end of the code, for screens"),
        sa.Column("pin_hash", sa.String(length=64), nullable=True, comment="keyed; null where none is asked for"),
        sa.Column("available", sa.BigInteger(), nullable=False, comment="minor units that can be spent"),
        sa.Column("held", sa.BigInteger(), nullable=False, comment="minor units of payments that are under way"),
        sa.Column(
            "entries", sa.BigInteger(), nullable=False, comment="how many there are: each one's number, without gaps"
        ),
        sa.Column("expires_at", sa.BigInteger(), nullable=False, comment="ms; 0 for never"),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=True, comment="null for one made by itself"),
        sa.Column("number", sa.Integer(), nullable=True, comment="its place in the batch, from 0"),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("available >= 0 AND held >= 0", name="never_below_zero"),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["card_batches.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch", "number", name="one_card_per_number"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index(op.f("ix_stored_values_customer"), "stored_values", ["customer"], unique=False)
    op.create_index(
        "stored_values_to_expire",
        "stored_values",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("available > 0"),
        postgresql_where=sa.text("available > 0"),
    )


def _entries() -> None:
    op.create_table(
        "stored_value_entries",
        sa.Column(
            "key",
            sa.String(length=160),
            nullable=False,
            comment="of whoever wants it done: the same twice is one entry",
        ),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False, comment="by how much it changed what can be spent"),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("hold", sa.String(length=160), nullable=False, comment="that it ends; empty for all others"),
        sa.Column("source", sa.String(length=64), nullable=False, comment="the cart, the sale or the reason"),
        sa.Column("by", sa.String(length=64), nullable=False, comment="the device or the member of staff"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False, comment="of what was asked"),
        sa.Column(
            "number",
            sa.BigInteger(),
            nullable=True,
            comment="in the account; this and the answer come with the balance",
        ),
        sa.Column("answer", sa.JSON(), nullable=True, comment="what was answered; written in the same transaction"),
        sa.ForeignKeyConstraint(
            ["account"],
            ["stored_values.id"],
        ),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("account", "number", name="one_entry_per_number"),
    )
    op.create_index("stored_value_entries_by_time", "stored_value_entries", ["at"], unique=False)
    op.create_table(
        "stored_value_holds",
        sa.Column("id", sa.String(length=160), nullable=False, comment="the key of its entry"),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False, comment="pending, posted, voided or expired"),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="ms"),
        sa.Column("cart", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["stored_values.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_stored_value_holds_cart"), "stored_value_holds", ["cart"], unique=False)
    op.create_index(
        "stored_value_holds_pending",
        "stored_value_holds",
        ["until"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
