"""Points while the hub is away: allowed beforehand, used once, given back where they were not wanted."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from till_bench import PIECES, SHOPPER, Bench

from retail.loyalty.allowance import Allowance, public_of, sign

ONE = PIECES[0]
SEED = b"h" * 32
HOUR_MS = 3_600_000
MINE = 150


def allowing(till: Bench, amount: int = MINE, hours: int = 24, **forged: Any) -> Callable[[dict[str, Any]], Any]:
    """A hub that allows so many points; `forged` is what somebody wrote over what it had signed."""

    def answer(body: dict[str, Any]) -> Any:
        until = till.terminal.counter.now() + hours * HOUR_MS
        allowance = Allowance(body["nonce"], SHOPPER.id, "till-1", amount, until)
        return allowance.as_dict() | {"signature": sign(SEED, allowance), "public": public_of(SEED)} | forged

    return answer


@pytest.fixture
def till(make_bench: Callable[..., Bench]) -> Bench:
    bench: Bench = make_bench()
    bench.hub.allow_answer = allowing(bench)
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out" and view["people"])
    bench.sign_in()
    return bench


def allowed(till: Bench) -> Any:
    return till.terminal.counter.till.allowed


def begun(till: Bench, pieces: int = 3) -> int:
    """A visit with a card whose points are allowed; what it costs."""
    till.ok("attach", card=SHOPPER.card)
    for _ in range(pieces):
        till.scan(ONE)
    till.hub.wait(lambda: len(till.hub.asked_to_allow) > 0)
    till.wait(lambda view: allowed(till) and not allowed(till).asked)
    return int(till.view["totals"]["in_hand"])


def away(till: Bench) -> None:
    till.hub.stop()
    till.wait(lambda view: not view["link"]["online"])


def sold(till: Bench) -> dict[str, Any]:
    ((body,),) = till.rows("SELECT body FROM outbox WHERE kind = 'sale.commit'")
    found: dict[str, Any] = json.loads(body)
    return found


def voided(till: Bench) -> list[str]:
    return [json.loads(body)["hold"] for (body,) in till.rows("SELECT body FROM outbox WHERE kind = 'hold.void'")]


def test_without_the_hub_points_pay_what_was_allowed_and_cash_the_rest(till: Bench) -> None:
    total = begun(till)
    away(till)
    till.ok("pay_begin")
    assert till.view["payment"]["allowed"] == {"points": MINE, "amount": MINE}
    till.ok("pay_from", kind="points")
    assert (till.view["payment"]["left"], till.view["payment"]["allowed"]) == (total - MINE, None)
    till.ok("tender", kind="cash", amount=total - MINE)
    body = sold(till)
    [points, cash] = body["sale"]["tenders"]
    [shown] = body["allowances"]
    assert (points["kind"], points["points"], points["hold"], cash["kind"]) == ("points", MINE, shown["nonce"], "cash")
    assert shown["signature"] == sign(SEED, Allowance(**{k: v for k, v in shown.items() if k != "signature"}))
    assert (voided(till), allowed(till)) == ([], None)
    # What was used here counts here, also before the hub hears of it.
    known = SHOPPER.points - MINE + body["sale"]["points"]
    till.ok("next")
    till.ok("attach", card=SHOPPER.card)
    assert till.view["shopper"]["points"] == max(0, known)


def test_what_points_cover_alone_is_sold_at_once_and_with_no_more_than_it_costs(till: Bench) -> None:
    till.hub.allow_answer = allowing(till, amount=1000)
    total = begun(till, 1)
    away(till)
    till.ok("pay_begin")
    assert till.ok("pay_from", kind="points")["sale"]["number"]
    assert [(one["points"], one["amount"]) for one in sold(till)["sale"]["tenders"]] == [(total, total)]


def test_points_that_no_sale_used_go_back(till: Bench) -> None:
    total = begun(till)
    nonce = allowed(till).nonce
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=total)
    till.hub.wait(lambda: "sale.commit" in till.hub.kinds)
    assert voided(till) == [nonce]
    assert till.hub.kinds.index("hold.void") < till.hub.kinds.index("sale.commit")
    till.ok("next")
    begun(till)
    second = allowed(till).nonce
    till.ok("void_cart")
    assert voided(till) == [nonce, second]


def test_points_taken_back_from_a_payment_can_be_used_again_and_are_not_freed(till: Bench) -> None:
    begun(till)
    away(till)
    till.ok("pay_begin")
    till.ok("pay_from", kind="points")
    till.ok("tender_remove", n=1)
    assert till.view["payment"]["allowed"]["points"] == MINE
    till.ok("pay_from", kind="points")
    till.ok("pay_cancel")
    assert (voided(till), allowed(till).amount) == ([], MINE)


def test_the_same_is_asked_for_and_kept_over_a_restart(till: Bench) -> None:
    till.hub.allow_answer = lambda body: ("", 503)
    till.ok("attach", card=SHOPPER.card)
    till.hub.wait(lambda: len(till.hub.asked_to_allow) > 0)
    till.hub.allow_answer = allowing(till)
    till.stop()
    till.start()
    till.wait(lambda view: allowed(till) and allowed(till).amount == MINE)
    assert len({body["nonce"] for body in till.hub.asked_to_allow}) == 1
    assert till.hub.asked_to_allow[0]["card"] == SHOPPER.card


def test_what_the_hub_has_not_signed_is_no_allowance(till: Bench) -> None:
    till.hub.allow_answer = allowing(till, account="somebody")
    begun(till)
    away(till)
    till.ok("pay_begin")
    assert till.view["payment"]["allowed"] is None
    assert till.refused("pay_from", kind="points") == "hold.needs_hub"


def test_who_writes_more_into_the_state_of_a_till_is_refused_and_nothing_is_taken(till: Bench) -> None:
    begun(till)
    away(till)
    counter = till.terminal.counter
    counter.inside(lambda _, state: replace(state, allowed=replace(state.allowed, amount=9999)))
    till.ok("pay_begin")
    assert till.refused("pay_from", kind="points") == "loyalty.allowance_forged"
    assert till.view["payment"]["tenders"] == []


def test_an_allowance_ends_with_its_time_and_is_no_other_shoppers(till: Bench) -> None:
    till.hub.allow_answer = allowing(till, hours=0)
    begun(till)
    nonce = allowed(till).nonce
    other = next(card for card in till.hub.cards if card != SHOPPER.card)
    away(till)
    till.ok("pay_begin")
    assert till.view["payment"]["allowed"] is None
    till.ok("pay_cancel")
    till.ok("attach", card=other, replace=True)
    assert (voided(till), allowed(till)) == ([nonce], None)


def test_nobodys_points_are_asked_for_before_the_hub_has_taken_the_card_in(till: Bench) -> None:
    other = next(card for card in till.hub.cards if card != SHOPPER.card)
    # Until it has, the cart there may be nobody's, or that of the card before.
    till.hub.rejects["cart.attach"] = {"code": "card.unknown", "message": "Blocked.", "params": {}}
    till.ok("attach", card=other)
    till.wait(lambda view: view["shopper"] is None)
    till.hub.rejects.clear()
    till.ok("attach", card=SHOPPER.card)
    till.wait(lambda view: allowed(till) and allowed(till).amount == MINE)
    assert [body["card"] for body in till.hub.asked_to_allow] == [SHOPPER.card]


def test_points_of_a_card_that_the_hub_refused_are_neither_used_nor_the_next_ones(till: Bench) -> None:
    begun(till)
    nonce = allowed(till).nonce
    till.terminal.counter.inside(lambda _, state: replace(state, shopper=None, live=""))
    away(till)
    till.ok("pay_begin")
    assert till.view["payment"]["allowed"] is None
    till.ok("pay_cancel")
    till.ok("attach", card=next(card for card in till.hub.cards if card != SHOPPER.card))
    assert (voided(till), allowed(till)) == ([nonce], None)


def test_who_signs_out_with_a_card_and_no_goods_in_the_till_leaves_no_points_set_aside(till: Bench) -> None:
    begun(till, 0)
    nonce = allowed(till).nonce
    till.ok("sign_out")
    assert voided(till) == [nonce]
