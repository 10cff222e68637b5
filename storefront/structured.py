"""What a search engine reads of a product page: JSON-LD after schema.org."""

from collections.abc import Sequence
from typing import Any

from retail.catalogue import Store
from storefront.ports import Offer
from storefront.wording import in_language, money_number

CONTEXT = "https://schema.org"
UN_CODES = {"kg": "KGM", "piece": "C62", "m": "MTR", "l": "LTR"}
"""UN/ECE Recommendation 20."""


def product_data(offer: Offer, stores: Sequence[Store], address: str, image: str, locale: str) -> dict[str, Any]:
    """A `Product` with one `Offer` in each store; `address` and `image` are whole addresses."""
    product = offer.product
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Product",
        "name": in_language(product.names, locale),
        "sku": product.id,
        "url": address,
        "image": image,
        "offers": [_offer(offer, store, address, locale) for store in stores],
    }
    if product.gtin:
        data["gtin14"] = product.gtin
    for name in ("color", "size"):
        attribute = product.attributes.get("colour" if name == "color" else name)
        if attribute:
            data[name] = in_language(attribute, locale)
    return data


def _offer(offer: Offer, store: Store, address: str, locale: str) -> dict[str, Any]:
    there = offer.stock.get(store.id, 0) > 0
    price = str(money_number(offer.product.price, store.currency))
    return {
        "@type": "Offer",
        "url": address,
        "price": price,
        "priceCurrency": store.currency,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": store.currency,
            "unitCode": UN_CODES[offer.product.unit],
            "valueAddedTaxIncluded": True,
        },
        "availability": f"{CONTEXT}/{'InStock' if there else 'OutOfStock'}",
        "availableAtOrFrom": {
            "@type": "Place",
            "name": in_language(store.names, locale),
            "address": in_language(store.address, locale),
        },
    }
