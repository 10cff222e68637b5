"""A sale: what was sold, what it cost and how it was paid. Immutable once made; undoing it is another document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retail import derivation
from retail.card_loads import CardLoad, check_paid_in_cash, loaded, too_many
from retail.cart import CART_LINES_MAX, CartLine
from retail.catalogue import Product, TaxRate
from retail.codec import ID_PATTERN as ID_PATTERN
from retail.codec import canonical
from retail.codec import kept_as_key as kept_as_key
from retail.coupons import COUPONS_MAX
from retail.derivation import Derivation, LineDerivation
from retail.derivation import SaleMark as SaleMark
from retail.errors import N_, SaleError
from retail.loyalty.earning import BASE
from retail.loyalty.programme import DEFAULT, ONCE, Programme
from retail.loyalty.purchase import earning_of, multiplying, paid_in_points, times_of
from retail.loyalty.tiers import Visit, climbed
from retail.messages import faults_of
from retail.money import QUANTITY_ONE, extend
from retail.occasion import Occasion
from retail.pricing import PriceBook, PricedCart, price
from retail.promotions.stacks import by_promotion
from retail.tax import TaxSum
from retail.tender import TENDERS_MAX, Tender, rounding_of, settle

AMOUNT_MAX = 10**15
NUMBER_LENGTH_MAX = 20
CURRENCY_LENGTH = 3
"""No figure of a sale is larger, in minor units or thousandths; every database can keep it."""


@dataclass(frozen=True, slots=True)
class SaleShare:
    """So many units of a line that each got the same off, so that each can be returned for what it cost."""

    count: int
    marks: tuple[SaleMark, ...]


@dataclass(frozen=True, slots=True)
class SalePromotion:
    """A promotion that gave something, with the name and the version it had that day, and what it saved in all."""

    id: str
    version: int
    names: Mapping[str, str]
    saved: int


@dataclass(frozen=True, slots=True)
class SaleCoupon:
    """A coupon that this sale used: the claim under which the hub set its use aside, and what it switched on."""

    claim: str
    promotion: str


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A priced line as it was sold, with the name it had that day.

    `unit_price` is before promotions and `total` after them; `shares` is empty where nothing was taken off.
    """

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
    shares: tuple[SaleShare, ...] = ()
    price_list: str = ""
    list_version: int = 0
    points_rule: str = BASE
    """The rule of the programme that gave the line's points; promotions multiplied them by `points_times`."""
    points_times: int = ONCE
    derivation: LineDerivation | None = None
    """Where the unit price comes from; None in a sale of an older terminal."""
    pack: int = 0
    """How many pieces are in each of the packs that were sold; 0 where single ones were."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """Of a bundle, what one of it consisted of that day: thousandths by item."""

    @property
    def off(self) -> int:
        """What promotions took off the line, in minor units."""
        return sum(self.discounts.values())

    @property
    def discounts(self) -> dict[str, int]:
        """The same by promotion."""
        return by_promotion((mark.promotion, mark.off * share.count) for share in self.shares for mark in share.marks)


@dataclass(frozen=True, slots=True)
class Sale:
    """Amounts in minor units of `currency`, `at` in ms; `number` is of the terminal's own gapless series.

    `rounding` is what cash rounding added to what is `due`: tenders - `change` = `due` + `rounding`.
    """

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
    promotions: tuple[SalePromotion, ...] = ()
    priced_at: int = 0
    """The moment by which promotions were in force, in ms: where the shopper began to pay. 0 is that of the sale."""
    rounding: int = 0
    programme: int = 0
    """The version of the loyalty programme by which points were earned; 0 where there was none but the defaults."""
    boosts: tuple[SalePromotion, ...] = ()
    """The promotions that multiplied points."""
    derivation: Derivation | None = None
    """How the amounts came about, for whoever wants to follow them; None in a sale of an older terminal."""
    tier: str = ""
    """The shopper's tier, that she never bought before, and what counted for tiers, as far as the terminal knew."""
    first: bool = False
    counted: int = 0
    reached: str = ""
    """The tier that this very sale reached by it."""
    coupons: tuple[SaleCoupon, ...] = ()
    loads: tuple[CardLoad, ...] = ()
    """What was put on gift cards: no goods, and not in `total`."""

    @property
    def due(self) -> int:
        """What there is to pay: the goods and what is put on cards."""
        return self.total + loaded(self.loads)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SaleHead:
    """What a sale is told from outside: who, where, when and under which ids, and what is known of the shopper."""

    id: str
    number: str
    store: str
    terminal: str
    cashier: str
    cart: str
    shopper: str
    at: int
    tier: str = ""
    first: bool = False
    counted: int = 0


