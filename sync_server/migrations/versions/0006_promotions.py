"""Promotions with all their versions, and the moment by which the carts of a store are priced."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            nullable=False,
            comment="gone from every till; sales that had it keep its name",
        ),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_table(
        "promotion_versions",
        sa.Column("promotion", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column(
            "changed_by",
            sa.String(length=64),
            nullable=False,
            comment="of the staff; empty for the shop's first ones",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion"], ["promotions.id"], name=op.f("fk_promotion_versions_promotion_promotions")
        ),
        sa.PrimaryKeyConstraint("promotion", "version", name=op.f("pk_promotion_versions")),
    )
    meaning = "ms: the moment that its carts are priced by"
    op.add_column(
        "stores", sa.Column("priced_at", sa.BigInteger(), nullable=False, server_default="0", comment=meaning)
    )
