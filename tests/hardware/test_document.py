"""The receipt as data, and its lines."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printers.document import (
    Barcode,
    Cut,
    Document,
    DocumentError,
    Feed,
    Qr,
    Row,
    Rule,
    Text,
    as_text,
    cells,
    from_json,
    layout,
    to_json,
)

WHOLE = Document(
    (
        Text("Чайная", align="center", bold=True, size=2),
        Rule(),
        Row("Tea", "3.20 €"),
        Row("TOTAL", "3.20 €", bold=True, size=2),
        Qr("https://example.test/r/1"),
        Barcode("0101000001"),
        Feed(2),
        Cut(),
    ),
    columns=32,
    lang="ru",
)


def test_a_document_survives_its_way_through_json() -> None:
    assert from_json(to_json(WHOLE)) == WHOLE


def test_a_receipt_as_text_reads_like_the_paper() -> None:
    assert as_text(WHOLE) == [
        "     Чайная",
        "─" * 32,
        "Tea                       3.20 €",
        "TOTAL     3.20 €",
        "[qr https://example.test/r/1]",
        "[barcode 0101000001]",
        "",
        "",
    ]


def test_a_long_name_wraps_and_leaves_the_amount_in_its_column() -> None:
    document = Document((Row("Long handled garden spade with ash handle", "24.90 €"),), columns=32)
    assert as_text(document) == ["Long handled garden", "spade with ash handle    24.90 €"]


def test_an_amount_nearly_as_wide_as_the_paper_gets_a_line_of_its_own() -> None:
    document = Document((Row("Total of all things", "123 456 789.00 EUR"),), columns=20)
    assert as_text(document) == ["Total of all things", "  123 456 789.00 EUR"]


def test_an_indented_text_keeps_its_indent_when_it_wraps() -> None:
    assert as_text(Document((Text("  two words"),), columns=16)) == ["  two words"]
    assert as_text(Document((Text("  twelve letters wide"),), columns=16)) == ["  twelve letters", "  wide"]


def test_wide_signs_take_two_columns() -> None:
    (line,) = as_text(Document((Row("茶葉", "5.00"),), columns=16))
    assert cells(line) == 16


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "[]",
        "{}",
        '{"blocks": 1}',
        '{"blocks": [], "columns": 4}',
        '{"blocks": [{"t": "hologram"}]}',
        '{"blocks": [1]}',
        '{"blocks": [{"t": "text"}]}',
        '{"blocks": [{"t": "text", "s": 1}]}',
        '{"blocks": [{"t": "text", "s": "a", "size": 9}]}',
        '{"blocks": [{"t": "text", "s": "a", "align": "up"}]}',
        '{"blocks": [{"t": "feed", "n": 0}]}',
        '{"blocks": [{"t": "row", "left": "a", "right": "b", "colour": "red"}]}',
    ],
)
def test_a_document_that_cannot_be_printed_says_why(bad: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_json(bad)
    assert caught.value.code == "print.document_invalid"


words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)
amounts = st.integers(0, 10**9).map(lambda minor: f"{minor // 100},{minor % 100:02d} €")


@given(left=words, amount=amounts, columns=st.sampled_from([32, 42, 48, 64]), size=st.sampled_from([1, 2]))
def test_no_label_ever_eats_an_amount_or_leaves_the_paper(left: str, amount: str, columns: int, size: int) -> None:
    lines = layout(Document((Row(left, amount, size=size),), columns))
    assert lines[-1].text.endswith(amount)
    assert cells(lines[-1].text) == columns // size
    assert all(cells(line.text) <= columns // size for line in lines)
    printed = "".join("".join(line.text for line in lines).split())
    assert normalize("NFC", printed) == normalize("NFC", "".join((left + amount).split()))


def test_a_letter_with_a_separate_accent_is_printed_as_one_sign() -> None:
    assert as_text(Document((Text("Е\u0308лка"),))) == ["Ёлка"]
