"""Changing the catalogue: every change gives each store's reference data its next version."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import String, cast, false, func, insert, or_, select, update
from sqlalchemy.orm import Session

from retail import search
from retail.catalogue import Department, Product, Store, TaxRate, bundle_part, check_packs, check_parts, product_from
from retail.errors import N_, CatalogueError
from sync_server.catalogue import reference
from sync_server.catalogue import search as pages
from sync_server.catalogue.queries import lock_pricing
from sync_server.catalogue.tables import departments, pictures, products, stores, taxes

FIRST_VERSION = 1
"""Of a store's reference data on the day it is opened; what is there on that day is listed in no change."""

PRICE_MAX = 10**9
"""Minor units; a cart of the dearest goods still is a whole number that JSON keeps."""


def add_stores(session: Session, rows: Iterable[Store]) -> None:
    opened = {"reference": FIRST_VERSION, "changes_from": FIRST_VERSION}
    heads = dict.fromkeys(reference.KINDS, FIRST_VERSION)
    session.execute(insert(stores), [{"id": row.id, "body": asdict(row), "heads": heads, **opened} for row in rows])


def add_departments(session: Session, rows: Iterable[Department]) -> None:
    session.execute(insert(departments), [{"id": row.id, "ordinal": row.ordinal, "body": asdict(row)} for row in rows])


def add_taxes(session: Session, rows: Iterable[TaxRate]) -> None:
    session.execute(insert(taxes), [{"code": row.code, "body": asdict(row)} for row in rows])


def add_pictures(session: Session, drawings: Mapping[str, str]) -> None:
    """Drawings as SVG text by their names."""
    session.execute(insert(pictures), [{"name": name, "svg": svg} for name, svg in drawings.items()])


def add_products(session: Session, rows: Iterable[tuple[int, Product]]) -> None:
    """Rows are `(ordinal, product)`, in the order of the ordinals: the first of a family stands for it in lists.

    For a shop that is being set up: nobody is told. `put_products` is for one that is open.
    """
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
    return {"ordinal": ordinal, "lead": lead, **_columns(product)}


def _columns(product: Product) -> dict[str, Any]:
    words = [search.names_of(product), search.codes_of(product), *search.folded(product.id)]
    return {
        "id": product.id,
        "department": product.department,
        "family": product.family,
        "withdrawn": False,
        "words": " ".join(word for word in words if word),
        "body": asdict(product),
    }


def put_products(session: Session, given: Collection[Product], at: int) -> None:
    """Products as they are from now on: new ones, changed ones, and ones that were withdrawn and are back."""
    if not given:
        return
    _check_named(session, given)
    known = _known(session, [product.id for product in given])
    last = session.scalar(select(func.max(products.c.ordinal))) or 0
    families = {product.family for product in given}
    for product in given:
        if product.id in known:
            session.execute(update(products).where(products.c.id == product.id).values(_columns(product)))
            families.add(known[product.id].family)
        else:
            last += 1
            session.execute(insert(products).values(_product_row(last, product, lead=not product.family)))
    _choose_leads(session, families, [product.id for product in given])
    items = [product.id for product in given]
    reference.changed(session, {"products": items}, at, pricing=[item for item in items if item in known])


def _check_named(session: Session, given: Collection[Product]) -> None:
    """Refuse a product of a department or with a tax that is not there: no till could price or show it."""
    inside = {product.id: product for product in given}
    rates, aisles = set(session.scalars(select(taxes.c.code))), set(session.scalars(select(departments.c.id)))
    for product in given:
        if product.tax not in rates:
            raise CatalogueError("catalogue.tax_unknown", N_("There is no tax rate {code}."), code=product.tax)
        if product.department not in aisles:
            raise CatalogueError(
                "catalogue.department_unknown",
                N_("There is no department {department}."),
                department=product.department,
            )
        check_packs(product)
        if product.parts:
            wanted = [item for item in product.parts if item not in inside]
            check_parts(product, {**_known(session, wanted), **inside})
    _check_no_parts(session, inside)
    _check_codes(session, inside)


def _check_no_parts(session: Session, given: Mapping[str, Product]) -> None:
    """Refuse to make a bundle of what is a part of another: the stock looks inside once."""
    bundles = {item for item, product in given.items() if product.parts}
    became = [item for item, known in _known(session, bundles).items() if not known.parts]
    if not became:
        return
    # Rare, and no index has it: all goods are looked through.
    body = cast(products.c.body, String)
    named = or_(*(body.contains(json.dumps(item), autoescape=True) for item in became))
    for row in session.scalars(select(products.c.body).where(named, ~products.c.withdrawn)):
        inner = sorted(set(row.get("parts") or ()).intersection(became))
        if inner and row["id"] not in given:
            raise bundle_part(inner[0])


