"""Goods brought back at the till: one numbered document, money once, with and without the hub."""

import json
import signal
import threading
from typing import Any

import pytest
from test_crash import Process
from till_bench import CASHIER, PIECES, Bench, reference

from hardware.printers.document import as_text, from_json
from pos_terminal import giving_back

GONE = {"code": "return.too_many", "message": "So much of it was not sold, or came back before.", "params": {"left": 0}}


def bought(bench: Bench, pieces: int = 3) -> dict[str, Any]:
    return bench.sell(*[PIECES[0]] * pieces)


def opened(bench: Bench, sale: dict[str, Any], quantity: int = 0) -> dict[str, Any]:
    """The receipt is on the screen; with a quantity so much of its one line is chosen."""
    bench.ok("return_find", text=sale["number"])
    view = bench.wait(lambda view: view["phase"] == "returning")["returning"]
    if quantity:
        bench.ok("return_line", line=view["lines"][0]["id"], quantity=quantity)
    return dict(bench.view["returning"])


def kept(bench: Bench) -> list[tuple[Any, ...]]:
    return bench.rows("SELECT number, state, total, cash FROM returns ORDER BY counter")


def said(bench: Bench) -> list[tuple[bool, str]]:
    """What the hub has been told or will be: whether the money is gone, and under which number."""
    found = bench.rows("SELECT body FROM outbox WHERE kind = 'sale.return' ORDER BY seq")
    bodies = [json.loads(row[0]) for row in found]
    return [(body["given"], body["document"]["number"]) for body in bodies]


def drawers(bench: Bench) -> int:
    return int(bench.rows("SELECT count(*) FROM print_jobs WHERE kind = 'drawer'")[0][0])


def test_goods_come_back_while_the_hub_is_away(alone: Bench) -> None:
    sale = bought(alone)
    had = drawers(alone)
    view = opened(alone, sale)
    assert (view["known"], view["lines"][0]["left"], view["total"]) == (False, 3000, 0)
    alone.ok("return_line", line=view["lines"][0]["id"], quantity=1000)
    assert alone.view["returning"]["cash"] == PIECES[0].price
    assert alone.ok("return_confirm") == {"number": "01-01-R000001", "paid": True}
    view = alone.view
    assert (view["phase"], view["last_return"]["cash"], view["last_return"]["unasked"]) == (
        "returned",
        PIECES[0].price,
        True,
    )
    assert kept(alone) == [("01-01-R000001", "given", PIECES[0].price, PIECES[0].price)]
    assert said(alone) == [(True, "01-01-R000001")]
    assert drawers(alone) == had + 1
    alone.wait_paper("01-01-R000001")
    moved = alone.rows("SELECT sum(quantity) FROM stock_moves WHERE item = ?", PIECES[0].id)
    assert moved == [(-2000,)]
    alone.ok("return_done")
    assert opened(alone, sale)["lines"][0]["left"] == 2000
    assert alone.refused("return_line", line=view["last_return"]["id"], quantity=1000) == "return.unknown_line"
    line = alone.view["returning"]["lines"][0]["id"]
    assert alone.refused("return_line", line=line, quantity=3000) == "return.too_many"
    assert alone.refused("return_line", line=line, quantity=500) == "return.whole_units"
    alone.ok("return_all")
    assert alone.ok("return_confirm")["number"] == "01-01-R000002"


def test_the_slip_of_a_return_is_printed_again_and_says_so(alone: Bench) -> None:
    opened(alone, bought(alone), 1000)
    assert alone.ok("receipts")["returns"] == []
    alone.ok("return_confirm")
    [row] = alone.ok("receipts")["returns"]
    assert (row["number"], row["total"]) == ("01-01-R000001", PIECES[0].price)
    assert alone.ok("receipts", ends="R000001")["returns"] == [row]
    for _ in range(2):
        alone.ok("return_slip", document=row["id"])
    found = alone.rows("SELECT payload FROM print_jobs WHERE id LIKE ? ORDER BY n", f"{row['id']}.copy-%")
    [(slip,)] = alone.rows("SELECT slip FROM returns")
    assert [as_text(from_json(one))[0].strip() for (one,) in found] == ["COPY", "COPY"]
    assert as_text(from_json(found[0][0]))[1:] == as_text(from_json(slip))
    notes = [one for (one,) in alone.rows("SELECT body FROM outbox WHERE kind = 'audit.note'") if "reprinted" in one]
    assert len(notes) == 2 and all(row["id"] in one for one in notes)
    assert alone.refused("return_slip", document="no-such-return") == "sale.unknown"


