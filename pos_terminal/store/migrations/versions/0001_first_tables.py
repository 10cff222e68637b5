"""The journal, the open visit, sales with their ledgers, print jobs, PIN attempts and stored answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, **options: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})  # type: ignore[arg-type]


def _number(name: str, **options: object) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table("settings", _text("key", primary_key=True), _text("value"))
    op.create_table(
        "counter", _number("id", primary_key=True), _text("state"), sa.CheckConstraint("id = 1", name="one_counter")
    )
    op.create_table(
        "outbox",
        _number("inc", primary_key=True, autoincrement=False),
        _number("seq", primary_key=True, autoincrement=False),
        _text("id"),
        _text("kind"),
        _number("at"),
        _text("cart", nullable=True),
        _text("body"),
        _text("prev"),
        _text("hash"),
        _text("status", server_default="waiting"),
        _text("result", nullable=True),
        _number("seen", server_default="0"),
        sa.UniqueConstraint("inc", "id", name="one_number_per_id"),
    )
    op.create_index("outbox_status", "outbox", ["status", "inc", "seq"])
    _create_sales()
    op.create_table(
        "print_jobs",
        _number("n", primary_key=True),
        _text("id"),
        _text("kind"),
        _text("payload"),
        _number("created_at_ms"),
        _text("state", server_default="queued"),
        _text("reason", server_default=""),
        _number("sent_bytes", server_default="0"),
        _number("sends", server_default="0"),
        sa.UniqueConstraint("id", name="one_job_per_id"),
    )
    op.create_index("print_jobs_state", "print_jobs", ["state"])
    op.create_table("pin_attempts", _text("staff", primary_key=True), _number("failures"), _number("not_before"))
    op.create_table("answers", _number("n", primary_key=True), _text("id", unique=True), _text("answer"))


def _create_sales() -> None:
    op.create_table(
        "sales",
        _text("id", primary_key=True),
        _number("counter", unique=True),
        _text("number", unique=True),
        _number("at"),
        _number("total"),
        _text("currency"),
        _text("body"),
        _text("receipt"),
    )
    op.create_table(
        "stock_moves",
        _text("source", primary_key=True),
        _text("line", primary_key=True),
        _text("store"),
        _text("item"),
        _number("quantity"),
    )
    op.create_table(
        "points_entries",
        _text("source", primary_key=True),
        _text("kind", primary_key=True),
        _text("shopper"),
        _number("points"),
        _number("at"),
    )
