"""The two sides of `replica.sqlite`: the till sells from one while a new whole is put together on the other.

A page of reference data is one transaction, with the place of the next page in it; so after a crash the load goes on
where it was. The last page of a whole turns the sides in its own transaction.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam, delete, insert, select, text

from retail import search
from retail.catalogue import Product

CODES_AT_ONCE = 500


class Side:
    """The tables of one side. `about` holds what is small, and how far a load has come (`next`, `rows`, `total`)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.metadata = MetaData()
        self.about = self._table("about", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
        self.products = self._table(
            "products",
            Column("n", Integer, primary_key=True),
            Column("id", Text, nullable=False, unique=True),
            Column("gtin", Text, nullable=False, index=True),
            Column("plu", Text, nullable=False, index=True),
            Column("department", Text, nullable=False, index=True),
            Column("names", Text, nullable=False),
            Column("body", Text, nullable=False),
            Column("stock", Integer),
        )
        self.departed = self._table(
            "departed", Column("id", Text, primary_key=True), Column("body", Text, nullable=False)
        )
        """Products that left the catalogue. Nobody finds them any more, but a cart that holds one can still be paid."""

        self.promotions = self._keyed("promotions")
        self.offers = self._table(
            "offers", Column("item", Text, primary_key=True), Column("body", Text, nullable=False)
        )
        """What the price lists ask for a product, as JSON `{list: steps}`."""

        self.packs = self._table(
            "packs", Column("gtin", Text, primary_key=True), Column("item", Text, nullable=False, index=True)
        )
        """The codes of packs; how many pieces are in each stands in the product itself."""

        self.staff = self._keyed("staff")
        self.cards = self._keyed("cards")
        self.words = f"words_{name}"

    def _table(self, name: str, *columns: Column[Any]) -> Table:
        return Table(f"{name}_{self.name}", self.metadata, *columns)

    def _keyed(self, name: str) -> Table:
        return self._table(name, Column("number", Text, primary_key=True), Column("body", Text, nullable=False))

    def make(self, connection: Connection) -> None:
        """Empty tables."""
        self.drop(connection)
        self.metadata.create_all(connection)
        connection.execute(
            text(
                f"CREATE VIRTUAL TABLE {self.words} USING fts5(names, codes, content='', prefix='1 2 3',"
                " tokenize='unicode61 remove_diacritics 0')"
            )
        )

    def complete(self, connection: Connection) -> None:
        """What a newer program has beside the tables that an older one made."""
        if self.told(connection):
            for table in (self.offers, self.promotions, self.packs):
                table.create(connection, checkfirst=True)

    def drop(self, connection: Connection) -> None:
        self.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE IF EXISTS {self.words}"))

    def forget(self, connection: Connection) -> None:
        """Neither is anything here any more nor was a load begun."""
        if self.told(connection):
            connection.execute(delete(self.about))

    def told(self, connection: Connection) -> dict[str, Any]:
        """What stands in `about`; nothing where this side has no tables."""
        found = text("SELECT 1 FROM sqlite_master WHERE name = :name")
        if connection.execute(found, {"name": self.about.name}).first() is None:
            return {}
        return {row.key: json.loads(row.value) for row in connection.execute(select(self.about))}

    def write(self, connection: Connection, page: Mapping[str, Any], small: Mapping[str, Any]) -> None:
        """Take the rows of one page: what is there replaces what was, what is gone goes."""
        self._put_products(connection, [_product(row) for row in page["products"]])
        self._put_prices(connection, page["prices"])
        self._let_go(connection, page["gone"]["products"])
        self._put_stock(connection, page["stock"])
        offers = [{"item": str(row["item"]), "body": as_json(row["lists"])} for row in page.get("offers", ())]
        _put(connection, self.offers, offers)
        for item in page["gone"].get("offers", ()):
            connection.execute(delete(self.offers).where(self.offers.c.item == item))
        for kind, table in (("staff", self.staff), ("cards", self.cards)):
            # What a card's row says of points and tiers is as old as the row.
            rows = [{**row, "as_of": small["at"]} if kind == "cards" else row for row in page[kind]]
            _put(connection, table, [{"number": str(row["number"]), "body": as_json(row)} for row in rows])
            for number in page["gone"][kind]:
                connection.execute(delete(table).where(table.c.number == number))
        # A hub of the version before this one tells of none.
        rules = [{"number": str(row["id"]), "body": as_json(row)} for row in page.get("promotions", ())]
        _put(connection, self.promotions, rules)
        for number in page["gone"].get("promotions", ()):
            connection.execute(delete(self.promotions).where(self.promotions.c.number == number))
        _put(connection, self.about, [{"key": key, "value": as_json(value)} for key, value in small.items()])

    def keep_departed(self, connection: Connection, before: "Side") -> None:
        """Take over the products that the other side has or remembers, and this side has not."""
        for table in (before.products, before.departed):
            there = select(self.products.c.id).where(self.products.c.id == table.c.id).exists()
            rows = select(table.c.id, table.c.body).where(~there)
            connection.execute(insert(self.departed).prefix_with("OR IGNORE").from_select(["id", "body"], rows))

    def _known(self, connection: Connection, items: list[str]) -> dict[str, tuple[int, Product]]:
        found: dict[str, tuple[int, Product]] = {}
        for start in range(0, len(items), CODES_AT_ONCE):
            some = self.products.c.id.in_(items[start : start + CODES_AT_ONCE])
            query = select(self.products.c.n, self.products.c.id, self.products.c.body).where(some)
            found |= {row.id: (row.n, _product(json.loads(row.body))) for row in connection.execute(query)}
        return found

    def _put_products(self, connection: Connection, products: list[Product]) -> None:
        if not products:
            return
        known = self._known(connection, [product.id for product in products])
        self._forget_words(connection, known.values())
        last = connection.execute(text(f"SELECT coalesce(max(n), 0) FROM {self.products.name}")).scalar_one()
        rows: dict[str, tuple[int, Product]] = {}
        for product in products:
            if product.id in known:
                n = known[product.id][0]
            elif product.id in rows:
                n = rows[product.id][0]
            else:
                n = last = last + 1
            rows[product.id] = (n, product)
        _put(connection, self.products, [_row(n, product) for n, product in rows.values()])
        self._put_packs(connection, known, [product for _, product in rows.values()])
        self._add_words(connection, rows.values())
        back = delete(self.departed).where(self.departed.c.id == bindparam("item"))
        connection.execute(back, [{"item": item} for item in rows])

    def _put_packs(
        self, connection: Connection, known: Mapping[str, tuple[int, Product]], products: list[Product]
    ) -> None:
        self._forget_packs(connection, [item for item, (_, product) in known.items() if product.packs])
        packs = [{"gtin": gtin, "item": product.id} for product in products for gtin in product.packs]
        _put(connection, self.packs, packs)

    def _forget_packs(self, connection: Connection, items: list[str]) -> None:
        if items:
            given = delete(self.packs).where(self.packs.c.item == bindparam("of_item"))
            connection.execute(given, [{"of_item": item} for item in items])

    def _put_prices(self, connection: Connection, rows: list[Mapping[str, Any]]) -> None:
        prices = {str(row["item"]): int(row["price"]) for row in rows}
        set_price = text(f"UPDATE {self.products.name} SET body = json_set(body, '$.price', :price) WHERE id = :item")
        for item, price in prices.items():
            connection.execute(set_price, {"item": item, "price": price})

    def _put_stock(self, connection: Connection, levels: Mapping[str, int]) -> None:
        set_level = text(f"UPDATE {self.products.name} SET stock = :level WHERE id = :item")
        if levels:
            connection.execute(set_level, [{"item": item, "level": int(level)} for item, level in levels.items()])

    def _let_go(self, connection: Connection, items: list[str]) -> None:
        known = self._known(connection, items)
        self._forget_words(connection, known.values())
        self._forget_packs(connection, [item for item, (_, product) in known.items() if product.packs])
        for item, (n, product) in known.items():
            _put(connection, self.departed, [{"id": item, "body": as_json(product.as_dict())}])
            connection.execute(delete(self.products).where(self.products.c.n == n))

    def _add_words(self, connection: Connection, rows: Iterable[tuple[int, Product]]) -> None:
        connection.execute(
            text(f"INSERT INTO {self.words} (rowid, names, codes) VALUES (:n, :names, :codes)"),
            [_words(n, product) for n, product in rows],
        )

    def _forget_words(self, connection: Connection, rows: Iterable[tuple[int, Product]]) -> None:
        # An index without contents has to be told what it once was given.
        given = [_words(n, product) for n, product in rows]
        if given:
            words = f"{self.words} ({self.words}, rowid, names, codes)"
            connection.execute(text(f"INSERT INTO {words} VALUES ('delete', :n, :names, :codes)"), given)


SIDES = {name: Side(name) for name in ("a", "b")}


def made(shape: Any, row: Mapping[str, Any]) -> Any:
    """The value of a dataclass from a row that may have more columns than this version knows."""
    return shape(**{name: row[name] for name in shape.__dataclass_fields__ if name in row})


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _product(row: Mapping[str, Any]) -> Product:
    found: Product = made(Product, row)
    return found


def _row(n: int, product: Product) -> dict[str, Any]:
    return {
        "n": n,
        "id": product.id,
        "gtin": product.gtin,
        "plu": product.plu,
        "department": product.department,
        # One line for each language: a search compares these and reads the bodies only of what it shows.
        "names": "\n".join(" ".join(search.folded(name)) for name in product.names.values()),
        "body": as_json({name: getattr(product, name) for name in product.__dataclass_fields__}),
    }


def _words(n: int, product: Product) -> dict[str, Any]:
    return {"n": n, "names": search.names_of(product), "codes": search.codes_of(product)}


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table).prefix_with("OR REPLACE"), rows)
