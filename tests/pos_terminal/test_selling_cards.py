"""Gift cards sold at the till: rows of the sale that are no goods, paid in cash, and asked about once."""

from collections.abc import Callable
from typing import Any

import pytest
from till_bench import PIECES, Bench, reference

ONE = PIECES[0]
CARD = "9999-9999-9999-9993"


def knowing(body: dict[str, Any]) -> dict[str, Any]:
    """A hub that takes money for every card, and makes one for who names none."""
    code = "" if body["code"] else "1111-2222-3333-4444"
    return {"load": body["load"], "account": f"card-{body['load']}", "hint": "…4444", "fresh": True, "code": code}


@pytest.fixture
def till(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench()
    bench.hub.hold_answer = knowing
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out" and view["people"])
    bench.sign_in()
    return bench


def committed(till: Bench) -> dict[str, Any]:
    till.hub.wait(lambda: "sale.commit" in till.hub.kinds)
    body: dict[str, Any] = next(op["body"] for op in till.hub.taken if op["kind"] == "sale.commit")
    return body


def test_a_card_goes_into_the_sale_beside_goods_and_its_code_stays_nowhere(till: Bench) -> None:
    till.scan(ONE)
    till.ok("sell_card", load="load-1", code=CARD, amount=2500)
    till.ok("sell_card", load="load-1", code=CARD, amount=2500)
    [row] = till.view["cards"]
    assert (row["amount"], row["live"], till.view["totals"]["in_hand"]) == (2500, True, ONE.price + 2500)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=ONE.price + 2500)
    body = committed(till)
    assert (body["sale"]["total"], body["sale"]["loads"]) == (
        ONE.price, [{"id": "load-1", "amount": 2500, "hint": "…4444"}]
    )  # fmt: skip
    assert body["cards"] == {"load-1": {"account": "card-load-1", "code": ""}}
    till.wait_paper("Gift card …4444")
    assert not any("9999" in str(row[0]) for row in till.rows("SELECT body FROM outbox"))


def test_a_card_alone_is_a_sale_and_its_new_code_is_printed_on_a_slip_of_its_own(till: Bench) -> None:
    till.ok("sell_card", load="load-1", code="", amount=5000)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=5000)
    body = committed(till)
    assert (body["sale"]["lines"], body["sale"]["total"], body["sale"]["points"]) == ([], 0, 0)
    till.wait_paper("1111-2222-3333-4444")
    assert "1111" not in str(body)
    slip = "SELECT payload FROM print_jobs WHERE id LIKE '%.card-load-1' AND state = 'confirmed'"
    till.wait(lambda _: till.rows(slip))
    assert till.rows(slip) == [('{"blocks": []}',)]
    # It is one of the receipts of the day, and goods that come back are looked for beside it.
    day = till.ok("receipts")
    [row] = day["sales"]
    assert (row["total"], row["lines"], row["names"], day["sold"]["total"], day["cash"]) == (5000, 1, {}, 5000, 5000)
    till.ok("return_find", text=row["number"])
    assert (till.refused("return_confirm"), till.view["returning"]["lines"]) == ("return.nothing", [])


def test_no_card_credit_or_points_buy_a_card(till: Bench) -> None:
    till.ok("sell_card", load="load-1", code=CARD, amount=5000)
    till.ok("pay_begin")
    assert till.refused("pay_from", kind="gift_card", code=CARD) == "tender.card_for_card"


def test_without_the_hub_a_printed_card_waits_with_its_sale_and_says_so(make_bench: Callable[..., Bench]) -> None:
    till = make_bench()
    till.load_replica(reference())
    till.start()
    till.sign_in()
    assert till.refused("sell_card", load="load-1", code="", amount=5000) == "card_load.needs_hub"
    till.ok("sell_card", load="load-1", code=CARD, amount=5000)
    assert [row["live"] for row in till.view["cards"]] == [False]
    till.ok("card_out", load="load-1")
    assert till.view["cards"] == []
    till.ok("sell_card", load="load-2", code=CARD, amount=5000)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=5000)
    assert till.view["last_sale"]["cards_wait"]


def test_a_card_that_is_scanned_asks_how_much(till: Bench) -> None:
    till.ok("scan", text="002QXJGKFQ3E6GYE")
    assert till.view["ask"] == {"kind": "card", "code": "002Q-XJGK-FQ3E-6GYE"}
    till.ok("sell_card", load="load-1", code="002Q-XJGK-FQ3E-6GYE", amount=1000)
    assert (till.view["ask"], len(till.view["cards"])) == (None, 1)


def test_giving_up_cards_is_noted_with_a_name_as_giving_up_goods_is(till: Bench) -> None:
    till.ok("sell_card", load="load-1", code=CARD, amount=5000)
    assert till.refused("sign_out") == "till.cart_open"
    till.ok("void_cart")
    till.hub.wait(lambda: "audit.note" in till.hub.kinds)
    [note] = [op["body"] for op in till.hub.taken if op["kind"] == "audit.note"]
    assert (note["action"], note["detail"]["lines"], note["detail"]["cards"]) == ("cart.voided", 0, [5000])
    assert till.view["cards"] == []
