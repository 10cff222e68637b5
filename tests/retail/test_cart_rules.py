"""Who may change what in a cart, told as what happens in a shop."""

from collections.abc import Callable

import pytest

from retail.cart import (
    CART_LINES_MAX,
    HUB,
    LINE_QUANTITY_MAX,
    Abandon,
    Actor,
    Add,
    Attach,
    Cart,
    CartLine,
    Operation,
    Release,
    Remove,
    SetQuantity,
    Settle,
    Take,
    apply,
    line_as_dict,
    line_from,
    move,
)
from retail.errors import CartRefused

TILL, OTHER_TILL = Actor("till-1", "till"), Actor("till-2", "till")
KIOSK, OTHER_KIOSK = Actor("kiosk-1", "kiosk"), Actor("kiosk-2", "kiosk")
PHONE, OTHER_PHONE = Actor("phone-1", "online"), Actor("phone-2", "online")
EMPTY = Cart("cart-1")


def after(cart: Cart, *steps: tuple[Actor, Operation]) -> Cart:
    for at, (actor, operation) in enumerate(steps, 1):
        cart = apply(cart, actor, operation, at)
    return cart


def quantities(cart: Cart) -> list[tuple[str, int, str]]:
    return [(line.item, line.quantity, line.owner) for line in sorted(cart.lines.values(), key=lambda line: line.n)]


def refusal(code: str) -> Callable[[Cart, Actor, Operation], CartRefused]:
    def check(cart: Cart, actor: Actor, operation: Operation) -> CartRefused:
        with pytest.raises(CartRefused) as caught:
            apply(cart, actor, operation, 9)
        assert caught.value.code == code
        return caught.value

    return check


def test_both_scans_of_the_same_goods_count_in_one_line() -> None:
    cart = after(EMPTY, (TILL, Add("a", "milk", 1000)), (TILL, Add("b", "milk", 1000)))
    assert quantities(cart) == [("milk", 2000, "till-1")]
    assert list(cart.lines) == ["a"]


def test_the_same_goods_in_hand_and_chosen_online_are_two_lines() -> None:
    cart = after(EMPTY, (TILL, Add("a", "milk", 1000)), (PHONE, Add("b", "milk", 1000)))
    assert quantities(cart) == [("milk", 1000, "till-1"), ("milk", 1000, HUB)]


def test_the_same_goods_to_collect_and_to_deliver_are_two_lines() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "boots", 1000, "collect")), (PHONE, Add("b", "boots", 1000, "deliver")))
    assert len(cart.lines) == 2


def test_two_phones_of_a_shopper_share_one_line() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)), (OTHER_PHONE, Add("b", "tea", 2000)))
    assert quantities(cart) == [("tea", 3000, HUB)]


def test_each_weighing_is_a_line_of_its_own() -> None:
    cart = after(EMPTY, (TILL, Add("a", "apples", 345, weighed=True)), (TILL, Add("b", "apples", 345, weighed=True)))
    assert quantities(cart) == [("apples", 345, "till-1"), ("apples", 345, "till-1")]


def test_of_several_lines_the_first_in_the_cart_is_joined_however_the_cart_was_loaded() -> None:
    first, second = (CartLine(key, "tea", 1000, HUB, "online", n) for n, key in enumerate("ba", 1))
    for lines in ({"b": first, "a": second}, {"a": second, "b": first}):
        cart = apply(Cart("c", lines, next_n=3), PHONE, Add("x", "tea", 1000), 1)
        assert cart.lines["b"].quantity == 2000


def test_minus_on_the_phone_stops_at_nothing() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)), (PHONE, Add("b", "tea", -3000)))
    assert quantities(cart) == []


def test_minus_on_goods_that_another_phone_took_out_is_no_error() -> None:
    assert apply(EMPTY, PHONE, Add("a", "tea", -1000), 1) == EMPTY


def test_minus_on_the_phone_leaves_what_is_in_hand() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", 1000)), (PHONE, Add("b", "tea", -1000)))
    assert quantities(cart) == [("tea", 1000, "till-1")]


def test_nothing_of_something_cannot_be_added() -> None:
    refusal("cart.quantity")(EMPTY, PHONE, Add("a", "tea", 0))
    refusal("cart.quantity")(EMPTY, TILL, Add("a", "apples", -345, weighed=True))


def test_a_set_quantity_keeps_what_was_added_unseen() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 2000)), (OTHER_PHONE, Add("b", "tea", 1000)))
    assert quantities(apply(cart, PHONE, SetQuantity("a", to=5000, seen=2000), 3)) == [("tea", 6000, HUB)]


