"""The terminal's copy of the hub's reference data: catalogue, prices, taxes, staff and cards of one store.

It has a file of its own, so that a hundred thousand products can arrive in one transaction while the till goes on
selling from the version before. Products are looked up by index, never held in memory as a whole.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, func, insert, select, text

from pos_terminal.store.engine import refusals, sqlite_engine
from retail.barcode import MeasuredCode, ProductCode, plu_of
from retail.catalogue import Department, Names, Product, Store, TaxRate, product_from
from retail.pricing import PriceBook

SHAPE = 1
"""Of the tables below. A file of another shape is emptied, and the hub asked for its contents anew."""

CACHE_PRODUCTS_MAX = 2_000
LOAD_STEP_ROWS = 1_000
SEARCH_WORDS_MAX = 8
SEARCH_LIMIT_MAX = 60

Progress = Callable[[int, int], None]

metadata = MetaData()
about = Table("about", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
products = Table(
    "products",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("gtin", Text, nullable=False, index=True),
    Column("plu", Text, nullable=False, index=True),
    Column("department", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("stock", Integer),
)
staff = Table("staff", metadata, Column("number", Text, primary_key=True), Column("body", Text, nullable=False))
departed = Table("departed", metadata, Column("id", Text, primary_key=True), Column("body", Text, nullable=False))
"""Products that left the catalogue. Nobody finds them any more, but a cart that holds one can still be paid."""

cards = Table("cards", metadata, Column("number", Text, primary_key=True), Column("body", Text, nullable=False))

WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(en, ru, codes, content='',"
    " tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Terminal:
    """This terminal as the hub knows it; `first_sale` is where its number series goes on after a reinstall."""

    id: str
    code: str
    names: Names
    kind: str
    first_sale: int


@dataclass(frozen=True, slots=True)
class Heading:
    """Everything of one version that is small. `at` is the moment (ms) it was fetched."""

    version: int
    etag: str
    at: int
    store: Store
    terminal: Terminal
    departments: tuple[Department, ...]
    taxes: Mapping[str, TaxRate]
    people: tuple[Mapping[str, Any], ...]
    shown: Mapping[str, Any]
    """`{store, terminal, departments}` as the pages get them, made once for each version."""


class Products(Mapping[str, Product]):
    """Products by id, read from the file when they are asked for; the last ones are remembered."""

    def __init__(self, replica: "Replica") -> None:
        self._replica = replica
        self._known: dict[str, Product] = {}

    def __getitem__(self, item: str) -> Product:
        found = self._known.get(item)
        if found is None:
            found = self._replica.product(item)
            if found is None:
                raise KeyError(item)
            if len(self._known) >= CACHE_PRODUCTS_MAX:
                self._known.clear()
            self._known[item] = found
        return found

    def __iter__(self) -> Iterator[str]:
        with self._replica.read() as connection:
            yield from [str(row[0]) for row in connection.execute(select(products.c.id).order_by(products.c.n))]

    def __len__(self) -> int:
        with self._replica.read() as connection:
            return connection.execute(select(func.count()).select_from(products)).scalar() or 0


class Replica:
    """The copy in `folder`. `heading` and `book` are None until the hub has been there once."""

    def __init__(self, folder: Path) -> None:
        # A copy that a power cut spoils is fetched again, so it may skip the full sync that the journal needs.
        self.engine = sqlite_engine(folder / "replica.sqlite", full_sync=False)
        self.heading: Heading | None = None
        self.book: PriceBook | None = None
        with refusals(), self.engine.begin() as connection:
            self._shape(connection)
        self.refresh()

    def close(self) -> None:
        self.engine.dispose()

    def read(self) -> Connection:
        return self.engine.connect().execution_options(reading=True)

    def _shape(self, connection: Connection) -> None:
        found = connection.execute(text("PRAGMA user_version")).scalar()
        if found != SHAPE:
            metadata.drop_all(connection)
            connection.execute(text("DROP TABLE IF EXISTS words"))
            connection.execute(text(f"PRAGMA user_version = {SHAPE}"))
        metadata.create_all(connection)
        connection.execute(text(WORDS))

    def refresh(self) -> None:
        """Use what the file holds now."""
        with refusals(), self.read() as connection:
            rows = {row.key: json.loads(row.value) for row in connection.execute(select(about))}
            people = [json.loads(row.body) for row in connection.execute(select(staff).order_by(staff.c.number))]
        if not rows:
            return
        heading = _heading(rows, people)
        self.heading = heading
        self.book = PriceBook(heading.version, heading.store.currency, Products(self), heading.taxes)

    def load(self, body: Mapping[str, Any], etag: str, at: int, progress: Progress = lambda done, total: None) -> None:
        """Take a whole version in one transaction; until it ends everybody sees the version before."""
        with refusals(), self.engine.begin() as connection:
            _keep_departed(connection, {str(row["id"]) for row in body["products"]})
            for table in (about, products, staff, cards):
                connection.execute(delete(table))
            # A contentless index cannot be emptied row by row.
            connection.execute(text("DROP TABLE words"))
            connection.execute(text(WORDS))
            _load_products(connection, body["products"], _stock(body.get("stock")), progress)
            _insert(connection, staff, [{"number": row["number"], "body": _json(row)} for row in body["staff"]])
            _insert(connection, cards, [{"number": row["number"], "body": _json(row)} for row in body["cards"]])
            small = {key: body[key] for key in ("version", "store", "terminal", "departments", "taxes")}
            small |= {"etag": etag, "at": at}
            _insert(connection, about, [{"key": key, "value": _json(value)} for key, value in small.items()])
        self.refresh()

    def product(self, item: str) -> Product | None:
        """A product by its id, also one that has left the catalogue."""
        found = self._one(select(products.c.body).where(products.c.id == item))
        return found or self._one(select(departed.c.body).where(departed.c.id == item))

    def by_code(self, code: ProductCode | MeasuredCode) -> Product | None:
        """The product behind a scanned code. A number of the shop's own range 20 may carry a PLU."""
        if isinstance(code, MeasuredCode):
            return self._by_plu(code.plu)
        found = self._one(select(products.c.body).where(products.c.gtin == code.gtin).limit(1))
        return found or self._by_plu(plu_of(code.gtin))

    def _by_plu(self, plu: str) -> Product | None:
        return self._one(select(products.c.body).where(products.c.plu == plu).limit(1)) if plu else None

    def _one(self, query: Any) -> Product | None:
        with refusals(), self.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else product_from(json.loads(row[0]))

    def card(self, number: str) -> dict[str, Any] | None:
        """`{number, shopper, name, language, points}` of a card."""
        with refusals(), self.read() as connection:
            row = connection.execute(select(cards.c.body).where(cards.c.number == number)).first()
        return None if row is None else dict(json.loads(row[0]))

    def search(self, words: str, limit: int) -> list[dict[str, Any]]:
        """Products whose names (either language) or codes begin with all the words; the best first."""
        found = _WORD.findall(words)[:SEARCH_WORDS_MAX]
        if not found:
            return []
        match = " ".join(f'"{word}"*' for word in found)
        query = text(
            "SELECT p.body, p.stock FROM words JOIN products p ON p.n = words.rowid"
            " WHERE words MATCH :match ORDER BY words.rank LIMIT :limit"
        )
        with refusals(), self.read() as connection:
            rows = connection.execute(query, {"match": match, "limit": min(limit, SEARCH_LIMIT_MAX)})
            return [shown(product_from(json.loads(row.body)), row.stock) for row in rows]

    def browse(self, department: str, offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """One page of a department in the catalogue's order, and how many it has."""
        with refusals(), self.read() as connection:
            of = products.c.department == department
            total = connection.execute(select(func.count()).select_from(products).where(of)).scalar() or 0
            page = select(products).where(of).order_by(products.c.n).offset(offset).limit(min(limit, SEARCH_LIMIT_MAX))
            rows = [shown(product_from(json.loads(row.body)), row.stock) for row in connection.execute(page)]
        return rows, total


def shown(product: Product, stock: int | None) -> dict[str, Any]:
    """A product as the pages get it."""
    return {**product.as_dict(), "weighed": product.weighed, "stock": stock}


def _heading(rows: Mapping[str, Any], people: list[dict[str, Any]]) -> Heading:
    row = rows["terminal"]
    names = row.get("names") or row.get("name") or {}
    terminal = Terminal(row["id"], row["code"], names, row.get("kind", ""), int(row.get("first_sale") or 1))
    store = _made(Store, rows["store"])
    departments = sorted((_made(Department, row) for row in rows["departments"]), key=lambda row: row.ordinal)
    return Heading(
        version=int(rows["version"]),
        etag=rows["etag"],
        at=rows["at"],
        store=store,
        terminal=terminal,
        departments=tuple(departments),
        taxes={row["code"]: _made(TaxRate, row) for row in rows["taxes"]},
        people=tuple(people),
        shown={
            "store": asdict(store),
            "terminal": {"id": terminal.id, "code": terminal.code, "names": names, "kind": terminal.kind},
            "departments": [asdict(row) for row in departments],
        },
    )


def _made(shape: Any, row: Mapping[str, Any]) -> Any:
    """The value of a dataclass from a row that may have more columns than this version knows."""
    return shape(**{name: row[name] for name in shape.__dataclass_fields__ if name in row})


def _stock(rows: Any) -> dict[str, int]:
    """Stock by item, from `{item: quantity}` or from rows `{item, quantity}`."""
    if isinstance(rows, Mapping):
        return {str(item): int(quantity) for item, quantity in rows.items()}
    return {str(row["item"]): int(row["quantity"]) for row in rows or ()}


def _keep_departed(connection: Connection, staying: set[str]) -> None:
    gone = {str(row[0]) for row in connection.execute(select(products.c.id))} - staying
    rows = [
        {"id": item, "body": connection.execute(select(products.c.body).where(products.c.id == item)).scalar_one()}
        for item in sorted(gone)
    ]
    if rows:
        connection.execute(insert(departed).prefix_with("OR REPLACE"), rows)


def _load_products(
    connection: Connection, rows: list[dict[str, Any]], stock: Mapping[str, int], progress: Progress
) -> None:
    for first in range(0, len(rows), LOAD_STEP_ROWS):
        page = list(enumerate(rows[first : first + LOAD_STEP_ROWS], first + 1))
        made = [(n, _made(Product, row)) for n, row in page]
        _insert(
            connection,
            products,
            [
                {
                    "n": n,
                    "id": product.id,
                    "gtin": product.gtin,
                    "plu": product.plu,
                    "department": product.department,
                    "body": _json(product.as_dict()),
                    "stock": stock.get(product.id),
                }
                for n, product in made
            ],
        )
        connection.execute(
            text("INSERT INTO words (rowid, en, ru, codes) VALUES (:n, :en, :ru, :codes)"),
            [
                {
                    "n": n,
                    "en": product.names.get("en", ""),
                    "ru": product.names.get("ru", ""),
                    "codes": f"{product.gtin.lstrip('0')} {product.gtin} {product.plu}",
                }
                for n, product in made
            ],
        )
        progress(min(first + LOAD_STEP_ROWS, len(rows)), len(rows))


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
