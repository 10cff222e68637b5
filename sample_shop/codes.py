"""Numbers on the goods and cards of the invented shop, and what a scanner reads from them."""

from retail.barcode import with_check_digit
from retail.catalogue import Product

DEMONSTRATION_PREFIX = "952"
"""GS1 keeps it for demonstrations and examples, so no real article can be meant."""
MADE_HERE_PREFIX = "20"
WEIGHED_PREFIX = "22"
CARD_PREFIX = "29"
# Odd and no multiple of five, so that counting through all nine digits never meets the same number twice.
SCATTER = 387_420_489
ITEM_NUMBERS = 10**9
WEIGHT_LIMIT = 10**5
AIM_EAN13 = "]E0"


def packed_gtin(number: int, seed: int) -> str:
    """GTIN-14 of the packed article `number`; no two numbers give the same."""
    item = (number * SCATTER + seed) % ITEM_NUMBERS
    return "0" + with_check_digit(f"{DEMONSTRATION_PREFIX}{item:09d}")


def made_here_gtin(number: int) -> str:
    """An in-store number `20PPPPP00000C`, in the same 14 digits as a GTIN."""
    return "0" + with_check_digit(f"{MADE_HERE_PREFIX}{number:05d}00000")


def card_number(number: int) -> str:
    """A loyalty card: thirteen digits of the range that the shop keeps for cards."""
    return with_check_digit(f"{CARD_PREFIX}{(number * SCATTER) % ITEM_NUMBERS:010d}")


def scan_text(product: Product, quantity_thousandths: int | None = None) -> tuple[str, str]:
    """What a scanner reads: thirteen digits and the AIM identifier of EAN-13.

    Packed goods carry their GTIN, goods made in the shop their in-store number. Weighed goods carry the label of the
    scale, `22PPPPPWWWWWC`: PLU and grams, one kilogram where no quantity is given. ValueError for what no label holds.
    """
    if not product.weighed:
        return product.gtin[1:], AIM_EAN13
    grams = 1000 if quantity_thousandths is None else quantity_thousandths
    if not 0 < grams < WEIGHT_LIMIT:
        raise ValueError(f"A scale's label holds 1 g to {WEIGHT_LIMIT - 1} g, not {grams} g.")
    return with_check_digit(f"{WEIGHED_PREFIX}{product.plu}{grams:05d}"), AIM_EAN13
