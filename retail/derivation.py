"""How a sale came to its amounts, said so that somebody else can follow it: `receipt_checker` does, sharing no code.

A derivation holds what a receipt's figures do not tell by themselves: the product's own price and the steps of the
price list, the terms of each promotion that gave something, each single thing that it gave and on which units, and the
rules for tax and cash. Goods that a promotion is given on are named one by one, as far as they are in the sale.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retail.catalogue import Product
from retail.price_lists import Break
from retail.pricing import PriceBook, PricedCart, PricedLine
from retail.promotions.benefits import (
    Benefit,
    BundlePrice,
    BuyGet,
    EachUnit,
    Gift,
    Multibuy,
    Together,
)
from retail.promotions.calculators import FREE, Amount, Calculator, Percent
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from retail.promotions.stacks import Grant


@dataclass(frozen=True, slots=True)
class SaleMark:
    """What one unit got off by a promotion, in minor units."""

    promotion: str
    off: int


@dataclass(frozen=True, slots=True)
class LineDerivation:
    """`own_price` is the product's, in minor units for one whole unit; `breaks` are the steps of the price list that
    the line's price is of, and empty where it is the product's own."""

    own_price: int
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class TermRole:
    """So many units of these items; the items are those of the sale."""

    count: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermStep:
    """From `spend` minor units on: `hundredths` of a percent off, and `amount` minor units."""

    spend: int
    hundredths: int
    amount: int


@dataclass(frozen=True, slots=True)
class Term:
    """What a promotion gives. `value` belongs to `calculator`: hundredths of a percent, minor units off one whole unit,
    or its price; of a bundle it is what all cost together. `pay` of a multibuy's units cost what they cost; `most` sets
    or units are given in one sale, 0 is no limit."""

    promotion: str
    version: int
    lane: int
    kind: str
    roles: tuple[TermRole, ...]
    calculator: str = ""
    value: int = 0
    pay: int = 0
    most: int = 0
    steps: tuple[TermStep, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleUnit:
    """So many units of an item that cost `price` minor units each before; a weighing is one unit, of its own `line`."""

    item: str
    line: str
    price: int
    count: int
    marks: tuple[SaleMark, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleGrant:
    """A promotion gave `off` minor units on all these together, shared over them in this order."""

    promotion: str
    off: int
    units: tuple[SaleUnit, ...]


@dataclass(frozen=True, slots=True)
class SaleRatePart:
    ppm: int
    compound: bool


@dataclass(frozen=True, slots=True)
class SaleRate:
    """A tax code as it was: `rate` in hundredths of a percent, or several taxes in parts of a million."""

    code: str
    rate: int
    parts: tuple[SaleRatePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """Of a whole sale; `rules` is the version of the promotions, and the book's stands in the sale."""

    rules: int
    tax_added: bool
    tax_rounding: str
    cash_step: int
    rates: tuple[SaleRate, ...]
    terms: tuple[Term, ...] = ()
    given: tuple[SaleGrant, ...] = ()


def of_sale(priced: PricedCart, book: PriceBook) -> Derivation:
    """How the amounts of this priced cart came about."""
    goods = {row.product.id: row.product for row in priced.lines}.values()
    grants = [grant for grant in priced.given.grants if grant.off]
    gave = sorted({grant.promotion for grant in grants})
    codes = sorted({row.product.tax for row in priced.lines})
    return Derivation(
        book.rules.version,
        book.tax_rules.added,
        book.tax_rules.rounding,
        book.cash_step,
        tuple(_rate(book, code) for code in codes),
        tuple(_term(book.rules.named[promotion], goods) for promotion in gave),
        tuple(_given(grant) for grant in grants),
    )


def of_line(line: PricedLine, book: PriceBook) -> LineDerivation:
    """Where the unit price of this line comes from."""
    offers = book.lists.offers.get(line.product.id, {}) if line.price_list else {}
    return LineDerivation(line.product.price, tuple(offers.get(line.price_list, ())))


def _rate(book: PriceBook, code: str) -> SaleRate:
    found = book.taxes[code]
    return SaleRate(code, found.rate, tuple(SaleRatePart(part.ppm, part.compound) for part in found.parts))


def _given(grant: Grant) -> SaleGrant:
    return SaleGrant(
        grant.promotion,
        grant.off,
        tuple(
            SaleUnit(stack.product.id, stack.line, stack.price, count, tuple(SaleMark(*mark) for mark in stack.marks))
            for stack, count in grant.taken
        ),
    )


def _term(promotion: Promotion, goods: Iterable[Product]) -> Term:
    benefit, found = promotion.benefit, list(goods)
    kind, value = _calculated(benefit)
    return Term(
        promotion.id,
        promotion.version,
        promotion.lane,
        benefit.kind,
        tuple(_roles(benefit, found)),
        kind,
        value,
        benefit.pay if isinstance(benefit, Multibuy) else 0,
        _most(benefit),
        tuple(_steps(benefit)),
        promotion.groups,
    )


def _roles(benefit: Benefit, goods: Sequence[Product]) -> Iterator[TermRole]:
    def role(count: int, on: Selector) -> TermRole:
        return TermRole(count, tuple(sorted(product.id for product in goods if on.matches(product))))

    if isinstance(benefit, Multibuy):
        yield role(benefit.take, benefit.on)
    elif isinstance(benefit, BuyGet):
        yield from (role(benefit.buy_count, benefit.buy), role(benefit.get_count, benefit.get))
    elif isinstance(benefit, BundlePrice):
        yield from (role(slot.count, slot.on) for slot in benefit.slots)
    else:
        yield from (role(1, on) for on in benefit.targets)


def _calculated(benefit: Benefit) -> tuple[str, int]:
    """The calculator's kind and its number."""
    if isinstance(benefit, BundlePrice):
        return "", benefit.price
    if not isinstance(benefit, EachUnit | Multibuy | BuyGet | Gift):
        return "", 0
    found: Calculator = FREE if isinstance(benefit, Gift) else benefit.calculator
    if isinstance(found, Percent):
        return found.kind, found.hundredths
    return found.kind, found.amount if isinstance(found, Amount) else found.price


def _most(benefit: Benefit) -> int:
    if isinstance(benefit, Gift):
        return benefit.count
    return benefit.most if isinstance(benefit, EachUnit | Multibuy | BuyGet | BundlePrice) else 0


def _steps(benefit: Benefit) -> Iterator[TermStep]:
    if isinstance(benefit, Together):
        yield from (TermStep(step.spend, step.hundredths, step.amount) for step in benefit.steps)
