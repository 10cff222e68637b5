"""Lines that count packs."""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column(
        "cart_lines",
        sa.Column(
            "pack", sa.Integer(), server_default="0", nullable=False, comment="pieces in one pack; 0 for single ones"
        ),
    )
