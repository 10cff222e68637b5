"""The hub's side of the online shop's port: the storefront asks, these methods answer with its own words.

The hub does not import the storefront: `words` is the storefront's module of `Aisle`, `Listing`, `Offer` and `Session`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from retail.catalogue import Product, Store
from retail.errors import N_
from retail.money import QUANTITY_ONE
from retail.price_lists import unit_price
from retail.stock import bundles_in
from sync_server.catalogue import queries as catalogue
from sync_server.catalogue import search as search_pages
from sync_server.customers import queries as customers
from sync_server.customers.service import SESSION_MS
from sync_server.db import Database
from sync_server.orders import queries as orders
from sync_server.orders import receipts
from sync_server.realtime.handlers import Handlers
from sync_server.sign_in import SignIn
from sync_server.stock import queries as stock

PAGE_SIZE = 24


def _online(session: Session, products: list[Product]) -> list[Product]:
    """The products at what one of each costs online, in the shop's first store, for somebody who is not known."""
    store = catalogue.all_stores(session)[0].id
    book = catalogue.book(session, store)
    asked = catalogue.occasion(session, store, "online")
    found = [unit_price(product, QUANTITY_ONE, book.lists, asked).amount for product in products]
    return [
        product if product.price == amount else replace(product, price=amount)
        for product, amount in zip(products, found, strict=True)
    ]


def _stock(session: Session, product: Product) -> dict[str, int]:
    """Thousandths in each store; a bundle is there as often as it can be put together."""
    if not product.parts:
        return stock.of_item(session, product.id)
    levels = {
        store.id: stock.of_items(session, store.id, list(product.parts)) for store in catalogue.all_stores(session)
    }
    return {store: bundles_in(product.parts, found) for store, found in levels.items()}


def _parts(session: Session, product: Product) -> list[tuple[Product, int]]:
    """What a bundle consists of, with thousandths."""
    found = [(catalogue.product(session, item), quantity) for item, quantity in product.parts.items()]
    return [(part, quantity) for part, quantity in found if part is not None]


class HubShop:
    """Fulfils `storefront.ports.Shop`."""

    def __init__(self, words: ModuleType, db: Database, sign_in: SignIn, handlers: Handlers) -> None:
        self._words, self._db, self._sign_in, self._handlers = words, db, sign_in, handlers

    def stores(self) -> Sequence[Store]:
        return self._db.read(catalogue.all_stores)

    def departments(self) -> Sequence[Any]:
        def query(session: Session) -> list[Any]:
            counts = catalogue.department_counts(session)
            return [
                self._words.Aisle(department, *counts[department.id])
                for department in catalogue.all_departments(session)
                if department.id in counts
            ]

        return self._db.read(query)

    def products(self, department: str, search: str, page: int, language: str) -> Any:
        def query(session: Session) -> tuple[list[Product], int]:
            return search_pages.page_of(session, department, search, page, PAGE_SIZE)

        found, total = self._db.read_beside(query)
        found = self._db.read(lambda session: _online(session, found))
        return self._words.Listing(found, page, max(1, -(-total // PAGE_SIZE)), total)

    def goods(self, limit: int) -> Sequence[str]:
        return self._db.read(lambda session: catalogue.first_goods(session, limit))

    def product(self, id: str) -> Any:
        def query(session: Session) -> Any:
            product = catalogue.product(session, id)
            if product is None:
                return None
            family = catalogue.family(session, product.family) if product.family else [product]
            product, *family = _online(session, [product, *family])
            return self._words.Offer(product, family, _stock(session, product), _parts(session, product))

        return self._db.read(query)

    def picture(self, product: str) -> str | None:
        return self._db.read(lambda session: catalogue.picture_of_product(session, product))

    def sign_in(self, login: str, password: str) -> Any:
        shopper, token = self._sign_in.shopper(login, password)
        return self._words.Session(token, SESSION_MS // 1000, self._shopper(shopper))

    def sign_out(self, token: str) -> None:
        self._sign_in.end(token)
        self._handlers.kick(token, "signed_out", N_("You signed out."))

    def shopper(self, token: str) -> Any:
        found = self._sign_in.who("shopper", token)
        return self._shopper(found) if found else None

    def _shopper(self, shopper: str) -> Any:
        row = self._db.read(lambda session: customers.profile(session, shopper))
        return self._words.Shopper(row["id"], row["names"], row["language"], row["card"])

    def order(self, token: str, id: str) -> Mapping[str, Any] | None:
        found = self._sign_in.who("shopper", token)
        return self._db.read(lambda session: orders.order_of(session, id, found)) if found else None

    def receipt(self, id: str) -> Mapping[str, Any] | None:
        return self._db.read(lambda session: receipts.shown(session, id))