def sale_number(store_code: str, terminal_code: str, counter: int) -> str:
    """Store, terminal and the terminal's own counter: "01-02-000123". No two terminals share a series."""
    return f"{store_code}-{terminal_code}-{counter:06d}"


def close(
    head: SaleHead,
    priced: PricedCart,
    tenders: Sequence[Tender],
    book: PriceBook,
    priced_at: int = 0,
    coupons: Sequence[SaleCoupon] = (),
    loads: Sequence[CardLoad] = (),
) -> Sale:
    """Make the sale of a priced cart that these tenders pay. Points are earned only by a known shopper.

    `coupons` are all that the cart has; the sale uses those that gave something, and the others stay good.
    """
    if not priced.lines and not loads:
        raise SaleError("sale.empty", N_("There is nothing to pay yet. Scan something first."))
    if loads:
        check_paid_in_cash(priced.total, tenders)
    settlement = settle(priced.total + loaded(loads), tenders, book.cash_step)
    programme = book.programme(priced_at or head.at)
    boosts = multiplying(priced)
    in_points = paid_in_points(tenders)
    earned = earning_of(priced, programme, in_points)
    visit = Visit(head.at, priced.total - min(priced.total, in_points), earned.points)
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
            gets.points if head.shopper else 0,
            row.line.fulfilment,
            tuple(SaleShare(one.count, tuple(SaleMark(*mark) for mark in one.marks)) for one in row.shares),
            row.price_list,
            row.list_version,
            gets.rule,
            times_of(row, boosts),
            derivation.of_line(row, book),
            row.line.pack,
            row.product.parts,
        )
        for row, gets in zip(priced.lines, earned.lines, strict=True)
    )
    return Sale(
        **asdict(head),
        lines=lines,
        taxes=priced.taxes,
        total=priced.total,
        tenders=tuple(tenders),
        change=settlement.change,
        points=earned.points if head.shopper else 0,
        currency=priced.currency,
        book_version=book.version,
        promotions=_promotions(priced, book),
        priced_at=priced_at,
        rounding=settlement.rounding,
        programme=0 if programme is DEFAULT else programme.version,
        boosts=tuple(SalePromotion(one.id, one.version, one.names, 0) for one in boosts) if head.shopper else (),
        derivation=derivation.of_sale(priced, book),
        reached=climbed(programme.tiers, head.tier, head.counted, visit) if head.shopper else "",
        coupons=tuple(one for one in coupons if priced.given.gave(one.promotion)),
        loads=tuple(loads),
    )


def _promotions(priced: PricedCart, book: PriceBook) -> tuple[SalePromotion, ...]:
    given = ((book.rules.named[promotion], saved) for promotion, saved in sorted(priced.given.saved.items()))
    return tuple(SalePromotion(one.id, one.version, one.names, saved) for one, saved in given)


_SALE: TypeAdapter[Sale] = TypeAdapter(Sale)


