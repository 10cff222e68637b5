"""A sale as whoever has its receipt may see it: every amount, how it came about, and whether it is right."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from receipt_checker.check import faults
from retail import why
from retail.sale import sale_from
from sync_server.catalogue.tables import stores
from sync_server.orders.tables import sales

NOBODY = {"shopper": "", "cashier": "", "cart": "", "tier": "", "first": False, "counted": 0, "reached": ""}
"""Who bought, how much she buys, and who sold is nobody's business who only has the paper."""


def shown(session: Session, sale: str) -> dict[str, Any] | None:
    """`{sale, store, zone, lines, faults}`; `lines` are the reasons of each line of the sale, and `faults` what the
    checker found, in English. None where there is no such sale, or not yet."""
    query = select(sales.c.body, stores.c.body.label("store")).join(stores, stores.c.id == sales.c.store)
    row = session.execute(query.where(sales.c.id == sale)).first()
    if row is None:
        return None
    made, body = sale_from(row.body), row.body | NOBODY
    # By these names a terminal speaks of what it has set aside.
    body["tenders"] = [tender | {"hold": ""} for tender in body["tenders"]]
    body["coupons"] = [coupon | {"claim": ""} for coupon in body.get("coupons", [])]
    return {
        "sale": body,
        "store": row.store["names"],
        "zone": row.store["zone"],
        "lines": [why.of_sale_line(line, made) for line in made.lines],
        "faults": faults(body),
    }
