"""Codes of coupons and gift cards: every single slip is found, and reading forgives what nobody can mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail import coupons, voucher_codes
from retail.errors import CouponRefused, RetailError, VoucherError
from retail.guessing import (
    FORGOTTEN_AFTER_MS,
    REPORTED_FROM,
    WAIT_MAX_MS,
    Guesses,
    after_wrong_code,
    check_may_try,
    wait_after,
)
from retail.voucher_codes import ALPHABET, CODE_LENGTH_MAX, TAKEN_FOR, adds_up, made, plain, read, shown, space

LENGTHS = [coupons.CODE_LENGTH, coupons.GIFT_CARD_LENGTH]
NOON = 1_800_000_000_000


def codes(length: int) -> st.SearchStrategy[str]:
    return st.integers(0, space(length) - 1).map(lambda number: made(number, length))


@pytest.mark.parametrize("length", LENGTHS)
def test_every_single_wrong_sign_is_found_at_every_place(length: int) -> None:
    # Whether a code adds up is a sum, so what stands at the other places makes no difference: here it is nothing, and
    # the property below draws it.
    for place in range(length):
        for right in ALPHABET:
            code = good_code_with({place: right}, length)
            assert adds_up(code)
            for wrong in set(ALPHABET) - {right}:
                assert not adds_up(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("length", LENGTHS)
def test_every_two_neighbours_that_changed_places_are_found(length: int) -> None:
    for place in range(length - 1):
        for first in ALPHABET:
            for second in set(ALPHABET) - {first}:
                code = good_code_with({place: first, place + 1: second}, length)
                assert not adds_up(code[:place] + second + first + code[place + 2 :])


def good_code_with(signs: dict[int, str], length: int) -> str:
    """A code that adds up with these signs at these places: one other place makes up for them."""
    free = next(place for place in range(length) if place not in signs)
    rest = sum((length - place) * ALPHABET.index(sign) for place, sign in signs.items())
    makes_up = ALPHABET[-rest * pow(length - free, -1, len(ALPHABET)) % len(ALPHABET)]
    found = ["0"] * length
    for place, sign in {**signs, free: makes_up}.items():
        found[place] = sign
    return "".join(found)


@given(st.data())
def test_no_slip_in_any_code_is_overlooked(data: st.DataObject) -> None:
    length = data.draw(st.integers(3, CODE_LENGTH_MAX))
    code = data.draw(codes(length))
    assert adds_up(code)
    place, other = data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True).map(sorted))
    wrong = data.draw(st.sampled_from(ALPHABET).filter(lambda sign: sign != code[place]))
    assert not adds_up(code[:place] + wrong + code[place + 1 :])
    swapped = code[:place] + code[other] + code[place + 1 : other] + code[place] + code[other + 1 :]
    assert adds_up(swapped) == (code[place] == code[other])


@given(st.data(), st.sampled_from(LENGTHS))
def test_a_code_is_read_back_however_it_is_typed(data: st.DataObject, length: int) -> None:
    code = data.draw(codes(length))
    mistaken = {right: wrong for wrong, right in TAKEN_FOR.items()}
    typed = ""
    for sign in shown(code):
        sign = data.draw(st.sampled_from([sign, mistaken.get(sign, sign)]))
        typed += data.draw(st.sampled_from([sign, sign.lower()])) + data.draw(st.sampled_from(["", " ", "-", "\u2013"]))
    assert read(typed, length) == code
    assert plain(plain(typed)) == plain(typed)


@given(st.integers(0, space(coupons.CODE_LENGTH) - 1), st.integers(0, space(coupons.CODE_LENGTH) - 1))
def test_two_numbers_make_two_codes(one: int, other: int) -> None:
    assert (made(one, coupons.CODE_LENGTH) == made(other, coupons.CODE_LENGTH)) == (one == other)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_a_sentence(typed: str) -> None:
    try:
        assert adds_up(coupons.read_code(typed))
    except (VoucherError, CouponRefused) as refused:
        assert refused.sentence.endswith(".")
        assert "{" not in refused.message.format(**dict.fromkeys(refused.params, ""))


def test_a_number_too_large_or_a_length_without_weights_makes_no_code() -> None:
    for number, length in ((space(12), 12), (-1, 12), (0, 1), (0, CODE_LENGTH_MAX + 1)):
        with pytest.raises(ValueError):
            made(number, length)


def test_an_alphabet_of_a_prime_without_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 29
    assert not set(TAKEN_FOR) & set(ALPHABET)
    # Every letter and digit that somebody can type is a sign or is taken for one.
    assert {plain(sign) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"} == set(ALPHABET)


def test_only_the_end_of_a_code_is_shown_to_everybody() -> None:
    assert voucher_codes.hinted("7KQ4M0XD9TR7") == "…9TR7"


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=60))
def test_who_guesses_gets_few_tries_whatever_the_pauses(pauses: list[int]) -> None:
    guesses, now, tried = Guesses(), NOON, 0
    for pause in pauses:
        now += pause
        try:
            check_may_try(guesses, now)
        except RetailError as refused:
            assert 0 < refused.params["seconds"] <= WAIT_MAX_MS // 1000
            check_may_try(guesses, now + refused.params["seconds"] * 1000)
            continue
        tried += 1
        guesses = after_wrong_code(guesses, now)
    assert guesses.wrong == tried
    needed = sum(wait_after(wrong) for wrong in range(1, tried))
    assert now - NOON >= needed
    assert guesses.reported == (tried >= REPORTED_FROM)


def test_a_day_without_a_wrong_code_forgets_them_and_ten_thousand_do_not_break_the_sum() -> None:
    many = Guesses(10_000, NOON, NOON + 1)
    assert after_wrong_code(many, NOON + FORGOTTEN_AFTER_MS - 1).not_before - (NOON + FORGOTTEN_AFTER_MS - 1) == (
        WAIT_MAX_MS
    )
    assert after_wrong_code(many, NOON + FORGOTTEN_AFTER_MS) == Guesses(
        1, NOON + FORGOTTEN_AFTER_MS, NOON + FORGOTTEN_AFTER_MS
    )
