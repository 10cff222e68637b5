"""What promotions cost the path of a scan: a cart of 30 lines under 5, 50 and 500 live promotions.

Each cart is priced as the till and the hub price it, without a rule book and with each of the books, in turns in the
same run. `one_more_scan` is the pricing after one more piece, with the choices that the book has kept from the carts
before it; `cold` is the pricing of a cart that the book has never seen. The promotions are of every kind, live, and
19 of 20 are given on 12 of the 2,000 products (a bundle or a "buy and get" on 24), one of 25 on a whole department, and
one of 100 on the whole cart; so with 500 of them some eight meet on each line.
"""

import json
import os
import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import sample_shop
from retail.cart import CartLine
from retail.occasion import Occasion
from retail.pricing import PriceBook, price
from retail.promotions.benefits import Benefit, BundlePrice, BuyGet, EachUnit, Multibuy, Slot, Step, Together
from retail.promotions.calculators import Amount, FixedPrice, Percent
from retail.promotions.conditions import Hours, Spend
from retail.promotions.promotion import LANE_CART, LANE_GOODS, Promotion, RuleBook
from retail.promotions.selector import Selector

BOOKS = (0, 5, 50, 500)
CARTS = int(os.environ.get("CARTS", "40"))
LINES = 30
SEED = 1
INCREMENTAL_MAX_US = 2_000
SHOP = sample_shop.build(products=2_000)
PIECES = [product for product in SHOP.products if not product.measured]
NOON = Occasion(datetime(2026, 5, 29, 12), SHOP.stores[0].id, "till")
TAXES = {rate.code: rate for rate in SHOP.taxes}
PRODUCTS = {product.id: product for product in SHOP.products}


def promotion(n: int, chance: random.Random) -> Promotion:
    """The n-th of a shop's promotions: most on some items, some on a department, few on the whole cart."""
    wide = chance.random()
    items = frozenset(product.id for product in chance.sample(PIECES, 12))
    department = frozenset({chance.choice(SHOP.departments).id})
    on = Selector(items=items) if wide < 0.95 else Selector(departments=department)
    other = Selector(items=frozenset(product.id for product in chance.sample(PIECES, 12)))
    kinds: list[Benefit] = [
        EachUnit(Percent(chance.randrange(500, 4000, 100)), on),
        EachUnit(Amount(chance.randrange(10, 100)), on),
        EachUnit(FixedPrice(chance.randrange(99, 999)), on, most=chance.randrange(3)),
        Multibuy(3, 2, on),
        Multibuy(2, 1, on, Percent(5_000)),
        BuyGet(on, 2, other),
        BundlePrice((Slot(on), Slot(other)), chance.randrange(299, 1999)),
    ]
    conditions = (Spend(chance.randrange(500, 3000), on),) if chance.random() < 0.2 else ()
    hours = (Hours(begin=480, end=1200),) if chance.random() < 0.2 else ()
    if wide > 0.99:
        whole = Together((Step(chance.randrange(5_000, 20_000), amount=500),))
        return Promotion(f"p{n:04d}", 1, {"en": f"Promotion {n}"}, whole, (), LANE_CART)
    return Promotion(f"p{n:04d}", 1, {"en": f"Promotion {n}"}, chance.choice(kinds), (*conditions, *hours), LANE_GOODS)


def cart(chance: random.Random) -> list[CartLine]:
    chosen = chance.sample(PIECES, LINES)
    return [
        CartLine(f"l-{n}", product.id, chance.choice((1, 1, 1, 2, 3)) * 1000, "till-1", "till", n)
        for n, product in enumerate(chosen)
    ]


def timed(lines: list[CartLine], book: PriceBook) -> tuple[float, bool]:
    began = time.perf_counter()
    found = price(lines, book, NOON)
    return (time.perf_counter() - began) * 1e6, found.given.exact


def main() -> None:
    chance = random.Random(SEED)
    rules = [promotion(n, chance) for n in range(max(BOOKS))]
    books = {n: PriceBook(1, "EUR", PRODUCTS, TAXES, RuleBook(1, rules[:n])) for n in BOOKS}
    cold: dict[int, list[float]] = {n: [] for n in BOOKS}
    more: dict[int, list[float]] = {n: [] for n in BOOKS}
    exact: dict[int, list[bool]] = {n: [] for n in BOOKS}
    for _ in range(CARTS):
        lines = cart(chance)
        scans = [replace(line, quantity=line.quantity + 1000) for line in chance.sample(lines, 5)]
        for n in BOOKS:
            spent, whole = timed(lines, books[n])
            cold[n].append(spent)
            exact[n].append(whole)
            for scanned in scans:
                spent, whole = timed([scanned if line.id == scanned.id else line for line in lines], books[n])
                more[n].append(spent)
                exact[n].append(whole)
    figures = {
        str(n): {
            "cold_us_p50": round(statistics.median(cold[n]), 1),
            "one_more_scan_us_p50": round(statistics.median(more[n]), 1),
            "one_more_scan_us_p99": round(statistics.quantiles(more[n], n=100)[98], 1),
            "one_more_scan_to_no_rules": round(statistics.median(more[n]) / statistics.median(more[0]), 2),
            "exact": round(sum(exact[n]) / len(exact[n]), 4),
        }
        for n in BOOKS
    }
    reached = figures["500"]["one_more_scan_us_p50"]
    told = {
        "name": "price_cart",
        "figures": figures,
        "limits": {"one_more_scan_us_p50 at 500": INCREMENTAL_MAX_US},
        "holds": reached <= INCREMENTAL_MAX_US,
        "ran": {"carts": CARTS, "lines": LINES, "seed": SEED},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
