"""What must hold for a cart after any history, with terminals and phones speaking in any order."""

from dataclasses import asdict
from typing import Any

from cart_histories import ACTORS, ITEMS, OPERATIONS, state
from hypothesis import given
from hypothesis import strategies as st

from retail.cart import (
    HUB,
    LINE_QUANTITY_MAX,
    Actor,
    Add,
    Cart,
    CartLine,
    Operation,
    Release,
    Take,
    apply,
    move,
)
from retail.errors import CartRefused
from retail.replica import applied, difference

STEPS = st.tuples(st.sampled_from(ACTORS), OPERATIONS)
HISTORIES = st.lists(STEPS, max_size=25)


def told(history: list[tuple[Actor, Operation]], cart: Cart | None = None) -> Cart:
    """The cart after a history; what is refused changes nothing."""
    cart = cart or Cart("cart-1")
    for at, (actor, operation) in enumerate(history, 1):
        cart = stepped(cart, actor, operation, at)
    return cart


def stepped(cart: Cart, actor: Actor, operation: Operation, at: int) -> Cart:
    try:
        return apply(cart, actor, operation, at)
    except CartRefused:
        return cart


def held(cart: Cart) -> dict[tuple[str, str], int]:
    """How much of each item each owner has."""
    sums: dict[tuple[str, str], int] = {}
    for line in cart.lines.values():
        sums[line.owner, line.item] = sums.get((line.owner, line.item), 0) + line.quantity
    return sums


@given(HISTORIES)
def test_every_line_is_more_than_nothing_has_its_own_place_and_its_own_name(history: list[Any]) -> None:
    cart = told(history)
    assert all(0 < line.quantity <= LINE_QUANTITY_MAX for line in cart.lines.values())
    assert all(key == line.id for key, line in cart.lines.items())
    places = [line.n for line in cart.lines.values()]
    assert len(set(places)) == len(places)
    assert all(place < cart.next_n for place in places)


@given(HISTORIES, STEPS)
def test_a_line_in_hand_changes_only_by_its_owner_or_by_a_till_from_a_kiosk(history: list[Any], step: Any) -> None:
    before = told(history)
    actor, operation = step
    after = stepped(before, actor, operation, 99)
    for line in before.lines.values():
        if line.in_hand and line.owner != actor.owner and after.lines.get(line.id) != line:
            assert isinstance(operation, Take)
            assert (actor.channel, line.origin) == ("till", "kiosk")
            assert line.owner.startswith("kiosk")


@given(HISTORIES, STEPS)
def test_a_virtual_line_changes_only_from_online_or_by_being_taken_in_hand(history: list[Any], step: Any) -> None:
    before = told(history)
    actor, operation = step
    after = stepped(before, actor, operation, 99)
    for line in before.lines.values():
        if not line.in_hand and actor.channel != "online" and after.lines.get(line.id) != line:
            assert isinstance(operation, Take)
            assert after.lines[line.id].quantity == line.quantity


@given(HISTORIES, STEPS)
def test_the_old_state_and_the_changes_are_the_new_state(history: list[Any], step: Any) -> None:
    before = told(history)
    after = stepped(before, *step, 99)
    changes = difference(state(before), state(after))
    assert applied(state(before), changes) == state(after)
    untouched = {key for key, line in before.lines.items() if after.lines.get(key) == line}
    assert not untouched & set(changes.get("lines", {}))


@given(HISTORIES, HISTORIES)
def test_changes_told_one_by_one_end_where_one_change_would(first: list[Any], second: list[Any]) -> None:
    start = told(first)
    replica, cart = state(start), start
    for actor, operation in second:
        after = stepped(cart, actor, operation, 99)
        replica = applied(replica, difference(state(cart), state(after)))
        cart = after
    assert replica == state(cart)
    assert applied(state(start), difference(state(start), state(cart))) == state(cart)


@given(HISTORIES, STEPS)
def test_a_refused_or_accepted_operation_never_alters_the_cart_it_was_given(history: list[Any], step: Any) -> None:
    before = told(history)
    copy = state(before)
    stepped(before, *step, 99)
    assert state(before) == copy


@given(
    st.lists(st.tuples(st.sampled_from(["phone-1", "phone-2"]), ITEMS, st.integers(-5, 5)), max_size=12).flatmap(
        lambda deltas: st.tuples(st.just(deltas), st.permutations(deltas))
    )
)
def test_additions_from_several_phones_come_to_the_same_in_any_order(orders: tuple[list[Any], list[Any]]) -> None:
    # The cart starts with more than all minus taps together, so that the floor at nothing is never reached.
    stock = [(ACTORS[3], Add(f"start-{item}", item, 100_000)) for item in ("tea", "jam", "mug")]
    ends = [
        told(
            [
                (Actor(phone, "online"), Add(f"x-{n}", item, pieces * 1000))
                for n, (phone, item, pieces) in enumerate(order)
            ],
            told(stock),
        )
        for order in orders
    ]
    assert held(ends[0]) == held(ends[1])
    assert held(ends[0])[HUB, "tea"] == 100_000 + sum(1000 * pieces for _, item, pieces in orders[0] if item == "tea")


@given(
    st.lists(st.tuples(ITEMS, st.integers(1, 9)), min_size=1, max_size=12).flatmap(
        lambda scans: st.tuples(st.just(scans), st.permutations(scans))
    )
)
def test_scans_come_to_the_same_goods_in_any_order(orders: tuple[list[Any], list[Any]]) -> None:
    ends = [
        told([(ACTORS[0], Add(f"x-{n}", item, pieces * 1000)) for n, (item, pieces) in enumerate(order)])
        for order in orders
    ]
    assert held(ends[0]) == held(ends[1])


@given(HISTORIES, HISTORIES)
def test_moving_a_visit_into_the_live_cart_loses_and_makes_nothing(visit: list[Any], live: list[Any]) -> None:
    source = told(visit, Cart("visit"))
    target = told(live, Cart("live"))
    # Ids of lines are made by devices and never meet; here they would, so the live cart's get another name.
    renamed = {f"live-{key}": CartLine(**asdict(line) | {"id": f"live-{key}"}) for key, line in target.lines.items()}
    target = Cart("live", renamed, next_n=target.next_n)
    left, joined = move(source, target, "till-1")
    assert {**left.lines, **joined.lines}.keys() == {**source.lines, **target.lines}.keys()
    assert all(joined.lines[key] == line for key, line in target.lines.items())
    assert left.of("till-1") == []
    arrived = joined.of("till-1")[len(target.of("till-1")) :]
    assert [line.id for line in arrived] == [line.id for line in source.of("till-1")]
    places = [line.n for line in joined.lines.values()]
    assert len(set(places)) == len(places)


@given(HISTORIES)
def test_release_then_take_gives_back_the_same_goods(history: list[Any]) -> None:
    cart = told(history)
    till = ACTORS[0]
    mine = [line.id for line in cart.of(till.owner)]
    again = told([(till, Release()), *((till, Take(line)) for line in mine)], cart)
    assert held(again) == held(cart)
