"""What the lines of a cart cost: the same code at the till and at the hub (docs/pricing.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retail.cart import CartLine
from retail.catalogue import Product, TaxRate
from retail.errors import N_, CartRefused, CatalogueError
from retail.money import QUANTITY_ONE, extend
from retail.tax import TaxSum, tax_document


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Products and tax rates as of one version of a store's reference data."""

    version: int
    currency: str
    products: Mapping[str, Product]
    taxes: Mapping[str, TaxRate]

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
class PricedLine:
    """A line with its price; `total` is what the shopper pays for it and `tax` the part of it that is tax."""

    line: CartLine
    product: Product
    unit_price: int
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class PricedCart:
    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxSum, ...]
    total: int
    currency: str

    @property
    def tax(self) -> int:
        return sum(row.tax for row in self.taxes)


def price(lines: Iterable[CartLine], book: PriceBook) -> PricedCart:
    """Price each line and take the tax once per rate over the whole document.

    The order in which lines were scanned does not change the total.
    """
    found = [(line, book.product(line.item)) for line in lines]
    totals = [extend(product.price, line.quantity) for line, product in found]
    taxes, tax_by_line = tax_document(
        [(product.tax, total) for (_, product), total in zip(found, totals, strict=True)], book.taxes
    )
    priced = tuple(
        PricedLine(line, product, product.price, total, tax)
        for (line, product), total, tax in zip(found, totals, tax_by_line, strict=True)
    )
    return PricedCart(priced, tuple(taxes), sum(totals), book.currency)
