"""Changing the catalogue: every change gives each store's reference data its next version."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from retail.catalogue import Department, Product, Store, TaxRate
from sync_server.catalogue.tables import departments, pictures, products, stores, taxes
from sync_server.outbox import service as outbox


def add_stores(session: Session, rows: Iterable[Store]) -> None:
    session.execute(insert(stores), [{"id": row.id, "body": asdict(row), "reference": 1} for row in rows])


def add_departments(session: Session, rows: Iterable[Department]) -> None:
    session.execute(insert(departments), [{"id": row.id, "ordinal": row.ordinal, "body": asdict(row)} for row in rows])


def add_taxes(session: Session, rows: Iterable[TaxRate]) -> None:
    session.execute(insert(taxes), [{"code": row.code, "body": asdict(row)} for row in rows])


def add_pictures(session: Session, drawings: Mapping[str, str]) -> None:
    """Drawings as SVG text by their names."""
    session.execute(insert(pictures), [{"name": name, "svg": svg} for name, svg in drawings.items()])


def add_products(session: Session, rows: Iterable[tuple[int, Product]]) -> None:
    """Rows are `(ordinal, product)`, in the order of the ordinals: the first of a family stands for it in lists."""
    found = list(rows)
    families = {product.family for _, product in found if product.family}
    led = set(session.scalars(select(products.c.family).where(products.c.family.in_(families)).distinct()))
    made: list[dict[str, Any]] = []
    for ordinal, product in found:
        made.append(_product_row(ordinal, product, lead=product.family not in led))
        if product.family:
            led.add(product.family)
    session.execute(insert(products), made)


def _product_row(ordinal: int, product: Product, lead: bool) -> dict[str, Any]:
    words = " ".join([*product.names.values(), product.gtin, product.plu, product.id]).lower()
    return {
        "id": product.id,
        "ordinal": ordinal,
        "department": product.department,
        "family": product.family,
        "lead": lead,
        "words": words[:600],
        "body": asdict(product),
    }


def reference_changed(session: Session, at: int) -> None:
    """Tell every terminal of every store that there is newer reference data to fetch."""
    session.execute(update(stores).values(reference=stores.c.reference + 1))
    for store_id, version in session.execute(select(stores.c.id, stores.c.reference)).all():
        outbox.record(session, f"store:{store_id}", {"reference": version}, outbox.Cause(), at)
