"""Gift cards and store credit as a pure ledger: never below zero, every entry once, every hold ended once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_worked_tables import rows

from retail.errors import StoredValueRefused, VoucherError
from retail.stored_value import (
    AMOUNT_MAX,
    BALANCE_MAX,
    CODE_LENGTH,
    Balance,
    Entry,
    Terms,
    added,
    check_usable,
    is_over,
    moves,
    read_code,
    replayed,
)
from retail.voucher_codes import made, shown, space

KEYS = st.sampled_from("abcdefghij")
KINDS = st.sampled_from(["load", "hold", "capture", "void", "expire", "refund", "adjust"])


@st.composite
def wishes(draw: st.DrawFn) -> list[Entry]:
    """What people want done, sensible or not, with keys that come again."""
    return [
        Entry(draw(KEYS), draw(KINDS), draw(st.integers(-40, 100)), hold)
        for hold in draw(st.lists(st.one_of(st.just(""), KEYS), max_size=20))
    ]


def carried_out(wanted: list[Entry]) -> tuple[Balance, list[Entry]]:
    """The balance after all of it, and the entries that were not refused, each once."""
    balance, kept = Balance(), []
    for entry in wanted:
        try:
            after = added(balance, entry)
        except StoredValueRefused as refused:
            assert "{" not in refused.sentence
            continue
        if after is not balance:
            kept.append(entry)
        balance = after
    return balance, kept


@given(wishes())
def test_a_balance_is_the_sum_of_its_entries_and_never_below_zero(wanted: list[Entry]) -> None:
    balance, kept = carried_out(wanted)
    assert balance.available >= 0 and balance.held >= 0
    assert balance.held == sum(balance.holds.values())
    ended = {entry.hold for entry in kept if entry.hold}
    assert not ended & set(balance.holds)
    held = {entry.key: entry.amount for entry in kept if entry.kind == "hold"}
    deltas = [moves(entry, held.get(entry.hold, 0)) for entry in kept]
    assert (sum(one for one, _ in deltas), sum(other for _, other in deltas)) == (balance.available, balance.held)


@given(wishes())
def test_entries_replayed_from_zero_give_the_balance_and_the_same_entry_twice_changes_nothing(
    wanted: list[Entry],
) -> None:
    balance, kept = carried_out(wanted)
    assert replayed(kept) == balance
    for entry in kept:
        assert added(balance, entry) is balance


@given(wishes())
def test_a_hold_is_ended_once_and_no_more_is_taken_than_it_holds(wanted: list[Entry]) -> None:
    _, kept = carried_out(wanted)
    ends = [entry for entry in kept if entry.kind in ("capture", "void") and entry.hold]
    assert len({entry.hold for entry in ends}) == len(ends)
    held = {entry.key: entry.amount for entry in kept if entry.kind == "hold"}
    assert all(entry.amount <= held[entry.hold] for entry in ends)


@given(wishes())
def test_money_that_was_put_on_is_spent_lapsed_or_still_there(wanted: list[Entry]) -> None:
    balance, kept = carried_out(wanted)
    came = sum(entry.amount for entry in kept if entry.kind in ("load", "refund", "adjust"))
    went = sum(entry.amount for entry in kept if entry.kind in ("capture", "expire"))
    assert came - went == balance.available + balance.held


@pytest.mark.parametrize("row", rows("coupons.md", "ledger"))
def test_an_account_moves_as_the_page_says(row: list[str]) -> None:
    entries, available, held, refused, _ = row
    *before, last = [entry_of(text.strip(), number) for number, text in enumerate(entries.split(","))]
    balance = replayed(before)
    if refused:
        with pytest.raises(StoredValueRefused) as caught:
            added(balance, last)
        assert caught.value.code == refused
    else:
        balance = added(balance, last)
    assert (balance.available, balance.held) == (int(available), int(held))


def entry_of(text: str, number: int) -> Entry:
    """ "capture 2500 of 2" as the entry number `number`, which ends the second entry of the row."""
    kind, amount, *of = text.split()
    return Entry(str(number + 1), kind, int(amount), of[1] if of else "")  # type: ignore[arg-type]


def test_a_key_under_which_something_else_was_asked_is_refused() -> None:
    balance = replayed([Entry("a", "load", 100)])
    with pytest.raises(StoredValueRefused) as caught:
        added(balance, Entry("a", "load", 101))
    assert caught.value.code == "stored_value.key_used"


def test_so_much_fits_and_no_more() -> None:
    loads = [Entry(str(number), "load", AMOUNT_MAX) for number in range(BALANCE_MAX // AMOUNT_MAX)]
    balance = replayed(loads)
    assert balance.available == BALANCE_MAX
    with pytest.raises(StoredValueRefused) as caught:
        added(balance, Entry("one-more", "load", 1))
    assert caught.value.code == "stored_value.full"
    assert added(balance, Entry("hold", "hold", AMOUNT_MAX)).held == AMOUNT_MAX


def test_a_card_is_over_from_its_moment_on_and_never_where_it_has_none() -> None:
    terms = Terms("EUR", expires_at=1_000)
    assert [is_over(terms, now) for now in (999, 1_000)] == [False, True]
    assert not is_over(Terms("EUR"), 10**15)
    check_usable(terms, "EUR", 999)
    for bad, currency, now, code in (
        (terms, "EUR", 1_000, "over"),
        (terms, "USD", 999, "currency"),
        (Terms("EUR", blocked=True), "EUR", 0, "blocked"),
    ):
        with pytest.raises(StoredValueRefused) as caught:
            check_usable(bad, currency, now)
        assert caught.value.code == f"stored_value.{code}"


@given(st.integers(0, space(CODE_LENGTH) - 1))
def test_a_cards_code_is_read_back_and_a_coupons_is_named_as_one(number: int) -> None:
    code = made(number, CODE_LENGTH)
    assert read_code(shown(code).lower()) == code
    with pytest.raises(StoredValueRefused) as caught:
        read_code(made(number % space(12), 12))
    assert caught.value.code == "stored_value.coupon"
    with pytest.raises(VoucherError):
        read_code(code[:-1])
