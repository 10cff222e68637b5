"""The shops and carts of the test vectors: worked examples of the documents, and drawn carts of the sample shop."""

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "retail"))

from promotion_words import cart_of, promotion_of  # noqa: E402

import sample_shop  # noqa: E402
from retail.promotions.kinds import as_dict  # noqa: E402

Row = dict[str, Any]
DRAWN, DRAWN_LINES_MAX, SEED = 60, 12, 4


def world(**more: Any) -> Row:
    store = {"currency": "EUR", "tax_added": False, "tax_rounding": "document", "cash_step": 0}
    empty: Row = {"products": [], "promotions": [], "price_lists": [], "offers": {}, "cases": []}
    rates = [{"code": "A", "rate": 2000, "parts": []}]
    return empty | {"rates": rates} | more | {"store": store | more.get("store", {})}


def product(id: str, price: int, tax: str = "A", unit: str = "piece", department: str = "", family: str = "") -> Row:
    return {"id": id, "department": department, "family": family, "price": price, "tax": tax, "unit": unit}


def case(
    name: str,
    cart: list[tuple[str, int]],
    cash: int = 0,
    loads: Sequence[int] = (),
    packs: tuple[int, ...] = (),
    **occasion: Any,
) -> Row:
    """`cart` is `(item, thousandths)`; half a piece is a weighing. `packs` are the pieces in a pack, by line, and
    `loads` are put on gift cards."""
    said = {"local": "2026-05-29T12:00", "store": "main", "channel": "till", "shopper": "", "groups": [], "tier": ""}
    said |= {"first_purchase": False, "coupons": []} | occasion
    lines = [{"item": item, "quantity": count, "weighed": count % 1000 != 0} for item, count in cart]
    for line, pack in zip(lines, packs, strict=False):
        line |= {"pack": pack} if pack else {}
    made = {"name": name, "occasion": said, "cart": lines, "cash": [cash] if cash else []}
    return made | ({"loads": list(loads)} if loads else {})


def tables(heading: str) -> Iterator[list[str]]:
    """The rows of a worked table of docs/promotions.md."""
    below = (ROOT / "docs" / "promotions.md").read_text("utf-8").split(f"<!-- table: {heading} -->\n")[1]
    for line in below.split("\n\n")[0].splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def of_promotions() -> Iterator[Row]:
    for heading in ("benefit", "lane"):
        for n, (cart, rules, *_) in enumerate(tables(heading), 1):
            goods, lines = cart_of(cart)
            yield world(
                name=f"{heading}-{n:02d}",
                products=[product(one.id, one.price, department=one.department) for one in goods.values()],
                promotions=[as_dict(promotion_of(f"p{n}", one.strip())) for n, one in enumerate(rules.split(";"), 1)],
                cases=[case(f"{cart}: {rules}", [(line.item, line.quantity) for line in lines], 10**6)],
            )


def of_money() -> Iterator[Row]:
    goods = [product("milk", 189), product("cheese", 999, unit="kg"), product("tea", 1, "B"), product("gift", 0)]
    carts = [
        case("one piece", [("milk", 1000)], 1000),
        case("a weighing, a half rounded up", [("cheese", 345)], 1000),
        case("the same in another order", [("tea", 3000), ("milk", 2000), ("cheese", 333)], 5000),
        case("a gift", [("gift", 7000)]),
        case("eight lines of one", [("milk", 1000)] * 8, 10_000),
        case("a gift card beside goods", [("milk", 1000)], 5000, [2501]),
        case("a gift card alone", [], 2502, [2502]),
    ]
    several = [{"ppm": 50_000, "compound": False}, {"ppm": 99_750, "compound": True}]
    taxed = [{"code": "A", "rate": 2000, "parts": []}, {"code": "B", "rate": 1547, "parts": several}]
    for currency in ("EUR", "JPY", "KWD"):
        for added in (False, True):
            for rounding in ("document", "line"):
                for step in (0, 5):
                    settings = {"currency": currency, "tax_added": added, "tax_rounding": rounding, "cash_step": step}
                    name = f"{currency.lower()}-{'added' if added else 'included'}-by-{rounding}-cash-{step}"
                    yield world(name=name, store=settings, rates=taxed, products=goods, cases=carts)


def of_price_lists() -> Iterator[Row]:
    lists = [
        {"id": "A"}, {"id": "N", "stores": ["north"]}, {"id": "O", "channels": ["online"]},
        {"id": "G", "groups": ["staff"]}, {"id": "W", "starts": "2026-11-27T18:00", "ends": "2026-11-30T00:00"},
    ]  # fmt: skip
    offers = {"tea": {"A": [[0, 90], [6000, 80]], "N": [[0, 95]], "O": [[0, 85]], "G": [[0, 88]], "W": [[0, 70]]}}
    yield world(
        name="price-lists",
        products=[product("tea", 100), product("salt", 55)],
        price_lists=[{"version": 1, "names": {}, **row} for row in lists],
        offers=offers,
        cases=[
            case("the list for everybody", [("tea", 1000), ("salt", 1000)], 1000),
            case("six on two lines reach the step", [("tea", 2000), ("salt", 1000), ("tea", 4000)], 1000),
            case("a store is more specific than everybody", [("tea", 6000)], 1000, store="north"),
            case("a channel", [("tea", 6000)], 1000, channel="kiosk"),
            case("a group outweighs all", [("tea", 6000)], 1000, store="north", groups=["staff"], shopper="anna"),
            case("the minute in which it begins", [("tea", 1000)], 1000, local="2026-11-27T18:00"),
            case("its last minute", [("tea", 1000)], 1000, local="2026-11-29T23:59"),
            case("its end is not part of it", [("tea", 1000)], 1000, local="2026-11-30T00:00"),
        ],
    )


