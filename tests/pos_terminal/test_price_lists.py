"""Price lists and a store's rules at the till, which has them from the hub and uses them with the hub gone."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from till_bench import PIECES, SHOP, SHOPPER, WEIGHED, Bench, reference

from pos_terminal import ids
from pos_terminal.clockwork import Clockwork
from pos_terminal.ids import now_ms
from pos_terminal.store.replica import Replica
from retail.catalogue import TaxPart, TaxRate
from retail.price_lists import PriceList
from retail.wall_clock import first_moment

BREAD, MILK = PIECES[0], PIECES[1]
MakeBench = Callable[..., Bench]


def with_lists(lists: dict[str, tuple[dict[str, Any], dict[str, list[list[int]]]]], **store: Any) -> dict[str, Any]:
    """Reference data with lists: `{id: (conditions, {item: steps})}`, and with other rules of the store."""
    body = reference()
    body["store"] |= store
    body["lists"] = [asdict(PriceList(name, 3, {}, **conditions)) for name, (conditions, _) in lists.items()]
    items = sorted({item for _, offers in lists.values() for item in offers})
    body["offers"] = [
        {"item": item, "lists": {name: offers[item] for name, (_, offers) in lists.items() if item in offers}}
        for item in items
    ]
    return body


def opened(make_bench: MakeBench, body: dict[str, Any], **options: Any) -> Bench:
    bench: Bench = make_bench(**options)
    bench.load_replica(body)
    bench.start()
    bench.sign_in()
    return bench


def test_six_one_by_one_cost_what_six_at_once_cost(make_bench: MakeBench) -> None:
    bench = opened(make_bench, with_lists({"six": ({}, {BREAD.id: [[6000, 50]]})}))
    for _ in range(5):
        line = bench.scan(BREAD)["line"]
    assert bench.view["lines"][line]["total"] == 5 * BREAD.price
    bench.scan(BREAD)
    assert bench.view["lines"][line]["total"] == 300
    bench.ok("set", line=line, to=5000, seen=6000)
    assert bench.view["lines"][line]["unit_price"] == BREAD.price
    bench.ok("set", line=line, to=7000, seen=5000)
    bench.ok("pay_begin")
    bench.ok("tender", kind="cash", amount=350)
    [(sale,)] = bench.rows("SELECT body FROM sales")
    [sold] = json.loads(sale)["lines"]
    assert (sold["unit_price"], sold["price_list"], sold["list_version"], sold["total"]) == (50, "six", 3, 350)


def test_weighings_count_together_for_a_step(make_bench: MakeBench) -> None:
    ham = WEIGHED[0]
    bench = opened(make_bench, with_lists({"kilo": ({}, {ham.id: [[1000, 700]]})}))
    bench.scan(ham, 600)
    assert [row["unit_price"] for row in bench.view["lines"].values()] == [ham.price]
    bench.scan(ham, 400)
    assert [row["total"] for row in bench.view["lines"].values()] == [420, 280]


def test_a_list_for_another_channel_or_store_is_not_asked(make_bench: MakeBench) -> None:
    lists = {
        "online": ({"channels": ("online",)}, {BREAD.id: [[0, 1]]}),
        "there": ({"stores": (SHOP.stores[1].id,)}, {BREAD.id: [[0, 2]]}),
        "here": ({"stores": (SHOP.stores[0].id,), "channels": ("till",)}, {BREAD.id: [[0, 77]]}),
    }
    bench = opened(make_bench, with_lists(lists))
    bench.scan(BREAD)
    assert bench.view["totals"]["total"] == 77
    assert opened(make_bench, with_lists(lists) | {"lists": []}).scan(BREAD)


def test_a_group_has_its_price_once_the_card_is_shown_also_after_a_restart(make_bench: MakeBench) -> None:
    body = with_lists({"staff": ({"groups": ("staff",)}, {BREAD.id: [[0, 10]]})})
    body["cards"][0]["groups"] = ["staff"]
    bench = opened(make_bench, body)
    bench.scan(BREAD)
    assert bench.view["totals"]["total"] == BREAD.price
    bench.ok("attach", card=SHOPPER.card)
    assert bench.view["totals"]["total"] == 10
    bench.stop()
    assert bench.start().view["totals"]["total"] == 10


def test_a_list_that_begins_while_the_cart_is_open_is_shown_at_once(make_bench: MakeBench, monkeypatch: Any) -> None:
    # A minute that begins soon by the clock of the store.
    bench = opened(make_bench, with_lists({"night": ({"starts": "2031-01-01T00:00"}, {BREAD.id: [[0, 5]]})}))
    bench.scan(BREAD)
    begins = first_moment("2031-01-01T00:00", ZoneInfo(SHOP.stores[0].zone))
    monkeypatch.setattr(ids, "now_ms", lambda: begins - 1)
    clockwork = Clockwork(bench.counter)
    clockwork.tick(begins - 1)
    assert bench.view["totals"]["total"] == BREAD.price
    monkeypatch.setattr(ids, "now_ms", lambda: begins)
    clockwork.tick(begins)
    bench.wait(lambda view: view["totals"]["total"] == 5)


def test_offers_come_as_changes_and_go_again(tmp_path: Any) -> None:
    replica = Replica(tmp_path)
    replica.take(with_lists({"six": ({}, {BREAD.id: [[0, 9]], MILK.id: [[0, 8]]})}), now_ms())
    assert replica.book is not None
    assert dict(replica.book.lists.offers[BREAD.id])["six"][0].amount == 9
    assert sorted(replica.book.lists.offers) == sorted([BREAD.id, MILK.id]) and len(replica.book.lists.offers) == 2
    change = with_lists({"six": ({}, {BREAD.id: [[0, 7]]})}) | {"whole": False, "first": False, "version": 2}
    change |= {"products": [], "cards": [], "staff": [], "gone": {**change["gone"], "offers": [MILK.id]}}
    replica.take(change, now_ms())
    assert replica.book is not None
    assert dict(replica.book.lists.offers[BREAD.id])["six"][0].amount == 7
    assert not replica.book.lists.offers[MILK.id] and len(replica.book.lists.offers) == 1
    replica.close()


def test_a_till_that_knew_no_lists_sells_on_and_fetches_all_anew(tmp_path: Any) -> None:
    replica = Replica(tmp_path)
    replica.take(reference(), now_ms())
    replica.close()
    # As the program before price lists left it.
    with sqlite3.connect(tmp_path / "replica.sqlite") as connection:
        [(side,)] = connection.execute("SELECT side FROM live").fetchall()
        connection.execute(f"DELETE FROM about_{side} WHERE key = 'lists'")
        connection.execute(f"DROP TABLE offers_{side}")
    connection.close()
    replica = Replica(tmp_path)
    assert replica.book is not None and replica.book.product(BREAD.id) == BREAD
    assert replica.place() == {}
    replica.take(with_lists({"six": ({}, {BREAD.id: [[0, 9]]})}), now_ms())
    assert replica.place() == {"since": 1, "e": 1} and replica.offers(BREAD.id)
    replica.close()


def test_cash_is_rounded_on_the_page_on_the_receipt_and_in_the_sale(make_bench: MakeBench) -> None:
    price = BREAD.price // 5 * 5 + 2
    bench = opened(make_bench, with_lists({"odd": ({}, {BREAD.id: [[0, price]]})}, cash_step=5))
    bench.scan(BREAD)
    bench.ok("pay_begin")
    paying = bench.view["payment"]
    assert (paying["due"], paying["rounding"], paying["left"], paying["suggested"][0]) == (
        price,
        -2,
        price - 2,
        price - 2,
    )
    assert bench.ok("tender", kind="cash", amount=price - 2)["sale"]["change"] == 0
    [(body,)] = bench.rows("SELECT body FROM sales")
    sale = json.loads(body)
    assert (sale["total"], sale["rounding"], sale["change"]) == (price, -2, 0)
    assert bench.view["last_sale"]["rounding"] == -2
    bench.wait_paper("Cash rounding")
    assert "0.02" in next(line for line in bench.paper.splitlines() if "Cash rounding" in line)


def test_what_rounds_up_is_not_paid_by_the_total_alone(make_bench: MakeBench) -> None:
    bench = opened(make_bench, with_lists({"odd": ({}, {BREAD.id: [[0, 103]]})}, cash_step=5))
    bench.scan(BREAD)
    bench.ok("pay_begin")
    assert bench.ok("tender", kind="cash", amount=103)["sale"] is None
    assert bench.view["payment"]["left"] == 2
    assert bench.ok("tender", kind="cash", amount=10)["sale"]["change"] == 8


def test_a_store_that_adds_tax_shows_lines_without_it_and_each_tax_on_the_receipt(make_bench: MakeBench) -> None:
    body = with_lists({"round": ({}, {BREAD.id: [[0, 1000]]})}, tax_added=True)
    state, city = TaxPart({"en": "State tax"}, 40_000), TaxPart({"en": "City tax"}, 45_000)
    body["taxes"] = [asdict(TaxRate(row.code, row.names, 850, (state, city))) for row in SHOP.taxes]
    bench = opened(make_bench, body)
    bench.scan(BREAD)
    [line] = bench.view["lines"].values()
    assert (line["unit_price"], line["total"], bench.view["totals"]["tax"]) == (1000, 1085, 85)
    bench.ok("pay_begin")
    bench.ok("tender", kind="cash", amount=1085)
    bench.wait_paper("City tax")
    paper = [" ".join(line.split()) for line in bench.paper.splitlines()]
    assert "State tax 0.40" in paper and "City tax 0.45" in paper
    assert any(line.startswith("Without tax") and "10.00" in line for line in paper)
    assert any(line.startswith("1 x 10.00 10.00") for line in paper)
