"""A sale: what was sold, what it cost and how it was paid. Immutable once made; undoing it is another document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from retail import loyalty
from retail.cart import CartLine
from retail.errors import N_, SaleError
from retail.pricing import PriceBook, PricedCart, price
from retail.tax import TaxSum
from retail.tender import Tender, settle


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A priced line as it was sold, with the name it had that day."""

    id: str
    item: str
    names: Mapping[str, str]
    quantity: int
    unit: str
    weighed: bool
    unit_price: int
    total: int
    tax_code: str
    tax: int
    points: int
    fulfilment: str


@dataclass(frozen=True, slots=True)
class Sale:
    """Amounts in minor units of `currency`, `at` in ms; `number` is of the terminal's own gapless series."""

    id: str
    number: str
    store: str
    terminal: str
    cashier: str
    cart: str
    shopper: str
    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: int
    tenders: tuple[Tender, ...]
    change: int
    points: int
    currency: str
    book_version: int
    at: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SaleHead:
    """What a sale is told from outside: who, where, when and under which ids."""

    id: str
    number: str
    store: str
    terminal: str
    cashier: str
    cart: str
    shopper: str
    at: int


def sale_number(store_code: str, terminal_code: str, counter: int) -> str:
    """Store, terminal and the terminal's own counter: "01-02-000123". No two terminals share a series."""
    return f"{store_code}-{terminal_code}-{counter:06d}"


def close(head: SaleHead, priced: PricedCart, tenders: Sequence[Tender], book: PriceBook) -> Sale:
    """Make the sale of a priced cart that these tenders pay. Points are earned only by a known shopper."""
    if not priced.lines:
        raise SaleError("sale.empty", N_("There is nothing to pay yet. Scan something first."))
    settlement = settle(priced.total, tenders)
    points = loyalty.earned(priced.total) if head.shopper else 0
    shares = loyalty.share(points, [line.total for line in priced.lines])
    lines = tuple(
        SaleLine(
            row.line.id,
            row.line.item,
            row.product.names,
            row.line.quantity,
            row.product.unit,
            row.line.weighed,
            row.unit_price,
            row.total,
            row.product.tax,
            row.tax,
            share,
            row.line.fulfilment,
        )
        for row, share in zip(priced.lines, shares, strict=True)
    )
    return Sale(
        **asdict(head),
        lines=lines,
        taxes=priced.taxes,
        total=priced.total,
        tenders=tuple(tenders),
        change=settlement.change,
        points=points,
        currency=priced.currency,
        book_version=book.version,
    )


def sale_from(body: Mapping[str, Any]) -> Sale:
    """The sale that `Sale.as_dict` wrote; `SaleError` where a field is missing or strange."""
    try:
        return Sale(
            **{
                **body,
                "lines": tuple(SaleLine(**line) for line in body["lines"]),
                "taxes": tuple(TaxSum(**row) for row in body["taxes"]),
                "tenders": tuple(Tender(**tender) for tender in body["tenders"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise SaleError(
            "sale.malformed", N_("This is not a sale that we can read: {reason}."), reason=str(error)
        ) from error


def differences(sale: Sale, book: PriceBook) -> list[dict[str, Any]]:
    """Derive the sale anew from its items and quantities and name every figure that differs.

    Rows are `{"what", "line", "sold", "derived"}`. The receipt is never rewritten; the hub keeps the rows for a
    person.
    """
    lines = [
        CartLine(row.id, row.item, row.quantity, sale.terminal, "till", n, weighed=row.weighed)
        for n, row in enumerate(sale.lines)
    ]
    head = SaleHead(sale.id, sale.number, sale.store, sale.terminal, sale.cashier, sale.cart, sale.shopper, sale.at)
    derived = close(head, price(lines, book), sale.tenders, book)
    rows = [
        {"what": what, "line": "", "sold": getattr(sale, what), "derived": getattr(derived, what)}
        for what in ("total", "change", "points", "currency")
        if getattr(sale, what) != getattr(derived, what)
    ]
    for sold, again in zip(sale.lines, derived.lines, strict=True):
        rows += [
            {"what": what, "line": sold.id, "sold": getattr(sold, what), "derived": getattr(again, what)}
            for what in ("unit_price", "total", "tax_code", "tax", "points")
            if getattr(sold, what) != getattr(again, what)
        ]
    if sum(line.total for line in sale.lines) != sale.total:
        rows.append({"what": "sum", "line": "", "sold": sale.total, "derived": sum(line.total for line in sale.lines)})
    return rows
