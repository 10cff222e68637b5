"""Stores and what they sell."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from sync_server.db import metadata

stores = Table(
    "stores",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("reference", Integer, nullable=False, comment="version of catalogue, prices, staff and cards"),
)

departments = Table(
    "departments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("body", JSON, nullable=False),
)

taxes = Table("taxes", metadata, Column("code", String(4), primary_key=True), Column("body", JSON, nullable=False))

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
    Column("ordinal", Integer, nullable=False),
    Column("department", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("lead", Boolean, nullable=False, comment="stands for its family in a list: the first of its variants"),
    Column(
        "words", String(600), nullable=False, comment="names in all languages and codes, in lower case, to search in"
    ),
    Column("body", JSON, nullable=False),
    Index("products_in_order", "lead", "ordinal"),
    Index("products_of_department", "department", "lead", "ordinal"),
    Index("products_of_family", "family"),
)
