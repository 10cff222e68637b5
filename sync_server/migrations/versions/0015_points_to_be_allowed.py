"""Points that a card alone may not spend wait for their owner's word."""

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

TEXTS = {
    "answer": (8, "allowed, refused, or not yet"),
    "approved_by": (64, "the manager, where it was by PIN"),
    "told_in": (64, "the cart whose stream asks the owner"),
}


def upgrade() -> None:
    number = "of the question to the owner; 0 for none"
    op.add_column("points_holds", sa.Column("number", sa.Integer(), nullable=False, server_default="0", comment=number))
    for name, (length, comment) in TEXTS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="", comment=comment)
        op.add_column("points_holds", column)
    amount = "what the owner was told it pays"
    op.add_column(
        "points_holds", sa.Column("amount", sa.BigInteger(), nullable=False, server_default="0", comment=amount)
    )
    asked = sa.text("status = 'open' AND told_in != ''")
    op.create_index("points_holds_asked", "points_holds", ["told_in"], sqlite_where=asked, postgresql_where=asked)
