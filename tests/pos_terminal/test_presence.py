"""The till says that it has the shopper's cart open, and shows that the shopper looks at it on the phone."""

import pytest
from till_bench import PIECES, SHOPPER, Bench

from pos_terminal.sync import presence
from retail.messages import Presence, parse

LIVE = f"live-{SHOPPER.id}"
PHONE = {"dev": "phone-1", "app": "phone", "place": None, "doing": "look"}
TILL = {"dev": "till-1", "app": "till", "place": None, "doing": "look"}


@pytest.fixture
def visit(bench: Bench) -> Bench:
    """A shopper is known at the till, and the till listens to their live cart."""
    bench.scan(PIECES[0])
    bench.ok("attach", card=SHOPPER.card)
    bench.wait(lambda view: bench.counter.desk.hub_cart.get("id") == LIVE)
    return bench


def test_the_till_says_what_it_does_with_the_cart_that_is_open(visit: Bench) -> None:
    visit.hub.wait(lambda: {"s": f"cart:{LIVE}", "doing": "look"} in visit.hub.present)
    visit.ok("pay_begin")
    visit.hub.wait(lambda: {"s": f"cart:{LIVE}", "doing": "pay"} in visit.hub.present)
    for word in visit.hub.present:
        parse(Presence, word)


def test_a_word_is_said_again_before_it_is_over(visit: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.hub.wait(lambda: bool(visit.hub.present))
    before = len(visit.hub.present)
    # As if the time were over: with whatever wakes the link next the same is said again.
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.0)
    visit.hub.put(LIVE, id="from-the-phone", **_line())
    visit.hub.wait(lambda: len(visit.hub.present) > before and visit.hub.present[-1] == visit.hub.present[before - 1])


def _line() -> dict[str, object]:
    product = PIECES[5]
    return {"item": product.id, "names": product.names, "quantity": 1000, "unit": "piece", "weighed": False,
            "owner": "hub", "origin": "online", "place": None, "fulfilment": "carry_out", "unit_price": product.price,
            "total": product.price, "picture": product.picture, "n": 7, "at": 1}  # fmt: skip


def test_a_phone_that_looks_is_seen_at_the_till_until_it_is_gone(visit: Bench) -> None:
    assert visit.view["on_phone"] is False
    visit.hub.look(LIVE, TILL, PHONE)
    visit.wait(lambda view: view["on_phone"])
    visit.hub.look(LIVE, TILL)
    visit.wait(lambda view: not view["on_phone"])


def test_who_looks_at_another_cart_or_before_the_link_broke_is_not_shown(visit: Bench) -> None:
    visit.hub.look(LIVE, PHONE)
    visit.wait(lambda view: view["on_phone"])
    visit.hub.stop()
    visit.wait(lambda view: not view["link"]["online"])
    assert visit.view["on_phone"] is False


def test_the_next_shopper_begins_with_nobody_on_the_phone(visit: Bench) -> None:
    visit.hub.look(LIVE, PHONE)
    visit.wait(lambda view: view["on_phone"])
    visit.sell()
    assert visit.view["on_phone"] is False
