"""The terminal's copy of the hub's reference data: catalogue, prices, taxes, staff and cards of one store.

It has a file of its own with two sides (sides.py), so that a hundred thousand products can arrive page by page while
the till goes on selling from the version before. Products are looked up by index, never held in memory as a whole.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from pos_terminal.errors import StoreRefused
from pos_terminal.store.engine import refusals, sqlite_engine
from pos_terminal.store.goods import CACHE_PRODUCTS_MAX, Offers, Products
from pos_terminal.store.sides import SIDES, Side, made
from retail.barcode import MeasuredCode, ProductCode, plu_of
from retail.catalogue import Department, Names, Product, Store, TaxRate, product_from, tax_rate_from
from retail.errors import N_
from retail.loyalty.programme import DatedProgramme, dated_from
from retail.price_lists import NO_LISTS, Breaks, PriceList, PriceLists, breaks_from, price_list_from
from retail.pricing import PriceBook, book_of
from retail.promotions.kinds import kept_promotion
from retail.promotions.promotion import NO_RULES, RuleBook
from retail.search import asked

SHAPE = 2
"""Of the tables in sides.py, and of how names become words. A file of an older shape is emptied, and the hub asked for
its contents anew; one of a newer shape is refused."""

SEARCH_LIMIT_MAX = 60
CANDIDATES_MAX = 200
"""So many of those that fit are compared; who types one letter is not helped by the best of thirty thousand."""

SMALL = ("e", "version", "store", "terminal", "departments", "taxes")
LISTS = "lists"
"""The price lists' conditions; a hub of before them does not send any."""

PROGRAMMES = "programmes"
"""What purchases earn, and from when on; likewise."""

PACKS = "packs"
"""Empty in every page: where it was not told, a program that passed the packs of the goods by has taken them in."""

SINCE = (LISTS, PROGRAMMES, PACKS)