def sale_from(body: Mapping[str, Any]) -> Sale:
    """The sale that `Sale.as_dict` wrote; `SaleError` names every field that is missing or of the wrong kind."""
    try:
        # Through JSON, because that is how a sale travels: there a list stands for a tuple, and nothing else is bent.
        sale = _SALE.validate_json(canonical(body), strict=True, extra="forbid")
    except (ValidationError, TypeError, ValueError) as error:
        faults = faults_of(error) if isinstance(error, ValidationError) else str(error)
        raise _malformed(faults) from None
    for fault in _impossible(sale):
        raise _malformed(fault)
    return sale


def _ids(sale: Sale) -> Iterator[str]:
    yield from (sale.id, sale.number, sale.store, sale.terminal, sale.cashier, sale.cart, sale.shopper, sale.currency)
    for line in sale.lines:
        yield from (line.id, line.item, line.price_list, *line.parts)
    for coupon in sale.coupons:
        yield from (coupon.claim, coupon.promotion)
    yield from (tender.hold for tender in sale.tenders)
    yield from (row.id for row in sale.promotions)
    yield from (load.id for load in sale.loads)


def _malformed(reason: str) -> SaleError:
    return SaleError("sale.malformed", N_("This is not a sale that we can read: {reason}."), reason=reason)


def _impossible(sale: Sale) -> Iterator[str]:
    """What no till of ours writes, and no database should be asked to keep. Wrong sums are not here: those are kept."""
    if not sale.id or not sale.number:
        yield "it has no id or no number"
    if not kept_as_key(*_ids(sale)) or len(sale.number) > NUMBER_LENGTH_MAX or len(sale.currency) != CURRENCY_LENGTH:
        yield "an id, the number or the currency is not one that can be kept"
    if not (sale.lines or sale.loads) or len(sale.lines) > CART_LINES_MAX or len(sale.tenders) > TENDERS_MAX:
        yield "it has no lines, or too many lines or tenders"
    yield from too_many(sale.loads)
    if len(sale.coupons) > COUPONS_MAX:
        yield "it has too many coupons"
    if len({line.id for line in sale.lines}) < len(sale.lines):
        yield "two lines have the same id"
    if any(line.quantity <= 0 for line in sale.lines):
        yield "a quantity is not more than zero"
    figures = [sale.total, sale.change, sale.points, sale.book_version, sale.at, sale.priced_at]
    figures += [n for row in sale.tenders for n in (row.amount, row.points)] + [abs(sale.rounding)]
    figures += [n for line in sale.lines for n in (line.quantity, line.unit_price, line.total, line.tax, line.points)]
    shares = [share for line in sale.lines for share in line.shares]
    figures += [n for share in shares for n in (share.count, *(mark.off for mark in share.marks))]
    figures += [n for row in (*sale.promotions, *sale.boosts) for n in (row.version, row.saved)]
    figures += [
        sale.programme,
        sale.counted,
        *(n for line in sale.lines for n in (line.points_times, line.pack, *line.parts.values())),
    ]
    figures += [n for row in sale.taxes for n in (row.rate, row.net, row.tax, row.gross)]
    figures += [n for row in sale.taxes for part in row.parts for n in (part.ppm, part.base, part.tax)]
    figures += [load.amount for load in sale.loads]
    if not all(0 <= figure <= AMOUNT_MAX for figure in figures):
        yield "a figure is negative or too large"


