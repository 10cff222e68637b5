"""From a sale to its receipt as a paper document, in one of the shop's languages."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from hardware.printers.document import Barcode, Block, Cut, Document, Feed, Qr, Row, Rule, Text
from pos_terminal.store.replica import Heading
from retail.money import QUANTITY_ONE, minor_digits
from retail.sale import Sale, SaleLine
from retail.tender import Tender

LOCALES = {"en": "en_IE", "ru": "ru"}
"""English of a country that pays in euros and writes the day before the month."""

COLUMNS = 42
UNIT_SIGNS = {"kg": {"en": "kg", "ru": "кг"}, "m": {"en": "m", "ru": "м"}, "l": {"en": "L", "ru": "л"}}
Say = Callable[..., str]


def receipt(
    sale: Sale,
    heading: Heading,
    language: str,
    t: Say,
    cashier: str = "",
    shopper: Any = "",
    hub: str = "",
    reached: Any = None,
) -> Document:
    """The receipt of `sale`; `t(msgid, **params)` gives a sentence in `language`. With the `hub`'s address a code leads
    to the page on which every amount is explained. `reached` are the names of the tier that the sale has reached."""
    blocks = [
        *head(heading, language),
        *_meta(sale, heading, language, t, cashier),
        Rule(),
        *[block for line in sale.lines for block in _line(line, sale, heading, language, t)],
        *[
            Row(t("Gift card {hint}", hint=load.hint), f"{bare(load.amount, sale.currency, language)}  ")
            for load in sale.loads
        ],
        Rule(),
        *_sums(sale, heading, language, t),
        *_taxes(sale, heading, language, t),
        *_points(sale, language, t, shopper, reached),
        Feed(1),
        Text(t("Thank you for your visit"), align="center"),
        Barcode(sale.number),
        *_explained(sale, hub, t),
        Feed(1),
        Cut(),
    ]
    return Document(tuple(blocks), COLUMNS, language)


def _explained(sale: Sale, hub: str, t: Say) -> list[Block]:
    return [Feed(1), Text(t("Why these prices"), align="center"), Qr(f"{hub}/r/{sale.id}")] if hub else []


def money(amount: int, currency: str, language: str) -> str:
    """An amount with its currency sign, as the language writes it."""
    value = Decimal(amount).scaleb(-minor_digits(currency))
    return str(format_currency(value, currency, locale=LOCALES.get(language, language)))


def bare(amount: int, currency: str, language: str) -> str:
    """An amount without its currency sign, as it stands in a column."""
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    value = Decimal(amount).scaleb(-digits)
    return str(format_decimal(value, format=pattern, locale=LOCALES.get(language, language)))


def amount_of(line: SaleLine, language: str) -> str:
    """ "2 x" a price needs: pieces as whole numbers, weights and lengths with three decimals."""
    return count_of(line.quantity, language, "0.000" if line.unit in UNIT_SIGNS else "0.###")


def count_of(quantity: int, language: str, pattern: str = "0.###") -> str:
    """Thousandths as the language writes them."""
    value = Decimal(quantity) / QUANTITY_ONE
    return str(format_decimal(value, format=pattern, locale=LOCALES.get(language, language)))


def named(names: Any, language: str) -> str:
    """A name in the language, or in any that there is."""
    if isinstance(names, str):
        return names
    return str(names.get(language) or names.get("en") or next(iter(names.values()), ""))


def head(heading: Heading, language: str) -> list[Block]:
    """What every paper of a store begins with: its name and address."""
    return [
        Text(named(heading.store.names, language), align="center", bold=True, size=2),
        Text(named(heading.store.address, language), align="center"),
        Feed(1),
    ]


def _meta(sale: Sale, heading: Heading, language: str, t: Say, cashier: str) -> list[Block]:
    moment = datetime.fromtimestamp(sale.at // 1000, ZoneInfo(heading.store.zone))
    when = str(format_datetime(moment, "dd.MM.yyyy HH:mm", locale=LOCALES.get(language, language)))
    blocks: list[Block] = [
        Row(t("Receipt {number}", number=sale.number), when),
    ]
    till = named(heading.terminal.names, language)
    blocks.append(Row(till, t("Cashier: {name}", name=cashier) if cashier else ""))
    return blocks


def _line(line: SaleLine, sale: Sale, heading: Heading, language: str, t: Say) -> list[Block]:
    """The line at its list price, and below it what each promotion took off."""
    currency, names = sale.currency, {row.id: row.names for row in sale.promotions}
    price = bare(line.unit_price, currency, language)
    unit = UNIT_SIGNS.get(line.unit, {}).get(language, line.unit if line.unit in UNIT_SIGNS else "")
    count = f"{amount_of(line, language)} {unit}".strip()
    packed = f"  {t('pack of {count}', count=line.pack)}" if line.pack else ""
    # Where tax is added it stands below, once; the line is what its label on the shelf says.
    amount = line.total + line.off - (line.tax if heading.store.tax_added else 0)
    total = f"{bare(amount, currency, language)} {line.tax_code}"
    return [
        Text(named(line.names, language)),
        Row(f"  {count} x {price}{packed}", total),
        *[
            Row(f"  {named(names[promotion], language)}", f"{bare(-off, currency, language)}  ")
            for promotion, off in line.discounts.items()
        ],
    ]


def _sums(sale: Sale, heading: Heading, language: str, t: Say) -> list[Block]:
    def show(amount: int) -> str:
        return money(amount, sale.currency, language)

    saved = sum(row.saved for row in sale.promotions)
    blocks: list[Block] = [Row(t("You saved"), show(saved))] if saved else []
    if heading.store.tax_added:
        tax = sum(row.tax for row in sale.taxes)
        blocks += [Row(t("Without tax"), show(sale.total - tax)), Row(t("Tax"), show(tax))]
    blocks.append(Row(t("TOTAL"), show(sale.due), bold=True, size=2))
    if sale.rounding:
        blocks.append(Row(t("Cash rounding"), show(sale.rounding)))
    blocks += [Row(way(tender, t), show(tender.amount)) for tender in sale.tenders]
    if sale.change:
        blocks.append(Row(t("Change"), show(sale.change)))
    return blocks


def card_slip(code: str, amount: int, heading: Heading, language: str, t: Say) -> Document:
    """What a shopper is handed for a gift card whose code the hub has made: it stands on no receipt and on no copy."""
    return Document(
        (
            *head(heading, language),
            Text(t("Gift card"), align="center", bold=True, size=2),
            Text(money(amount, heading.store.currency, language), align="center", bold=True, size=2),
            Feed(1),
            Text(code, align="center", bold=True),
            Qr(code),
            Feed(1),
            Text(t("Whoever has this code has the money. It is printed this once."), align="center"),
            Feed(1),
            Cut(),
        ),
        COLUMNS,
        language,
    )


def way(tender: Tender, t: Say) -> str:
    """How something was paid, or given back. Cash with a hint is what was given back by the return of that number."""
    match tender.kind:
        case "cash":
            return t("From return {number}", number=tender.hint) if tender.hint else t("Cash")
        case "gift_card":
            return t("Gift card {hint}", hint=tender.hint)
        case "store_credit":
            return t("Store credit")
        case "points":
            return t("{points} points", points=tender.points)


def _taxes(sale: Sale, heading: Heading, language: str, t: Say) -> list[Block]:
    blocks: list[Block] = [Rule()]
    for row in sale.taxes:
        names = heading.taxes[row.code].names if row.code in heading.taxes else {}
        label = f"{row.code}  {named(names, language)}"
        net, tax = (bare(amount, sale.currency, language) for amount in (row.net, row.tax))
        blocks.append(Row(label, t("net {net}  tax {tax}", net=net, tax=tax)))
        parts = heading.taxes[row.code].parts if row.code in heading.taxes else ()
        for part, share in zip(parts, row.parts, strict=False):
            blocks.append(Row(f"   {named(part.names, language)}", bare(share.tax, sale.currency, language)))
    return blocks


def _points(sale: Sale, language: str, t: Say, shopper: Any, reached: Any) -> list[Block]:
    if not sale.shopper:
        return []
    blocks: list[Block] = [Rule(), Row(named(shopper, language), "")]
    blocks += [Row(f"  {named(boost.names, language)}", "") for boost in sale.boosts]
    blocks.append(Row(t("Points earned"), f"+{sale.points}", bold=True))
    if reached:
        tier = named(reached, language)
        blocks.append(Text(t("New level: {tier}", tier=tier), align="center", bold=True))
    return blocks
