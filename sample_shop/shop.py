"""The invented shop in the town of Lindhaven: the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from retail.catalogue import Department, Names, Product, Store, TaxRate
from retail.price_lists import Break, Breaks, PriceList
from retail.promotions.promotion import Promotion
from sample_shop.codes import made_here_gtin, packed_gtin
from sample_shop.goods import Draft, Shelf, shared_out, shelves
from sample_shop.people import Shopper, StaffMember, shoppers, staff
from sample_shop.promotions import promotions
from sample_shop.specials import with_specials

Progress = Callable[[int, int], None]
PROGRESS_STEP = 1000
FIRST_PLU = 10_101
SOLD_OUT_PERCENT = 4
LISTED_FIRST, LISTED_STEP = 7, 9
"""Which goods by the piece are in a price list."""

SIX = 6_000
PRODUCTS_LIMIT = 150_000
"""More than this the word lists cannot name without repeating themselves."""


@dataclass(frozen=True, slots=True)
class TerminalSeed:
    """`code` has two digits: the second part of every sale number."""

    id: str
    store: str
    kind: Literal["till", "kiosk"]
    name: Names
    code: str


@dataclass(frozen=True, slots=True)
class SampleShop:
    """`stock` counts thousandths of the unit by (store id, product id)."""

    stores: list[Store]
    departments: list[Department]
    taxes: list[TaxRate]
    products: list[Product]
    staff: list[StaffMember]
    shoppers: list[Shopper]
    stock: dict[tuple[str, str], int]
    terminals: list[TerminalSeed]
    promotions: list[Promotion]
    price_lists: list[PriceList]
    list_prices: dict[str, dict[str, Breaks]]
    """By the id of the list, what it asks for products."""


def build(seed: int = 1, products: int = 400, progress: Progress | None = None) -> SampleShop:
    """The whole shop. `progress(done, total)` is called now and then; ValueError above 150,000 products."""
    if not 0 < products <= PRODUCTS_LIMIT:
        raise ValueError(f"The sample shop has 1 to {PRODUCTS_LIMIT} products, not {products}.")
    random = Random(seed)
    found = shelves()
    people = shoppers(random)
    goods: list[Product] = []
    for shelf, lot in zip(found, shared_out(products, random, found), strict=True):
        for draft in lot:
            goods.append(_product(len(goods) + 1, seed, shelf, draft))
            if progress and (len(goods) % PROGRESS_STEP == 0 or len(goods) == products):
                progress(len(goods), products)
    places = stores()
    list_prices = _list_prices(goods)
    goods = with_specials(goods, list_prices)
    return SampleShop(
        stores=places,
        departments=[shelf.department for shelf in found],
        taxes=[
            TaxRate("A", {"en": "VAT 20%", "ru": "НДС 20%"}, 2000),
            TaxRate("B", {"en": "VAT 10%", "ru": "НДС 10%"}, 1000),
        ],
        products=goods,
        staff=staff(),
        shoppers=people,
        stock=_stock(places, goods, random),
        terminals=terminals(),
        promotions=promotions(),
        price_lists=price_lists(),
        list_prices=list_prices,
    )


def price_lists() -> list[PriceList]:
    return [
        PriceList("six", 1, {"en": "Six and more", "ru": "От шести штук"}),
        PriceList("online", 1, {"en": "Online shop", "ru": "Интернет-магазин"}, channels=("online",)),
    ]


def _list_prices(goods: list[Product]) -> dict[str, dict[str, Breaks]]:
    """A tenth off from six on, and a twentieth off online, for some goods by the piece far down in the catalogue."""
    pieces = [product for product in goods if not product.weighed and not product.family]
    some = pieces[LISTED_FIRST::LISTED_STEP]
    return {
        "six": {product.id: (Break(SIX, product.price * 9 // 10),) for product in some[::2]},
        "online": {product.id: (Break(0, product.price * 19 // 20),) for product in some[1::2]},
    }


def _product(number: int, seed: int, shelf: Shelf, draft: Draft) -> Product:
    packed_or_made = made_here_gtin(number) if draft.made_here else packed_gtin(number, seed)
    return Product(
        id=f"p-{number:04d}",
        gtin="" if draft.weighed else packed_or_made,
        names=draft.names,
        department=shelf.department.id,
        price=draft.price,
        tax=shelf.tax,
        unit="kg" if draft.weighed else "piece",
        plu=f"{FIRST_PLU + number:05d}" if draft.weighed else "",
        family=draft.family,
        family_names=draft.family_names,
        attributes=draft.attributes,
        picture=draft.picture,
    )


def _stock(places: list[Store], goods: list[Product], random: Random) -> dict[tuple[str, str], int]:
    """The second store is the smaller one. Pieces are whole, weighed goods go by 100 g."""
    stock = {}
    for share, store in zip((1, 2), places, strict=True):
        for product in goods:
            if random.randrange(100) < SOLD_OUT_PERCENT:
                amount = 0
            elif product.weighed:
                amount = random.randint(30, 400) // share * 100
            else:
                amount = random.randint(3, 80) // share * 1000
            stock[store.id, product.id] = amount
    return stock


def stores() -> list[Store]:
    return [
        Store(
            id="main-street",
            code="01",
            names={"en": "Main Street", "ru": "Главная улица"},
            address={"en": "14 Main Street, Lindhaven", "ru": "Линдхавен, Главная улица, 14"},
            currency="EUR",
            zone="Europe/Tallinn",
            language="en",
        ),
        Store(
            id="harbour",
            code="02",
            names={"en": "Harbour", "ru": "Гавань"},
            address={"en": "3 Pier Row, Lindhaven", "ru": "Линдхавен, Портовый ряд, 3"},
            currency="EUR",
            zone="Europe/Tallinn",
            language="ru",
        ),
    ]


def terminals() -> list[TerminalSeed]:
    return [
        TerminalSeed("till-1", "main-street", "till", {"en": "Till 1", "ru": "Касса 1"}, "01"),
        TerminalSeed("till-2", "main-street", "till", {"en": "Till 2", "ru": "Касса 2"}, "02"),
        TerminalSeed("kiosk-1", "main-street", "kiosk", {"en": "Kiosk 1", "ru": "Киоск 1"}, "51"),
        TerminalSeed("till-3", "harbour", "till", {"en": "Till 3", "ru": "Касса 3"}, "03"),
    ]
