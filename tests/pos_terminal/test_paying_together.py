"""Paying a cart that others can see: the hub is asked, and money is never refused because it does not answer."""

import threading
from typing import Any

import pytest
from test_live_cart import LIVE, virtual, visit  # noqa: F401
from till_bench import PIECES, Bench

from retail.lease import LEASE_MS

PAID_THERE = {"device": "till-2", "place": {"names": {"en": "Till 2", "ru": "Касса 2"}}, "fence": 3, "since": 1}


def refusal(code: str) -> dict[str, Any]:
    return {"code": code, "message": "It is being paid at {place}.", "params": {"place": {"en": "Till 2"}}}


def amount(bench: Bench) -> int:
    due: int = bench.view["payment"]["due"]
    return due


def test_the_sale_says_under_which_lease_it_was_paid(visit: Bench) -> None:  # noqa: F811
    visit.ok("pay_begin")
    visit.wait(lambda view: view["payment"]["lease"] == "held")
    visit.ok("tender", kind="cash", amount=amount(visit))
    visit.hub.wait(lambda: "sale.commit" in visit.hub.kinds)
    begun, sale = visit.hub.taken[-2:]
    assert (begun["kind"], list(begun["body"]["lines"].values())) == ("checkout.begin", [1000])
    assert sale["body"]["fence"] == 7


def test_money_that_is_given_at_once_waits_for_the_hubs_word_a_moment(visit: Bench) -> None:  # noqa: F811
    visit.ok("pay_begin")
    visit.ok("tender", kind="cash", amount=amount(visit))
    visit.hub.wait(lambda: "sale.commit" in visit.hub.kinds)
    assert visit.hub.taken[-1]["body"]["fence"] == 7


@pytest.mark.parametrize("code", ["cart.being_paid", "cart.stale"])
def test_who_may_not_pay_now_is_back_at_the_cart_and_is_told_why(visit: Bench, code: str) -> None:  # noqa: F811
    visit.hub.rejects["checkout.begin"] = refusal(code)
    visit.ok("pay_begin")
    view = visit.wait(lambda view: view["phase"] == "selling")
    assert (view["notice"]["code"], view["payment"], len(view["lines"])) == (code, None, 1)
    assert view["needs_you"] == []


def test_a_hub_that_does_not_answer_holds_no_money_up(visit: Bench) -> None:  # noqa: F811
    carry_on = threading.Event()
    visit.hub.on_ops = lambda batch: carry_on.wait(10)
    visit.ok("pay_begin")
    visit.ok("tender", kind="cash", amount=amount(visit))
    assert visit.view["phase"] == "done"
    carry_on.set()
    visit.hub.wait(lambda: "sale.commit" in visit.hub.kinds)
    assert "fence" not in visit.hub.taken[-1]["body"]


def test_a_till_alone_asks_nobody(visit: Bench) -> None:  # noqa: F811
    visit.hub.stop()
    visit.wait(lambda view: not view["link"]["online"])
    visit.ok("pay_begin")
    assert visit.view["payment"]["lease"] == "none"
    visit.ok("tender", kind="cash", amount=amount(visit))
    assert visit.view["last_sale"]["lines"] == 1


def test_a_payment_that_is_given_up_gives_the_lease_back(visit: Bench) -> None:  # noqa: F811
    visit.ok("pay_begin")
    visit.ok("pay_cancel")
    visit.hub.wait(lambda: visit.hub.kinds[-2:] == ["checkout.begin", "checkout.cancel"])


def test_a_hub_that_cannot_give_leases_is_no_reason_to_refuse_money(visit: Bench) -> None:  # noqa: F811
    visit.hub.rejects["checkout.begin"] = {"code": "message.unknown_kind", "message": "No.", "params": {}}
    visit.ok("pay_begin")
    visit.wait(lambda view: view["payment"] and view["payment"]["lease"] == "none")
    visit.ok("tender", kind="cash", amount=amount(visit))
    assert visit.view["phase"] == "done"


def test_an_open_payment_keeps_its_lease(visit: Bench) -> None:  # noqa: F811
    visit.ok("pay_begin")
    visit.wait(lambda view: view["payment"]["lease"] == "held")
    clockwork, counter = visit.terminal.clockwork, visit.counter  # type: ignore[union-attr]
    clockwork.tick(counter.now())
    assert visit.hub.kinds.count("checkout.begin") == 1
    counter.offset_ms += LEASE_MS // 2 + 1_000
    clockwork.tick(counter.now())
    visit.hub.wait(lambda: visit.hub.kinds.count("checkout.begin") == 2)


def test_goods_are_not_taken_from_where_they_are_being_paid(visit: Bench) -> None:  # noqa: F811
    visit.hub.carts[LIVE]["paying"] = {**PAID_THERE, "device": "kiosk-1", "until": 2**50}
    visit.hub._event(f"cart:{LIVE}", {"paying": visit.hub.carts[LIVE]["paying"]})
    visit.hub.put(LIVE, **virtual(owner="kiosk-1", origin="kiosk"))
    view = visit.wait(lambda view: view["paying"] and "from-the-phone" in view["lines"])
    assert not view["lines"]["from-the-phone"]["takeable"]
    assert visit.refused("take", line="from-the-phone") == "cart.being_paid"
    visit.hub._event(f"cart:{LIVE}", {"paying": None})
    visit.wait(lambda view: view["paying"] is None and view["lines"]["from-the-phone"]["takeable"])


def test_what_was_chosen_before_the_visit_lies_in_a_tray_of_its_own(visit: Bench) -> None:  # noqa: F811
    now = visit.counter.now()
    visit.hub.put(LIVE, **virtual(at=now - 60_000))
    visit.hub.put(LIVE, **{**virtual(at=now + 60_000), "id": "just-now"})
    view = visit.wait(lambda view: {"just-now", "from-the-phone"} <= view["lines"].keys())
    assert (view["lines"]["from-the-phone"]["earlier"], view["lines"]["just-now"]["earlier"]) == (True, False)
    assert view["totals"]["in_hand"] == PIECES[0].price
