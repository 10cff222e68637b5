"""The tables of `till.sqlite`, as the newest migration leaves them. Times in ms, amounts in minor units."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

metadata = MetaData()

settings = Table("settings", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    CheckConstraint("id = 1", name="one_counter"),
)
"""The open visit as JSON: after a crash the till goes on from exactly here."""

outbox = Table(
    "outbox",
    metadata,
    Column("inc", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("cart", Text),
    Column("body", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("result", Text),
    Column("seen", Integer, nullable=False, server_default="0"),
    UniqueConstraint("inc", "id", name="one_number_per_id"),
    Index("outbox_status", "status", "inc", "seq"),
)
"""The journal: every accepted command that the hub has to hear, in the incarnation `inc` of this terminal, chained by
`prev` and `hash` (`retail.chain`). `status`: waiting, ok, rejected or conflict; `moved` for a row that travels in a
later incarnation; `origin` for row 0, with which an incarnation begins."""

sales = Table(
    "sales",
    metadata,
    Column("id", Text, primary_key=True),
    Column("counter", Integer, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("at", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("receipt", Text, nullable=False),
)
SHOPPER: ColumnElement[str] = literal_column("json_extract(body, '$.shopper')", Text)
"""Of a sale, written as the index has it: SQLite uses that only where it sees the same words."""
Index("sales_of_shopper", SHOPPER, sales.c.at)

returns = Table(
    "returns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("counter", Integer, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("sale", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("cash", Integer, nullable=False, server_default="0"),
    Column("slip", Text),
    CheckConstraint("state IN ('asked', 'given', 'refused')", name="known_state"),
    Index("returns_of_sale", "sale"),
)
"""Goods that came back here, perhaps of a sale of another till. `asked`: the hub has not said yet that they may;
`given`: `cash` was paid out for them; `refused` is a number that stands for nothing."""

stock_moves = Table(
    "stock_moves",
    metadata,
    Column("source", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("store", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
)

points_entries = Table(
    "points_entries",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("shopper", Text, nullable=False),
    Column("points", Integer, nullable=False),
    Column("at", Integer, nullable=False),
)

print_jobs = Table(
    "print_jobs",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at_ms", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("sent_bytes", Integer, nullable=False, server_default="0"),
    Column("sends", Integer, nullable=False, server_default="0"),
    UniqueConstraint("id", name="one_job_per_id"),
    Index("print_jobs_state", "state"),
)

pin_attempts = Table(
    "pin_attempts",
    metadata,
    Column("staff", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("not_before", Integer, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("answer", Text, nullable=False),
)
"""What was answered to the last commands, so that one that is sent again is not carried out again."""
