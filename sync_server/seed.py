"""Filling an empty hub with the sample shop."""

import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import sample_shop
from retail.stock import StockMove
from sample_shop.loyalty import programme
from sync_server.catalogue import lists
from sync_server.catalogue import service as catalogue
from sync_server.catalogue.tables import stores
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.loyalty import service as loyalty
from sync_server.promotions import service as promotions
from sync_server.staff import service as staff
from sync_server.stock.tables import stock_levels, stock_moves
from sync_server.terminals import service as terminals

ROWS_AT_ONCE = 2_000
Progress = Callable[[int, int], None]
T = TypeVar("T")


def is_empty(session: Session) -> bool:
    return session.scalar(select(stores.c.id).limit(1)) is None


def seed(db: Database, products: int, now: int, progress: Progress = lambda done, total: None) -> None:
    """Write the sample shop with so many products, in transactions of some thousand rows.

    The stores come last: a hub without stores is empty, so a seeding that was cut off is begun anew.
    """
    shop = sample_shop.build(products=products)
    hashes = {secret: customers.hasher.hash(secret) for secret in _secrets(shop)}
    done = 0
    db.write(_forget_half_a_seed)
    for rows in _in_parts(enumerate(shop.products)):
        db.write(lambda session, rows=rows: catalogue.add_products(session, rows))  # type: ignore[misc]
        done += len(rows)
        progress(done, products)
    levels = [
        StockMove(store, item, quantity, f"opening-{store}", item) for (store, item), quantity in shop.stock.items()
    ]
    for moves in _in_parts(iter(levels)):
        db.write(lambda session, moves=moves: _open_stock(session, moves, now))  # type: ignore[misc]
    drawings = {product.picture: sample_shop.picture(product, shop) for product in shop.products if product.picture}
    db.write(lambda session: _people(session, shop, drawings, hashes, now))


def seed_programme(db: Database, now: int) -> None:
    """The loyalty programme of the invented shop: with its levels, which a shop can do without."""
    db.write(lambda session: loyalty.open_programme(session, programme(), now))


def _secrets(shop: sample_shop.SampleShop) -> set[str]:
    return {member.pin for member in shop.staff} | {shopper.password for shopper in shop.shoppers}


def _in_parts(rows: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(rows, ROWS_AT_ONCE)):
        yield part


def _forget_half_a_seed(session: Session) -> None:
    from sync_server.catalogue.tables import products

    for table in (products, stock_moves, stock_levels):
        session.execute(table.delete())


def _open_stock(session: Session, moves: list[StockMove], now: int) -> None:
    session.execute(
        insert(stock_moves),
        [
            {"source": m.source, "line": m.line, "store": m.store, "item": m.item, "quantity": m.quantity, "at": now}
            for m in moves
        ],
    )
    session.execute(insert(stock_levels), [{"store": m.store, "item": m.item, "quantity": m.quantity} for m in moves])


def _people(
    session: Session, shop: sample_shop.SampleShop, drawings: dict[str, str], hashes: dict[str, str], now: int
) -> None:
    catalogue.add_pictures(session, drawings)
    catalogue.add_stores(session, shop.stores)
    catalogue.add_departments(session, shop.departments)
    catalogue.add_taxes(session, shop.taxes)
    promotions.add(session, shop.promotions, now)
    catalogue.priced_by(session, now)
    lists.add_lists(session, shop.price_lists, shop.list_prices, now)
    for place in shop.terminals:
        terminals.add(session, place.id, place.store, place.code, place.kind, dict(place.name))
    for member in shop.staff:
        staff.add(
            session,
            member.id,
            member.number,
            {"en": member.name, "ru": member.name},
            member.role,
            member.store,
            member.language,
            hashes[member.pin],
        )
    for shopper in shop.shoppers:
        customers.add(
            session,
            shopper.id,
            dict(shopper.name),
            shopper.language,
            shop.stores[0].id,
            shopper.email,
            shopper.phone,
            hashes[shopper.password],
            shopper.card,
            str(uuid.uuid4()),
        )
        loyalty.open_account(session, shopper.id, shopper.points, now)
