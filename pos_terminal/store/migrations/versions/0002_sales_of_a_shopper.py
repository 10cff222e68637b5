"""The sales of a shopper are found: what was sold to her here counts before the hub has told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("sales_of_shopper", "sales", [sa.text("json_extract(body, '$.shopper')"), "at"])
