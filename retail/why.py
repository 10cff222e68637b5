"""Why a line costs what it costs, as rows for a screen or a page: "why this price"."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from retail.catalogue import Names
from retail.pricing import PriceBook, PricedLine
from retail.sale import Sale, SaleLine

Kind = Literal["own_price", "price_list", "amount", "promotion", "tax_added", "tax_inside", "total"]


@dataclass(frozen=True, slots=True)
class Reason:
    """`amount` in minor units: of one whole unit for the first two kinds, below zero for a promotion. `of` is the price
    list, the promotion or the tax code, and `version` the one that it had."""

    kind: Kind
    amount: int
    of: str = ""
    version: int = 0
    names: Names = field(default_factory=dict)


def of_cart_line(line: PricedLine, book: PriceBook) -> list[dict[str, Any]]:
    """Of a line that is in a cart, from the price of one to what is paid for it."""
    known = book.rules.named
    given = [
        Reason("promotion", -off, one, known[one].version, known[one].names) for one, off in line.discounts.items()
    ]
    start = _price(line.product.price, line.unit_price, line.price_list, line.list_version)
    rate = book.taxes[line.product.tax]
    added = book.tax_rules.added
    return _rows([*start, *_rest(line.total, line.tax, line.off, added, given, rate.code, rate.names)])


def of_sale_line(line: SaleLine, sale: Sale) -> list[dict[str, Any]]:
    """Of a line that was sold. An older terminal did not say the product's own price, nor how tax was taken."""
    known = {row.id: row for row in sale.promotions}
    given = [
        Reason("promotion", -off, one, known[one].version, dict(known[one].names))
        for one, off in line.discounts.items()
    ]
    own = line.derivation.own_price if line.derivation else line.unit_price
    start = _price(own, line.unit_price, line.price_list, line.list_version)
    added = sale.derivation is not None and sale.derivation.tax_added
    return _rows([*start, *_rest(line.total, line.tax, line.off, added, given, line.tax_code, {})])


def _price(own: int, unit_price: int, list_id: str, version: int) -> Iterator[Reason]:
    yield Reason("own_price", own)
    if list_id:
        yield Reason("price_list", unit_price, list_id, version)


def _rest(
    total: int, tax: int, off: int, added: bool, given: list[Reason], code: str, names: Names
) -> Iterator[Reason]:
    yield Reason("amount", total + off - (tax if added else 0))
    yield from given
    if added:
        yield Reason("tax_added", tax, code, names=names)
    yield Reason("total", total)
    if not added:
        yield Reason("tax_inside", tax, code, names=names)


def _rows(reasons: list[Reason]) -> list[dict[str, Any]]:
    return [asdict(one) for one in reasons]
