"""Lines of the app that were asked for and have not come: the visit ends without them, and they stay the shopper's."""

from dataclasses import replace
from typing import Any

from pos_terminal import hands, till
from pos_terminal.till import Moment, Shopper, Till
from retail.cart import Cart, CartLine

AT = Moment(1_770_000_000_000, lambda: "made-here")
MINE = CartLine("mine", "p-1", 2000, "till-1", "till", 1)
VERA = Shopper("shopper-1", "Vera", "en", "2900000000001", 0)
MILA = {"shopper": "shopper-2", "name": "Mila", "language": "en", "number": "2900000000002", "points": 0}


def asking() -> Till:
    cart = Cart("visit-1", {"mine": MINE})
    return replace(
        till.first("till", "till-1", "en"), phase="selling", cart=cart, shopper=VERA, live="live-1", taking=("theirs",)
    )


def wishes(step: till.Step) -> list[tuple[str, dict[str, Any]]]:
    return [(wish.kind, wish.body) for wish in step[1]]


def test_a_voided_cart_puts_back_what_is_in_hand_and_nothing_that_is_on_its_way() -> None:
    step = till.give_up(asking())
    assert wishes(step) == [("cart.remove", {"line": "mine", "seen": 2000}), ("cart.release", {})]
    assert not step[0].in_visit


def test_a_voided_cart_that_waits_for_nothing_is_abandoned_whole() -> None:
    assert wishes(till.give_up(replace(asking(), taking=()))) == [("cart.abandon", {})]


def test_a_sale_says_nothing_more_of_lines_that_did_not_come_in_time() -> None:
    assert [kind for kind, _ in wishes(till.sold(asking(), {}, {"sale": {}}))] == ["sale.commit"]


def test_lines_that_are_on_their_way_come_along_when_the_cashier_replaces_the_shopper() -> None:
    replaced, _ = till.attach(asking(), MILA, AT, replacing=True)
    theirs = {"item": "p-2", "quantity": 1000, "owner": "till-1", "origin": "till", "fulfilment": "collect"}
    held = hands.adopted(replaced, {"theirs": theirs | {"weighed": False}}, AT)
    assert set(held.cart.lines) == {"mine", "theirs"}
    assert held.taking == ()