def test_a_quantity_set_to_nothing_takes_the_line_away() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", 2000)), (TILL, SetQuantity("a", to=0, seen=2000)))
    assert cart.lines == {}


def test_a_set_quantity_never_goes_below_nothing() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)), (PHONE, SetQuantity("a", to=1000, seen=9000)))
    assert cart.lines == {}


def test_a_removal_leaves_what_the_remover_did_not_see() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 3000)), (OTHER_PHONE, Remove("a", seen=2000)))
    assert quantities(cart) == [("tea", 1000, HUB)]
    assert apply(cart, PHONE, Remove("a", seen=1000), 3).lines == {}


def test_a_quantity_below_nothing_is_no_quantity() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)))
    for operation in (SetQuantity("a", to=-1, seen=0), SetQuantity("a", to=0, seen=-1), Remove("a", seen=-1)):
        refusal("cart.quantity")(cart, PHONE, operation)


def test_a_phone_cannot_touch_what_is_in_hand() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", 1000)))
    refusal("cart.in_hand")(cart, PHONE, Remove("a", seen=1000))
    refusal("cart.in_hand")(cart, PHONE, SetQuantity("a", to=2000, seen=1000))
    refusal("cart.not_a_terminal")(cart, PHONE, Take("a"))


def test_a_till_changes_a_virtual_line_only_after_taking_it_in_hand() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)))
    refusal("cart.virtual")(cart, TILL, SetQuantity("a", to=2000, seen=1000))
    cart = after(cart, (TILL, Take("a")), (TILL, SetQuantity("a", to=2000, seen=1000)))
    assert quantities(cart) == [("tea", 2000, "till-1")]
    refusal("cart.in_hand")(cart, PHONE, Remove("a", seen=2000))


def test_a_till_takes_over_from_a_kiosk_but_no_second_till_from_the_first() -> None:
    cart = after(EMPTY, (KIOSK, Add("a", "tea", 1000)), (TILL, Take("a")))
    assert quantities(cart) == [("tea", 1000, "till-1")]
    refusal("cart.in_hand")(cart, OTHER_TILL, Take("a"))
    refusal("cart.in_hand")(cart, KIOSK, Take("a"))


def test_a_kiosk_takes_nothing_out_of_another_hand() -> None:
    refusal("cart.in_hand")(after(EMPTY, (TILL, Add("a", "tea", 1000))), KIOSK, Take("a"))
    refusal("cart.in_hand")(after(EMPTY, (KIOSK, Add("a", "tea", 1000))), OTHER_KIOSK, Take("a"))


def test_taking_twice_is_taking_once() -> None:
    cart = after(EMPTY, (PHONE, Add("a", "tea", 1000)), (TILL, Take("a")))
    assert apply(cart, TILL, Take("a"), 9) == cart


def test_goods_released_at_a_kiosk_can_be_taken_at_any_till_and_still_say_where_they_came_from() -> None:
    cart = after(EMPTY, (KIOSK, Add("a", "tea", 1000)), (PHONE, Add("b", "mug", 1000)), (KIOSK, Release()))
    assert quantities(cart) == [("tea", 1000, HUB), ("mug", 1000, HUB)]
    assert cart.lines["a"].origin == "kiosk"
    assert quantities(apply(cart, OTHER_TILL, Take("a"), 4))[0] == ("tea", 1000, "till-2")


def test_an_abandoned_visit_takes_only_its_own_lines_away() -> None:
    cart = after(EMPTY, (KIOSK, Add("a", "tea", 1000)), (PHONE, Add("b", "mug", 1000)), (KIOSK, Abandon()))
    assert quantities(cart) == [("mug", 1000, HUB)]


def test_a_sale_takes_its_paid_lines_and_nobody_elses() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", 1000)), (PHONE, Add("b", "mug", 1000)), (TILL, Add("c", "jam", 1000)))
    paid = apply(cart, TILL, Settle(("a", "b", "gone")), 4)
    assert quantities(paid) == [("mug", 1000, HUB), ("jam", 1000, "till-1")]


def test_the_first_shopper_wins_and_the_same_again_is_well() -> None:
    cart = after(EMPTY, (KIOSK, Attach("ann")), (KIOSK, Attach("ann")))
    assert cart.shopper == "ann"
    refusal("cart.other_shopper")(cart, KIOSK, Attach("bob"))
    refusal("cart.other_shopper")(cart, KIOSK, Attach("bob", replace=True))
    refusal("cart.other_shopper")(cart, TILL, Attach("bob"))
    assert apply(cart, TILL, Attach("bob", replace=True), 3).shopper == "bob"


