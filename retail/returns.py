"""What goods that come back are worth, and to which tenders the money returns (docs/returns.md).

Everything is read from the sale as it was made; nothing is derived from today's prices or promotions. Each figure is
the difference of two that count from the first unit of the sale, so all returns together are exactly what was paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retail.card_loads import loaded
from retail.cart import CART_LINES_MAX
from retail.codec import canonical
from retail.errors import N_, ReturnRefused, SaleError
from retail.loyalty.earning import part_returned
from retail.messages import faults_of
from retail.money import QUANTITY_ONE, rounded_ratio
from retail.sale import AMOUNT_MAX, CURRENCY_LENGTH, Sale, SaleLine, kept_as_key
from retail.tender import TENDERS_MAX, Tender, cash_rounding

NUMBER_LENGTH_MAX = 24
REASON_LENGTH_MAX = 200

REASONS = ("not_wanted", "does_not_fit", "damaged", "wrong_goods", "other")
"""Why goods come back, as a cashier chooses; the stable words that a return keeps."""


@dataclass(frozen=True, slots=True)
class Back:
    """So many thousandths of a line of a sale come back; `restock` says that they can be sold again."""

    line: str
    quantity: int
    restock: bool = True


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What of a line comes back and what is paid for it; `points` are those that it earned."""

    line: str
    item: str
    names: Mapping[str, str]
    quantity: int
    total: int
    tax_code: str
    tax: int
    points: int
    restock: bool = True


@dataclass(frozen=True, slots=True)
class Return:
    """Goods of one sale that came back. Amounts in minor units of `currency`, `at` in ms; `number` is of the terminal's
    own gapless series. `refunds` are what each tender of the sale gets back; they add up to `total` and what cash
    rounding added to it."""

    id: str
    number: str
    sale: str
    store: str
    terminal: str
    cashier: str
    reason: str
    lines: tuple[ReturnLine, ...]
    total: int
    tax: int
    refunds: tuple[Tender, ...]
    currency: str
    at: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ReturnHead:
    """What a return is told from outside."""

    id: str
    number: str
    store: str
    terminal: str
    cashier: str
    reason: str
    at: int


def return_number(store_code: str, terminal_code: str, counter: int) -> str:
    """As a sale's number, in a series of its own: "01-02-R000123"."""
    return f"{store_code}-{terminal_code}-R{counter:06d}"


def left(line: SaleLine, before: int) -> int:
    """What of a line can still come back, in thousandths."""
    return max(0, line.quantity - before)


def make(head: ReturnHead, sale: Sale, before: Mapping[str, int], wanted: Sequence[Back], cash_step: int = 0) -> Return:
    """The return of these goods, where `before` says by line what came back already, in thousandths.

    Raises `ReturnRefused` for goods that cannot come back (any more).
    """
    if not wanted:
        raise ReturnRefused("return.nothing", N_("Choose what comes back."))
    by_id, lines = {line.id: line for line in sale.lines}, list[ReturnLine]()
    for back in wanted:
        sold = by_id.get(back.line)
        if sold is None:
            raise ReturnRefused("return.unknown_line", N_("This is not on receipt {number}."), number=sale.number)
        if any(row.line == back.line for row in lines):
            raise ReturnRefused("return.line_twice", N_("Say once of each line how much of it comes back."))
        check(sold, before.get(sold.id, 0), back.quantity)
        lines.append(_line(sold, before.get(sold.id, 0), back))
    worth_before = sum(worth(line, min(before.get(line.id, 0), line.quantity))[0] for line in sale.lines)
    total = sum(row.total for row in lines)
    return Return(
        **asdict(head),
        sale=sale.id,
        lines=tuple(lines),
        total=total,
        tax=sum(row.tax for row in lines),
        refunds=refunds(sale, worth_before, worth_before + total, cash_step),
        currency=sale.currency,
    )


def check(line: SaleLine, before: int, quantity: int) -> None:
    """Refuse more than is left of a line, and what is no whole unit of it."""
    if quantity <= 0 or quantity > left(line, before):
        raise ReturnRefused(
            "return.too_many",
            N_("So much of it was not sold, or came back before."),
            line=line.id,
            left=left(line, before),
        )
    if quantity % (line.quantity if one_unit(line) else QUANTITY_ONE):
        raise ReturnRefused(
            "return.whole_units", N_("Pieces come back whole, and a weighing as it was sold."), line=line.id
        )


def _line(sold: SaleLine, before: int, back: Back) -> ReturnLine:
    (was, taxed), (then, tax) = worth(sold, before), worth(sold, before + back.quantity)
    points = part_returned(sold.points, before, back.quantity, sold.quantity)
    return ReturnLine(
        sold.id, sold.item, sold.names, back.quantity, then - was, sold.tax_code, tax - taxed, points, back.restock
    )


def worth(line: SaleLine, quantity: int) -> tuple[int, int]:
    """What was paid for the first `quantity` thousandths of a line to come back, and the tax in it."""
    paid = _paid(line, quantity)
    whole = _paid(line, line.quantity)
    if not whole:
        # All of it was given away; should it have cost something all the same, each part costs as much.
        paid, whole = quantity, line.quantity
    total = rounded_ratio(line.total * paid, whole)
    return total, rounded_ratio(line.tax * total, line.total) if line.total else 0