def test_the_hub_is_asked_before_the_money_is_given(bench: Bench) -> None:
    sale = bought(bench, 2)
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    had, hold = drawers(bench), threading.Event()
    seen: list[tuple[int, list[tuple[Any, ...]]]] = []

    def look(batch: dict[str, Any]) -> None:
        if any(op["kind"] == "sale.return" for op in batch["ops"]):
            seen.append((drawers(bench), kept(bench)))
            hold.set()

    bench.hub.on_ops = look
    opened(bench, sale, 1000)
    assert bench.ok("return_confirm") == {"number": "01-01-R000001", "paid": False}
    bench.wait(lambda view: view["phase"] == "returned")
    assert hold.is_set()
    assert seen == [(had, [("01-01-R000001", "asked", PIECES[0].price, 0)])]
    assert (drawers(bench), kept(bench)[0][1]) == (had + 1, "given")
    assert said(bench) == [(False, "01-01-R000001")]


def test_what_came_back_elsewhere_is_not_given_back_again(bench: Bench) -> None:
    sale = bought(bench, 2)
    body = json.loads(bench.rows("SELECT body FROM sales")[0][0])
    line = body["lines"][0]["id"]
    bench.hub.sold_answer = lambda asked: {"sale": body, "returned": {line: 1000}, "cash_step": 0}
    view = opened(bench, sale)
    assert (view["known"], view["lines"][0]["left"]) == (True, 1000)
    bench.ok("return_all")
    # The other till is quicker.
    bench.hub.rejects["sale.return"] = GONE
    had = drawers(bench)
    bench.ok("return_confirm")
    bench.wait(lambda view: (view["notice"] or {}).get("code") == "return.too_many")
    bench.hub.sold_answer = lambda asked: {"sale": body, "returned": {line: 2000}, "cash_step": 0}
    assert bench.view["phase"] == "returning"
    assert opened(bench, sale)["lines"][0]["left"] == 0
    assert bench.view["returning"]["total"] == 0
    assert bench.refused("return_confirm") == "return.nothing"
    bench.ok("return_cancel")
    assert kept(bench) == [("01-01-R000001", "refused", PIECES[0].price, 0)]
    assert (drawers(bench), bench.view["needs_you"], bench.view["phase"]) == (had, [], "selling")


def test_a_sale_of_another_till_is_asked_for(bench: Bench) -> None:
    bought(bench, 2)
    body = json.loads(bench.rows("SELECT body FROM sales")[0][0])
    other = {**body, "id": "elsewhere", "number": "01-02-000777", "terminal": "till-2"}
    bench.hub.sold_answer = lambda asked: {"sale": other, "returned": {}, "cash_step": 0}
    bench.ok("scan", text=f"{bench.hub.url}/r/elsewhere")
    view = bench.wait(lambda view: view["phase"] == "returning")["returning"]
    assert view["sale"]["number"] == "01-02-000777"
    bench.ok("return_cancel")
    bench.hub.sold_answer = lambda asked: ({"error": {"code": "return.unknown_sale", "message": "", "params": {}}}, 404)
    assert bench.refused("scan", text="01-02-000778") == "return.not_found"


