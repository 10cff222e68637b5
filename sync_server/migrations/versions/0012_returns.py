"""Returns, and how much came back of each line of a sale."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "sale_returns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="ms, by the terminal's clock"),
        sa.Column("received", sa.BigInteger(), nullable=False, comment="ms, by the hub's"),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.ForeignKeyConstraint(["terminal"], ["terminals.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("returns_of_sale", "sale_returns", ["sale"])
    op.create_table(
        "returned_lines",
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False, comment="thousandths"),
        sa.Column("quantity", sa.BigInteger(), nullable=False, comment="of them came back"),
        sa.CheckConstraint("quantity <= sold", name="returned_at_most_what_was_sold"),
        sa.ForeignKeyConstraint(["sale"], ["sales.id"]),
        sa.PrimaryKeyConstraint("sale", "line"),
    )
