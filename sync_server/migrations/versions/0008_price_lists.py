"""Price lists, and the groups of customers that they ask for."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "price_lists",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False, comment="its version, names and conditions"),
        sa.PrimaryKeyConstraint("id"),
    )
    steps = "[[from thousandths, minor units]], smallest quantity first"
    op.create_table(
        "list_prices",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("breaks", sa.JSON(), nullable=False, comment=steps),
        sa.ForeignKeyConstraint(["list"], ["price_lists.id"]),
        sa.PrimaryKeyConstraint("item", "list"),
    )
    op.create_index("list_prices_of_list", "list_prices", ["list", "item"])
    meaning = "that price lists ask for"
    op.add_column("customers", sa.Column("groups", sa.JSON(), nullable=False, server_default="[]", comment=meaning))
