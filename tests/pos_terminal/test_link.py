"""The link with the hub: lost, found, doubled, refused; nothing is lost and nothing is told twice."""

import logging
from typing import Any

import pytest
from till_bench import PIECES, SHOPPER, Bench, reference

from pos_terminal.sync import push
from retail.sale import sale_from


def test_a_till_without_a_hub_sells_and_tells_everything_once_when_it_comes(alone: Bench) -> None:
    sale = alone.sell(PIECES[0], PIECES[1])
    alone.scan(PIECES[2])
    link = alone.view["link"]
    assert (link["online"], link["unsent"], link["unsent_sales"]) == (False, 4, 1)
    alone.hub.start()
    alone.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert alone.hub.kinds == ["cart.add", "cart.add", "sale.commit", "cart.add"]
    told = sale_from(alone.hub.taken[2]["body"]["sale"])
    assert (told.number, told.total) == (sale["number"], sale["total"])


def test_losing_the_hub_is_said_once_in_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "omnitill.link"):
        bench.hub.stop()
        bench.wait(lambda view: not view["link"]["online"])
        for n in range(3):
            bench.sell(PIECES[n])
        bench.hub.start()
        bench.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert [row.message for row in caplog.records if "no link" in row.message] != []
    assert sum("no link" in row.message for row in caplog.records) == 1
    assert bench.hub.kinds.count("sale.commit") == 3


def test_an_answer_that_is_lost_after_the_effect_does_not_double_it(bench: Bench) -> None:
    bench.hub.drop_acks = 2
    bench.sell(PIECES[0])
    bench.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert bench.hub.kinds == ["cart.add", "sale.commit"]
    assert len(bench.hub.hailed) >= 2


def test_an_answer_that_nobody_understands_ends_the_connection_and_not_the_pushing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    understood, odd = push._heard, ["the first one only"]

    def heard(*given: Any) -> Any:
        if odd:
            odd.clear()
            raise AttributeError("'list' object has no attribute 'get'")
        return understood(*given)

    monkeypatch.setattr(push, "_heard", heard)
    bench.sell(PIECES[0])
    bench.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert bench.hub.kinds == ["cart.add", "sale.commit"] and len(bench.hub.hailed) == 2


def test_a_hub_that_was_set_back_gets_again_what_it_lost(bench: Bench) -> None:
    bench.sell(PIECES[0])
    bench.wait(lambda view: not view["link"]["unsent"])
    bench.hub.stop()
    bench.hub.taken.clear()
    bench.hub.results.clear()
    bench.hub.hashes.clear()
    bench.hub.start()
    bench.hub.wait(lambda: bench.hub.kinds == ["cart.add", "sale.commit"])


def test_a_hub_that_knows_more_than_the_till_is_not_pushed_to(make_bench) -> None:
    bench: Bench = make_bench()
    bench.load_replica(reference())
    bench.hub.results = {n: {"seq": n, "status": "ok"} for n in range(1, 50)}
    bench.hub.start()
    bench.start()
    bench.sign_in()
    bench.sell(PIECES[0])
    view = bench.wait(lambda view: view["link"]["refused"])
    assert view["link"]["refused"]["code"] == "device.forked"
    assert view["link"]["unsent_sales"] == 1 and bench.hub.taken == []


def test_what_the_hub_refuses_is_kept_and_shown_and_does_not_hold_up_the_rest(bench: Bench) -> None:
    bench.hub.rejects["cart.add"] = {"code": "cart.too_many_lines", "message": "A cart is full.", "params": {}}
    bench.sell(PIECES[0])
    view = bench.wait(lambda view: not view["link"]["unsent"])
    assert [row["code"] for row in view["needs_you"]] == ["cart.too_many_lines"]
    assert bench.hub.kinds == ["sale.commit"]
    assert bench.rows("SELECT status FROM outbox WHERE kind = 'cart.add'") == [("rejected",)]
    bench.ok("seen", seq=view["needs_you"][0]["seq"])
    bench.wait(lambda view: view["needs_you"] == [] and not view["link"]["unsent"])