def of_goods() -> Iterator[Row]:
    units = [product("ribbon", 180, unit="m"), product("oil", 990, unit="l"), product("apples", 240, unit="kg")]
    yield world(
        name="units",
        products=units,
        cases=[
            case("a cut of ribbon", [("ribbon", 1250)], 1000),
            case("three quarters of a litre, a half rounded up", [("oil", 750)], 1000),
            case("all three", [("ribbon", 333), ("oil", 1), ("apples", 345)], 1000),
        ],
    )
    yield world(
        name="packs",
        products=[product("water", 100, department="water") | {"packs": {"19520000000001": 6}}],
        price_lists=[{"version": 1, "names": {}, "id": "six"}],
        offers={"water": {"six": [[6000, 90]]}},
        promotions=[as_dict(promotion_of("p1", "3 for 2 water"))],
        cases=[
            case("a pack is six pieces", [("water", 6000)], 1000, packs=(6,)),
            case("five and a pack are eleven", [("water", 5000), ("water", 6000)], 1000, packs=(0, 6)),
            case("two packs and one", [("water", 12_000), ("water", 1000)], 2000, packs=(6, 0)),
        ],
    )
    box = product("box", 990, department="box") | {"parts": {"loaf": 2000, "tea": 125}}
    yield world(
        name="bundles",
        products=[product("loaf", 300), product("tea", 4000, unit="kg"), box],
        promotions=[as_dict(promotion_of("p1", "20% off box"))],
        cases=[
            case("the bundle has its own price", [("box", 1000)], 1000),
            case("two of them beside one of its parts", [("box", 2000), ("loaf", 1000)], 5000),
        ],
    )


def of_circumstances() -> Iterator[Row]:
    held: list[tuple[str, Row, Row]] = [
        ("hours", {"kind": "hours", "weekdays": [5], "begin": 960, "end": 1080}, {"local": "2026-05-29T16:00"}),
        ("tier", {"kind": "tiers", "any_of": ["gold"]}, {"tier": "gold", "shopper": "anna"}),
        ("group", {"kind": "groups", "any_of": ["club"]}, {"groups": ["club"], "shopper": "anna"}),
        ("store", {"kind": "stores", "any_of": ["north"]}, {"store": "north"}),
        ("channel", {"kind": "channels", "any_of": ["kiosk"]}, {"channel": "kiosk"}),
        ("first", {"kind": "first_purchase"}, {"first_purchase": True, "shopper": "anna"}),
        ("known", {"kind": "known_shopper"}, {"shopper": "anna"}),
        ("coupon", {}, {"coupons": ["p1"]}),
    ]
    for name, condition, occasion in held:
        rule = as_dict(promotion_of("p1", "20% off tea [coupon]" if name == "coupon" else "20% off tea"))
        yield world(
            name=f"condition-{name}",
            products=[product("tea", 600, department="tea")],
            promotions=[rule | ({"conditions": [condition]} if condition else {})],
            cases=[case("it does not hold", [("tea", 1000)], 600), case("it holds", [("tea", 1000)], 600, **occasion)],
        )


def drawn() -> Iterator[Row]:
    shop, chance = sample_shop.build(products=120), random.Random(SEED)
    goods = [
        {"id": one.id, "department": one.department, "family": one.family, "price": one.price, "tax": one.tax}
        | {"unit": one.unit}
        for one in shop.products
    ]
    cases = []
    for n in range(DRAWN):
        some = chance.choices(goods, k=chance.randint(1, DRAWN_LINES_MAX))
        cart = [
            (one["id"], chance.randint(1, 3000) | 1 if one["unit"] == "kg" else chance.randint(1, 6) * 1000)
            for one in some
        ]
        cases.append(case(f"drawn {n:02d}", cart, 10**7, local=f"2026-05-{1 + n % 28:02d}T{8 + n % 13:02d}:30"))
    rates = [{"code": one.code, "rate": one.rate, "parts": []} for one in shop.taxes]
    promotions = [as_dict(one) for one in shop.promotions]
    yield world(name="sample-shop", rates=rates, products=goods, promotions=promotions, cases=cases)


FILES = {
    "money-and-tax": of_money,
    "price-lists": of_price_lists,
    "goods": of_goods,
    "promotions": of_promotions,
    "conditions": of_circumstances,
    "carts": drawn,
}
"""The files and what is in them."""
