"""Reading the catalogue."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from retail.catalogue import Department, Product, Store, TaxRate, product_from
from retail.pricing import PriceBook
from sync_server.catalogue.tables import departments, pictures, products, stores, taxes
from sync_server.errors import NotFound
from sync_server.prepared import Prepared

SEARCH_WORDS_MAX = 8
PRODUCTS_KEPT_MAX = 20_000
REFERENCE = Prepared(select(stores.c.reference, stores.c.body).where(stores.c.id == bindparam("store")), "store")


def store(session: Session, store_id: str) -> Store:
    body = session.scalar(select(stores.c.body).where(stores.c.id == store_id))
    if body is None:
        raise NotFound()
    return Store(**body)


def all_stores(session: Session) -> list[Store]:
    return [Store(**body) for body in session.scalars(select(stores.c.body).order_by(stores.c.id))]


def all_departments(session: Session) -> list[Department]:
    return [Department(**body) for body in session.scalars(select(departments.c.body).order_by(departments.c.ordinal))]


def all_taxes(session: Session) -> list[TaxRate]:
    return [TaxRate(**body) for body in session.scalars(select(taxes.c.body).order_by(taxes.c.code))]


def all_products(session: Session) -> Iterator[dict[str, Any]]:
    """The bodies of all products, one after the other, never all in memory."""
    yield from session.scalars(select(products.c.body).order_by(products.c.ordinal).execution_options(yield_per=1000))


def product(session: Session, item: str) -> Product | None:
    body = session.scalar(select(products.c.body).where(products.c.id == item))
    return product_from(body) if body is not None else None


def family(session: Session, name: str) -> list[Product]:
    """The variants of one product."""
    rows = session.scalars(select(products.c.body).where(products.c.family == name).order_by(products.c.ordinal))
    return [product_from(body) for body in rows]


def picture(session: Session, name: str) -> str:
    """A drawing as SVG text, by its own name or by the id of a product that it shows."""
    drawing = session.scalar(select(pictures.c.svg).where(pictures.c.name == name)) or picture_of_product(session, name)
    if drawing is None:
        raise NotFound()
    return str(drawing)


def picture_of_product(session: Session, item: str) -> str | None:
    """The drawing of a product by the product's id."""
    found = product(session, item)
    if found is None:
        return None
    return session.scalar(select(pictures.c.svg).where(pictures.c.name == found.picture))


def _family_key() -> Any:
    """Variants of one product share their family; a product without variants is a family of its own."""
    return case((products.c.family == "", products.c.id), else_=products.c.family)


def page_of(session: Session, department: str, search: str, number: int, size: int) -> tuple[list[Product], int]:
    """One page (from 1) of what a department holds that has every word of the search, and how much there is in all.

    Variants count once, by the first of them that fits.
    """
    words = search.lower().split()[:SEARCH_WORDS_MAX]
    # Where nothing is searched for the lead of each family is known beforehand, and an index has the whole list.
    fits: ColumnElement[bool] = products.c.ordinal.in_(_found(department, words)) if words else products.c.lead
    if department:
        fits &= products.c.department == department
    total = session.scalar(select(func.count()).select_from(products).where(fits)) or 0
    start = (max(number, 1) - 1) * size
    rows = session.scalars(select(products.c.body).where(fits).order_by(products.c.ordinal).offset(start).limit(size))
    return [product_from(body) for body in rows], total


def _found(department: str, words: list[str]) -> Select[tuple[int]]:
    """The first variant of each family that has every word."""
    leads = select(func.min(products.c.ordinal)).group_by(_family_key())
    if department:
        leads = leads.where(products.c.department == department)
    for word in words:
        leads = leads.where(products.c.words.contains(word, autoescape=True))
    return leads


def first_goods(session: Session, limit: int) -> list[str]:
    """The ids of the first products in the catalogue's order, variants once by the first of them."""
    return list(session.scalars(select(products.c.id).where(products.c.lead).order_by(products.c.ordinal).limit(limit)))


def department_counts(session: Session) -> dict[str, tuple[str, int]]:
    """For each department that has goods: the id of its first product, and how many goods, variants counted once."""
    rows = session.execute(
        select(products.c.department, func.min(products.c.id), func.count())
        .where(products.c.lead)
        .group_by(products.c.department)
    )
    return {department: (first, count) for department, first, count in rows}


class Products(Mapping[str, Product]):
    """All products by id, read when they are asked for; `kept` remembers them for one version of the reference data."""

    def __init__(self, session: Session, kept: dict[str, Product]) -> None:
        self._session, self._kept = session, kept

    def __getitem__(self, item: str) -> Product:
        if item not in self._kept:
            found = product(self._session, item)
            if found is None:
                raise KeyError(item)
            self._kept[item] = found
        return self._kept[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def book(session: Session, store_id: str) -> PriceBook:
    """The price book of a store, the same for the whole transaction.

    What was read before is kept in `session.info["kept"]`, which the database hands to every session of the same door.
    One session sees one book, so what an operation changed is not mixed up with a price that changed meanwhile.
    """
    books: dict[str, PriceBook] = session.info.setdefault("books", {})
    if store_id not in books:
        books[store_id] = _book(session, store_id)
    return books[store_id]


def _book(session: Session, store_id: str) -> PriceBook:
    open_books: dict[str, PriceBook] = session.info.setdefault("books", {})
    if store_id not in open_books:
        open_books[store_id] = _open_book(session, store_id)
    return open_books[store_id]


def _open_book(session: Session, store_id: str) -> PriceBook:
    row = REFERENCE.first(session, store=store_id)
    if row is None:
        raise NotFound()
    kept = session.info.setdefault("kept", {})
    if kept.get("version") != row.reference or len(kept["products"]) > PRODUCTS_KEPT_MAX:
        kept.update(version=row.reference, taxes={rate.code: rate for rate in all_taxes(session)}, products={})
    return PriceBook(row.reference, row.body["currency"], Products(session, kept["products"]), kept["taxes"])
