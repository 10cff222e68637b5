"""Files that a manager brings in on the dashboard."""

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "exchanges",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("file", sa.String(120), nullable=False, comment="what it is called at the manager's"),
        sa.Column("by", sa.String(64), nullable=False, comment="the member of staff"),
        sa.Column("store", sa.String(64), nullable=False, comment="of that member"),
        sa.Column("at", sa.BigInteger, nullable=False, comment="ms"),
        sa.Column("ended_at", sa.BigInteger, nullable=False, comment="ms; 0 while it goes on"),
        sa.Column(
            "state",
            sa.String(12),
            nullable=False,
            comment="sending, checking, checked, carrying, done, refused, stopped",
        ),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes of the file"),
        sa.Column("received", sa.Integer, nullable=False, comment="bytes that are here"),
        sa.Column("head", sa.JSON, nullable=True, comment="of a CSV: its columns and the sign between them"),
        sa.Column("place", sa.Integer, nullable=False, comment="the byte after the last row that was looked at"),
        sa.Column("line", sa.Integer, nullable=False, comment="lines before that place"),
        sa.Column("rows", sa.Integer, nullable=False, comment="that were looked at in this walk"),
        sa.Column("changed", sa.Integer, nullable=False, comment="rows of this walk that change something"),
        sa.Column("refused", sa.Integer, nullable=False, comment="rows of this walk that are bad"),
        sa.Column("checked", sa.JSON, nullable=True, comment="what the first walk found: rows, changed and refused"),
        sa.Column("skip_bad", sa.Boolean, nullable=False),
        sa.Column("why", sa.JSON, nullable=True, comment="the reason where the file is refused as a whole"),
    )
    op.create_table(
        "exchange_parts",
        sa.Column("exchange", sa.String(64), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False, comment="of its first byte in the file"),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "exchange_keys",
        sa.Column("exchange", sa.String(64), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True, comment="a digest of what no two rows share"),
        sa.Column("line", sa.Integer, nullable=False, comment="where it stands first"),
    )
    op.create_table(
        "exchange_bad",
        sa.Column("exchange", sa.String(64), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.JSON, nullable=False, comment="message and params"),
    )
