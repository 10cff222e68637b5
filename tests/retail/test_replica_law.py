"""Old state + changes = new state, for states of any stream."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.replica import KEYED, applied, difference

ROWS = st.dictionaries(st.sampled_from("abcd"), st.fixed_dictionaries({"n": st.integers(0, 2)}), max_size=4)
VALUES = st.none() | st.integers(0, 2) | st.text(max_size=2) | st.lists(st.integers(0, 1), max_size=2)
STATES = st.fixed_dictionaries(
    {"lines": ROWS, "orders": ROWS, "totals": ROWS | VALUES, "shopper": VALUES}, optional={"sales": ROWS, "now": VALUES}
)


def grown(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A state keeps the keys it had."""
    return {**old, **new}


@given(STATES, STATES)
def test_old_and_changes_make_new(old: dict[str, Any], new: dict[str, Any]) -> None:
    new = grown(old, new)
    assert applied(old, difference(old, new)) == new


@given(STATES, STATES)
def test_neither_side_alters_what_it_was_given(old: dict[str, Any], new: dict[str, Any]) -> None:
    new = grown(old, new)
    copies = deepcopy((old, new))
    applied(old, difference(old, new))
    assert (old, new) == copies


@given(STATES)
def test_from_nothing_the_changes_are_the_snapshot(new: dict[str, Any]) -> None:
    assert applied({}, difference({}, new)) == new


@given(STATES)
def test_where_nothing_changed_there_is_nothing_to_tell(old: dict[str, Any]) -> None:
    assert difference(old, deepcopy(old)) == {}


@given(STATES, STATES)
def test_changes_twice_are_changes_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    changes = difference(old, grown(old, new))
    assert applied(applied(old, changes), changes) == applied(old, changes)


@pytest.mark.parametrize("key", KEYED)
def test_a_keyed_collection_tells_only_its_changed_rows_and_null_for_what_is_gone(key: str) -> None:
    old = {key: {"a": {"n": 1}, "b": {"n": 1}, "c": {"n": 1}}}
    new = {key: {"a": {"n": 1}, "b": {"n": 2}, "d": {"n": 3}}}
    assert difference(old, new) == {key: {"b": {"n": 2}, "c": None, "d": {"n": 3}}}


def test_any_other_key_is_replaced_whole() -> None:
    old, new = {"totals": {"total": 1, "count": 1}}, {"totals": {"total": 2, "count": 1}}
    assert difference(old, new) == {"totals": {"total": 2, "count": 1}}


def test_a_state_that_lost_a_key_is_a_fault_and_not_a_silence() -> None:
    with pytest.raises(ValueError, match="lost totals"):
        difference({"lines": {}, "totals": {}}, {"lines": {}})