def test_a_hub_that_says_no_is_shown_with_its_reason(make_bench) -> None:
    bench: Bench = make_bench()
    bench.hub.refuse = {"code": "terminal.revoked", "message": "This terminal was closed.", "params": {}}
    bench.hub.start()
    bench.start()
    view = bench.wait(lambda view: view["link"]["refused"])
    assert view["link"]["refused"]["code"] == "terminal.revoked" and view["phase"] == "needs_hub"


def test_a_first_start_without_the_hub_says_what_is_needed(make_bench) -> None:
    bench: Bench = make_bench()
    bench.start()
    assert bench.view["phase"] == "needs_hub"
    assert bench.refused("scan", text="1") == "till.not_set_up"
    bench.ok("language", language="ru")
    assert bench.view["language"] == "ru"
    bench.hub.start()
    view = bench.wait(lambda view: view["phase"] == "signed_out")
    assert view["store"]["id"] == "main-street" and view["link"]["reference_version"] == 1


def test_a_new_price_reaches_the_open_cart(bench: Bench) -> None:
    line = bench.scan(PIECES[0])["line"]
    products = [dict(row) for row in bench.hub.reference["products"]]
    next(row for row in products if row["id"] == PIECES[0].id)["price"] = 999
    bench.hub.new_reference(products=products)
    view = bench.wait(lambda view: view["link"]["reference_version"] == 2)
    assert view["lines"][line]["total"] == 999


def test_goods_that_leave_the_catalogue_can_still_be_paid(bench: Bench) -> None:
    bench.scan(PIECES[0])
    rest = [row for row in bench.hub.reference["products"] if row["id"] != PIECES[0].id]
    bench.hub.new_reference(products=rest)
    bench.wait(lambda view: view["link"]["reference_version"] == 2)
    assert bench.do("search", q=PIECES[0].names["en"])["result"]["products"] == []
    assert bench.sell()["total"] == PIECES[0].price


def test_a_card_made_this_minute_is_asked_for(bench: Bench) -> None:
    new = "2955555555555"
    cards = [*bench.hub.reference["cards"], {**bench.hub.reference["cards"][0], "number": new, "shopper": "s-new"}]
    bench.hub.reference = {**bench.hub.reference, "cards": cards, "version": 2}
    bench.ok("attach", card=new)
    assert bench.view["shopper"]["id"] == "s-new"
    assert bench.refused("attach", card="2944444444444") == "card.unknown"
    assert bench.view["shopper"]["card"] == new != SHOPPER.card


def test_times_are_told_in_the_hubs_clock(make_bench) -> None:
    bench: Bench = make_bench()
    bench.hub.offset_ms = 3_600_000
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out")
    bench.sign_in()
    bench.scan(PIECES[0])
    bench.hub.wait(lambda: bench.hub.kinds == ["cart.add"])
    local = bench.rows("SELECT json_extract(state, '$.touched_at') FROM counter")[0][0]
    assert 3_590_000 < bench.hub.taken[0]["at"] - local < 3_610_000


def test_a_clock_that_jumps_back_changes_no_order(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bench.sell(PIECES[0])
    monkeypatch.setattr("pos_terminal.ids.now_ms", lambda: 1_600_000_000_000)
    second = bench.sell(PIECES[1])
    bench.wait(lambda view: not view["link"]["unsent"])
    assert bench.hub.kinds == ["cart.add", "sale.commit", "cart.add", "sale.commit"]
    told = [operation["body"]["sale"]["number"] for operation in bench.hub.taken if operation["kind"] == "sale.commit"]
    assert told == [first["number"], second["number"]]


def test_a_till_that_is_sent_on_by_a_worker_comes_back_by_itself_and_shows_no_trouble(bench: Bench) -> None:
    bench.wait(lambda view: view["link"]["online"])
    moved = {"code": "moved", "message": "The hub is being updated.", "params": {"within_ms": 50}}
    bench.hub.sockets.emit("kick", moved)
    bench.hub.cut()
    bench.hub.wait(lambda: len(bench.hub.hailed) == 2)
    bench.wait(lambda view: view["link"]["online"])
    assert bench.view["link"]["refused"] is None
    bench.sell(PIECES[0])
    bench.wait(lambda view: not view["link"]["unsent"])
