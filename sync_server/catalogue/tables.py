"""Stores and what they sell."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from sync_server.db import metadata

stores = Table(
    "stores",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("reference", BigInteger, nullable=False, comment="version of catalogue, prices, staff and cards"),
    Column("heads", JSON, nullable=False, comment="the version in which each kind of reference data changed last"),
    Column("priced_at", BigInteger, nullable=False, default=0, comment="ms: the moment that its carts are priced by"),
    Column("changes_from", BigInteger, nullable=False, comment="who has an older version takes the whole"),
)

reference_changes = Table(
    "reference_changes",
    metadata,
    Column("store", String(64), ForeignKey("stores.id"), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("version", BigInteger, nullable=False, comment="of the store's reference data, in which it changed last"),
    Index("reference_changes_in_order", "store", "version", "kind", "key"),
)
"""What changed since the shop was opened, each row once. What it is now stands in its own table; what is no longer
there is gone. Rows that never changed are not here: whoever lacks them takes the whole."""

departments = Table(
    "departments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("body", JSON, nullable=False),
)

taxes = Table("taxes", metadata, Column("code", String(4), primary_key=True), Column("body", JSON, nullable=False))

price_lists = Table(
    "price_lists",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", JSON, nullable=False, comment="its version, names and conditions"),
)

list_prices = Table(
    "list_prices",
    metadata,
    Column("item", String(64), primary_key=True),
    Column("list", String(64), ForeignKey("price_lists.id"), primary_key=True),
    Column("breaks", JSON, nullable=False, comment="[[from thousandths, minor units]], smallest quantity first"),
    Index("list_prices_of_list", "list", "item"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("svg", Text, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ordinal", Integer, unique=True, nullable=False),
    Column("department", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("lead", Boolean, nullable=False, comment="stands for its family in a list: the first of its variants"),
    Column(
        "withdrawn", Boolean, nullable=False, comment="nobody finds it any more, but a cart that holds it is priced"
    ),
    Column("words", Text, nullable=False, comment="names in all languages and codes, folded, to search in"),
    Column("body", JSON, nullable=False),
    Index("products_in_order", "lead", "ordinal"),
    Index("products_of_department", "department", "lead", "ordinal"),
    Index("products_of_family", "family"),
)
