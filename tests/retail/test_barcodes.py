"""What the scanner may send, and what each code means or why it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.barcode import (
    CODE_LENGTH_MAX,
    CODE_SHOWN_LENGTH,
    BadgeCode,
    CardCode,
    MeasuredCode,
    ProductCode,
    Reading,
    plu_of,
    read,
    with_check_digit,
)
from retail.errors import BarcodeError

MILK = "9520123456788"
MILK_PRODUCT = ProductCode("09520123456788")
CARD = with_check_digit("290000000001")
BADGE = with_check_digit("280000000012")
APPLES = with_check_digit("220012300345")
KEY_RING = with_check_digit("200000000777")
GROUP = "\x1d"

MEANINGS = [
    ("an EAN-13", MILK, "", MILK_PRODUCT),
    ("with its AIM identifier beside it", MILK, "]E0", MILK_PRODUCT),
    ("with its AIM identifier beside it, without the bracket", MILK, "E0", MILK_PRODUCT),
    ("GS1-128 with its identifier without the bracket", "0109520123456788", "C1", MILK_PRODUCT),
    ("with its AIM identifier before it", "]E0" + MILK, "", MILK_PRODUCT),
    ("with the line's end still on it", MILK + "\r\n", "]E0", MILK_PRODUCT),
    ("with blanks around it", f"  {MILK} ", "", MILK_PRODUCT),
    ("an EAN-8", "95200002", "]E4", ProductCode("00000095200002")),
    ("a UPC-A", "036000291452", "]E0", ProductCode("00036000291452")),
    ("the same UPC-A sent as an EAN-13", "0036000291452", "]E0", ProductCode("00036000291452")),
    ("a GTIN-14 of a carton", "19520123456785", "", ProductCode("19520123456785")),
    ("a Code 128 with the digits of an EAN", MILK, "]C0", MILK_PRODUCT),
    ("GS1-128", "01" + "09520123456788", "]C1", MILK_PRODUCT),
    ("GS1-128 with the identifier in the text", "]C10109520123456788", "", MILK_PRODUCT),
    ("GS1 DataMatrix with batch and date", f"010952012345678810LOT7{GROUP}17261231", "]d2", MILK_PRODUCT),
    ("GS1 DataMatrix with the batch first", f"10LOT7{GROUP}0109520123456788", "]d2", MILK_PRODUCT),
    ("GS1 DataMatrix that begins with a separator", f"{GROUP}0109520123456788", "]d2", MILK_PRODUCT),
    ("GS1 DataBar", "0109520123456788", "]e0", MILK_PRODUCT),
    ("GS1 QR", "0109520123456788", "]Q3", MILK_PRODUCT),
    ("an in-store number of range 20", KEY_RING, "]E0", ProductCode("0" + KEY_RING)),
    ("345 g of PLU 00123", APPLES, "]E0", MeasuredCode("00123", 345)),
    ("99.999 kg, the most a code can say", with_check_digit("220012399999"), "", MeasuredCode("00123", 99_999)),
    ("a PLU typed by hand", "00123", "", MeasuredCode("00123", 0)),
    ("a badge", BADGE, "]E0", BadgeCode(BADGE)),
    ("a card", CARD, "]E0", CardCode(CARD)),
    ("a card shown as a QR on a phone", CARD, "]Q1", CardCode(CARD)),
]


@pytest.mark.parametrize(("text", "aim", "meaning"), [row[1:] for row in MEANINGS], ids=[row[0] for row in MEANINGS])
def test_a_code_means_one_thing(text: str, aim: str, meaning: Reading) -> None:
    assert read(text, aim) == meaning


REFUSALS = [
    ("nothing", "", "", "barcode.empty"),
    ("only a line's end", "\r\n", "", "barcode.empty"),
    ("only an AIM identifier", "]E0", "", "barcode.empty"),
    ("only an AIM identifier of GS1", "]d2", "", "barcode.empty"),
    ("half a code", MILK[:7], "]E0", "barcode.half"),
    ("a code without its last digit", MILK[:-1], "]E0", "barcode.check_digit"),
    ("two codes run together", MILK + MILK, "]E0", "barcode.half"),
    ("a PLU from a scanner", "00123", "]E0", "barcode.half"),
    ("one digit misread", "9520123456789", "]E0", "barcode.check_digit"),
    ("a misread card", CARD[:-1] + str((int(CARD[-1]) + 1) % 10), "]E0", "barcode.check_digit"),
    ("a misread weight", APPLES[:-1] + str((int(APPLES[-1]) + 1) % 10), "]E0", "barcode.check_digit"),
    ("a misread GTIN inside a GS1 code", "0109520123456789", "]d2", "barcode.check_digit"),
    ("a GS1 code cut off", "01095201234567", "]d2", "barcode.elements"),
    ("a GS1 code with a month 26", f"010952012345678810A{GROUP}1726", "]d2", "barcode.elements"),
    ("letters in a GS1 code", "hello", "]C1", "barcode.elements"),
    ("Cyrillic in a GS1 code", "молоко", "]Q3", "barcode.elements"),
    ("brackets typed as printed", "(01)09520123456788", "]C1", "barcode.elements"),
    ("a batch without a product", "10LOT7", "]d2", "barcode.no_product"),
    ("a web address", "https://shop.example/1", "]Q1", "barcode.unknown_kind"),
    ("Cyrillic text", "Молоко", "", "barcode.unknown_kind"),
    ("an EAN typed in a Russian layout", "ъУ0" + MILK, "", "barcode.unknown_kind"),
    ("digits of another script", "٩٥٢٠١٢٣٤٥٦٧٨٨", "", "barcode.unknown_kind"),
    ("half an AIM identifier", "]E", "", "barcode.unknown_kind"),
    ("a null byte", MILK[:6] + "\x00" + MILK[6:], "]E0", "barcode.garbage"),
    ("an escape sequence", "\x1bp\x00" + MILK, "]E0", "barcode.garbage"),
    ("a bell", "\x07" + MILK, "", "barcode.garbage"),
    ("half a surrogate pair", "\ud800" + MILK, "", "barcode.garbage"),
    ("a character of a broken encoding", "\x80\x81", "", "barcode.garbage"),
    ("longer than any code", "9" * (CODE_LENGTH_MAX + 1), "", "barcode.garbage"),
]


@pytest.mark.parametrize(("text", "aim", "code"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_code_that_cannot_be_read_is_refused_with_its_reason(text: str, aim: str, code: str) -> None:
    with pytest.raises(BarcodeError) as caught:
        read(text, aim)
    assert caught.value.code == code
    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize("range_", ["21", "23", "24", "25", "26", "27"])
def test_an_in_store_range_that_this_shop_does_not_use_is_only_a_product_number(range_: str) -> None:
    code = with_check_digit(range_ + "0000000001")
    assert read(code) == ProductCode("0" + code)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_product_code_is_never_taken_for_a_card_or_a_badge(digits: str) -> None:
    reading = read(with_check_digit(digits))
    assert isinstance(reading, CardCode) == digits.startswith("29")
    assert isinstance(reading, BadgeCode) == digits.startswith("28")
    assert isinstance(reading, MeasuredCode) == digits.startswith("22")


def test_a_card_number_inside_a_gs1_code_is_not_a_card() -> None:
    assert read("010" + CARD, "]d2") == ProductCode("0" + CARD)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_misread_digit_is_always_noticed(digits: str, place: int, shift: int) -> None:
    code = with_check_digit(digits)
    misread = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with pytest.raises(BarcodeError) as caught:
        read(misread, "]E0")
    assert caught.value.code == "barcode.check_digit"


@given(st.text(max_size=600), st.sampled_from(["", "]E0", "]C1", "]d2", "]Q3", "]Q1", "nonsense"]))
def test_whatever_arrives_is_a_reading_or_a_refusal_with_a_short_sentence(text: str, aim: str) -> None:
    try:
        reading = read(text, aim)
    except BarcodeError as refusal:
        assert len(str(refusal.params.get("code", ""))) <= CODE_SHOWN_LENGTH
        assert all(char.isprintable() for char in refusal.sentence)
    else:
        assert isinstance(reading, ProductCode | MeasuredCode | CardCode | BadgeCode)


def test_the_plu_of_goods_made_in_the_shop_is_found_and_no_other_number_has_one() -> None:
    pastry = with_check_digit("200004200000")
    assert plu_of("0" + pastry) == "00042"
    assert plu_of("0" + KEY_RING) == plu_of(MILK_PRODUCT.gtin) == plu_of("") == ""