def test_a_hub_that_says_nothing_has_not_said_that_there_is_no_such_receipt(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    busy = {"error": {"code": "message.too_fast", "message": "Slower.", "params": {}}}
    for silence in (("", 503), ("<p>no such page</p>", 404), (busy, 429)):
        bench.hub.sold_answer = lambda asked, silence=silence: silence
        assert bench.refused("return_find", text="01-02-000777") == "return.not_here"
    unknown = {"error": {"code": "return.unknown_sale", "message": "", "params": {}}}
    bench.hub.sold_answer = lambda asked: (unknown, 404)
    # Whatever was typed there: it stands in no log.
    assert bench.refused("return_find", text="GC7K2M9QX4") == "return.not_found"
    assert "GC7K2M9QX4" not in caplog.text


def test_without_the_hub_another_till_s_receipt_is_refused_in_words(alone: Bench) -> None:
    assert alone.refused("scan", text="01-02-000777") == "return.not_here"
    assert alone.view["notice"]["params"] == {"number": "01-02-000777"}
    assert alone.view["phase"] == "selling"


def test_cash_given_without_the_answer_is_told_when_the_answer_is_no(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bought(bench, 1)
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    goes_on = threading.Event()
    bench.hub.on_ops = lambda batch: goes_on.wait(10) and None
    bench.hub.rejects["sale.return"] = GONE
    opened(bench, sale, 1000)
    bench.ok("return_confirm")
    assert bench.refused("return_give") == "return.asked"
    monkeypatch.setattr(giving_back, "GIVE_ANYWAY_MS", 0)
    bench.ok("return_give")
    assert (bench.view["phase"], bench.view["last_return"]["unasked"]) == ("returned", True)
    # From here on the hub keeps what it is told.
    say_no_once = {"sale.return": dict(GONE)}
    bench.hub.rejects = say_no_once
    bench.hub.on_ops = lambda batch: (
        say_no_once.clear() if any(op["body"].get("given") for op in batch["ops"]) else None
    )
    goes_on.set()
    bench.hub.wait(lambda: "sale.return" in bench.hub.kinds)
    assert said(bench) == [(False, "01-01-R000001"), (True, "01-01-R000001")]
    assert [row[1] for row in kept(bench)] == ["given"]
    assert [row["code"] for row in bench.wait(lambda view: view["needs_you"])["needs_you"]] == ["return.too_many"]
    bench.wait(lambda view: view["link"]["unsent"] == 0)
    assert drawers(bench) == 2


def test_the_money_waits_for_a_cashier_who_has_locked_the_till(bench: Bench) -> None:
    sale = bought(bench, 1)
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    goes_on = threading.Event()
    bench.hub.on_ops = lambda batch: goes_on.wait(10) and None
    opened(bench, sale, 1000)
    bench.ok("return_confirm")
    bench.ok("lock")
    had = drawers(bench)
    goes_on.set()
    bench.wait(lambda view: view["link"]["unsent"] == 0)
    assert (drawers(bench), kept(bench)[0][1]) == (had, "asked")
    assert (bench.refused("receipts"), bench.refused("return_find", text=sale["number"])) == ("till.signed_out",) * 2
    bench.sign_in()
    bench.wait(lambda view: view["phase"] == "returned")
    assert (drawers(bench), kept(bench)[0][1]) == (had + 1, "given")


def test_what_was_spent_of_the_points_is_kept_of_the_cash(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sale = bought(bench, 1)
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    effect = bench.hub._effect
    kept_back = {"document": "x", "taken": 0, "given_back": 0, "withheld": 5, "less": 5}
    monkeypatch.setattr(bench.hub, "_effect", lambda op: kept_back if op["kind"] == "sale.return" else effect(op))
    opened(bench, sale, 1000)
    bench.ok("return_confirm")
    view = bench.wait(lambda view: view["phase"] == "returned")["last_return"]
    assert (view["total"], view["cash"], view["less"]) == (PIECES[0].price, PIECES[0].price - 5, 5)
    assert kept(bench)[0][3] == PIECES[0].price - 5
    bench.wait_paper("Kept for points that were spent")
    # Nothing is left to tell.
    assert said(bench) == [(False, "01-01-R000001")]


def test_cash_that_was_given_before_the_hub_would_have_kept_some_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bought(bench, 1)
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    effect, goes_on = bench.hub._effect, threading.Event()
    kept_back = {"document": "x", "taken": 0, "given_back": 0, "withheld": 5, "less": 5}
    monkeypatch.setattr(bench.hub, "_effect", lambda op: kept_back if op["kind"] == "sale.return" else effect(op))
    monkeypatch.setattr(giving_back, "GIVE_ANYWAY_MS", 0)
    bench.hub.on_ops = lambda batch: goes_on.wait(10) and None
    opened(bench, sale, 1000)
    bench.ok("return_confirm")
    bench.ok("return_give")
    goes_on.set()
    bench.hub.wait(lambda: bench.hub.kinds.count("sale.return") == 2)
    assert said(bench) == [(False, "01-01-R000001"), (True, "01-01-R000001")]
    assert (kept(bench)[0][3], drawers(bench)) == (PIECES[0].price, 2)


def test_in_an_exchange_what_is_given_back_pays_the_new_goods(alone: Bench) -> None:
    sale = bought(alone, 1)
    had = drawers(alone)
    opened(alone, sale, 1000)
    alone.ok("return_confirm", exchange=True)
    credit = {"number": "01-01-R000001", "amount": PIECES[0].price}
    assert (alone.view["credit"], drawers(alone)) == (credit, had)
    assert alone.refused("sign_out") == "till.return_open"
    assert alone.refused("return_find", text=sale["number"]) == "return.credit_open"
    for product in (PIECES[0], PIECES[1]):
        alone.scan(product)
    alone.ok("pay_begin")
    due = alone.view["payment"]
    assert (due["paid"], due["left"]) == (PIECES[0].price, PIECES[1].price)
    alone.ok("pay_cancel")
    assert alone.view["credit"] == credit
    alone.ok("pay_begin")
    alone.ok("tender", kind="cash", amount=PIECES[1].price)
    assert (alone.view["phase"], alone.view["credit"]) == ("done", None)
    alone.wait_paper("From return 01-01-R000001")
    day = alone.ok("receipts")
    assert day["cash"] == PIECES[0].price + PIECES[1].price
    assert (day["returned"], day["sales"][1]["returned"]) == ({"count": 1, "total": PIECES[0].price}, PIECES[0].price)


def test_an_exchange_for_something_cheaper_gives_the_difference_in_change(alone: Bench) -> None:
    cheap, dear = sorted(PIECES[:2], key=lambda one: one.price)
    sale = alone.sell(dear)
    opened(alone, sale, 1000)
    alone.ok("return_confirm", exchange=True)
    alone.scan(cheap)
    alone.ok("pay_begin")
    assert (alone.view["payment"]["left"], alone.view["payment"]["change"]) == (0, dear.price - cheap.price)
    assert alone.ok("pay_commit")["sale"]["change"] == dear.price - cheap.price
    assert alone.view["credit"] is None


def test_a_credit_that_nobody_wants_goods_for_is_paid_out_once(alone: Bench) -> None:
    sale = bought(alone, 1)
    opened(alone, sale, 1000)
    alone.ok("return_confirm", exchange=True)
    had = drawers(alone)
    alone.ok("credit_pay")
    assert alone.refused("credit_pay") == "return.no_credit"
    assert (alone.view["credit"], drawers(alone)) == (None, had + 1)


def test_what_is_in_hand_stays_while_something_else_is_taken_back(alone: Bench) -> None:
    sale = bought(alone, 1)
    alone.scan(PIECES[1])
    lines = alone.view["lines"]
    opened(alone, sale, 1000)
    assert alone.refused("scan", text=PIECES[1].gtin.lstrip("0")) == "till.returning"
    assert alone.refused("void_cart") == "till.returning"
    alone.ok("return_reason", reason="damaged")
    assert not alone.view["returning"]["lines"][0]["restock"]
    alone.ok("return_confirm")
    alone.ok("return_done")
    assert (alone.view["phase"], alone.view["lines"]) == ("selling", lines)
    # Damaged goods are in no stock.
    assert alone.rows("SELECT sum(quantity) FROM stock_moves WHERE item = ?", PIECES[0].id) == [(-1000,)]


def test_a_till_that_died_over_a_return_goes_on_with_it_and_pays_once(make_bench: Any) -> None:
    place: Bench = make_bench()
    assert place.printer is not None
    hub = place.hub
    place.load_replica(reference())
    hub.start()
    goes_on = threading.Event()
    hub.on_ops = lambda batch: (
        goes_on.wait(20) and None if any(op["kind"] == "sale.return" for op in batch["ops"]) else None
    )
    till = Process(place, "--printer", place.printer.address)
    till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    till.scan(0)
    till.do("pay_begin")
    till.do("tender", kind="cash", amount=PIECES[0].price)
    number = till.view["last_sale"]["number"]
    hub.wait(lambda: "sale.commit" in hub.kinds)
    assert till.do("return_find", text=number)["ok"]
    assert till.do("return_all")["ok"]
    assert till.do("return_confirm")["result"]["paid"] is False
    till.kill()
    assert kept(place) == [("01-01-R000001", "asked", PIECES[0].price, 0)]
    goes_on.set()
    again = Process(place, "--printer", place.printer.address)
    place.wait_paper("01-01-R000001")
    hub.wait(lambda: "sale.return" in hub.kinds)
    assert again.view["last_return"]["number"] == "01-01-R000001"
    again.process.send_signal(signal.SIGKILL)
    again.close()
    assert (kept(place)[0][1], drawers(place), said(place)) == ("given", 2, [(False, "01-01-R000001")])
    assert hub.kinds.count("sale.return") == 1
