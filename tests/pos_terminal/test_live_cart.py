"""One live cart: what a phone and a kiosk put into it stands at the till, and hands are respected."""

import threading

import pytest
from till_bench import PIECES, SHOP, SHOPPER, Bench

LIVE = f"live-{SHOPPER.id}"


def virtual(n: int = 7, **change: object) -> dict[str, object]:
    product = PIECES[5]
    return {
        "id": "from-the-phone",
        "item": product.id,
        "names": product.names,
        "quantity": 2000,
        "unit": "piece",
        "weighed": False,
        "owner": "hub",
        "origin": "online",
        "place": None,
        "fulfilment": "carry_out",
        "unit_price": product.price,
        "total": 2 * product.price,
        "picture": product.picture,
        "n": n,
        "at": 1,
        **change,
    }


@pytest.fixture
def visit(bench: Bench) -> Bench:
    """A shopper is known at the till, and the till listens to their live cart."""
    bench.scan(PIECES[0])
    bench.ok("attach", card=SHOPPER.card)
    bench.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    bench.wait(lambda view: bench.counter.desk.hub_cart.get("id") == LIVE)
    return bench


def test_the_hub_confirms_the_shopper(visit: Bench) -> None:
    assert (visit.view["shopper"]["id"], visit.view["shopper"]["points"]) == (SHOPPER.id, SHOPPER.points)


def test_what_the_phone_adds_stands_at_the_till_beside_its_own_goods(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual())
    view = visit.wait(lambda view: "from-the-phone" in view["lines"])
    row = view["lines"]["from-the-phone"]
    assert (row["mine"], row["takeable"], row["quantity"]) == (False, True, 2000)
    assert view["totals"]["virtual"] == 2 * PIECES[5].price
    assert view["totals"]["in_hand"] == PIECES[0].price and view["totals"]["count"] == 1


