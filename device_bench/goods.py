"""What lies on the shelf: goods and loyalty cards of the sample shop, ready to be held before a scanner."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from retail.money import QUANTITY_ONE
from retail.price_lists import reached
from sample_shop import build, picture, scan_text

# A jar of honey and a bag of pears are nicer than an alphabet: one article of each department stands in front.
WEIGHED_THOUSANDTHS = 640
CARDS_SHOWN = 12
AIM_ITF14 = "I1"


@lru_cache(maxsize=1)
def _shop() -> Any:
    return build()


@lru_cache(maxsize=1)
def shelf() -> dict[str, Any]:
    """`{departments: [{id, names, hue}], goods: [{id, names, department, picture, text, aim, price, currency, unit}],
    cards: [{id, names, text, aim, demo}]}`; prices in minor units, `text` and `aim` as a scanner sends them."""
    shop = _shop()
    currency = shop.stores[0].currency
    goods = []
    for product in shop.products:
        text, aim = scan_text(product, WEIGHED_THOUSANDTHS if product.weighed else None)
        goods.append(
            {
                "id": product.id,
                "names": product.names,
                "department": product.department,
                "picture": product.picture,
                "family": product.family or product.id,
                "text": text,
                "aim": aim.removeprefix("]"),
                "price": product.price,
                "currency": currency,
                "unit": product.unit,
            }
        )
        goods += [{**goods[-1], **_pack(product, gtin, count)} for gtin, count in product.packs.items()]
    cards = [
        # The first shopper is the one whose phone the demonstration shows.
        {"id": who.id, "names": who.name, "text": who.card, "aim": "E0", "demo": place == 0}
        for place, who in enumerate(shop.shoppers[:CARDS_SHOWN])
    ]
    departments = [{"id": d.id, "names": d.names, "hue": d.hue} for d in shop.departments]
    return {"departments": departments, "goods": goods, "cards": cards}


def _pack(product: Any, gtin: str, count: int) -> dict[str, Any]:
    """A case of a product, at what its pieces cost together."""
    steps = [of_list[product.id] for of_list in _shop().list_prices.values() if product.id in of_list]
    each = next((found for of in steps if (found := reached(of, count * QUANTITY_ONE)) is not None), product.price)
    names = {"en": f"{product.names['en']}, pack of {count}", "ru": f"{product.names['ru']}, упаковка по {count}"}
    return {"id": f"{product.id}-{gtin}", "names": names, "text": gtin, "aim": AIM_ITF14, "price": each * count}


@lru_cache(maxsize=512)
def drawing(name: str) -> str | None:
    """The picture of that name as SVG text; None where there is no such picture."""
    shop = _shop()
    product = next((found for found in shop.products if found.picture == name), None)
    return None if product is None else str(picture(product, shop))


def terminal_names(terminal_id: str) -> dict[str, str]:
    """What the sample shop calls a terminal, by language; its id where it knows none."""
    for terminal in _shop().terminals:
        if terminal.id == terminal_id:
            return dict(terminal.name)
    return {"en": terminal_id, "ru": terminal_id}
