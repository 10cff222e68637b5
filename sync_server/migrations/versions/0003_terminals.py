"""How terminals are set up, and which life of the hub this is."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _hash("devices", "chain", "the hash at last_seq, of a terminal")
    _hash("devices", "public_key", "of an enrolled terminal, in hex")
    _hash("operations", "chain", "the hash of the chain at it")
    op.create_table(
        "lives",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("life", sa.String(length=36), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False, comment="grows while the hub works"),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="of streams that begin in this life"),
        sa.Column("copied_at", sa.BigInteger(), nullable=True, comment="set in a backup: whoever opens it is a copy"),
        sa.PrimaryKeyConstraint("id"),
    )
    _enrolment()


def _hash(table: str, name: str, meaning: str) -> None:
    op.add_column(table, sa.Column(name, sa.String(64), server_default="", nullable=False, comment=meaning))


def _enrolment() -> None:
    op.create_table(
        "enrolment_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column(
            "made_by",
            sa.String(length=64),
            nullable=False,
            comment="the member of staff, or hub for its command line",
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("public_key", sa.String(length=64), nullable=False, comment="of who used it"),
        sa.Column(
            "answer",
            sa.JSON(),
            nullable=True,
            comment="what was answered, while a lost answer may be asked for again",
        ),
        sa.ForeignKeyConstraint(["terminal"], ["terminals.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "enrolment_tries",
        sa.Column(
            "span", sa.BigInteger(), autoincrement=False, nullable=False, comment="number of the quarter of an hour"
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("span"),
    )
