"""Promotions and carts in the words of docs/promotions.md."""

import re
from datetime import datetime

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.occasion import Occasion
from retail.pricing import PriceBook
from retail.promotions.benefits import (
    Benefit,
    BundlePrice,
    BuyGet,
    EachUnit,
    Gift,
    Multibuy,
    Slot,
    Step,
    Together,
)
from retail.promotions.calculators import FREE, Amount, FixedPrice, Percent
from retail.promotions.conditions import Spend
from retail.promotions.promotion import Promotion, RuleBook
from retail.promotions.selector import EVERYTHING, Selector

NOON = Occasion(datetime(2026, 5, 29, 12), store="main", channel="till")


def goods(name: str) -> Selector:
    return Selector(departments=frozenset({name})) if name else EVERYTHING


def cart_of(cell: str) -> tuple[dict[str, Product], list[CartLine]]:
    """ "2 × 189 dairy, 1 × 300 tea" as products a and b and a line of each."""
    products, lines = {}, []
    for item, part in zip("abcdefgh", cell.split(","), strict=False):
        count, unit_price, department = re.fullmatch(r"\s*(\d+) × (\d+) (\w+)", part).groups()  # type: ignore[union-attr]
        products[item] = Product(item, "", {"en": item}, department, int(unit_price), "A")
        lines.append(CartLine(f"l-{item}", item, int(count) * 1000, "till-1", "till", len(lines) + 1))
    return products, lines


def book_of(products: dict[str, Product], promotions: str) -> PriceBook:
    rules = [promotion_of(f"p{n}", words.strip()) for n, words in enumerate(promotions.split(";"), 1)]
    return PriceBook(1, "EUR", products, {"A": TaxRate("A", {}, 2000)}, RuleBook(1, rules))


def promotion_of(name: str, words: str) -> Promotion:
    said, _, brackets = words.partition(" [")
    wanted = dict(part.partition(" ")[::2] for part in brackets.rstrip("]").split(", ") if part)
    spend = re.fullmatch(r"(\d+) (\w+)", wanted.get("if", ""))
    return Promotion(
        name,
        1,
        {"en": words},
        benefit_of(said, int(wanted.get("max", 0))),
        conditions=(Spend(int(spend[1]), goods(spend[2])),) if spend else (),
        lane=int(wanted.get("lane", 10)),
        groups=tuple(wanted.get("group", "").split()),
        coupon="coupon" in wanted,
    )


def benefit_of(said: str, most: int) -> Benefit:
    for pattern, made in WORDS:
        if match := re.fullmatch(pattern, said):
            return made(most, *(part or "" for part in match.groups()))
    raise ValueError(said)


def _percent(text: str) -> Percent:
    return Percent(int(text) * 100) if text else FREE


WORDS = (
    (r"((?:\d+% off from \d+(?:, )?)+)", lambda _, steps: Together(tuple(map(_step, steps.split(", "))))),
    (r"(\d+) off from (\d+) ?(\w*)", lambda _, n, a, on: Together((Step(int(a), amount=int(n)),), goods(on))),
    (r"(\d+)% off (\w+)", lambda most, n, on: EachUnit(_percent(n), goods(on), most)),
    (r"(\d+) off each (\w+)", lambda most, n, on: EachUnit(Amount(int(n)), goods(on), most)),
    (r"(\d+) each (\w+)", lambda most, n, on: EachUnit(FixedPrice(int(n)), goods(on), most)),
    (
        r"(\d+) for (\d+)(?: at (\d+)%)? (\w+)",
        lambda most, n, m, rate, on: Multibuy(int(n), int(m), goods(on), _percent(rate), most),
    ),
    (
        r"buy (\d+) (\w+) get (\d+) (\w+)",
        lambda most, n, buy, m, get: BuyGet(goods(buy), int(n), goods(get), int(m), FREE, most),
    ),
    (r"gift (\w)", lambda _, item: Gift(item)),
    (
        r"((?:(?:\d+ )?\w+ \+ )+(?:\d+ )?\w+) for (\d+)",
        lambda most, parts, price: BundlePrice(tuple(map(_slot, parts.split(" + "))), int(price), most),
    ),
)


def _step(words: str) -> Step:
    percent, spend = re.findall(r"\d+", words)
    return Step(int(spend), int(percent) * 100)


def _slot(words: str) -> Slot:
    count, _, on = words.rpartition(" ")
    return Slot(goods(on), int(count or 1))
