"""Points as a ledger: entries are only ever added. Lots and balances are what they add up to, changed with them.

A balance is one row and changes by one conditional statement; its row is the lock of the account.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    literal_column,
)

from sync_server.db import metadata

# Written out and not bound: a database uses an index over a part of a table only where it sees that part in the query.
NOTHING: ColumnElement[str] = literal_column("''")

points_balances = Table(
    "points_balances",
    metadata,
    Column("customer", String(64), ForeignKey("customers.id"), primary_key=True),
    Column("active", BigInteger, nullable=False),
    Column("pending", BigInteger, nullable=False, server_default="0"),
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    Column("expired", BigInteger, nullable=False, server_default="0"),
    Column("debt", BigInteger, nullable=False, server_default="0", comment="what is owed, below zero"),
    Column("version", BigInteger, nullable=False, server_default="0", comment="grows with each command"),
    Column("merged_into", String(64), nullable=False, server_default="", comment="where the points count instead"),
    Column("shared", Integer, nullable=False, server_default="0", comment="1 where those of others count here too"),
    Column("day", Integer, nullable=False, server_default="0", comment="of the last sale, in the programme's zone"),
    Column("day_sales", Integer, nullable=False, server_default="0", comment="on that day"),
    Column("day_points", BigInteger, nullable=False, server_default="0"),
    Column("tier", String(64), nullable=False, server_default=""),
    Column("tier_since", BigInteger, nullable=False, server_default="0"),
    Column("tier_below", BigInteger, nullable=False, server_default="0", comment="ms since its floor is missed; 0"),
    Column("told", BigInteger, nullable=False, server_default="0", comment="the version that terminals were told of"),
    CheckConstraint("active >= 0 AND pending >= 0 AND held >= 0 AND spent >= 0 AND expired >= 0", name="never_below"),
    CheckConstraint("debt <= 0", name="debt_never_above"),
)
MERGED = points_balances.c.merged_into != NOTHING
Index("points_merged", points_balances.c.merged_into, sqlite_where=MERGED, postgresql_where=MERGED)

UNTOLD: ColumnElement[bool] = literal_column("version <> told", Boolean)
Index("points_untold", points_balances.c.customer, sqlite_where=UNTOLD, postgresql_where=UNTOLD)

points_lots = Table(
    "points_lots",
    metadata,
    Column("id", String(64), primary_key=True, comment="the sale, or what else gave them"),
    Column("account", String(64), nullable=False, comment="in whose balance they count"),
    Column("customer", String(64), ForeignKey("customers.id"), nullable=False, comment="whose card earned them"),
    Column("active_from", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False, comment="ms at which something happens with them by itself"),
    Column("pending", BigInteger, nullable=False),
    Column("active", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("expired", BigInteger, nullable=False),
    Column("debt", BigInteger, nullable=False),
    Column("open", Integer, nullable=False, comment="1 where somebody may still get or owes some of them, else 0"),
    Column("opened_at", BigInteger, nullable=False),
    Column("visits", Integer, nullable=False, comment="1 for a sale, else 0"),
    Column("paid", BigInteger, nullable=False, comment="minor units that the shop kept of the sale"),
    Column("earned", BigInteger, nullable=False, comment="points that were not taken back"),
    Column("cashier", String(64), nullable=False),
    CheckConstraint(
        "active >= 0 AND pending >= 0 AND held >= 0 AND spent >= 0 AND expired >= 0", name="lot_never_below"
    ),
    CheckConstraint("debt <= 0", name="lot_debt_never_above"),
)
Index("points_open_lots", points_lots.c.account, points_lots.c.open, points_lots.c.expires_at)
Index("points_lots_opened", points_lots.c.account, points_lots.c.opened_at)
Index("points_lots_due", points_lots.c.due)

points_entries = Table(
    "points_entries",
    metadata,
    Column("key", String(200), primary_key=True, comment="source + what: the same key twice is one entry"),
    # Whose card earned the lot, for ever; `account` is where it counted then.
    Column("customer", String(64), ForeignKey("customers.id"), nullable=False),
    Column("account", String(64), nullable=False, server_default=""),
    Column("version", BigInteger, nullable=False, server_default="0", comment="of the account"),
    Column("lot", String(64), nullable=False, server_default=""),
    Column("kind", String(12), nullable=False),
    Column("src", String(8), nullable=False, server_default="", comment="bucket; empty for outside"),
    Column("dst", String(8), nullable=False, server_default=""),
    Column("points", BigInteger, nullable=False),
    Column("source", String(64), nullable=False),
    Column("line", String(64), nullable=False, server_default=""),
    Column("rule", String(64), nullable=False, server_default=""),
    Column("reverses", String(200), nullable=False, server_default="", comment="key of the entry that it undoes"),
    Column("active_from", BigInteger, nullable=False, server_default="0"),
    Column("expires_at", BigInteger, nullable=False, server_default="0"),
    Column("at", BigInteger, nullable=False),
)
Index("points_entries_in_order", points_entries.c.account, points_entries.c.version)
Index("points_entries_of_source", points_entries.c.source)
UNDOES = points_entries.c.reverses != NOTHING
Index("points_entries_undone", points_entries.c.reverses, sqlite_where=UNDOES, postgresql_where=UNDOES)

points_holds = Table(
    "points_holds",
    metadata,
    Column("id", String(64), primary_key=True, comment="made by whoever wants it; the nonce of an allowance"),
    Column("kind", String(12), nullable=False, comment="hold or allowance"),
    Column("account", String(64), nullable=False),
    Column("customer", String(64), ForeignKey("customers.id"), nullable=False),
    Column("terminal", String(64), nullable=False),
    Column("cart", String(64), nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("posted", BigInteger, nullable=False, comment="what sales took of it"),
    Column("parts", JSON, nullable=False, comment="points by lot that it holds, or held at its end"),
    Column("status", String(8), nullable=False, comment="open, posted, voided or expired"),
    Column("placed_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("number", Integer, nullable=False, server_default="0", comment="of the question to the owner; 0 for none"),
    Column("answer", String(8), nullable=False, server_default="", comment="allowed, refused, or not yet"),
    Column("approved_by", String(64), nullable=False, server_default="", comment="the manager, where it was by PIN"),
    Column("told_in", String(64), nullable=False, server_default="", comment="the cart whose stream asks the owner"),
    Column("amount", BigInteger, nullable=False, server_default="0", comment="what the owner was told it pays"),
    CheckConstraint("0 <= posted AND posted <= points", name="never_more_than_held"),
)
STILL_OPEN = points_holds.c.status == literal_column("'open'")
Index("points_holds_open", points_holds.c.until, sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN)
ASKED = STILL_OPEN & (points_holds.c.told_in != literal_column("''"))
Index("points_holds_asked", points_holds.c.told_in, sqlite_where=ASKED, postgresql_where=ASKED)
Index("points_holds_of_account", points_holds.c.account, points_holds.c.placed_at)

points_answers = Table(
    "points_answers",
    metadata,
    Column("key", String(160), primary_key=True, comment="of the command"),
    Column("asked", String(64), nullable=False, comment="hash of what was asked"),
    Column("answer", JSON, nullable=False, comment="the same to everybody who asks it again"),
    Column("at", BigInteger, nullable=False),
)

points_merges = Table(
    "points_merges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), ForeignKey("customers.id"), nullable=False),
    Column("target", String(64), ForeignKey("customers.id"), nullable=False),
    Column("by", String(64), nullable=False, comment="the member of staff"),
    Column("at", BigInteger, nullable=False),
    Column("parted_by", String(64), nullable=True),
    Column("parted_at", BigInteger, nullable=True),
)

programmes = Table(
    "loyalty_programmes",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", JSON, nullable=False),
    Column("from_at", BigInteger, nullable=False, comment="ms from which it holds, until the next one does"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

loyalty_keys = Table(
    "loyalty_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seed", String(64), nullable=False, comment="of the Ed25519 key that signs allowances, in hex"),
)