def test_a_card_of_nobody_attaches_nobody() -> None:
    cart = after(EMPTY, (TILL, Attach("ann")))
    refusal("cart.no_shopper")(EMPTY, TILL, Attach(""))
    refusal("cart.no_shopper")(cart, TILL, Attach("", replace=True))


def full() -> Cart:
    lines = {f"l-{n}": CartLine(f"l-{n}", f"p-{n}", 1000, "till-1", "till", n) for n in range(1, CART_LINES_MAX + 1)}
    return Cart("full", lines, next_n=CART_LINES_MAX + 1)


def test_a_full_cart_says_so_and_still_takes_more_of_what_it_holds() -> None:
    assert refusal("cart.too_many_lines")(full(), TILL, Add("x", "new", 1000)).params == {"limit": CART_LINES_MAX}
    assert apply(full(), TILL, Add("x", "p-7", 1000), 1).lines["l-7"].quantity == 2000


def test_one_line_has_a_limit_and_is_kept_when_it_is_reached() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", LINE_QUANTITY_MAX)))
    assert refusal("cart.too_much")(cart, TILL, Add("b", "tea", 1000)).params == {"limit": 9999}
    refusal("cart.too_much")(EMPTY, TILL, Add("a", "tea", LINE_QUANTITY_MAX + 1))
    refusal("cart.too_much")(cart, TILL, SetQuantity("a", to=LINE_QUANTITY_MAX + 1, seen=LINE_QUANTITY_MAX))


def test_an_id_of_a_line_is_used_once() -> None:
    cart = after(EMPTY, (TILL, Add("a", "tea", 1000)))
    refusal("cart.line_exists")(cart, TILL, Add("a", "jam", 1000))


def test_a_line_that_is_gone_is_named_as_gone() -> None:
    for operation in (Remove("a", 1000), SetQuantity("a", 1, 1), Take("a")):
        refusal("cart.line_gone")(EMPTY, TILL, operation)


@pytest.mark.parametrize("status", ["moved", "closed"])
def test_a_cart_that_is_no_longer_open_takes_nothing(status: str) -> None:
    refusal("cart.closed")(Cart("c", status=status), TILL, Add("a", "tea", 1000))  # type: ignore[arg-type]


def test_a_visits_lines_go_to_the_end_of_the_live_cart_in_their_order() -> None:
    visit = after(Cart("visit"), (TILL, Add("a", "tea", 1000)), (TILL, Add("b", "jam", 2000)))
    live = after(Cart("live", shopper="ann"), (PHONE, Add("c", "mug", 1000)))
    source, target = move(visit, live, "till-1")
    assert source.lines == {}
    assert quantities(target) == [("mug", 1000, HUB), ("tea", 1000, "till-1"), ("jam", 2000, "till-1")]
    assert target.next_n == 4


def test_a_move_that_would_lose_a_line_is_refused_and_changes_nothing() -> None:
    visit = after(Cart("visit"), (TILL, Add("l-1", "tea", 1000)))
    same_id = after(Cart("live"), (PHONE, Add("l-1", "mug", 1000)))
    for target, code in (
        (full(), "cart.too_many_lines"),
        (same_id, "cart.line_exists"),
        (Cart("x", status="closed"), "cart.closed"),
    ):
        with pytest.raises(CartRefused) as caught:
            move(visit, target, "till-1")
        assert caught.value.code == code


def test_a_cart_moved_to_itself_stays_as_it_is() -> None:
    live = after(Cart("live"), (TILL, Add("a", "tea", 1000)))
    assert move(live, live, "till-1") == (live, live)


def test_a_line_written_and_read_is_the_same_line() -> None:
    line = CartLine("a", "tea", 345, "till-1", "till", 7, "collect", True, 1_800_000_000_000)
    assert line_from(line_as_dict(line)) == line


def test_a_named_addition_is_about_that_line_and_no_other_of_the_same_item() -> None:
    cart = apply(Cart("c"), TILL, Add("first", "milk", 1000), 1)
    beside = apply(cart, TILL, Add("second", "milk", 1000, named=True), 2)
    more = apply(beside, TILL, Add("second", "milk", 2000, named=True), 3)
    assert {line.id: line.quantity for line in more.lines.values()} == {"first": 1000, "second": 3000}
