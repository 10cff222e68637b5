"""Sales as they were made: immutable, numbered by their terminals."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, func

from sync_server.db import metadata

sales = Table(
    "sales",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", String(20), unique=True, nullable=False),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False),
    Column("terminal", String(64), ForeignKey("terminals.id"), nullable=False),
    Column("shopper", String(64), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("body", JSON, nullable=False),
    Column("receipt", JSON, nullable=False),
    Column("at", BigInteger, nullable=False, comment="ms, by the terminal's clock"),
    Column("received", BigInteger, nullable=False, comment="ms, by the hub's"),
)
Index("sales_of_shopper", sales.c.shopper, sales.c.at)
Index("sales_of_store", sales.c.store, sales.c.at)
# As numbers follow one another: padded to six digits, the millionth is longer.
Index("sales_of_terminal", sales.c.terminal, func.length(sales.c.number), sales.c.number)

paid_lines = Table(
    "paid_lines",
    metadata,
    Column("cart", String(64), primary_key=True, comment="where the line stood when it was paid"),
    Column("line", String(64), primary_key=True),
    Column("sale", String(64), ForeignKey("sales.id"), nullable=False),
)
"""A line is paid once: the second sale of it finds the first one here."""

sale_returns = Table(
    "sale_returns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", String(24), unique=True, nullable=False),
    # A terminal that could not ask may know a sale before we do.
    Column("sale", String(64), nullable=False),
    Column("store", String(64), ForeignKey("stores.id"), nullable=False),
    Column("terminal", String(64), ForeignKey("terminals.id"), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", BigInteger, nullable=False, comment="ms, by the terminal's clock"),
    Column("received", BigInteger, nullable=False, comment="ms, by the hub's"),
)
Index("returns_of_sale", sale_returns.c.sale)
Index("returns_of_store", sale_returns.c.store, sale_returns.c.at)

returned_lines = Table(
    "returned_lines",
    metadata,
    Column("sale", String(64), ForeignKey("sales.id"), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("sold", BigInteger, nullable=False, comment="thousandths"),
    Column("quantity", BigInteger, nullable=False, comment="of them came back"),
    CheckConstraint("quantity <= sold", name="returned_at_most_what_was_sold"),
)
"""What came back of each line, counted in one place: never more than was sold."""
