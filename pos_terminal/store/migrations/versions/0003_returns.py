"""Goods that came back at this till, each return a document of its own numbered series."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("counter", sa.Integer, nullable=False, unique=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("sale", sa.Text, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cash", sa.Integer, nullable=False, server_default="0"),
        sa.Column("slip", sa.Text),
        sa.CheckConstraint("state IN ('asked', 'given', 'refused')", name="known_state"),
    )
    op.create_index("returns_of_sale", "returns", ["sale"])
