"""What changed of the reference data, and the index for full-text search in the goods."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PRODUCT_WORDS = (
    # Triggers keep the index, so whoever writes a product cannot forget it; a price leaves it alone.
    "CREATE VIRTUAL TABLE product_words USING fts5(words, content='', prefix='1 2 3',"
    " tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER product_words_new AFTER INSERT ON products WHEN NOT new.withdrawn BEGIN"
    " INSERT INTO product_words (rowid, words) VALUES (new.ordinal, new.words); END",
    "CREATE TRIGGER product_words_gone AFTER DELETE ON products WHEN NOT old.withdrawn BEGIN"
    " INSERT INTO product_words (product_words, rowid, words) VALUES ('delete', old.ordinal, old.words); END",
    "CREATE TRIGGER product_words_before BEFORE UPDATE OF ordinal, withdrawn, words ON products"
    " WHEN NOT old.withdrawn BEGIN"
    " INSERT INTO product_words (product_words, rowid, words) VALUES ('delete', old.ordinal, old.words); END",
    "CREATE TRIGGER product_words_after AFTER UPDATE OF ordinal, withdrawn, words ON products"
    " WHEN NOT new.withdrawn BEGIN"
    " INSERT INTO product_words (rowid, words) VALUES (new.ordinal, new.words); END",
)
PRODUCT_VECTORS = (
    "CREATE INDEX product_words ON products USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    " WHERE NOT withdrawn",
)


def upgrade() -> None:
    op.create_table(
        "reference_changes",
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "version",
            sa.BigInteger(),
            nullable=False,
            comment="of the store's reference data, in which it changed last",
        ),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.PrimaryKeyConstraint("store", "kind", "key"),
    )
    with op.batch_alter_table("reference_changes", schema=None) as batch_op:
        batch_op.create_index("reference_changes_in_order", ["store", "version", "kind", "key"], unique=False)

    for statement in PRODUCT_VECTORS if op.get_bind().dialect.name == "postgresql" else PRODUCT_WORDS:
        op.execute(statement)
