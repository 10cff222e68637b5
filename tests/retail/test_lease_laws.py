"""What must hold for the right to pay a cart, after any history of any devices and any passing of time."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from cart_histories import ACTORS, OPERATIONS, state
from hypothesis import given
from hypothesis import strategies as st

from retail.cart import Actor, Begin, Cancel, Cart, Operation, Settle, Take, apply, lapsed
from retail.errors import CartRefused
from retail.lease import LEASE_MS, Lease, being_paid
from retail.replica import applied, difference

WAITS = st.sampled_from([0, 1, 1_000, LEASE_MS // 2, LEASE_MS - 1, LEASE_MS, LEASE_MS + 1])
WORDS = st.one_of(
    OPERATIONS,
    st.just(Begin({})),
    st.builds(Begin, st.dictionaries(st.sampled_from(["l-0", "l-1"]), st.sampled_from([1000, 2000]), max_size=2)),
    st.just(Cancel()),
    st.builds(Settle, st.just(()), st.integers(0, 4)),
)
HISTORIES = st.lists(st.tuples(st.sampled_from(ACTORS), WORDS, WAITS), max_size=30)


def told(history: list[tuple[Actor, Operation, int]]) -> list[tuple[int, Actor, Operation, Cart, Cart]]:
    """`(now, who, what, before, after)` for everything that was carried out, as the hub does it."""
    cart, now, steps = Cart("cart-1"), 1, []
    for actor, operation, wait in history:
        now += wait
        said = replace(operation, hub_at=now) if isinstance(operation, Begin) else operation
        try:
            after = apply(lapsed(cart, now), actor, said, now)
        except CartRefused:
            continue
        steps.append((now, actor, said, cart, after))
        cart = after
    return steps


@given(HISTORIES)
def test_a_lease_has_one_holder_until_it_is_given_back_or_its_time_is_over(history: list[Any]) -> None:
    for now, actor, _, before, after in told(history):
        old, new = before.lease, after.lease
        if old is None or new is old:
            continue
        assert actor.device == old.device or now >= old.until


@given(HISTORIES)
def test_every_lease_has_a_higher_fence_than_all_before_it(history: list[Any]) -> None:
    leases = [after.lease for _, _, _, _, after in told(history) if after.lease is not None]
    for one, other in pairwise(leases):
        assert other.fence == one.fence if other.since == one.since else other.fence > one.fence
        assert other.until <= other.since + LEASE_MS or other.device == one.device


@given(HISTORIES)
def test_while_a_lease_holds_nobody_else_gets_its_holders_lines(history: list[Any]) -> None:
    for now, actor, operation, before, after in told(history):
        lease = lapsed(before, now).lease
        if lease is None or actor.device == lease.device:
            continue
        assert after.of(lease.device) == before.of(lease.device)
        assert not (isinstance(operation, Take) and before.lines[operation.line].owner == lease.device)


@given(HISTORIES)
def test_whoever_holds_a_lease_saw_what_it_has_in_hand(history: list[Any]) -> None:
    for _, actor, operation, before, after in told(history):
        if isinstance(operation, Begin):
            assert after.lease is not None and after.lease.device == actor.device
            assert all(before.lines[line].quantity == seen for line, seen in operation.lines.items())


@given(HISTORIES)
def test_old_state_and_events_are_the_fresh_state(history: list[Any]) -> None:
    for _, _, _, before, after in told(history):
        assert applied(state(before), difference(state(before), state(after))) == state(after)


@given(st.integers(0, 9), st.integers(0, 9))
def test_a_sale_under_an_old_fence_leaves_the_newer_lease_alone(fence: int, said: int) -> None:
    lease = Lease("till-1", fence, 1, LEASE_MS)
    after = apply(Cart("cart-1", lease=lease, fence=fence), Actor("till-1", "till"), Settle((), said), 2)
    assert (after.lease is None) == (said in (0, fence))


def test_whoever_meets_a_lease_is_told_where_the_cart_is_being_paid() -> None:
    lease = Lease("till-2", 1, 1_000, 1_000 + LEASE_MS)
    assert being_paid(lease).params["place"] == "till-2"
    assert being_paid(lease, {"en": "Till 2"}).params == {"place": {"en": "Till 2"}, "device": "till-2"}
