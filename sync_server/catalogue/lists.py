"""Changing price lists and a store's rules for tax and cash."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from retail.catalogue import Store
from retail.errors import N_, CatalogueError
from retail.price_lists import (
    LISTS_MAX,
    Breaks,
    PriceList,
    breaks_as_rows,
    check_breaks,
    check_list,
    price_list_from,
)
from retail.tender import CASH_STEP_MAX
from sync_server.catalogue import reference
from sync_server.catalogue import service as catalogue
from sync_server.catalogue.tables import list_prices, price_lists, products, stores
from sync_server.errors import NotFound


def add_lists(
    session: Session, found: Iterable[PriceList], prices: Mapping[str, Mapping[str, Breaks]], at: int
) -> None:
    """For a shop that is being set up: nobody is told. `put_list` and `set_list_prices` are for one that is open."""
    rows = [{"id": one.id, "body": asdict(one)} for one in found]
    asked = [
        {"item": item, "list": list_id, "breaks": breaks_as_rows(breaks)}
        for list_id, of_list in prices.items()
        for item, breaks in of_list.items()
    ]
    for table, some in ((price_lists, rows), (list_prices, asked)):
        if some:
            session.execute(insert(table), some)


def put_list(session: Session, wanted: PriceList, at: int) -> int:
    """A new price list, or other conditions of one; its version from now on. What it asks for products stays."""
    check_list(wanted)
    _check_stores(session, wanted)
    known = _locked(session, wanted.id)
    if known is None:
        if (session.scalar(select(func.count()).select_from(price_lists)) or 0) >= LISTS_MAX:
            raise CatalogueError(
                "catalogue.too_many_lists", N_("There are {limit} price lists at most."), limit=LISTS_MAX
            )
        made = replace(wanted, version=1)
        session.execute(insert(price_lists).values(id=made.id, body=asdict(made)))
    else:
        made = replace(wanted, version=known.version + 1)
        session.execute(update(price_lists).where(price_lists.c.id == made.id).values(body=asdict(made)))
    catalogue.priced_by(session, at)
    reference.changed(session, {"lists": [made.id]}, at, pricing=_items_of(session, made.id))
    return made.version


def set_list_prices(session: Session, list_id: str, prices: Mapping[str, Breaks], at: int) -> int:
    """What the list asks for these products from now on, nothing for those without steps; its version from now on."""
    known = _locked(session, list_id)
    if known is None:
        raise NotFound()
    for item, breaks in prices.items():
        if breaks:
            check_breaks(item, breaks)
    _check_items(session, [item for item, breaks in prices.items() if breaks])
    for some in reference.in_parts(sorted(prices)):
        of = (list_prices.c.list == list_id) & list_prices.c.item.in_(some)
        session.execute(delete(list_prices).where(of))
        rows = [
            {"item": item, "list": list_id, "breaks": breaks_as_rows(prices[item])} for item in some if prices[item]
        ]
        if rows:
            session.execute(insert(list_prices), rows)
    made = replace(known, version=known.version + 1)
    session.execute(update(price_lists).where(price_lists.c.id == list_id).values(body=asdict(made)))
    catalogue.priced_by(session, at)
    reference.changed(session, {"lists": [list_id], "offers": list(prices)}, at, pricing=list(prices))
    return made.version


def drop_list(session: Session, list_id: str, at: int) -> None:
    """The list is no more; sales that were made by it keep its name."""
    if _locked(session, list_id) is None:
        raise NotFound()
    items = _items_of(session, list_id)
    session.execute(delete(list_prices).where(list_prices.c.list == list_id))
    session.execute(delete(price_lists).where(price_lists.c.id == list_id))
    catalogue.priced_by(session, at)
    reference.changed(session, {"lists": [list_id], "offers": items}, at, pricing=items)


def put_rules(session: Session, store: str, at: int, **rules: Any) -> None:
    """Other `tax_added`, `tax_rounding` or `cash_step` of a store; what it is called and where it is stays."""
    row = session.execute(select(stores.c.body).where(stores.c.id == store).with_for_update()).first()
    if row is None:
        raise NotFound()
    made = replace(Store(**row.body), **rules)
    if not 0 <= made.cash_step <= CASH_STEP_MAX or made.tax_rounding not in ("document", "line"):
        raise CatalogueError("catalogue.rules", N_("These rules for tax or cash cannot be. Nothing was changed."))
    session.execute(update(stores).where(stores.c.id == store).values(body=asdict(made)))
    reference.changed(session, {"store": [store]}, at, only=store, pricing=None)


def _locked(session: Session, list_id: str) -> PriceList | None:
    query = select(price_lists.c.body).where(price_lists.c.id == list_id).with_for_update()
    body = session.scalar(query)
    return None if body is None else price_list_from(body)


def _items_of(session: Session, list_id: str) -> list[str]:
    return list(session.scalars(select(list_prices.c.item).where(list_prices.c.list == list_id)))


def _check_stores(session: Session, wanted: PriceList) -> None:
    known = set(session.scalars(select(stores.c.id)))
    for store in wanted.stores:
        if store not in known:
            raise CatalogueError("catalogue.store_unknown", N_("There is no store {store}."), store=store)


def _check_items(session: Session, items: list[str]) -> None:
    for some in reference.in_parts(sorted(items)):
        found = set(session.scalars(select(products.c.id).where(products.c.id.in_(some))))
        for item in some:
            if item not in found:
                raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)
