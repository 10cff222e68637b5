"""Which version of a balance the terminals were told of."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    meaning = "the version that terminals were told of"
    told = sa.Column("told", sa.BigInteger(), nullable=False, server_default="0", comment=meaning)
    op.add_column("points_balances", told)
    # Terminals have their cards as they are now.
    op.execute("UPDATE points_balances SET told = version")
    where = sa.text("version <> told")
    op.create_index("points_untold", "points_balances", ["customer"], sqlite_where=where, postgresql_where=where)
