"""Coupons, cards and points at the till: asked for once, counted once, freed when they are not used."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from till_bench import PIECES, SHOP, SHOPPER, Bench, reference

from pos_terminal import ids, payment
from pos_terminal.sync.holds import GIVE_UP_MS
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.kinds import as_dict
from retail.promotions.promotion import LANE_COUPON, Promotion
from retail.promotions.selector import Selector
from retail.tender import Tender

ONE, OTHER = PIECES[:2]
COUPON = "7KQ4-M0XD-9TR7"
CARD = "9999-9999-9999-9993"
HALF = Promotion(
    "half", 1, {"en": "Half price", "ru": "Полцены"}, EachUnit(Percent(5000), Selector(items=frozenset({ONE.id}))),
    lane=LANE_COUPON, coupon=True,
)  # fmt: skip


def granting(body: dict[str, Any]) -> Any:
    """A hub that grants what it is asked for."""
    answer = {"hold": body["hold"], "kind": body["kind"], "until": 0}
    if body["kind"] == "coupon":
        return answer | {"promotion": "half", "names": HALF.names}
    return answer | {
        "amount": min(100, body["amount"]),
        "points": 100 if body["kind"] == "points" else 0,
        "hint": "…9993",
    }


def refusing(code: str) -> Callable[[dict[str, Any]], Any]:
    return lambda body: ({"error": {"code": code, "message": "This coupon was used already.", "params": {}}}, 409)


@pytest.fixture
def till(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench()
    bench.hub.reference |= {"promotions": [as_dict(HALF)]}
    bench.hub.hold_answer = granting
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out" and view["people"])
    bench.sign_in()
    return bench


def with_coupon(till: Bench) -> str:
    till.scan(ONE)
    till.ok("coupon", code=COUPON)
    till.wait(lambda view: view["coupons"])
    return str(till.view["coupons"][0]["claim"])


def voided(till: Bench) -> list[str]:
    return [op["body"]["hold"] for op in till.hub.taken if op["kind"] == "hold.void"]


def sold(till: Bench) -> dict[str, Any]:
    till.hub.wait(lambda: "sale.commit" in till.hub.kinds)
    sale: dict[str, Any] = next(op["body"]["sale"] for op in till.hub.taken if op["kind"] == "sale.commit")
    return sale


def test_a_coupon_is_asked_for_lowers_the_price_and_is_named_by_the_sale(till: Bench) -> None:
    claim = with_coupon(till)
    off = ONE.price - till.view["totals"]["in_hand"]
    assert off > 0
    assert [(row["off"], row["state"]) for row in till.view["coupons"]] == [(off, "given")]
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["payment"]["due"])
    assert sold(till)["coupons"] == [{"claim": claim, "promotion": "half"}]
    assert (voided(till), till.view["coupons"]) == ([], [])


def test_a_coupon_that_gave_nothing_is_freed_before_the_sale(till: Bench) -> None:
    till.scan(OTHER)
    till.ok("scan", text=COUPON)
    till.wait(lambda view: view["coupons"])
    claim = till.view["coupons"][0]["claim"]
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["payment"]["due"])
    assert sold(till)["coupons"] == []
    assert voided(till) == [claim]
    assert till.hub.kinds.index("hold.void") < till.hub.kinds.index("sale.commit")


def test_a_coupon_can_be_taken_off_and_goes_with_a_cart_that_is_given_up(till: Bench) -> None:
    first = with_coupon(till)
    till.ok("coupon_remove", claim=first)
    assert (till.view["coupons"], till.view["totals"]["in_hand"]) == ([], ONE.price)
    second = with_coupon(till)
    till.ok("void_cart")
    till.hub.wait(lambda: "cart.abandon" in till.hub.kinds)
    assert voided(till) == [first, second]


def test_a_refusal_of_the_hub_is_a_sentence_at_the_till(till: Bench) -> None:
    till.hub.hold_answer = refusing("coupon.used_up")
    till.scan(ONE)
    till.ok("coupon", code=COUPON)
    till.wait(lambda view: (view["notice"] or {}).get("code") == "coupon.used_up" and not view["asking"])
    assert (till.view["coupons"], voided(till)) == ([], [])


def test_a_mistyped_code_is_refused_before_anybody_is_asked(till: Bench) -> None:
    assert till.refused("coupon", code="7KQ4-M0XD-9TR5") == "voucher.check"
    assert till.refused("coupon", code=CARD) == "coupon.gift_card"
    assert till.hub.asked_to_hold == []


def test_without_the_hub_a_sentence_says_so(make_bench: Callable[..., Bench]) -> None:
    till = make_bench()
    till.load_replica(reference())
    till.start()
    till.sign_in()
    till.scan(ONE)
    assert till.refused("coupon", code=COUPON) == "coupon.needs_hub"
    assert till.refused("gift_card", code=CARD) == "hold.no_answer"
    till.ok("pay_begin")
    assert till.refused("pay_from", kind="gift_card", code=CARD) == "hold.needs_hub"
    till.ok("tender", kind="cash", amount=ONE.price)


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_id(till: Bench) -> None:
    answers: list[Any] = [("", 503)]
    till.hub.hold_answer = lambda body: answers.pop() if answers else granting(body)
    claim = with_coupon(till)
    assert [body["hold"] for body in till.hub.asked_to_hold] == [claim, claim]


def test_a_gift_card_pays_a_part_and_cash_the_rest(till: Bench) -> None:
    till.scan(ONE)
    till.ok("pay_begin")
    till.ok("pay_from", kind="gift_card", code=CARD)
    till.wait(lambda view: view["payment"]["tenders"])
    assert till.view["payment"]["left"] == ONE.price - 100
    till.ok("tender", kind="cash", amount=ONE.price - 100)
    [card, cash] = sold(till)["tenders"]
    assert (card["kind"], card["amount"], card["hint"], cash["kind"]) == ("gift_card", 100, "…9993", "cash")
    assert card["hold"] == till.hub.asked_to_hold[0]["hold"]
    till.wait_paper("Gift card …9993")
    # No code stays at the till.
    texts = [row[0] for row in till.rows("SELECT body FROM outbox")] + [
        row[0] for row in till.rows("SELECT state FROM counter")
    ]
    assert not any("9999" in str(text) for text in texts)


def test_a_card_that_covers_all_of_it_ends_the_payment_by_itself(till: Bench) -> None:
    till.hub.hold_answer = lambda body: granting(body) | {"amount": body["amount"]}
    till.scan(ONE)
    till.ok("pay_begin")
    till.ok("pay_from", kind="gift_card", code=CARD)
    assert [row["amount"] for row in sold(till)["tenders"]] == [ONE.price]
    till.wait(lambda view: view["phase"] == "done")


def test_what_was_set_aside_is_freed_when_the_payment_is_cancelled_or_taken_back(till: Bench) -> None:
    till.scan(ONE)
    till.ok("pay_begin")
    for act in ({"command": "tender_remove", "n": 1}, {"command": "pay_cancel"}):
        till.ok("pay_from", kind="gift_card", code=CARD)
        till.wait(lambda view: view["payment"]["tenders"])
        till.ok(**act)
    till.hub.wait(lambda: len(voided(till)) == 2)
    assert voided(till) == [body["hold"] for body in till.hub.asked_to_hold]


def test_points_need_the_card_and_are_named_with_their_number(till: Bench) -> None:
    till.scan(ONE)
    till.ok("pay_begin")
    assert till.refused("pay_from", kind="points") == "hold.no_shopper"
    till.ok("pay_cancel")
    till.ok("attach", card=SHOPPER.card)
    till.ok("pay_begin")
    till.ok("pay_from", kind="points")
    till.wait(lambda view: view["payment"]["tenders"])
    till.ok("tender", kind="cash", amount=till.view["payment"]["left"])
    [points, _] = sold(till)["tenders"]
    assert (points["kind"], points["points"], points["amount"]) == ("points", 100, 100)


def test_a_till_that_was_killed_while_it_asked_has_the_same_hold_or_frees_it(till: Bench) -> None:
    till.scan(ONE)
    till.ok("coupon", code=COUPON)
    till.wait(lambda view: view["coupons"])
    till.stop()
    state = json.loads(till.rows("SELECT state FROM counter")[0][0])
    assert [row["promotion"] for row in state["coupons"]] == ["half"]
    till.start()
    assert till.view["coupons"]
    till.wait(lambda view: view["link"]["online"])
    till.hub.hold_answer = lambda body: ("", 503)
    till.ok("coupon", code=COUPON)
    till.stop()
    # Started again it asks no hub that it does not reach, and says that it wants nothing.
    till.start()
    till.wait(lambda view: view["asking"] is None)
    till.hub.wait(lambda: len(voided(till)) == 1)
    assert voided(till)[0] == till.hub.asked_to_hold[-1]["hold"]


def test_a_coupon_from_the_phone_counts_at_the_till_until_it_is_gone(till: Bench) -> None:
    till.scan(ONE)
    till.ok("attach", card=SHOPPER.card)
    till.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    live = f"live-{SHOPPER.id}"
    row = {"claim": "c-1", "promotion": "half", "names": HALF.names}
    till.hub.tell_cart(live, coupons=[row])
    till.wait(lambda view: view["totals"]["off"] > 0)
    till.hub.tell_cart(live, coupons=[])
    till.wait(lambda view: view["totals"]["off"] == 0)


def paying(till: Bench) -> None:
    """A cart that others can see is being paid."""
    till.scan(ONE)
    till.ok("attach", card=SHOPPER.card)
    till.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    till.ok("pay_begin")


def all_of_it(body: dict[str, Any]) -> Any:
    return granting(body) | {"amount": body["amount"]}


def test_what_another_shoppers_phone_claimed_does_not_go_on_with_the_visit(till: Bench) -> None:
    till.scan(ONE)
    till.ok("attach", card=SHOPPER.card)
    till.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    till.hub.tell_cart(f"live-{SHOPPER.id}", coupons=[{"claim": "c-1", "promotion": "half", "names": HALF.names}])
    till.wait(lambda view: view["totals"]["off"] > 0)
    till.ok("attach", card=SHOP.shoppers[1].card, replace=True)
    assert (till.view["coupons"], till.view["totals"]["off"]) == ([], 0)


def test_a_till_that_is_locked_while_somebody_pays_gives_back_card_and_lease(till: Bench) -> None:
    paying(till)
    till.wait(lambda view: view["payment"]["lease"] == "held")
    till.ok("pay_from", kind="gift_card", code=CARD)
    till.wait(lambda view: view["payment"]["tenders"])
    till.ok("lock")
    till.hub.wait(lambda: "checkout.cancel" in till.hub.kinds)
    assert voided(till) == [till.hub.asked_to_hold[0]["hold"]]
    till.counter.offset_ms += 70_000
    till.terminal.clockwork.tick(till.counter.now())  # type: ignore[union-attr]
    assert (till.view["phase"], till.view["notice"]) == ("locked", None)
    assert [till.hub.kinds.count(kind) for kind in ("checkout.begin", "checkout.cancel")] == [1, 1]


def test_money_that_comes_when_nobody_pays_any_more_is_freed(till: Bench) -> None:
    lease, money = threading.Event(), threading.Event()
    till.hub.hold_answer = lambda body: money.wait(10) and all_of_it(body)
    till.scan(ONE)
    till.ok("attach", card=SHOPPER.card)
    till.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    till.hub.on_ops = lambda batch: lease.wait(10)
    till.hub.rejects["checkout.begin"] = {"code": "cart.being_paid", "message": "Elsewhere.", "params": {}}
    till.ok("pay_begin")
    till.ok("pay_from", kind="gift_card", code=CARD)
    till.hub.wait(lambda: bool(till.hub.asked_to_hold))
    lease.set()
    till.wait(lambda view: view["phase"] == "selling")
    money.set()
    till.wait(lambda view: view["asking"] is None)
    till.hub.wait(lambda: bool(voided(till)))
    assert voided(till) == [till.hub.asked_to_hold[0]["hold"]]
    assert (till.counter.till.tenders, till.view["phase"]) == ((), "selling")


def test_a_question_too_old_is_given_up_before_it_is_asked(till: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    till.hub.hold_answer = lambda body: ("", 503)
    till.scan(ONE)
    till.ok("coupon", code=COUPON)
    till.hub.wait(lambda: bool(till.hub.asked_to_hold))
    till.stop()
    asked, later = len(till.hub.asked_to_hold), ids.now_ms() + GIVE_UP_MS
    monkeypatch.setattr(ids, "now_ms", lambda: later)
    till.hub.offset_ms, till.hub.hold_answer = GIVE_UP_MS, granting
    till.start()
    till.hub.wait(lambda: bool(voided(till)))
    assert (len(till.hub.asked_to_hold), till.view["coupons"]) == (asked, [])


def test_a_till_that_is_started_again_ends_no_payment_by_itself(till: Bench) -> None:
    till.hub.hold_answer = lambda body: ("", 503)
    till.scan(ONE)
    till.ok("pay_begin")
    till.ok("pay_from", kind="gift_card", code=CARD)
    till.hub.wait(lambda: bool(till.hub.asked_to_hold))
    till.stop()
    asked, till.hub.hold_answer = len(till.hub.asked_to_hold), all_of_it
    till.start()
    till.hub.wait(lambda: bool({"hold.void", "sale.commit"} & set(till.hub.kinds)))
    assert voided(till) == [till.hub.asked_to_hold[0]["hold"]]
    assert (till.view["phase"], till.view["payment"]["tenders"], len(till.hub.asked_to_hold)) == ("paying", [], asked)


def test_what_an_earlier_payment_left_is_freed_when_the_next_begins(till: Bench) -> None:
    till.scan(ONE)
    left = replace(till.counter.till, tenders=(Tender("gift_card", 100, "h-1"), Tender("cash", 100)))
    begun, _ = payment.begin(left)
    assert (begun.tenders, begun.dropped) == ((), ((left.cart.id, "h-1", "gift_card"),))


def test_a_card_that_is_given_at_once_waits_for_the_hubs_word_a_moment(till: Bench) -> None:
    asked, fences = threading.Event(), list[int]()

    def answer(body: dict[str, Any]) -> Any:
        asked.set()
        fences.append(till.counter.till.checkout.fence)
        return granting(body)

    till.hub.hold_answer = answer
    till.hub.on_ops = lambda batch: asked.wait(0.3)
    paying(till)
    till.ok("pay_from", kind="gift_card", code=CARD)
    till.wait(lambda view: view["payment"]["tenders"])
    assert fences == [7]