def test_only_what_is_in_hand_is_paid(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    sale = visit.sell()
    assert (sale["total"], sale["lines"]) == (PIECES[0].price, 1)
    assert visit.view["lines"] == {} and visit.view["shopper"] is None


def test_a_line_that_is_taken_in_hand_is_paid_here(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.ok("take", line="from-the-phone")
    view = visit.wait(lambda view: view["lines"]["from-the-phone"]["mine"])
    assert view["totals"]["in_hand"] == PIECES[0].price + 2 * PIECES[5].price
    assert visit.sell()["lines"] == 2


def test_an_old_copy_of_our_own_goods_never_overrules_the_hand(visit: Bench) -> None:
    (mine,) = visit.view["lines"]
    arrived, carry_on = threading.Event(), threading.Event()
    visit.hub.on_ops = lambda batch: (arrived.set(), carry_on.wait(10))
    visit.scan(PIECES[0])
    assert arrived.wait(10)
    visit.hub.put(LIVE, id=mine, owner="till-2", quantity=9000)
    visit.hub.put(LIVE, **{**virtual(), "id": "last", "n": 9})
    view = visit.wait(lambda view: "last" in view["lines"])
    assert (view["lines"][mine]["quantity"], view["lines"][mine]["mine"]) == (2000, True)
    carry_on.set()


@pytest.mark.parametrize("how", ["in another hand", "paid"])
def test_goods_that_a_till_took_over_while_the_link_was_away_leave_the_hand_and_it_is_said(
    visit: Bench, how: str
) -> None:
    (mine,) = visit.view["lines"]
    visit.hub.stop()
    visit.wait(lambda view: not view["link"]["online"])
    visit.scan(PIECES[1])
    if how == "paid":
        visit.hub.drop_line(LIVE, mine)
    else:
        visit.hub.put(LIVE, id=mine, owner="till-2", origin="till")
    visit.hub.start()
    view = visit.wait(lambda view: view["notice"] and view["notice"]["code"] == "cart.taken_over")
    assert [row["item"] for row in view["lines"].values() if row["mine"]] == [PIECES[1].id]


def test_goods_whose_last_scan_was_refused_because_another_till_has_them_leave_the_hand(visit: Bench) -> None:
    (mine,) = visit.view["lines"]
    visit.hub.rejects["cart.add"] = {"code": "cart.in_hand", "message": "It is in hand.", "params": {}}
    visit.scan(PIECES[0])
    visit.wait(lambda view: not view["link"]["unsent"])
    visit.hub.put(LIVE, id=mine, owner="till-2", origin="till")
    view = visit.wait(lambda view: view["notice"] and view["notice"]["code"] == "cart.taken_over")
    assert not view["lines"][mine]["mine"]


def test_goods_in_doubt_are_asked_about_when_the_hub_tells_its_heads(visit: Bench) -> None:
    (mine,) = visit.view["lines"]
    visit.scan(PIECES[0])
    visit.wait(lambda view: not view["link"]["unsent"])
    # Nothing here says of the last scan that it is in this copy, as where it came as a whole: it may be on its way.
    visit.hub.put(LIVE, id=mine, owner="till-2", origin="till")
    visit.hub.put(LIVE, **virtual())
    view = visit.wait(lambda view: "from-the-phone" in view["lines"])
    assert view["lines"][mine]["mine"]
    visit.hub.tell_heads(LIVE)
    view = visit.wait(lambda view: view["notice"] and view["notice"]["code"] == "cart.taken_over")
    assert not view["lines"][mine]["mine"]


def test_goods_that_the_hub_refused_for_what_they_are_stay_in_the_hand(visit: Bench) -> None:
    visit.hub.rejects["cart.add"] = {"code": "catalogue.unknown_item", "message": "Not sold.", "params": {}}
    line = visit.scan(PIECES[1])["line"]
    visit.wait(lambda view: view["needs_you"])
    visit.hub.put(LIVE, **virtual())
    view = visit.wait(lambda view: "from-the-phone" in view["lines"])
    assert view["lines"][line]["mine"]


def test_more_of_goods_that_were_also_taken_in_hand_names_the_line_it_goes_to(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual(item=PIECES[0].id))
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.ok("take", line="from-the-phone")
    visit.wait(lambda view: view["lines"]["from-the-phone"]["mine"])
    line = visit.scan(PIECES[0])["line"]
    visit.wait(lambda view: not view["link"]["unsent"])
    assert visit.hub.taken[-1]["kind"] == "cart.add"
    assert visit.hub.taken[-1]["body"]["line"] == line != "from-the-phone"


def test_what_lies_in_another_tills_hand_cannot_be_taken(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual(owner="till-2", origin="till"))
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    assert visit.refused("take", line="from-the-phone") == "cart.in_hand"
    assert visit.refused("take", line="no-such-line") == "cart.line_gone"


def test_a_kiosks_goods_can_be_taken_at_a_till(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual(owner="kiosk-1", origin="kiosk"))
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.ok("take_all")
    visit.wait(lambda view: view["lines"]["from-the-phone"]["mine"])


def test_taking_needs_the_link_and_says_so(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.hub.stop()
    visit.wait(lambda view: not view["link"]["online"])
    assert visit.refused("take", line="from-the-phone") == "link.needed"
    assert "from-the-phone" in visit.view["lines"]


def test_a_refused_taking_leaves_the_line_where_it_was(visit: Bench) -> None:
    visit.hub.rejects["cart.take"] = {"code": "cart.in_hand", "message": "It is in hand.", "params": {}}
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.ok("take", line="from-the-phone")
    view = visit.wait(lambda view: view["needs_you"])
    assert not view["lines"]["from-the-phone"]["taking"] and not view["lines"]["from-the-phone"]["mine"]


def test_a_missed_event_is_fetched(visit: Bench) -> None:
    visit.hub.versions[f"cart:{LIVE}"] = visit.hub.versions.get(f"cart:{LIVE}", 1) + 3
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])


def test_the_cart_is_there_again_after_the_link_was_cut(visit: Bench) -> None:
    visit.hub.cut()
    visit.wait(lambda view: not view["link"]["online"])
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: view["link"]["online"] and "from-the-phone" in view["lines"])


def test_a_restarted_till_follows_the_cart_again(visit: Bench) -> None:
    visit.stop()
    visit.hub.put(LIVE, **virtual())
    visit.start()
    visit.wait(lambda view: "from-the-phone" in view["lines"] and len(view["lines"]) == 2)


def test_the_cart_of_another_shopper_is_not_shown_when_the_cashier_changes_the_card(visit: Bench) -> None:
    visit.hub.put(LIVE, **virtual())
    visit.wait(lambda view: "from-the-phone" in view["lines"])
    visit.ok("attach", card=SHOP.shoppers[1].card, replace=True)
    assert "from-the-phone" not in visit.view["lines"]
