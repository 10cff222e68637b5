"""One of each thing that few goods are: sold by the metre or the litre, in a case of six, or put together of others."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from retail.barcode import with_check_digit
from retail.catalogue import Product
from retail.price_lists import Breaks

SPECIAL_FROM = 400
"""A shop of fewer products has no room for them."""

CASE = 6
CASES_OF = ("drinks", "dairy")
INDICATOR = "1"
"""The first digit of the GTIN-14 of a case of what carries the other digits (GS1 General Specifications 2.1.7)."""

OIL = {"en": "Olive oil from the cask", "ru": "Масло оливковое разливное"}
RIBBON = {"en": "Gift ribbon by the metre", "ru": "Лента подарочная на метр"}
BOX = {"en": "Breakfast box", "ru": "Набор к завтраку"}

Change = Callable[[Product], Product]


def with_specials(goods: list[Product], prices: Mapping[str, Mapping[str, Breaks]]) -> list[Product]:
    """The same goods, of which some have changed; `prices` are the steps of the price lists, by list and product."""
    if len(goods) < SPECIAL_FROM:
        return goods
    listed = {item for of_list in prices.values() for item in of_list}
    plain = [one for one in goods if not (one.family or one.measured or one.id in listed)]
    loaf, honey = (next(one for one in plain if one.department == where) for where in ("bakery", "grocery"))
    parts = {loaf.id: 2000, honey.id: 1000}
    changes: dict[str, Change] = {
        _last(plain, "grocery"): lambda one: replace(one, names=OIL, price=990, unit="l", picture="bottle-62"),
        _last(plain, "household"): lambda one: replace(one, names=RIBBON, price=179, unit="m"),
        _last(plain, "bakery"): lambda one: replace(one, names=BOX, price=890, picture="box-30", parts=parts),
    }
    in_cases = {one.id for one in goods if one.id in prices.get("six", {}) and one.department in CASES_OF}
    changes |= dict.fromkeys(in_cases, _in_cases)
    return [changes[one.id](one) if one.id in changes else one for one in goods]


def _last(goods: list[Product], department: str) -> str:
    return [one.id for one in goods if one.department == department][-1]


def _in_cases(one: Product) -> Product:
    return replace(one, packs={with_check_digit(INDICATOR + one.gtin[1:13]): CASE})
