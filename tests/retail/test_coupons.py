"""Coupons: the worked tables of docs/coupons.md, and that a refusal never says more than one wrong thing."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_worked_tables import rows

from retail import guessing, voucher_codes
from retail.coupons import USES_MAX, CodeUse, CouponBatch, check_usable, checked, read_code, wall_clock
from retail.errors import CouponRefused, RetailError
from retail.occasion import Occasion


def occasion(local: str, shopper: str = "") -> Occasion:
    return Occasion(datetime.fromisoformat(local), "main-street", "till", shopper)


def refusal(batch: CouponBatch, use: CodeUse, when: Occasion) -> str:
    try:
        check_usable(batch, use, when)
    except CouponRefused as refused:
        assert "{" not in refused.sentence
        return refused.code
    return ""


@pytest.mark.parametrize("row", rows("coupons.md", "check"))
def test_the_check_character_is_the_one_of_the_page(row: list[str]) -> None:
    body, code, _ = row
    assert voucher_codes.shown(body + voucher_codes.check_character(body)) == code


@pytest.mark.parametrize("row", rows("coupons.md", "typed"))
def test_a_typed_code_is_read_as_the_page_says(row: list[str]) -> None:
    typed, code, refused, _ = row
    if refused:
        with pytest.raises(RetailError) as caught:
            read_code(typed)
        assert caught.value.code == refused
    else:
        assert read_code(typed) == code


@pytest.mark.parametrize("row", rows("coupons.md", "usable"))
def test_a_coupon_is_refused_as_the_page_says(row: list[str]) -> None:
    uses, limit, begins, ends, paused, blocked, used, claimed, customer, theirs, local, refused, _ = row
    batch = CouponBatch("autumn", "ten-percent", int(uses), int(limit), begins, ends, paused == "yes")
    when = occasion(local, customer)
    use = CodeUse(int(used), int(claimed), 1, int(theirs), blocked == "yes")
    assert refusal(checked(batch), use, when) == refused


@pytest.mark.parametrize("row", rows("coupons.md", "waits"))
def test_wrong_codes_cost_what_the_page_says(row: list[str]) -> None:
    wrong, seconds, reported = row
    assert guessing.wait_after(int(wrong)) == int(seconds) * 1000
    assert guessing.Guesses(int(wrong)).reported == (reported == "yes")


@given(st.integers(1, 5), st.integers(0, 6), st.integers(0, 6))
def test_a_code_is_usable_as_long_as_paid_and_claimed_uses_leave_one(uses: int, used: int, claimed: int) -> None:
    when = occasion("2026-11-27T12:00")
    found = refusal(CouponBatch("b", "p", uses), CodeUse(used, claimed, 60_001), when)
    assert (found == "") == (used + claimed < uses)
    assert (found == "coupon.used_up") == (used >= uses)


@pytest.mark.parametrize(("ahead_ms", "minutes"), [(-5, 1), (0, 1), (60_000, 1), (60_001, 2), (900_000, 15)])
def test_a_coupon_in_another_cart_says_in_how_many_minutes_it_is_free(ahead_ms: int, minutes: int) -> None:
    when = occasion("2026-11-27T12:00")
    with pytest.raises(CouponRefused) as caught:
        check_usable(CouponBatch("b", "p"), CodeUse(claimed=1, free_in_ms=ahead_ms), when)
    assert caught.value.params == {"minutes": minutes}


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_from_its_first_minute_until_before_its_end_a_coupon_is_valid(local: datetime) -> None:
    batch = CouponBatch("b", "p", begins="2026-03-29T09:00", ends="2026-10-25T03:30")
    found = refusal(batch, CodeUse(), Occasion(local, "main-street", "till"))
    assert (found == "") == ("2026-03-29T09:00:00" <= local.isoformat() < "2026-10-25T03:30:00")


def test_a_batch_that_contradicts_itself_is_refused() -> None:
    for bad, code in (
        (CouponBatch("b", "p", 0), "coupon.uses"),
        (CouponBatch("b", "p", USES_MAX + 1), "coupon.uses"),
        (CouponBatch("b", "p", per_customer=-1), "coupon.uses"),
        (CouponBatch("b", "p", begins="2026-11-28", ends="2026-11-28"), "coupon.period"),
        (CouponBatch("b", "p", begins="Friday"), "coupon.time"),
        (CouponBatch("b", "p", ends="2026-11-28T18:00+02:00"), "coupon.time"),
    ):
        with pytest.raises(CouponRefused) as caught:
            checked(bad)
        assert caught.value.code == code
    assert wall_clock("") is None
