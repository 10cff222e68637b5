"""Words to search for: the same for what is stored and for what is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.catalogue import Product
from retail.search import SEARCH_WORDS_MAX, asked, codes_of, folded, names_of

BREAD = Product(
    "p-1", "04600000000017", {"en": "Crème bread, 1.5 kg", "ru": "Хлеб «Ёлочка»"}, "bakery", 310, "B", plu="10101"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée", ["creme", "brulee"]),
        ("ЁЛКА ёлка", ["елка", "елка"]),
        ("1.5 kg, 3-ply_soft", ["1", "5", "kg", "3", "ply", "soft"]),
        ("Straße ﬁne", ["strasse", "fine"]),
        ("' \" * ( ) : & | \x00 \ud800", []),
        ("", []),
    ],
)
def test_words_have_no_case_no_accents_and_no_signs(text: str, words: list[str]) -> None:
    assert folded(text) == words


def test_a_product_is_found_by_its_names_and_its_numbers() -> None:
    assert names_of(BREAD) == "creme bread 1 5 kg хлеб елочка"
    assert codes_of(BREAD) == "04600000000017 4600000000017 10101"


def test_what_is_asked_twice_is_asked_once_and_not_too_much() -> None:
    assert asked("bread Bread BREAD") == ["bread"]
    assert len(asked(" ".join(map(str, range(100))))) == SEARCH_WORDS_MAX


@given(st.text())
def test_folded_words_are_letters_and_digits_and_fold_to_themselves(text: str) -> None:
    words = folded(text)
    assert all(word and '"' not in word and "'" not in word and not word.isspace() for word in words)
    assert [again for word in words for again in folded(word)] == words or any(len(word) >= 40 for word in words)
