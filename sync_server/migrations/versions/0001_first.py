"""The hub's first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:  # budget: a migration is a list of tables, read once from top to bottom
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "dashboards",
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="grows with each telling; compared and set"),
        sa.Column("state", sa.JSON(), nullable=False, comment="what the events of the stream add up to"),
        sa.PrimaryKeyConstraint("store"),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "devices",
        sa.Column("dev", sa.String(length=64), nullable=False),
        sa.Column("inc", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dev"),
    )
    op.create_table(
        "events",
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False, comment="null where only the whole state says what is new"),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("scan", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "version"),
    )
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False, comment="device and number, or the sale"),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True, comment="the member of staff"),
        sa.Column("closed_because", sa.String(length=400), nullable=True),
        sa.Column("closed_how", sa.String(length=12), nullable=True, comment="closed with a reason, or replayed"),
        sa.Column("tried_at", sa.BigInteger(), nullable=True, comment="of the last replay that was refused again"),
        sa.Column("tried_by", sa.String(length=64), nullable=True),
        sa.Column("tried_error", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "source", name="one_case_per_source"),
    )
    op.create_index(op.f("ix_exceptions_store"), "exceptions", ["store"], unique=False)
    op.create_table(
        "latency_minutes",
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="ms of the beginning of the minute"),
        sa.Column("buckets", sa.JSON(), nullable=False, comment="how many by number of the histogram's bucket"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("p50", sa.Integer(), nullable=False),
        sa.Column("p99", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("store", "at"),
    )
    op.create_table(
        "operations",
        sa.Column("dev", sa.String(length=64), nullable=False),
        sa.Column("inc", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "id", sa.String(length=36), nullable=True, comment="null where the message named none that can be read"
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dev", "inc", "seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "pictures",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column(
            "lead",
            sa.Boolean(),
            nullable=False,
            comment="stands for its family in a list: the first of its variants",
        ),
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            nullable=False,
            comment="nobody finds it any more, but a cart that holds it is priced",
        ),
        sa.Column("words", sa.Text(), nullable=False, comment="names in all languages and codes, folded, to search in"),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ordinal"),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index("products_in_order", ["lead", "ordinal"], unique=False)
        batch_op.create_index("products_of_department", ["department", "lead", "ordinal"], unique=False)
        batch_op.create_index("products_of_family", ["family"], unique=False)

    op.create_table(
        "replays",
        sa.Column("exception", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dev", sa.String(length=64), nullable=False),
        sa.Column("inc", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False, comment="the manager"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("exception"),
        sa.UniqueConstraint("dev", "inc", "seq", name="one_replay_per_operation"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="shopper or staff"),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "stock_levels",
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store", "item"),
    )
    op.create_table(
        "stock_moves",
        sa.Column("source", sa.String(length=64), nullable=False, comment="the sale, or what else moved the goods"),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False, comment="thousandths; negative when goods leave"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "line"),
    )
    op.create_table(
        "store_health",
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("store"),
    )
    op.create_table(
        "stores",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column(
            "reference", sa.BigInteger(), nullable=False, comment="version of catalogue, prices, staff and cards"
        ),
        sa.Column(
            "heads",
            sa.JSON(),
            nullable=False,
            comment="the version in which each kind of reference data changed last",
        ),
        sa.Column("changes_from", sa.BigInteger(), nullable=False, comment="who has an older version takes the whole"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "streams",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "terminal_links",
        sa.Column("id", sa.String(length=36), nullable=False, comment="made by the worker that holds the connection"),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("alive", sa.BigInteger(), nullable=False, comment="ms at which its worker last had it"),
        sa.Column("until", sa.BigInteger(), nullable=True, comment="null while it lasts"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_terminal_links_terminal"), "terminal_links", ["terminal"], unique=False)
    op.create_table(
        "terminal_reports",
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="ms of the last report; 0 before the first"),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("stuck_at", sa.BigInteger(), nullable=False, comment="the acknowledged number that did not move"),
        sa.Column("stuck_since", sa.BigInteger(), nullable=False, comment="ms; 0 while the numbers move"),
        sa.PrimaryKeyConstraint("terminal"),
    )
    op.create_table(
        "taxes",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "carts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column(
            "opened_by",
            sa.String(length=64),
            nullable=False,
            comment="the device of a visit; empty for a shopper's live cart",
        ),
        sa.Column("shopper", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("moved_to", sa.String(length=64), nullable=False),
        sa.Column("next_n", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False, comment="the highest number that a lease of it ever had"),
        sa.Column("paying", sa.String(length=64), nullable=False, comment="the device that holds the lease, or empty"),
        sa.Column("paying_since", sa.BigInteger(), nullable=False, comment="ms, by the hub's clock"),
        sa.Column("paying_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.create_index(
            "leases",
            ["paying_until"],
            unique=False,
            sqlite_where=sa.text("paying != ''"),
            postgresql_where=sa.text("paying != ''"),
        )
        batch_op.create_index(
            "live_cart_of_shopper",
            ["shopper"],
            unique=True,
            sqlite_where=sa.text("opened_by = ''"),
            postgresql_where=sa.text("opened_by = ''"),
        )
        batch_op.create_index("visits_moved_to", ["moved_to", "opened_by"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False, comment="where the online cart is priced"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False, comment="E.164"),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("phone"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "terminals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False, comment="ms of the last word from it"),
        sa.Column("last_sale", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "cards",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "cart_lines",
        sa.Column("cart", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("fulfilment", sa.String(length=12), nullable=False),
        sa.Column("weighed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cart"], ["carts.id"]),
        sa.PrimaryKeyConstraint("cart", "id"),
    )
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.create_index("cart_lines_of_item", ["item"], unique=False)

    op.create_table(
        "points_balances",
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"]),
        sa.PrimaryKeyConstraint("customer"),
    )
    op.create_table(
        "points_entries",
        sa.Column(
            "key", sa.String(length=160), nullable=False, comment="source + what: the same key twice is one entry"
        ),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("points_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_points_entries_customer"), ["customer"], unique=False)

    op.create_table(
        "sales",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("shopper", sa.String(length=64), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="ms, by the terminal's clock"),
        sa.Column("received", sa.BigInteger(), nullable=False, comment="ms, by the hub's"),
        sa.ForeignKeyConstraint(["store"], ["stores.id"]),
        sa.ForeignKeyConstraint(["terminal"], ["terminals.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("sales", schema=None) as batch_op:
        batch_op.create_index("sales_of_shopper", ["shopper", "at"], unique=False)
        batch_op.create_index("sales_of_store", ["store", "at"], unique=False)

    op.create_table(
        "paid_lines",
        sa.Column("cart", sa.String(length=64), nullable=False, comment="where the line stood when it was paid"),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sale"], ["sales.id"]),
        sa.PrimaryKeyConstraint("cart", "line"),
    )
