"""Reference data over a hub that fails in the middle: the till sells with what it has and goes on where it was."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from till_bench import CASHIER, PIECES, SHOP, Bench, reference

from pos_terminal.sync import pull

ROWS = 20


@pytest.fixture
def linked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A till with yesterday's goods at a hub whose new ones come in three pages; it tries again at once."""
    monkeypatch.setattr(pull, "RETRY_FIRST_S", 0.05)
    bench = Bench(tmp_path, printer=False)
    bench.load_replica(reference())
    bench.hub.page_rows = ROWS
    bench.hub.start()
    bench.start()
    bench.sign_in()
    bench.wait(lambda view: view["link"]["online"])
    yield bench
    bench.close()


def version(bench: Bench) -> int:
    return int(bench.view["link"]["reference_version"])


def dearer(price: int) -> list[dict[str, Any]]:
    return [row.as_dict() | {"price": price} for row in SHOP.products]


@pytest.mark.parametrize("fault", ["gone", "cut", "garbled", "another shape", "without an end"])
def test_a_page_that_fails_costs_that_page_and_nothing_else(linked: Bench, fault: str) -> None:
    hub, failed = linked.hub, []

    def second_page_fails(page: dict[str, Any]) -> Any:
        if page["first"] or len(failed) >= 2:
            return None
        failed.append(version(linked))
        linked.scan(PIECES[0])
        answers: dict[str, Any] = {
            "gone": ("", 503),
            "cut": ('{"e": 1, "version": 2', 200),
            "garbled": (b"\x1f\x8b\x08nonsense", 200, {"Content-Encoding": "gzip"}),
            "without an end": ("[" * 100_000, 200),
            "another shape": ({"e": 1, "version": 2, "whole": True, "first": False, "next": ""}, 200),
        }
        return answers[fault]

    hub.on_page = second_page_fails
    hub.asked.clear()
    hub.new_reference(products=dearer(777))
    linked.wait(lambda view: view["link"]["reference_version"] == 2)
    assert failed == [1, 1], "it sold from the version before until all was there"
    assert [row.get("next", "") for row in hub.asked][:4] == ["", str(ROWS), str(ROWS), str(ROWS)]
    assert linked.counter.replica.book.product(PIECES[0].id).price == 777
    assert [line["quantity"] for line in linked.view["lines"].values()] == [2000]


def test_a_full_disk_keeps_the_old_and_says_so(linked: Bench) -> None:
    replica = linked.counter.replica
    engine = replica.engine
    with sqlite3.connect(linked.folder / "data" / "replica.sqlite") as found:
        pages = found.execute("PRAGMA page_count").fetchone()[0]
    found.close()
    engine.dispose()

    from sqlalchemy import event

    @event.listens_for(engine, "begin")
    def no_more_room(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    linked.hub.new_reference(products=dearer(777))
    view = linked.wait(lambda view: (view["notice"] or {}).get("code") == "reference.not_kept")
    assert view["link"]["reference_version"] == 1
    linked.scan(PIECES[0])
    assert linked.view["totals"]["in_hand"] == PIECES[0].price


def test_a_hub_that_was_restored_is_asked_for_everything(linked: Bench) -> None:
    hub = linked.hub
    hub.reference = hub.reference | {"e": 2, "version": 1, "products": dearer(333)}
    hub.cut()
    linked.wait(lambda view: linked.counter.replica.heading.epoch == 2)
    assert linked.counter.replica.book.product(PIECES[0].id).price == 333


def test_somebody_who_left_finishes_the_visit_and_is_signed_out(linked: Bench) -> None:
    staff = [row for row in reference()["staff"] if row["number"] != CASHIER.number]
    linked.scan(PIECES[0])
    linked.hub.new_reference(staff=staff)
    view = linked.wait(lambda view: view["link"]["reference_version"] == 2)
    assert view["phase"] == "selling" and view["staff"]["number"] == CASHIER.number
    assert linked.sell(PIECES[1])["total"] > 0
    assert linked.view["phase"] == "done"
    assert linked.refused("scan", text=PIECES[0].gtin[1:], aim="]E0") == "till.signed_out"
    linked.ok("next")
    assert linked.view["phase"] == "signed_out" and linked.view["staff"] is None
    assert linked.refused("sign_in", number=CASHIER.number, pin=CASHIER.pin)


def test_somebody_who_left_between_two_shoppers_is_signed_out_at_once(linked: Bench) -> None:
    staff = [row for row in reference()["staff"] if row["number"] != CASHIER.number]
    linked.hub.new_reference(staff=staff)
    linked.wait(lambda view: view["phase"] == "signed_out")


def test_a_large_load_shows_how_many_rows_have_come(linked: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "LOADING_SHOWN_ROWS", 10)
    seen: list[Any] = []
    linked.hub.on_page = lambda page: seen.append(linked.view["link"]["loading"])
    linked.hub.new_reference(products=dearer(5))
    linked.wait(lambda view: view["link"]["reference_version"] == 2 and view["link"]["loading"] is None)
    total = linked.hub.reference["total"]
    assert seen == [None, *({"done": n * ROWS, "total": total, "waits": False} for n in (1, 2))]


def test_a_first_load_that_breaks_off_is_shown_where_it_stands_also_after_a_restart_and_goes_on_from_there(
    make_bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "RETRY_FIRST_S", 0.05)
    bench: Bench = make_bench(printer=False)
    bench.hub.page_rows = ROWS
    bench.hub.on_page = lambda page: None if page["first"] else ("", 503)
    bench.hub.start()
    bench.start()
    come = {"done": ROWS, "total": bench.hub.reference["total"], "waits": True}
    bench.wait(lambda view: view["link"]["loading"] == come)
    bench.stop()
    bench.hub.stop()
    bench.start()
    assert (bench.view["phase"], bench.view["link"]["loading"]) == ("needs_hub", come)
    bench.hub.on_page = lambda page: None
    bench.hub.start()
    bench.wait(lambda view: view["phase"] == "signed_out")
    done = [row["changes"]["link"]["loading"] for row in bench.views if "link" in row["changes"]]
    shown = [row["done"] for row in done if row]
    assert shown == sorted(shown) and bench.view["link"]["loading"] is None
