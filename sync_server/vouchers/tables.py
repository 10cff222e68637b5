"""Who named codes that do not exist."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from sync_server.db import metadata

voucher_tries = Table(
    "voucher_tries",
    metadata,
    Column("who", String(80), primary_key=True, comment="device:<id>, shopper:<id> or card:<id>, whose PIN was wrong"),
    Column("wrong", Integer, nullable=False),
    Column("last", BigInteger, nullable=False, comment="ms of the last wrong one"),
    Column("not_before", BigInteger, nullable=False, comment="ms before which no try counts"),
)

voucher_keys = Table(
    "voucher_keys",
    metadata,
    Column("fingerprint", String(32), primary_key=True),
    Column("since", BigInteger, nullable=False),
)
"""Which keys of the hub codes were ever made with, so that another key is noticed."""
