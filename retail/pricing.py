"""What the lines of a cart cost: the same code at the till and at the hub (docs/pricing.md)."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.errors import N_, CartRefused, CatalogueError
from retail.money import QUANTITY_ONE, extend
from retail.occasion import Occasion
from retail.promotions.lanes import NOTHING_GIVEN, Outcome, run
from retail.promotions.promotion import NO_RULES, RuleBook
from retail.promotions.stacks import Mark, Stack
from retail.tax import TaxSum, tax_document


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Products, tax rates and promotions as of one version of a store's reference data."""

    version: int
    currency: str
    products: Mapping[str, Product]
    taxes: Mapping[str, TaxRate]
    rules: RuleBook = NO_RULES

    def product(self, item: str) -> Product:
        product = self.products.get(item)
        if product is None:
            raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)
        return product

    def check_quantity(self, item: str, quantity: int) -> None:
        """Refuse a product that is not known, and a part of something that is sold in whole pieces.

        The cart counts thousandths of anything; only the book knows that half a boot is not for sale.
        """
        if not self.product(item).weighed and quantity % QUANTITY_ONE:
            raise CartRefused("cart.whole_pieces", N_("This is sold in whole pieces only."), item=item)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` units of a line that each got the same: `marks` are `(promotion, minor units off one unit)`."""

    count: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price; `total` is what the shopper pays for it and `tax` the part of it that is tax.

    `unit_price` is before promotions. `shares` say what each unit of the line got off, and are empty where none did; a
    weighing is one unit.
    """

    line: CartLine
    product: Product
    unit_price: int
    total: int
    tax: int
    shares: tuple[Share, ...] = ()

    @property
    def off(self) -> int:
        return sum(self.discounts.values())

    @property
    def list_total(self) -> int:
        """What the line would cost without promotions."""
        return self.total + self.off

    @property
    def discounts(self) -> dict[str, int]:
        """What each promotion took off the line, in minor units, in the order in which they were given."""
        found: dict[str, int] = {}
        for share in self.shares:
            for promotion, off in share.marks:
                found[promotion] = found.get(promotion, 0) + off * share.count
        return found


@dataclass(frozen=True, slots=True)
class PricedCart:
    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxSum, ...]
    total: int
    currency: str
    given: Outcome = NOTHING_GIVEN

    @property
    def tax(self) -> int:
        return sum(row.tax for row in self.taxes)

    @property
    def off(self) -> int:
        """What all promotions together saved."""
        return sum(self.given.saved.values())


def price(lines: Iterable[CartLine], book: PriceBook, occasion: Occasion | None = None) -> PricedCart:
    """Price each line, give what promotions give, and take the tax once per rate over the whole document.

    The order in which lines were scanned does not change the total. Without an occasion no promotion is in force.
    """
    found = [(line, book.product(line.item)) for line in lines]
    totals = [extend(product.price, line.quantity) for line, product in found]
    given = NOTHING_GIVEN
    shares: list[tuple[Share, ...]] = [()] * len(found)
    if occasion is not None and book.rules.promotions:
        given = run(stacked(found), book.rules, occasion)
        shares = _shared(found, given)
        totals = [
            total - sum(off * share.count for share in parts for _, off in share.marks)
            for total, parts in zip(totals, shares, strict=True)
        ]
    taxes, tax_by_line = tax_document(
        [(product.tax, total) for (_, product), total in zip(found, totals, strict=True)], book.taxes
    )
    priced = tuple(
        PricedLine(line, product, product.price, total, tax, parts)
        for (line, product), total, tax, parts in zip(found, totals, tax_by_line, shares, strict=True)
    )
    return PricedCart(priced, tuple(taxes), sum(totals), book.currency, given)


def stacked(lines: Iterable[tuple[CartLine, Product]]) -> list[Stack]:
    """The goods of these lines for the promotions: pieces of one product in one stack, each weighing in its own."""
    pieces: dict[str, tuple[Product, int]] = {}
    stacks = []
    for line, product in lines:
        if _one_unit(line):
            amount = extend(product.price, line.quantity)
            stacks.append(Stack(product, line.quantity, amount, 1, line.id))
        else:
            before = pieces.get(product.id, (product, 0))[1]
            pieces[product.id] = (product, before + line.quantity // QUANTITY_ONE)
    return stacks + [Stack(product, QUANTITY_ONE, product.price, count) for product, count in pieces.values()]


def _one_unit(line: CartLine) -> bool:
    return line.weighed or line.quantity % QUANTITY_ONE != 0


def _shared(lines: Sequence[tuple[CartLine, Product]], given: Outcome) -> list[tuple[Share, ...]]:
    """What the units of each line got. Which of several lines of one product gets it follows their order; how much
    all of them get together does not."""
    waiting: dict[tuple[str, str], deque[Share]] = {}
    for stack in given.stacks:
        waiting.setdefault((stack.product.id, stack.line), deque()).append(Share(stack.count, stack.marks))
    return [
        _from(
            waiting[(product.id, line.id if _one_unit(line) else "")],
            1 if _one_unit(line) else line.quantity // QUANTITY_ONE,
        )
        for line, product in lines
    ]


def _from(waiting: deque[Share], count: int) -> tuple[Share, ...]:
    shares = []
    while count:
        first = waiting.popleft()
        taken = min(count, first.count)
        if taken < first.count:
            waiting.appendleft(Share(first.count - taken, first.marks))
        shares.append(Share(taken, first.marks))
        count -= taken
    return tuple(shares) if any(share.marks for share in shares) else ()
