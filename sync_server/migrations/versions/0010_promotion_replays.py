"""Past sales that are priced with a draft of a promotion."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "promotion_replays",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False, comment="the member of staff who looks"),
        sa.Column("body", sa.JSON(), nullable=False, comment="the draft"),
        sa.Column("stores", sa.JSON(), nullable=False, comment="whose sales, in this order"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("sales", sa.Integer(), nullable=False, comment="how many there are to look at"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False, comment="[store, ms, sale] of the last one that was looked at"),
        sa.Column("takings", sa.BigInteger(), nullable=False, comment="what was paid for those that were looked at"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    without = "what it would cost by today's promotions without the draft"
    op.create_table(
        "promotion_replay_sales",
        sa.Column("replay", sa.String(length=64), nullable=False),
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.Column("shopper", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False, comment=without),
        sa.Column("after", sa.BigInteger(), nullable=False, comment="and with it"),
        sa.Column("saved", sa.BigInteger(), nullable=False, comment="what the draft itself took off"),
        sa.Column("points", sa.BigInteger(), nullable=False, comment="that it would earn more, below zero for fewer"),
        sa.ForeignKeyConstraint(["replay"], ["promotion_replays.id"]),
        sa.PrimaryKeyConstraint("replay", "sale"),
    )
