"""Which life of the hub this one took the place of, and a terminal's sales in the order of their numbers."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    former = sa.Column(
        "former",
        sa.String(length=36),
        server_default="",
        nullable=False,
        comment="the life that this one took the place of",
    )
    op.add_column("lives", former)
    op.create_index("sales_of_terminal", "sales", ["terminal", sa.func.length(sa.column("number")), "number"])
