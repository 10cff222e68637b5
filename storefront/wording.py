"""How amounts, quantities and stock stand on pages made by the server."""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal

from retail.catalogue import Names, Product
from retail.money import QUANTITY_ONE, minor_digits

SIZE = re.compile(r"(?<=\d) (?=[^\W\d]{1,3}\.?$)")
UNIT_SIGNS = {"kg": {"en": "kg", "ru": "кг"}, "m": {"en": "m", "ru": "м"}, "l": {"en": "L", "ru": "л"}}


def money_text(amount: int, currency: str, locale: str) -> str:
    """An amount in minor units as people write it: 119 EUR is `€1.19`, or `1,19 €` in Russian."""
    return str(format_currency(money_number(amount, currency), currency, locale=locale))


def money_number(amount: int, currency: str) -> Decimal:
    """The same as a plain decimal number, for machines that read the page."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def quantity_text(thousandths: int, unit: str, locale: str) -> str:
    """`2`, `0.345 kg`."""
    number = str(format_decimal(Decimal(thousandths) / QUANTITY_ONE, locale=locale, format="#,##0.###"))
    return f"{number}\u00a0{UNIT_SIGNS[unit][locale]}" if unit in UNIT_SIGNS else number


def in_language(names: Names, locale: str) -> str:
    return names.get(locale) or names.get("en", "")


def unbroken(name: str) -> str:
    """The name with its size held together: no line ends between a number and its unit."""
    return SIZE.sub("\u00a0", name)


def title_of(product: Product, locale: str) -> str:
    """The name on a card of a listing: a family stands there once, without size and colour."""
    return unbroken(in_language(product.family_names or product.names, locale))


def filters(locale: str, currency: str) -> dict[str, Any]:
    """The same, ready for templates of one language and currency."""
    return {
        "money": lambda amount: money_text(amount, currency, locale),
        "quantity": lambda thousandths, unit: quantity_text(thousandths, unit, locale),
        "name": lambda names: in_language(names, locale),
        "title_of": lambda product: title_of(product, locale),
    }