def _check_codes(session: Session, given: Mapping[str, Product]) -> None:
    """Refuse a code of a pack that is another product's too, or that of a pack of another: a scan means one thing."""
    codes = {code for product in given.values() for code in (product.gtin, *product.packs) if code}
    others = [product for product in pages.with_codes(session, codes) if product.id not in given]
    holders: dict[str, list[Product]] = {}
    for product in [*given.values(), *others]:
        for code in {product.gtin, *product.packs} & codes:
            holders.setdefault(code, []).append(product)
    for code, held in holders.items():
        if len(held) > 1 and any(code in product.packs for product in held):
            raise CatalogueError(
                "catalogue.pack_taken",
                N_("The code {code} is that of {item} already."),
                code=code,
                item=held[-1].id,
            )


def _known(session: Session, items: Collection[str]) -> dict[str, Product]:
    """Those of the products that the hub has, locked against other changes, also where they were withdrawn."""
    found: dict[str, Product] = {}
    for some in reference.in_parts(sorted(items)):
        rows = session.scalars(select(products.c.body).where(products.c.id.in_(some)).with_for_update())
        found |= {body["id"]: product_from(body) for body in rows}
    return found


def _all_known(session: Session, items: Collection[str]) -> dict[str, Product]:
    found = _known(session, items)
    for item in sorted(set(items) - found.keys()):
        raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)
    return found


def _choose_leads(session: Session, families: Collection[str], items: Collection[str]) -> None:
    """The first variant that is on sale stands for its family; goods without variants stand for themselves."""
    for some in reference.in_parts(sorted(items)):
        alone = products.c.id.in_(some) & (products.c.family == "")
        session.execute(update(products).where(alone).values(lead=~products.c.withdrawn))
    for family in sorted(set(families) - {""}):
        of = (products.c.family == family) & ~products.c.withdrawn
        first = session.scalar(select(func.min(products.c.ordinal)).where(of))
        leads = false() if first is None else products.c.ordinal == first
        session.execute(update(products).where(products.c.family == family).values(lead=leads))


def set_prices(session: Session, prices: Mapping[str, int], at: int) -> None:
    """New prices by item, in minor units for one whole unit."""
    for item, product in _all_known(session, prices).items():
        if not 0 <= prices[item] <= PRICE_MAX:
            raise CatalogueError(
                "catalogue.price", N_("{price} is no price for {item}."), item=item, price=prices[item]
            )
        body = asdict(replace(product, price=prices[item]))
        session.execute(update(products).where(products.c.id == item).values(body=body))
    if prices:
        reference.changed(session, {"prices": list(prices)}, at, pricing=list(prices))


def withdraw_products(session: Session, items: Collection[str], at: int) -> None:
    """Nobody finds these products any more. A cart that holds one can be paid: the hub goes on pricing it."""
    known = _all_known(session, items)
    for some in reference.in_parts(sorted(items)):
        session.execute(update(products).where(products.c.id.in_(some)).values(withdrawn=True, lead=False))
    _choose_leads(session, {product.family for product in known.values()}, [])
    if items:
        reference.changed(session, {"products": list(items)}, at, pricing=())


def put_tax(session: Session, rate: TaxRate, at: int) -> None:
    """A new tax rate, or another percentage of one."""
    known = session.execute(update(taxes).where(taxes.c.code == rate.code).values(body=asdict(rate)).returning(taxes))
    if known.first() is None:
        add_taxes(session, [rate])
    reference.changed(session, {"taxes": [rate.code]}, at, pricing=None)


def promotions_changed(session: Session, ids: Collection[str], at: int) -> None:
    """These promotions are others now, or gone: tell it, and price all carts by the promotions of this moment."""
    priced_by(session, at)
    reference.changed(session, {"promotions": ids}, at, pricing=None)


def priced_by(session: Session, at: int) -> None:
    """The carts of all stores are priced by this moment."""
    session.execute(update(stores).values(priced_at=at))


def price_at(session: Session, places: Collection[str], at: int) -> None:
    """The carts of these stores are priced by this moment from now on."""
    lock_pricing(session, alone=True)
    session.execute(update(stores).where(stores.c.id.in_(places)).values(priced_at=at))
    reference.repriced(session, None, at)


def put_department(session: Session, department: Department, at: int) -> None:
    """A new department, or another name or place of one."""
    row = {"ordinal": department.ordinal, "body": asdict(department)}
    known = update(departments).where(departments.c.id == department.id).values(row).returning(departments.c.id)
    if session.execute(known).first() is None:
        add_departments(session, [department])
    reference.changed(session, {"departments": [department.id]}, at)
