"""Programmes as data, how fast is too fast, and allowances under a signature."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from points_book import Book

from retail.errors import LoyaltyRefused
from retail.loyalty.allowance import Allowance, check, genuine, public_of, sign, statement
from retail.loyalty.ledger import Account, Entry, applied
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


MORE_THAN_ZERO = "per, worth, worth_points, hold_minutes and version are more than zero"
NEGATIVE = "a number is negative"
MONTHS = "points expire after 1 to 1200 months, or never"
FLOORS = "each tier's floor is above the one before"


def tiers(*floors: int) -> dict[str, object]:
    return {"tiers": {"tiers": [{"id": f"t{n}", "names": {}, "floor": floor} for n, floor in enumerate(floors)]}}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"per": 0}, MORE_THAN_ZERO),
        ({"worth": 0}, MORE_THAN_ZERO),
        ({"worth_points": -1}, MORE_THAN_ZERO),
        ({"worth_points": 0}, MORE_THAN_ZERO),
        ({"hold_minutes": 0}, MORE_THAN_ZERO),
        ({"version": 0}, MORE_THAN_ZERO),
        ({"points": -1}, NEGATIVE),
        ({"pending_days": -1}, NEGATIVE),
        ({"restored_days": -1}, NEGATIVE),
        ({"limits": {"burns_an_hour": -1}}, NEGATIVE),
        ({"limits": {"burned_a_day": -1}}, NEGATIVE),
        ({"expiry_months": 0}, MONTHS),
        ({"expiry_months": 1201}, MONTHS),
        ({"expiry": "soon"}, "expiry: Input should be 'never', 'months' or 'month_end'"),
        ({"multipliers": [{"id": "x", "times": -1}]}, "a multiplier is negative"),
        (tiers(0), FLOORS),
        (tiers(-5, 5), FLOORS),
        (tiers(9, 9), FLOORS),
        (tiers(9, 8), FLOORS),
        ({"points": 1.5}, "points: Input should be a valid integer"),
        ({"points": "5"}, "points: Input should be a valid integer"),
        ({"colour": "red"}, "colour: Unexpected keyword argument"),
        ({"id": {1}}, "Object of type set is not JSON serializable"),
    ],
)
def test_a_programme_that_cannot_be_used_says_why(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(LoyaltyRefused) as refused:
        programme_from(DEFAULT.as_dict() | wrong)
    assert refused.value.code == "loyalty.programme"
    assert refused.value.params == {"reason": reason}


@pytest.mark.parametrize(
    "least",
    [
        {"per": 1, "worth": 1, "worth_points": 1, "hold_minutes": 1, "version": 1},
        {"points": 0, "pending_days": 0, "restored_days": 0},
        {"limits": dict.fromkeys(asdict(Limits()), 0)},
        {"expiry_months": 1},
        {"expiry_months": 1200},
        {"multipliers": [{"id": "x", "times": 0}]},
        tiers(1, 2),
        {"tiers": None},
    ],
)
def test_the_least_and_the_most_that_a_programme_may_say_is_read(least: dict[str, object]) -> None:
    read = programme_from(DEFAULT.as_dict() | least)
    assert read == programme_from(read.as_dict())
    assert {name: read.as_dict()[name] for name in least if name not in ("multipliers", "tiers")} == {
        name: said for name, said in least.items() if name not in ("multipliers", "tiers")
    }


def test_a_hold_lasts_a_quarter_of_an_hour() -> None:
    assert DEFAULT.hold_ms == 900_000


@pytest.mark.parametrize(("points", "why"), [(0, "loyalty.amount"), (-1, "loyalty.amount"), (31, "loyalty.short")])
def test_what_cannot_be_held_says_why(points: int, why: str) -> None:
    book = Book()
    book.earn("A", {"all": 30})
    with pytest.raises(LoyaltyRefused) as refused:
        book.hold("h", points)
    assert refused.value.code == why
    assert refused.value.params == ({"wanted": points, "free": 30} if why == "loyalty.short" else {})


def test_an_entry_that_does_not_fit_is_refused_by_its_name() -> None:
    given = Entry("k-1", "anna", "anna", "A", "earn", "", "active", 30, "A", 0)
    account = applied(Account("anna"), given)
    for wrong in (
        replace(given, key="k-2", src="active", dst="held", points=31),
        replace(given, key="k-2", src="pending", dst="active", points=1),
        replace(given, key="k-2", src="", dst="debt", points=1),
        replace(given, key="k-2", points=-1),
    ):
        with pytest.raises(LoyaltyRefused) as refused:
            applied(account, wrong)
        assert (refused.value.code, refused.value.params) == ("loyalty.ledger", {"key": "k-2"})
    assert applied(account, replace(given, key="k-2", points=0)) == account
    emptied = applied(account, replace(given, key="k-2", src="active", dst="", points=30))
    assert emptied == Account("anna"), "of a lot without points nothing is kept"


def test_points_that_never_expire_need_no_months() -> None:
    assert programme_from({"expiry": "never", "expiry_months": 0}).expiry == "never"


@pytest.mark.parametrize(
    ("times", "day", "points", "code"),
    [
        (1, 60, 40, ""),
        (1, 0, 100, ""),
        (2, 0, 1, "loyalty.too_often"),
        (3, 0, 1, "loyalty.too_often"),
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
    assert refused.value.params == ({"times": times} if code == "loyalty.too_often" else {"limit": 100})


def test_earning_beyond_a_limit_is_noted_and_none_is_no_limit() -> None:
    limits = Limits(sales_a_day=3, sales_a_day_of_one_cashier=2, points_a_day=100)
    assert suspicions(limits, Day(3, 100, 2)) == []
    assert suspicions(limits, Day(4, 101, 3)) == ["sales", "points", "cashier"]
    assert suspicions(limits, Day(4, 100, 2)) == ["sales"]
    assert suspicions(limits, Day(3, 101, 2)) == ["points"]
    assert suspicions(limits, Day(3, 100, 3)) == ["cashier"]
    assert suspicions(Limits(1, 0, 0), Day(2, 0)) == ["sales"]
    assert suspicions(Limits(0, 1, 0), Day(0, 0, 2)) == ["cashier"]
    assert suspicions(Limits(0, 0, 1), Day(0, 2)) == ["points"]
    assert suspicions(Limits(0, 0, 0), Day(10**6, 10**6, 10**6)) == []


def test_an_allowance_is_spent_at_its_terminal_in_time_and_not_beyond_its_amount() -> None:
    public, signature = public_of(SEED), sign(SEED, GRANTED)
    check(public, GRANTED, signature, "till-1", 20, 30, 999)
    check(public, GRANTED, signature, "till-1", 0, 1, 0)
    for allowance, terminal, spent, points, now, code in (
        (replace(GRANTED, amount=51), "till-1", 0, 1, 0, "loyalty.allowance_forged"),
        (GRANTED, "till-2", 0, 1, 0, "loyalty.allowance_elsewhere"),
        (GRANTED, "till-1", 0, 1, 1000, "loyalty.allowance_over"),
        (GRANTED, "till-1", 20, 31, 0, "loyalty.allowance_short"),
        (GRANTED, "till-1", 0, 0, 0, "loyalty.allowance_short"),
        (GRANTED, "till-1", 60, 1, 0, "loyalty.allowance_short"),
    ):
        with pytest.raises(LoyaltyRefused) as refused:
            check(public, allowance, signature, terminal, spent, points, now)
        assert refused.value.code == code
        assert refused.value.params == ({"left": max(0, 50 - spent)} if code == "loyalty.allowance_short" else {})


def test_what_the_hub_signs_is_these_bytes_and_no_others() -> None:
    """A till of another version must read the same statement."""
    assert statement(GRANTED) == b'["omnitill.allowance.1","nonce-1","anna","till-1",50,1000]'
    assert (len(public_of(SEED)), len(sign(SEED, GRANTED))) == (64, 128)
    assert not genuine(public_of(SEED), GRANTED, "00" * 64)
    assert not genuine("00" * 31, GRANTED, sign(SEED, GRANTED))


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
