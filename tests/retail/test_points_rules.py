"""Programmes as data, how fast is too fast, and allowances under a signature."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.errors import LoyaltyRefused
from retail.loyalty.allowance import Allowance, check, genuine, public_of, sign, statement
from retail.loyalty.programme import DEFAULT, Limits, Multiplier, Programme, Tier, TierRule, programme_from
from retail.loyalty.velocity import Burned, Day, check_burn, suspicions

SEED = bytes(range(32))
GRANTED = Allowance("nonce-1", "anna", "till-1", 50, 1000)
FULL = Programme(
    id="club",
    version=7,
    multipliers=(Multiplier("dairy", 2000, ("d",)),),
    tiers=TierRule((Tier("silver", {"en": "Silver"}, 100),), "visits", "calendar", 10),
)


@pytest.mark.parametrize("programme", [DEFAULT, FULL])
def test_a_programme_reads_back_as_it_was_written(programme: Programme) -> None:
    assert programme_from(programme.as_dict()) == programme


@pytest.mark.parametrize(
    "wrong",
    [
        {"per": 0},
        {"worth": 0},
        {"worth_points": -1},
        {"hold_minutes": 0},
        {"version": 0},
        {"points": -1},
        {"pending_days": -1},
        {"restored_days": -1},
        {"limits": {"burns_an_hour": -1}},
        {"expiry_months": 0},
        {"expiry_months": 1201},
        {"expiry": "soon"},
        {"multipliers": [{"id": "x", "times": -1}]},
        {"tiers": {"tiers": [{"id": "a", "names": {}, "floor": 0}]}},
        {"tiers": {"tiers": [{"id": "a", "names": {}, "floor": 9}, {"id": "b", "names": {}, "floor": 9}]}},
        {"points": 1.5},
        {"colour": "red"},
    ],
)
def test_a_programme_that_cannot_be_used_says_so(wrong: dict[str, object]) -> None:
    with pytest.raises(LoyaltyRefused) as refused:
        programme_from(DEFAULT.as_dict() | wrong)
    assert refused.value.code == "loyalty.programme"


def test_a_hold_lasts_a_quarter_of_an_hour() -> None:
    assert DEFAULT.hold_ms == 900_000


def test_points_that_never_expire_need_no_months() -> None:
    assert programme_from({"expiry": "never", "expiry_months": 0}).expiry == "never"


@pytest.mark.parametrize(
    ("times", "day", "points", "code"),
    [
        (1, 60, 40, ""),
        (2, 0, 1, "loyalty.too_often"),
        (0, 60, 41, "loyalty.day_limit"),
        (0, 0, 101, "loyalty.day_limit"),
    ],
)
def test_spending_faster_than_the_programme_allows_is_refused(times: int, day: int, points: int, code: str) -> None:
    limits = Limits(burns_an_hour=2, burned_a_day=100)
    check_burn(Limits(burns_an_hour=0, burned_a_day=0), Burned(times, day), points)
    if not code:
        check_burn(limits, Burned(times, day), points)
        return
    with pytest.raises(LoyaltyRefused) as refused:
        check_burn(limits, Burned(times, day), points)
    assert refused.value.code == code


def test_earning_beyond_a_limit_is_noted_and_none_is_no_limit() -> None:
    limits = Limits(sales_a_day=3, sales_a_day_of_one_cashier=2, points_a_day=100)
    assert suspicions(limits, Day(3, 100, 2)) == []
    assert suspicions(limits, Day(4, 101, 3)) == ["sales", "points", "cashier"]
    assert suspicions(Limits(0, 0, 0), Day(10**6, 10**6, 10**6)) == []


def test_an_allowance_is_spent_at_its_terminal_in_time_and_not_beyond_its_amount() -> None:
    public, signature = public_of(SEED), sign(SEED, GRANTED)
    check(public, GRANTED, signature, "till-1", 20, 30, 999)
    for allowance, terminal, spent, points, now, code in (
        (replace(GRANTED, amount=51), "till-1", 0, 1, 0, "loyalty.allowance_forged"),
        (GRANTED, "till-2", 0, 1, 0, "loyalty.allowance_elsewhere"),
        (GRANTED, "till-1", 0, 1, 1000, "loyalty.allowance_over"),
        (GRANTED, "till-1", 20, 31, 0, "loyalty.allowance_short"),
        (GRANTED, "till-1", 0, 0, 0, "loyalty.allowance_short"),
    ):
        with pytest.raises(LoyaltyRefused) as refused:
            check(public, allowance, signature, terminal, spent, points, now)
        assert refused.value.code == code


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.integers(0, 99), st.integers(0, 2000))
def test_a_signature_is_good_for_exactly_what_was_signed(
    nonce: str, account: str, terminal: str, amount: int, not_after: int
) -> None:
    other = Allowance(nonce, account, terminal, amount, not_after)
    signature = sign(SEED, GRANTED)
    assert genuine(public_of(SEED), other, signature) == (other == GRANTED)
    assert (statement(other) == statement(GRANTED)) == (other.as_dict() == GRANTED.as_dict())
    assert not genuine(public_of(bytes(32)), GRANTED, signature)
    assert not genuine("no key", GRANTED, "no signature")