def _paid(line: SaleLine, quantity: int) -> int:
    """The prices after promotions of the units that come back first, those that got the most off."""
    if one_unit(line):
        return line.total if quantity >= line.quantity else 0
    paid, units = 0, quantity // QUANTITY_ONE
    for off, count in sorted(_offs(line), reverse=True):
        taken = min(count, units)
        paid, units = paid + taken * (line.unit_price - off), units - taken
    return paid + units * line.unit_price


def _offs(line: SaleLine) -> Iterator[tuple[int, int]]:
    for share in line.shares:
        yield sum(mark.off for mark in share.marks), share.count


def one_unit(line: SaleLine) -> bool:
    """Whether the line comes back whole or not at all: a weighing, or a part of a piece."""
    return line.weighed or line.quantity % QUANTITY_ONE != 0


def refunds(sale: Sale, before: int, after: int, cash_step: int = 0) -> tuple[Tender, ...]:
    """What each tender gets back when the goods that came back are worth `after` and no longer `before`, in minor
    units: first what did not pay in cash, in its order, and then cash."""
    given = zip(sale.tenders, _given(sale, before, cash_step), _given(sale, after, cash_step), strict=True)
    found = []
    for tender, was, then in given:
        points = tender.points * then // tender.amount - tender.points * was // tender.amount if tender.points else 0
        if then > was or points:
            found.append(Tender(tender.kind, then - was, hold=tender.hold, points=points, hint=tender.hint))
    return tuple(found)


def _given(sale: Sale, worth_of_goods: int, cash_step: int) -> list[int]:
    """What each tender of the sale has got back in all."""
    found, to_give = [0] * len(sale.tenders), worth_of_goods
    for n, tender in enumerate(sale.tenders):
        if tender.kind != "cash":
            found[n] = min(tender.amount, to_give)
            to_give -= found[n]
    cash = [n for n, tender in enumerate(sale.tenders) if tender.kind == "cash"]
    # What was put on gift cards was paid in cash, and is not the goods'.
    paid = sum(sale.tenders[n].amount for n in cash) - sale.change - loaded(sale.loads)
    if sale.loads:
        # They were rounded with the goods as one sum: what the goods have of it is paid out in coins by itself.
        paid = max(0, paid - sale.rounding)
        paid += cash_rounding(paid, cash_step)
    if worth_of_goods < sale.total:
        # In between as the store pays out cash; with the last goods all that was paid, however it was rounded.
        paid = min(paid, to_give + cash_rounding(to_give, cash_step))
    for n in cash:
        found[n] = max(0, min(sale.tenders[n].amount, paid))
        paid -= found[n]
    return found


_RETURN: TypeAdapter[Return] = TypeAdapter(Return)


def return_from(body: Mapping[str, Any]) -> Return:
    """The return that `Return.as_dict` wrote; `SaleError` names each field that is missing or of the wrong kind."""
    try:
        found = _RETURN.validate_json(canonical(body), strict=True, extra="forbid")
    except (ValidationError, TypeError, ValueError) as error:
        faults = faults_of(error) if isinstance(error, ValidationError) else str(error)
        raise _malformed(faults) from None
    figures = [found.total, found.tax, found.at, *(n for row in found.refunds for n in (row.amount, row.points))]
    figures += [n for row in found.lines for n in (row.quantity, row.total, row.tax, row.points)]
    if not found.id or not found.number or not found.lines or not all(0 <= one <= AMOUNT_MAX for one in figures):
        raise _malformed("it has no id, number or lines, or a figure is negative or too large")
    if len(found.lines) > CART_LINES_MAX or len(found.refunds) > TENDERS_MAX or len(found.reason) > REASON_LENGTH_MAX:
        raise _malformed("it has too many lines or refunds, or its reason is too long")
    if not kept_as_key(*_ids(found)) or len(found.number) > NUMBER_LENGTH_MAX or len(found.currency) != CURRENCY_LENGTH:
        raise _malformed("an id, the number or the currency is not one that can be kept")
    return found


def _ids(made: Return) -> Iterator[str]:
    yield from (made.id, made.number, made.sale, made.store, made.terminal, made.cashier, made.currency)
    for line in made.lines:
        yield from (line.line, line.item)
    yield from (refund.hold for refund in made.refunds)


def _malformed(reason: str) -> SaleError:
    return SaleError("return.malformed", N_("This is not a return that we can read: {reason}."), reason=reason)


def differences(given: Return, derived: Return) -> list[dict[str, Any]]:
    """Every figure in which a return that a terminal made differs from the one that its sale gives. Rows are `{"what",
    "line", "sold", "derived"}`, as of a sale."""
    rows = [
        {"what": what, "line": "", "sold": getattr(given, what), "derived": getattr(derived, what)}
        for what in ("total", "tax", "currency")
        if getattr(given, what) != getattr(derived, what)
    ]
    if given.refunds != derived.refunds:
        both = ([asdict(row) for row in one.refunds] for one in (given, derived))
        rows.append({"what": "refunds", "line": "", **dict(zip(("sold", "derived"), both, strict=True))})
    for row, again in zip(given.lines, derived.lines, strict=True):
        for what in ("total", "tax", "points"):
            if getattr(row, what) != getattr(again, what):
                rows.append(
                    {"what": what, "line": row.line, "sold": getattr(row, what), "derived": getattr(again, what)}
                )
    return rows
