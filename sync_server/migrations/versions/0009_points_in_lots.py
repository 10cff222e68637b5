"""Points in lots with holds: what was given before becomes lots that never expire."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

NEVER = 10**15
NONE_BELOW = "active >= 0 AND pending >= 0 AND held >= 0 AND spent >= 0 AND expired >= 0"
LOTS_OF_WHAT_WAS_GIVEN = f"""
    INSERT INTO points_lots (id, account, customer, active_from, expires_at, due, pending, active, held, spent, expired,
        debt, open, opened_at, visits, paid, earned, cashier)
    SELECT e.source, e.customer, e.customer, e.at, {NEVER}, {NEVER}, 0, e.points, 0, 0, 0, 0,
        CASE WHEN e.points > 0 THEN 1 ELSE 0 END, e.at,
        CASE WHEN e.kind = 'earn' THEN 1 ELSE 0 END, COALESCE((SELECT s.total FROM sales s WHERE s.id = e.source), 0),
        e.points, ''
    FROM points_entries e
"""
ENTRIES_OF_WHAT_WAS_GIVEN = f"""
    UPDATE points_entries SET account = customer, lot = source, dst = 'active', active_from = at, expires_at = {NEVER}
"""


def upgrade() -> None:
    _balances()
    _lots()
    _entries()
    _holds()
    _merging()
    _programmes()


def _number(name: str, comment: str = "") -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, comment=comment or None)


def _text(name: str, length: int = 64, comment: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, comment=comment or None)


def _new(kind: Any, name: str, start: str, comment: str = "") -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=start, comment=comment or None)


def _balances() -> None:
    big, small, words = sa.BigInteger(), sa.Integer(), sa.String(length=64)
    with op.batch_alter_table("points_balances") as batch:
        for name in ("pending", "held", "spent", "expired"):
            batch.add_column(_new(big, name, "0"))
        batch.add_column(_new(big, "debt", "0", "what is owed, below zero"))
        batch.add_column(_new(big, "version", "0", "grows with each command"))
        batch.add_column(_new(words, "merged_into", "", "where the points count instead"))
        batch.add_column(_new(small, "shared", "0", "1 where those of others count here too"))
        batch.add_column(_new(small, "day", "0", "of the last sale, in the programme's zone"))
        batch.add_column(_new(small, "day_sales", "0", "on that day"))
        batch.add_column(_new(big, "day_points", "0"))
        batch.add_column(_new(words, "tier", ""))
        batch.add_column(_new(big, "tier_since", "0"))
        batch.add_column(_new(big, "tier_below", "0", "ms since its floor is missed; 0"))
        batch.create_check_constraint("never_below", NONE_BELOW)
        batch.create_check_constraint("debt_never_above", "debt <= 0")
    where = sa.text("merged_into != ''")
    op.create_index("points_merged", "points_balances", ["merged_into"], sqlite_where=where, postgresql_where=where)


def _lots() -> None:
    op.create_table(
        "points_lots",
        _text("id", comment="the sale, or what else gave them"),
        _text("account", comment="in whose balance they count"),
        _text("customer", comment="whose card earned them"),
        _number("active_from"),
        _number("expires_at"),
        _number("due", "ms at which something happens with them by itself"),
        *(_number(bucket) for bucket in ("pending", "active", "held", "spent", "expired", "debt")),
        sa.Column(
            "open", sa.Integer(), nullable=False, comment="1 where somebody may still get or owes some of them, else 0"
        ),
        _number("opened_at"),
        sa.Column("visits", sa.Integer(), nullable=False, comment="1 for a sale, else 0"),
        _number("paid", "minor units that the shop kept of the sale"),
        _number("earned", "points that were not taken back"),
        _text("cashier"),
        sa.CheckConstraint(NONE_BELOW, name="lot_never_below"),
        sa.CheckConstraint("debt <= 0", name="lot_debt_never_above"),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(LOTS_OF_WHAT_WAS_GIVEN)
    op.create_index("points_open_lots", "points_lots", ["account", "open", "expires_at"])
    op.create_index("points_lots_opened", "points_lots", ["account", "opened_at"])
    op.create_index("points_lots_due", "points_lots", ["due"])


def _entries() -> None:
    big, words = sa.BigInteger(), sa.String(length=64)
    with op.batch_alter_table("points_entries") as batch:
        batch.drop_index("ix_points_entries_customer")
        batch.alter_column("key", type_=sa.String(length=200), existing_type=sa.String(length=160))
        batch.add_column(_new(words, "account", ""))
        batch.add_column(_new(big, "version", "0", "of the account"))
        batch.add_column(_new(words, "lot", ""))
        batch.add_column(_new(sa.String(length=8), "src", "", "bucket; empty for outside"))
        batch.add_column(_new(sa.String(length=8), "dst", ""))
        batch.add_column(_new(words, "line", ""))
        batch.add_column(_new(words, "rule", ""))
        batch.add_column(_new(sa.String(length=200), "reverses", "", "key of the entry that it undoes"))
        batch.add_column(_new(big, "active_from", "0"))
        batch.add_column(_new(big, "expires_at", "0"))
    op.execute(ENTRIES_OF_WHAT_WAS_GIVEN)
    op.create_index("points_entries_in_order", "points_entries", ["account", "version"])
    op.create_index("points_entries_of_source", "points_entries", ["source"])
    where = sa.text("reverses != ''")
    op.create_index("points_entries_undone", "points_entries", ["reverses"], sqlite_where=where, postgresql_where=where)


def _holds() -> None:
    op.create_table(
        "points_holds",
        _text("id", comment="made by whoever wants it; the nonce of an allowance"),
        _text("kind", 12, "hold or allowance"),
        _text("account"),
        _text("customer"),
        _text("terminal"),
        _text("cart"),
        _number("points"),
        _number("posted", "what sales took of it"),
        sa.Column("parts", sa.JSON(), nullable=False, comment="points by lot that it holds, or held at its end"),
        _text("status", 8, "open, posted, voided or expired"),
        _number("placed_at"),
        _number("until"),
        sa.CheckConstraint("0 <= posted AND posted <= points", name="never_more_than_held"),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    where = sa.text("status = 'open'")
    op.create_index("points_holds_open", "points_holds", ["until"], sqlite_where=where, postgresql_where=where)
    op.create_index("points_holds_of_account", "points_holds", ["account", "placed_at"])
    op.create_table(
        "points_answers",
        _text("key", 160, "of the command"),
        _text("asked", comment="hash of what was asked"),
        sa.Column("answer", sa.JSON(), nullable=False, comment="the same to everybody who asks it again"),
        _number("at"),
        sa.PrimaryKeyConstraint("key"),
    )


def _merging() -> None:
    op.create_table(
        "points_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("source"),
        _text("target"),
        _text("by", comment="the member of staff"),
        _number("at"),
        sa.Column("parted_by", sa.String(length=64), nullable=True),
        sa.Column("parted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["customers.id"]),
        sa.ForeignKeyConstraint(["target"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _programmes() -> None:
    op.create_table(
        "loyalty_programmes",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _number("from_at", "ms from which it holds, until the next one does"),
        _text("made_by"),
        _number("made_at"),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "loyalty_keys",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _text("seed", comment="of the Ed25519 key that signs allowances, in hex"),
        sa.PrimaryKeyConstraint("id"),
    )
