"""Five wrong PINs: two waits, then a manager."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.errors import StaffRefused
from retail.staff import PIN_TRIES_MAX, PinAttempts, after_wrong_pin, check_may_try, wrong_pin

NOON = 1_800_000_000_000


def after(wrong: int) -> PinAttempts:
    attempts = PinAttempts()
    for _ in range(wrong):
        attempts = after_wrong_pin(attempts, NOON)
    return attempts


@pytest.mark.parametrize(("wrong", "wait_s"), [(0, 0), (1, 0), (2, 0), (3, 5), (4, 15)])
def test_the_third_and_the_fourth_wrong_pin_cost_time(wrong: int, wait_s: int) -> None:
    attempts = after(wrong)
    check_may_try(attempts, NOON + wait_s * 1000)
    if wait_s:
        with pytest.raises(StaffRefused) as caught:
            check_may_try(attempts, NOON + wait_s * 1000 - 1)
        assert (caught.value.code, caught.value.params) == ("staff.wait", {"seconds": 1})
        with pytest.raises(StaffRefused) as caught:
            check_may_try(attempts, NOON)
        assert caught.value.params == {"seconds": wait_s}


def test_the_fifth_wrong_pin_locks_the_name_for_any_time() -> None:
    for later in (0, 10**6, 10**12):
        with pytest.raises(StaffRefused) as caught:
            check_may_try(after(PIN_TRIES_MAX), NOON + later)
        assert caught.value.code == "staff.locked"


def test_the_tries_left_are_counted_down_and_then_a_manager_is_named() -> None:
    shown = [wrong_pin(after(wrong)) for wrong in range(1, PIN_TRIES_MAX + 1)]
    assert [refusal.params.get("left") for refusal in shown] == [4, 3, 2, 1, None]
    assert "manager" in shown[-1].sentence


def test_a_right_pin_or_a_manager_starts_the_count_again() -> None:
    check_may_try(PinAttempts(), NOON)
    assert not PinAttempts().locked


@given(st.lists(st.integers(0, 60_000), max_size=50))
def test_nobody_tries_more_than_five_times_whatever_the_pauses(pauses: list[int]) -> None:
    attempts, now, tried = PinAttempts(), NOON, 0
    for pause in pauses:
        now += pause
        try:
            check_may_try(attempts, now)
        except StaffRefused:
            continue
        tried += 1
        attempts = after_wrong_pin(attempts, now)
    assert tried <= PIN_TRIES_MAX
    assert attempts.failures == tried