OWNER = "CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), hub TEXT NOT NULL)"
LIVE = "CREATE TABLE IF NOT EXISTS live (id INTEGER PRIMARY KEY CHECK (id = 1), side TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Terminal:
    """This terminal as the hub knows it; `first_sale` and `first_return` are where its numbers go on after a
    reinstall."""

    id: str
    code: str
    names: Names
    kind: str
    first_sale: int
    first_return: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come, in rows; `whole` where it replaces everything."""

    done: int
    total: int
    whole: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """Everything of one version that is small. `at` is the moment (ms) it was fetched."""

    version: int
    epoch: int
    at: int
    store: Store
    terminal: Terminal
    departments: tuple[Department, ...]
    taxes: Mapping[str, TaxRate]
    lists: Mapping[str, PriceList]
    programmes: tuple[DatedProgramme, ...]
    people: tuple[Mapping[str, Any], ...]
    numbers: frozenset[str]
    """Of the people."""

    shown: Mapping[str, Any]
    """`{store, terminal, departments}` as the pages get them, made once for each version."""


class Replica:
    """The copy in `folder`. `heading` and `book` are None until the hub has been there once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # A copy that a power cut spoils is fetched again, so it may skip the full sync that the journal needs.
        self.engine = sqlite_engine(folder / "replica.sqlite", full_sync=False)
        self._open()

    def _open(self) -> None:
        self._empty()
        with refusals(), self.engine.begin() as connection:
            self._shape(connection)
        self.refresh()

    def _empty(self) -> None:
        self.heading: Heading | None = None
        self.scanned: dict[str, Product] = {}
        """Products by the code that was scanned, of this version of the catalogue."""
        self.book: PriceBook | None = None
        self.side = SIDES["a"]
        self._rules: list[str] = []
        self._rule_book = NO_RULES

    def close(self) -> None:
        self.engine.dispose()

    def belong_to(self, hub: str) -> None:
        """What comes is of this hub from now on. Versions and epochs of two hubs say nothing of each other, so what is
        here of another counts no more, and all is asked for anew. An empty `hub` does not say who it is."""
        if not hub:
            return
        with refusals(), self.engine.begin() as connection:
            before = connection.execute(text("SELECT hub FROM owner")).scalar()
            if before == hub:
                return
            connection.execute(text("INSERT OR REPLACE INTO owner VALUES (1, :hub)"), {"hub": hub})
            if before is None:
                return
            # The tables stay until the next whole begins: a look may be on its way to them.
            connection.execute(text("DELETE FROM live"))
            for side in SIDES.values():
                side.forget(connection)
        self._empty()

    def read(self) -> Connection:
        return self.engine.connect().execution_options(reading=True)

    def _shape(self, connection: Connection) -> None:
        found = connection.execute(text("PRAGMA user_version")).scalar() or 0
        if found > SHAPE:
            raise StoreRefused(
                "store.newer",
                N_("The data in {folder} is of a newer program. Start that one. Nothing was changed."),
                folder=str(self.folder),
            )
        if found != SHAPE:
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            tables = [str(row[0]) for row in connection.execute(text(names))]
            # Full-text tables first: their shadows go with them.
            for table in sorted(tables, key=lambda name: (not name.startswith("words"), name)):
                connection.execute(text(f'DROP TABLE IF EXISTS "{table}"'))
            connection.execute(text(f"PRAGMA user_version = {SHAPE}"))
        connection.execute(text(LIVE))
        connection.execute(text(OWNER))
        live = self._live(connection)
        for side in SIDES.values():
            side.complete(connection)
            # What was replaced is let go here and not when the sides turn: a look may have been on its way to it.
            if live is not None and side is not live and not side.told(connection).get("next"):
                side.drop(connection)

    @staticmethod
    def _live(connection: Connection) -> Side | None:
        name = connection.execute(text("SELECT side FROM live")).scalar()
        return SIDES[name] if name else None

    def refresh(self) -> None:
        """Use what the file holds now."""
        with refusals(), self.read() as connection:
            live = self._live(connection)
            if live is None:
                return
            rows = live.told(connection)
            staff = select(live.staff.c.body).order_by(live.staff.c.number)
            people = [json.loads(row.body) for row in connection.execute(staff)]
            promotions = select(live.promotions.c.body)
            rules = [str(row.body) for row in connection.execute(promotions.order_by(live.promotions.c.number))]
        heading = _heading(rows, people)
        self.side = live
        self.scanned = {}
        self.heading = heading
        lists = PriceLists(heading.lists, Offers(self)) if heading.lists else NO_LISTS
        if self._rules != rules:
            # Most pages bring no promotion, and with the book would go what it has found out about open carts.
            self._rules, self._rule_book = (
                rules,
                RuleBook(heading.version, [kept_promotion(json.loads(r)) for r in rules]),
            )
        goods = Products(self)
        self.book = book_of(
            heading.version, heading.store, goods, heading.taxes, lists, self._rule_book, heading.programmes
        )

    def place(self) -> dict[str, Any]:
        """What to ask the hub for: `{next}` where a load was left, `{since, e}` where there is none, else nothing."""
        with refusals(), self.read() as connection:
            live = self._live(connection)
            loading = _other(live).told(connection)
            told = live.told(connection) if live is not None else {}
        # A program that knew no price lists has passed them by: only a whole that is begun now has them all.
        loading, told = (one if all(kind in one for kind in SINCE) else {} for one in (loading, told))
        token = loading.get("next") or told.get("next")
        if token:
            return {"next": token}
        return {"since": told["version"], "e": told["e"]} if told else {}

    def begun(self) -> Progress | None:
        """How far a load has come that was broken off; None where none was."""
        with refusals(), self.read() as connection:
            live = self._live(connection)
            for side, whole in ((_other(live), True), (live, False)):
                told = side.told(connection) if side is not None else {}
                if told.get("next"):
                    return Progress(int(told["rows"]), int(told["total"]), whole, False)
        return None

    def take(self, page: Mapping[str, Any], at: int) -> Progress:
        """Take one page in one transaction, with the place of the next one; `at` is when it was fetched.

        A whole comes on the other side, and until its last page everybody sees the version before. Raises KeyError,
        ValueError or TypeError for a page that is none; then nothing has changed.
        """
        with refusals(), self.engine.begin() as connection:
            live = self._live(connection)
            side = _other(live) if page["whole"] else live
            if side is None:
                raise ValueError("changes came before there was anything to change")
            if page["first"]:
                side.make(connection)
            told = side.told(connection)
            if page["whole"] and not page["first"] and not told:
                raise ValueError("the load that this page belongs to was not begun here")
            progress = _progress(page, told)
            small = {key: page[key] for key in SMALL} | {kind: page.get(kind, []) for kind in SINCE}
            if page["next"] and not page["whole"]:
                # The version counts once all of it is here.
                small["version"] = told["version"]
            small |= {"at": at, "next": page["next"], "rows": progress.done, "total": progress.total}
            side.write(connection, page, small)
            if progress.complete and page["whole"]:
                if live is not None:
                    side.keep_departed(connection, live)
                connection.execute(text("INSERT OR REPLACE INTO live VALUES (1, :side)"), {"side": side.name})
        if progress.complete or not page["whole"]:
            self.refresh()
        return progress

    def product(self, item: str) -> Product | None:
        """A product by its id, also one that has left the catalogue."""
        side = self.side
        found = self._one(select(side.products.c.body).where(side.products.c.id == item))
        return found or self._one(select(side.departed.c.body).where(side.departed.c.id == item))

    def by_code(self, code: ProductCode | MeasuredCode) -> Product | None:
        """The product behind a scanned code. A number of the shop's own range 20 may carry a PLU."""
        if isinstance(code, MeasuredCode):
            return self._by_plu(code.plu)
        # Taken before the look: what is read while a newer version comes is remembered only for the older one.
        scanned = self.scanned
        found = scanned.get(code.gtin)
        if found is None:
            products = self.side.products
            found = self._one(select(products.c.body).where(products.c.gtin == code.gtin).limit(1))
            found = found or self._by_plu(plu_of(code.gtin)) or self._by_pack(code.gtin)
            if found is not None and len(scanned) < CACHE_PRODUCTS_MAX:
                scanned[code.gtin] = found
        return found

    def _by_plu(self, plu: str) -> Product | None:
        products = self.side.products
        return self._one(select(products.c.body).where(products.c.plu == plu).limit(1)) if plu else None

    def _by_pack(self, gtin: str) -> Product | None:
        products, packs = self.side.products, self.side.packs
        of = select(products.c.body).join(packs, packs.c.item == products.c.id).where(packs.c.gtin == gtin)
        return self._one(of.limit(1))

    def _one(self, query: Any) -> Product | None:
        if self.heading is None:
            return None
        with refusals(), self.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else product_from(json.loads(row[0]))

    def offers(self, item: str) -> Mapping[str, Breaks]:
        """What the price lists ask for a product, by the id of the list."""
        offers = self.side.offers
        with refusals(), self.read() as connection:
            body = connection.execute(select(offers.c.body).where(offers.c.item == item)).scalar()
        return {} if body is None else {name: breaks_from(rows) for name, rows in json.loads(body).items()}

    def card(self, number: str) -> dict[str, Any] | None:
        """`{number, shopper, name, language, points}` of a card."""
        cards = self.side.cards
        if self.heading is None:
            return None
        with refusals(), self.read() as connection:
            row = connection.execute(select(cards.c.body).where(cards.c.number == number)).first()
        return None if row is None else dict(json.loads(row[0]))

    def search(self, words: str, limit: int) -> list[dict[str, Any]]:
        """Products whose names (either language) or codes begin with all the words; the best first."""
        found = asked(words)
        if not found or self.heading is None:
            return []
        # A folded word is letters and digits only, so no quote in it can end the quotation.
        match = " ".join(f'"{word}"*' for word in found)
        fits = f"SELECT rowid FROM {self.side.words} WHERE {self.side.words} MATCH :match LIMIT {CANDIDATES_MAX}"
        products = self.side.products
        query = text(f"SELECT n, names, gtin, plu FROM {products.name} WHERE n IN ({fits})")
        with refusals(), self.read() as connection:
            ranks = sorted([_rank(row, found) for row in connection.execute(query, {"match": match}).all()])
            best = [n for _, _, n in ranks[: min(limit, SEARCH_LIMIT_MAX)]]
            bodies = select(products.c.n, products.c.body, products.c.stock).where(products.c.n.in_(best))
            goods = {n: (body, stock) for n, body, stock in connection.execute(bodies).all()}
        return [shown(product_from(json.loads(goods[n][0])), goods[n][1]) for n in best]

    def browse(self, department: str, offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """One page of a department in the catalogue's order, and how many it has."""
        products = self.side.products
        if self.heading is None:
            return [], 0
        with refusals(), self.read() as connection:
            of = products.c.department == department
            total = connection.execute(select(func.count()).select_from(products).where(of)).scalar() or 0
            page = select(products).where(of).order_by(products.c.n).offset(offset).limit(min(limit, SEARCH_LIMIT_MAX))
            rows = [shown(product_from(json.loads(row.body)), row.stock) for row in connection.execute(page)]
        return rows, total


def _other(live: Side | None) -> Side:
    return SIDES["b"] if live is SIDES["a"] else SIDES["a"]


def _progress(page: Mapping[str, Any], told: Mapping[str, Any]) -> Progress:
    begins = page["first"] or not told.get("next")
    rows = sum(len(page[kind]) for kind in ("products", "prices", "staff", "cards"))
    rows += sum(len(page.get(kind, ())) for kind in ("offers", "promotions"))
    done = rows if begins else int(told["rows"]) + rows
    # What changes during a load is told a second time, which nobody counted beforehand.
    total = max(done, int(page["total"]) if begins else int(told["total"]))
    return Progress(done, total, page["whole"], not page["next"])


def _rank(row: Any, words: list[str]) -> tuple[int, int, int]:
    """The wanted number first, then names that begin with what was typed, the shorter ones first."""
    n, text, gtin, plu = row
    if words[0] in (gtin, gtin.lstrip("0"), plu):
        return 0, 0, n
    names = text.split("\n")
    # Most names fail at the first word: only what passes it is taken apart.
    begins = any(name.startswith(words[0]) and _begins(name, words) for name in names)
    return (1 if begins else 2), min(map(len, names)), n


def _begins(name: str, words: list[str]) -> bool:
    """Whether the words of a name begin, one after the other, as these do."""
    first = name.split(maxsplit=len(words))[: len(words)]
    return len(first) == len(words) and all(map(str.startswith, first, words))


def shown(product: Product, stock: int | None) -> dict[str, Any]:
    """A product as the pages get it."""
    return {**product.as_dict(), "weighed": product.weighed, "measured": product.measured, "stock": stock}


def _heading(rows: Mapping[str, Any], people: list[dict[str, Any]]) -> Heading:
    row = rows["terminal"]
    names = row.get("names") or row.get("name") or {}
    counters = int(row.get("first_sale") or 1), int(row.get("first_return") or 1)
    terminal = Terminal(row["id"], row["code"], names, row.get("kind", ""), *counters)
    store = made(Store, rows["store"])
    departments = sorted((made(Department, row) for row in rows["departments"]), key=lambda row: row.ordinal)
    return Heading(
        version=int(rows["version"]),
        epoch=int(rows["e"]),
        at=rows["at"],
        store=store,
        terminal=terminal,
        departments=tuple(departments),
        taxes={row["code"]: tax_rate_from(row) for row in rows["taxes"]},
        lists={row["id"]: price_list_from(row) for row in rows.get(LISTS, ())},
        programmes=dated_from(rows.get(PROGRAMMES, ())),
        people=tuple(people),
        numbers=frozenset(str(row["number"]) for row in people),
        shown={
            "store": asdict(store),
            "terminal": {"id": terminal.id, "code": terminal.code, "names": names, "kind": terminal.kind},
            "departments": [asdict(row) for row in departments],
        },
    )
