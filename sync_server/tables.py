"""All tables of the hub in one place, for the migrations: each subject keeps its own."""

from sync_server.carts import tables as carts
from sync_server.catalogue import tables as catalogue
from sync_server.coupons import tables as coupons
from sync_server.customers import tables as customers
from sync_server.dashboard import tables as dashboard
from sync_server.db import metadata
from sync_server.exchange import tables as exchange
from sync_server.inbox import tables as inbox
from sync_server.loyalty import tables as loyalty
from sync_server.orders import tables as orders
from sync_server.outbox import tables as outbox
from sync_server.promotions import tables as promotions
from sync_server.staff import tables as staff
from sync_server.stock import tables as stock
from sync_server.stored_value import tables as stored_value
from sync_server.terminals import tables as terminals
from sync_server.vouchers import tables as vouchers

__all__ = [
    "carts",
    "catalogue",
    "coupons",
    "customers",
    "dashboard",
    "exchange",
    "inbox",
    "loyalty",
    "metadata",
    "orders",
    "outbox",
    "promotions",
    "staff",
    "stock",
    "stored_value",
    "terminals",
    "vouchers",
]