def differences(sale: Sale, book: PriceBook, occasion: Occasion | None = None) -> list[dict[str, Any]]:
    """Derive the sale anew from its items and quantities and name every figure that differs; never raises.

    Rows are `{"what", "line", "sold", "derived"}`; `line` is empty for a figure of the whole sale. A product or a tax
    rate that the book does not know is a row of its own (`item`, `rate`), and the rest is derived with the sale's own
    word for it. The receipt is never rewritten; the hub keeps the rows for a person.
    """
    lines = [
        CartLine(row.id, row.item, row.quantity, sale.terminal, "till", n, weighed=row.weighed)
        for n, row in enumerate(sale.lines)
    ]
    derived = price(lines, _with_gaps_filled(book, sale), occasion)
    programme = _programme_of(sale, book)
    earned = earning_of(derived, programme, paid_in_points(sale.tenders))
    points = earned.points if sale.shopper else 0
    rows = [_row("item", sold.id, sold.item, None) for sold in sale.lines if sold.item not in book.products] + [
        _row("rate", "", row.code, None) for row in sale.taxes if row.code not in book.taxes
    ]
    figures: dict[str, Any] = {"total": derived.total, "points": points, "currency": book.currency}
    figures["rounding"] = rounding_of(sale.due, sale.tenders, book.cash_step)
    rows += _differing("", asdict(sale), figures)
    if sale.taxes != derived.taxes:
        rows.append(_row("taxes", "", *([asdict(row) for row in taxes] for taxes in (sale.taxes, derived.taxes))))
    saved = {row.id: row.saved for row in sale.promotions}
    if saved != dict(derived.given.saved):
        rows.append(_row("promotions", "", saved, dict(derived.given.saved)))
    for sold, again, gets in zip(sale.lines, derived.lines, earned.lines, strict=True):
        figures = {"unit_price": again.unit_price, "total": again.total, "tax_code": again.product.tax}
        figures["price_list"] = again.price_list
        figures |= {"tax": again.tax, "points": gets.points if sale.shopper else 0, "points_rule": gets.rule}
        rows += _differing(sold.id, asdict(sold), figures)
    return rows + list(_contradictions(sale, book))


def _programme_of(sale: Sale, book: PriceBook) -> Programme:
    """The programme that the sale was made by: what the shopper was promised then is not less because the till had not
    heard of a newer one. A sale that names one which the book does not know is held against the one of its time."""
    named = (one.programme for one in book.programmes if one.programme.version == sale.programme)
    return next(named, DEFAULT if not sale.programme else book.programme(sale.priced_at or sale.at))


def _row(what: str, line: str, sold: Any, derived: Any) -> dict[str, Any]:
    return {"what": what, "line": line, "sold": sold, "derived": derived}


def _differing(line: str, sold: Mapping[str, Any], derived: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_row(what, line, sold[what], figure) for what, figure in derived.items() if sold[what] != figure]


def _contradictions(sale: Sale, book: PriceBook) -> Iterator[dict[str, Any]]:
    """Where the sale's own figures contradict each other, whatever the book says."""
    for what, sold, derived in (
        ("sum", sale.total, sum(line.total for line in sale.lines)),
        ("change", sale.change, sum(tender.amount for tender in sale.tenders) - sale.due - sale.rounding),
        ("points_sum", sale.points, sum(line.points for line in sale.lines)),
    ):
        if sold != derived:
            yield _row(what, "", sold, derived)
    for line in sale.lines:
        # A line without a discount is held against the book alone: there it may have cost anything.
        priced = line.total - line.tax if book.tax_rules.added else line.total
        if line.shares and priced + line.off != extend(line.unit_price, line.quantity):
            yield _row("discount", line.id, line.off, extend(line.unit_price, line.quantity) - priced)
        product = book.products.get(line.item)
        if product is not None and not product.measured and line.quantity % QUANTITY_ONE:
            yield _row("quantity", line.id, line.quantity, line.quantity // QUANTITY_ONE * QUANTITY_ONE)


def _with_gaps_filled(book: PriceBook, sale: Sale) -> PriceBook:
    """The book, and for what it does not know (deleted since, or not arrived yet) what the sale says itself."""
    products, taxes = dict[str, Product](), dict(book.taxes)
    for line in sale.lines:
        # Asked one by one: a book may read a product only when it is asked for it, and count what it has read.
        found = book.products.get(line.item)
        products[line.item] = found or Product(line.item, "", dict(line.names), "", line.unit_price, line.tax_code)
    sold_rates = {row.code: row.rate for row in sale.taxes}
    for code in {products[line.item].tax for line in sale.lines} - set(taxes):
        taxes[code] = TaxRate(code, {}, sold_rates.get(code, 0))
    return replace(book, products=products, taxes=taxes)
