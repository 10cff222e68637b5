"""Reading the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Text, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import Session

from retail.cart import Channel
from retail.catalogue import Department, Product, Store, TaxRate, product_from, tax_rate_from
from retail.errors import N_, CatalogueError
from retail.loyalty.programme import NEVER, DatedProgramme, Programme, holding
from retail.occasion import Occasion
from retail.price_lists import NO_LISTS, Breaks, PriceList, PriceLists, breaks_from, price_list_from
from retail.pricing import PriceBook, book_of
from retail.promotions.promotion import RuleBook
from retail.wall_clock import reached
from sync_server.catalogue.tables import departments, list_prices, pictures, price_lists, products, stores, taxes
from sync_server.customers import groups
from sync_server.errors import NotFound
from sync_server.loyalty import queries as loyalty
from sync_server.prepared import Answer, Prepared
from sync_server.promotions import queries as promotions

PRODUCTS_KEPT_MAX = 20_000
"""Also so many products whose prices in lists are kept, those without any among them."""

STORES_KEPT_MAX = 16
"""What is kept of all books together; beyond that it is read anew."""

PRODUCT = Prepared(select(products.c.body, products.c.withdrawn).where(products.c.id == bindparam("item")), "item")
OFFERS = Prepared(
    select(list_prices.c.list, list_prices.c.breaks).where(list_prices.c.item == bindparam("item")), "item"
)
REFERENCE = Prepared(
    select(stores.c.id, stores.c.reference, stores.c.priced_at, stores.c.heads, stores.c.body).where(
        stores.c.id == bindparam("store")
    ),
    "store",
)

BOOKS = "books"
"""Where a session keeps its price books by store; until somebody looks, only what was asked."""

MOMENT_MAX = 253_000_000_000_000
"""A moment of the year 9987 in ms: the calendars of all zones still have it."""

MOMENTS = "moments"
"""Where a session keeps the wall clocks that carts are priced by, by store."""

EARNING = "earning"
"""And by store the programme by which they earn."""

PRICING_LOCK = 0x0E44_11
"""The number of the advisory lock of `lock_pricing`."""

PRICING_ALONE = Prepared(select(func.pg_advisory_xact_lock(literal_column(str(PRICING_LOCK)))))
PRICING_SHARED = Prepared(select(func.pg_advisory_xact_lock_shared(literal_column(str(PRICING_LOCK)))))


def store(session: Session, store_id: str) -> Store:
    body = session.scalar(select(stores.c.body).where(stores.c.id == store_id))
    if body is None:
        raise NotFound()
    return Store(**body)


def heads(session: Session, store_id: str) -> dict[str, Any]:
    """The state of `store:<id>`: the version of its reference data, and in which one each kind changed last."""
    row = session.execute(select(stores.c.reference, stores.c.heads).where(stores.c.id == store_id)).first()
    if row is None:
        raise NotFound()
    return {"reference": row.reference, "heads": row.heads}


def all_stores(session: Session) -> list[Store]:
    return [Store(**body) for body in session.scalars(select(stores.c.body).order_by(stores.c.id))]


def all_departments(session: Session) -> list[Department]:
    return [Department(**body) for body in session.scalars(select(departments.c.body).order_by(departments.c.ordinal))]


def all_taxes(session: Session) -> list[TaxRate]:
    return [tax_rate_from(body) for body in session.scalars(select(taxes.c.body).order_by(taxes.c.code))]


def all_lists(session: Session) -> list[PriceList]:
    rows = session.scalars(select(price_lists.c.body).order_by(price_lists.c.id))
    return [price_list_from(body) for body in rows]


def offers_after(session: Session, item: str, limit: int) -> list[tuple[str, dict[str, Any]]]:
    """What the price lists ask for each of the products behind an item, in the order of the items."""
    items = select(list_prices.c.item).where(list_prices.c.item > item).distinct().order_by(list_prices.c.item)
    return sorted(offers_of(session, list(session.scalars(items.limit(limit)))).items())


def offers_of(session: Session, items: list[str]) -> dict[str, dict[str, Any]]:
    """`{item, lists: {list: breaks}}` of those of the products that are in any price list."""
    found: dict[str, dict[str, Any]] = {}
    for row in session.execute(select(list_prices).where(list_prices.c.item.in_(items)).order_by(list_prices.c.list)):
        found.setdefault(row.item, {"item": row.item, "lists": {}})["lists"][row.list] = row.breaks
    return found


def count_offers(session: Session) -> int:
    return session.scalar(select(func.count(list_prices.c.item.distinct()))) or 0


BODY = cast(products.c.body, Text)
"""As it is stored: who passes it on need not read it."""


def bodies_after(session: Session, ordinal: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """Ordinals and JSON bodies of the products behind an ordinal, in the catalogue's order; new ones come last."""
    after = int(ordinal) if ordinal.isascii() and ordinal.isdecimal() else -1
    query = select(products.c.ordinal, BODY).where(products.c.ordinal > after, ~products.c.withdrawn)
    for row in session.execute(query.order_by(products.c.ordinal).limit(limit)):
        yield str(row[0]), row[1].encode()


