"""The returns of a store's day are found without looking at all of them."""

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("returns_of_store", "sale_returns", ["store", "at"])
