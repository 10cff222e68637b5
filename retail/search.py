"""How the name of something becomes words to search for: the same at the till and at the hub, on every database."""

import re
import unicodedata

from retail.catalogue import Product

SEARCH_WORDS_MAX = 8
WORD_LENGTH_MAX = 40
WORDS_LENGTH_MAX = 2_000

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """The words of a text without case and accents, so that `Ёлка` is found by `елка` and `Crème` by `creme`."""
    bare = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:WORD_LENGTH_MAX] for word in _WORD.findall(bare)]


def asked(text: str) -> list[str]:
    """The words that somebody searches for; each of them has to begin a word of what is found."""
    return list(dict.fromkeys(folded(text)))[:SEARCH_WORDS_MAX]


def names_of(product: Product) -> str:
    """The words of a product's names, in every language."""
    return " ".join(word for name in product.names.values() for word in folded(name))[:WORDS_LENGTH_MAX]


def codes_of(product: Product) -> str:
    """The numbers by which a product is asked for: the GTIN with its zeros and without, the PLU, those of its packs."""
    packs = [code for gtin in product.packs for code in (gtin, gtin.lstrip("0"))]
    codes = (product.gtin, product.gtin.lstrip("0"), product.plu, *packs)
    return " ".join(dict.fromkeys(code for code in codes if code))