def bodies_of(session: Session, items: list[str]) -> dict[str, bytes]:
    """The JSON bodies of those of the products that are on sale."""
    query = select(products.c.id, BODY).where(products.c.id.in_(items), ~products.c.withdrawn)
    return {row[0]: row[1].encode() for row in session.execute(query)}


def count(session: Session) -> int:
    """How many products are on sale."""
    return session.scalar(select(func.count()).select_from(products).where(~products.c.withdrawn)) or 0


def check_on_sale(session: Session, store_id: str, item: str) -> None:
    """Refuse a product that was withdrawn: what is in a cart is priced and sold, but nobody chooses more of it."""
    goods = book(session, store_id).products
    assert isinstance(goods, Products)
    if item not in goods or item in goods.withdrawn:
        raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)


def product(session: Session, item: str) -> Product | None:
    body = session.scalar(select(products.c.body).where(products.c.id == item))
    return product_from(body) if body is not None else None


def family(session: Session, name: str) -> list[Product]:
    """The variants of one product."""
    rows = session.scalars(
        select(products.c.body).where(products.c.family == name, ~products.c.withdrawn).order_by(products.c.ordinal)
    )
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
    """All products by id, read when they are asked for; `kept` remembers them for one version of the reference data.

    `withdrawn` are those of them that nobody may choose any more.
    """

    def __init__(self, session: Session, kept: dict[str, Product], withdrawn: set[str]) -> None:
        self._session, self._kept, self.withdrawn = session, kept, withdrawn

    def __getitem__(self, item: str) -> Product:
        if item not in self._kept:
            found = PRODUCT.first(self._session, item=item)
            if found is None:
                raise KeyError(item)
            if found.withdrawn:
                self.withdrawn.add(item)
            self._kept[item] = product_from(found.body)
        return self._kept[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


class Offers(Mapping[str, Mapping[str, Breaks]]):
    """What the price lists ask for each product, read when it is asked for, as `Products` are."""

    def __init__(self, session: Session, kept: dict[str, dict[str, Breaks]]) -> None:
        self._session, self._kept = session, kept

    def get(self, item: str, default: Any = None) -> Any:
        # Asked for each line of each cart: the mapping's own would come back here by way of an exception's frame.
        return self[item]

    def __getitem__(self, item: str) -> Mapping[str, Breaks]:
        found = self._kept.get(item)
        if found is None:
            rows = OFFERS.all(self._session, item=item)
            found = self._kept[item] = {row.list: breaks_from(row.breaks) for row in rows}
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class Shelf:
    """What was read of one version of a store's reference data, kept from one transaction to the next."""

    version: int
    taxes: dict[str, TaxRate]
    rules: RuleBook
    lists: dict[str, PriceList]
    programmes: tuple[DatedProgramme, ...] = ()
    products: dict[str, Product] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    offers: dict[str, dict[str, Breaks]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.products) + len(self.offers)


def book(session: Session, store_id: str) -> PriceBook:
    """The price book of a store, the same for the whole transaction.

    What was read before is kept in `session.info["kept"]`, which the database hands to every session of the same door.
    One session sees one book, so what an operation changed is not mixed up with a price that changed meanwhile.
    """
    ask_book(session, store_id)
    found = session.info[BOOKS][store_id]
    if isinstance(found, Answer):
        found = _open_book(session, found)
        session.info[BOOKS] = session.info[BOOKS] | {store_id: found}
    assert isinstance(found, PriceBook)
    return found


def ask_book(session: Session, store_id: str) -> None:
    """Hold the book still and ask for it, for whoever knows that `book` is wanted and asks for something else now."""
    books = session.info.get(BOOKS, {})
    if store_id not in books:
        lock_pricing(session)
        # Never changed in place: where a step is undone, what it had asked is forgotten with it.
        session.info[BOOKS] = books | {store_id: REFERENCE.ask(session, store=store_id)}


def _open_book(session: Session, asked: Answer) -> PriceBook:
    row = asked.first()
    if row is None:
        raise NotFound()
    kept = session.info.setdefault("kept", {})
    # Each store counts its own versions: the same number at another store is another day's book.
    shelves = kept.setdefault("shelves", {})
    if len(shelves) > STORES_KEPT_MAX or sum(one.size for one in shelves.values()) > PRODUCTS_KEPT_MAX:
        shelves.clear()
    shelf = shelves.get(row.id)
    if shelf is None or shelf.version != row.reference:
        # Most versions change no promotion, and reading all of them anew would be felt.
        head = row.heads.get("promotions", 0)
        rules = shelf.rules if shelf is not None and shelf.rules.version == head else promotions.rules(session, head)
        rates, lists = ({one.code: one for one in all_taxes(session)}, {one.id: one for one in all_lists(session)})
        shelf = shelves[row.id] = Shelf(row.reference, rates, rules, lists, loyalty.dated(session))
        kept.pop("places", None)
        kept.pop("store_of", None)
    goods = Products(session, shelf.products, shelf.withdrawn)
    session.info[MOMENTS] = session.info.get(MOMENTS, {}) | {row.id: _wall_clock(row.priced_at, row.body["zone"])}
    asked_for = PriceLists(shelf.lists, Offers(session, shelf.offers)) if shelf.lists else NO_LISTS
    session.info[EARNING] = session.info.get(EARNING, {}) | {row.id: holding(shelf.programmes, row.priced_at)}
    return book_of(row.reference, Store(**row.body), goods, shelf.taxes, asked_for, shelf.rules, shelf.programmes)


def _wall_clock(at: int, zone: str) -> datetime:
    # A terminal whose clock is far off says so in a sale that is kept all the same.
    return reached(min(max(at, 0), MOMENT_MAX), ZoneInfo(zone))


def occasion(session: Session, store_id: str, channel: Channel, shopper: str = "", at: int | None = None) -> Occasion:
    """When, where and for whom something is priced: at `at` (ms), or at the moment that the store's carts are priced
    by, which moves only when a promotion or a price list begins or ends. So a cart looks the same to whoever looks at
    it when."""
    found = book(session, store_id)
    belongs = frozenset[str]()
    if shopper and found.asks_for_groups:
        # Customers that were merged are one person, who is in the groups of each.
        belongs = belongs.union(*(groups.of(session, who) for who in loyalty.people(session, shopper)))
    local = session.info[MOMENTS][store_id] if at is None else _wall_clock(at, found.zone)
    if not (shopper and found.asks_for_standing):
        return Occasion(local, store_id, channel, shopper, belongs)
    standing = loyalty.known(session, shopper, NEVER if at is None else at)
    return Occasion(local, store_id, channel, shopper, belongs, standing.tier, standing.first)


def programme(session: Session, store_id: str) -> Programme:
    """The loyalty programme by which a store's carts earn, at the moment that they are priced by."""
    book(session, store_id)
    found: Programme = session.info[EARNING][store_id]
    return found


def pricing_moments(session: Session) -> list[tuple[str, str, int]]:
    """Each store with its time zone and the moment (ms) that its carts are priced by."""
    rows = session.execute(select(stores.c.id, stores.c.body, stores.c.priced_at).order_by(stores.c.id))
    return [(row.id, row.body["zone"], row.priced_at) for row in rows]


def lock_pricing(session: Session, alone: bool = False) -> None:
    """Hold the price book still until the commit: many carts may be priced at once, a price changes `alone`.

    Else a cart that was priced with the old book could be committed after the carts were told of the new one. SQLite
    has one writer, and a reader has a snapshot: neither needs it.
    """
    bind = session.get_bind()
    if bind.dialect.name != "postgresql" or bind.get_execution_options().get("postgresql_readonly"):
        return
    (PRICING_ALONE if alone else PRICING_SHARED).run(session)
