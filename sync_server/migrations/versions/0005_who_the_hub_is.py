"""A hub has an id of its own, so that a terminal knows whether it is set up at the same one again."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    meaning = "who this hub is, in all its lives"
    op.add_column("lives", sa.Column("hub", sa.String(length=36), nullable=False, server_default="", comment=meaning))
