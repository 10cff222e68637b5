"""From the characters of a code to what it means in a shop.

Symbology identifiers (AIM, ISO/IEC 15424) such as `]E0` say what kind of symbol was read; GS1 element strings are
read by `biip`. Numbers of the ranges 20-29 are a shop's own (GS1 General Specifications 1.4.2): what each range
means is data below, so that a product code can never be taken for a card.
"""

from dataclasses import dataclass

import biip
from stdnum import ean

from retail.errors import N_, BarcodeError

CODE_LENGTH_MAX = 512
CODE_SHOWN_LENGTH = 40
KEYED_PLU_LENGTH = 5

GS1_SYMBOLS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""Symbols that carry GS1 element strings: GS1-128, DataBar, DataMatrix, QR and DotCode."""


@dataclass(frozen=True, slots=True)
class ProductCode:
    """A GTIN in its one form: 14 digits with leading zeros. In-store numbers (20) have the same shape."""

    gtin: str


@dataclass(frozen=True, slots=True)
class MeasuredCode:
    """A weighed product: its five-digit PLU and its quantity in thousandths of a kilogram, 0 where none was in
    the code."""

    plu: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CardCode:
    """A shopper's loyalty card: it says who, it proves nothing."""

    number: str


@dataclass(frozen=True, slots=True)
class BadgeCode:
    """A member of staff's badge."""

    number: str


Reading = ProductCode | MeasuredCode | CardCode | BadgeCode


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one in-store range is cut: I item digits, W weight in grams, C check digit, N anything else."""

    prefix: str
    shape: str
    means: str


IN_STORE = (
    Pattern("20", "20NNNNNNNNNNC", "product"),
    Pattern("22", "22IIIIIWWWWWC", "weight"),
    Pattern("28", "28NNNNNNNNNNC", "badge"),
    Pattern("29", "29NNNNNNNNNNC", "card"),
)


def read(text: str, aim: str = "") -> Reading:
    """What a scanned or typed code means; `BarcodeError` says what is wrong with it.

    `aim` is the symbology identifier, with its bracket (`]E0`) or without, where the scanner gives one; it may also
    stand at the start of `text`.
    """
    text = text.strip()
    if aim and not aim.startswith("]"):
        aim = "]" + aim
    if not aim and text.startswith("]") and len(text) >= 3:
        aim, text = text[:3], text[3:]
    if not text:
        raise BarcodeError("barcode.empty", N_("The scanner sent an empty code. Scan again."))
    if len(text) > CODE_LENGTH_MAX or not all(char.isprintable() or char == "\x1d" for char in text):
        raise BarcodeError(
            "barcode.garbage",
            N_("That was not a readable code. Scan again or type the number below the bars."),
        )
    if aim in GS1_SYMBOLS:
        return _from_elements(aim, text)
    if not text.isdecimal() or not text.isascii():
        raise BarcodeError(
            "barcode.unknown_kind",
            N_("Code {code} is of a kind that this shop does not use."),
            code=_shown(text),
        )
    return _from_digits(text, aim)


def _from_digits(digits: str, aim: str) -> Reading:
    if len(digits) == KEYED_PLU_LENGTH and not aim:
        return MeasuredCode(digits, 0)
    if len(digits) not in (8, 12, 13, 14):
        raise BarcodeError(
            "barcode.half",
            N_("Code {code} is not whole. Scan again or type all of its digits."),
            code=_shown(digits),
        )
    _refuse_misread(digits)
    if len(digits) == 13:
        for pattern in IN_STORE:
            if digits.startswith(pattern.prefix):
                return _from_pattern(digits, pattern)
    return ProductCode(digits.zfill(14))


def _refuse_misread(digits: str) -> None:
    if not ean.is_valid(digits):
        raise BarcodeError(
            "barcode.check_digit",
            N_("Code {code} does not add up: one digit was misread. Scan again."),
            code=digits,
        )


def _shown(text: str) -> str:
    """As much of a code as a sentence can hold, with the group separators of GS1 made visible."""
    return text[:CODE_SHOWN_LENGTH].replace("\x1d", "␝")


def _from_pattern(digits: str, pattern: Pattern) -> Reading:
    cut = {
        letter: "".join(digit for digit, place in zip(digits, pattern.shape, strict=True) if place == letter)
        for letter in "IW"
    }
    match pattern.means:
        case "weight":
            return MeasuredCode(cut["I"], int(cut["W"]))
        case "card":
            return CardCode(digits)
        case "badge":
            return BadgeCode(digits)
        case _:
            return ProductCode(digits.zfill(14))


def _from_elements(aim: str, text: str) -> Reading:
    result = biip.parse(aim + text)
    if result.gs1_message is None:
        raise BarcodeError(
            "barcode.elements",
            N_("Code {code} is not a GS1 code that we can read. Scan again."),
            code=_shown(text),
        )
    gtin = result.gs1_message.element_strings.get(ai="01")
    if gtin is None:
        raise BarcodeError("barcode.no_product", N_("Code {code} names no product."), code=_shown(text))
    # biip cuts the element out but leaves its check digit to us.
    _refuse_misread(gtin.value)
    return ProductCode(gtin.value)


def plu_of(gtin: str) -> str:
    """The five-digit PLU inside a number of the shop's own range 20 (`020PPPPP00000C` in 14 digits), else ""."""
    return gtin[3:8] if gtin.startswith("020") and gtin[8:13] == "00000" else ""


def with_check_digit(digits: str) -> str:
    """An EAN-13 from its first twelve digits."""
    return digits + str(ean.calc_check_digit(digits))
