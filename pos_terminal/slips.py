"""The slip of a return as a paper document: what came back, and where its money went."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from hardware.printers.document import Barcode, Block, Cut, Document, Feed, Row, Rule, Text
from pos_terminal.receipts import COLUMNS, LOCALES, Say, bare, count_of, head, money, named, way
from pos_terminal.store.replica import Heading
from retail.returns import Return, ReturnLine
from retail.tender import Tender


def return_slip(
    document: Return, sale: str, heading: Heading, language: str, t: Say, cashier: str = "", less: int = 0
) -> Document:
    """The slip of a return of goods from the receipt numbered `sale`. `less` is what was kept of the cash for points
    that were earned with the goods and are spent already."""
    moment = datetime.fromtimestamp(document.at // 1000, ZoneInfo(heading.store.zone))
    when = str(format_datetime(moment, "dd.MM.yyyy HH:mm", locale=LOCALES.get(language, language)))
    taken = sum(row.points for row in document.lines)
    blocks: list[Block] = [
        *head(heading, language),
        Text(t("Return"), align="center", bold=True, size=2),
        Row(t("Return {number}", number=document.number), when),
        Row(t("of receipt {number}", number=sale), ""),
        Row(named(heading.terminal.names, language), t("Cashier: {name}", name=cashier) if cashier else ""),
        Rule(),
        *[block for line in document.lines for block in _line(line, document.currency, language)],
        Rule(),
        Row(t("Given back"), money(document.total, document.currency, language), bold=True),
        *[_refund(one, document.currency, language, t) for one in document.refunds],
        *([Row(t("Kept for points that were spent"), bare(-less, document.currency, language))] if less else []),
        *([Row(t("Points taken back"), f"-{taken}")] if taken else []),
        Feed(1),
        Barcode(document.number),
        Feed(2),
        Text(t("Shopper's signature"), align="center"),
        Rule(),
        Feed(1),
        Cut(),
    ]
    return Document(tuple(blocks), COLUMNS, language)


def _line(line: ReturnLine, currency: str, language: str) -> list[Block]:
    amount = f"{bare(line.total, currency, language)} {line.tax_code}"
    return [Text(named(line.names, language)), Row(f"  {count_of(line.quantity, language)} x", amount)]


def _refund(one: Tender, currency: str, language: str, t: Say) -> Row:
    return Row(f"  {way(one, t)}", money(one.amount, currency, language))
