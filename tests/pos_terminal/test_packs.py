"""Packs and other units at the till: one code for six pieces, ribbon by the metre, and what the paper says of both."""

from typing import Any

import pytest
from till_bench import PIECES, Bench, reference

from hardware.printers.document import as_text, from_json

CASE = "19520000000001"
ITEM, RIBBON = PIECES[0], PIECES[1]


def goods(version: int = 1) -> dict[str, Any]:
    """The catalogue, with a case of six of the first thing, and the second sold by the metre."""
    body = reference(version)
    rows = {row["id"]: row for row in body["products"]}
    rows[ITEM.id]["packs"] = {CASE: 6}
    rows[RIBBON.id] |= {"unit": "m", "price": 180}
    return body


@pytest.fixture
def packed(make_bench: Any) -> Bench:
    bench: Bench = make_bench()
    bench.load_replica(goods())
    bench.start()
    bench.sign_in()
    return bench


def lines(bench: Bench) -> list[tuple[int, int]]:
    return [(line["quantity"], line["pack"]) for line in bench.view["lines"].values()]


def test_the_code_of_a_case_adds_its_pieces_to_a_line_of_cases(packed: Bench) -> None:
    packed.ok("scan", text=CASE)
    packed.scan(ITEM)
    line = packed.ok("scan", text=CASE)["line"]
    assert lines(packed) == [(12_000, 6), (1000, 0)]
    assert packed.view["lines"][line]["total"] == 12 * ITEM.price
    assert packed.refused("set", line=line, to=11_000, seen=12_000) == "cart.whole_packs"
    packed.ok("set", line=line, to=6000, seen=12_000)
    assert lines(packed) == [(6000, 6), (1000, 0)]


def test_a_case_is_found_by_its_number_and_not_after_it_is_gone(packed: Bench) -> None:
    replica = packed.counter.replica
    assert [row["id"] for row in replica.search(CASE, 5)] == [ITEM.id]
    body = reference(2) | {"whole": False}
    body["products"] = [ITEM.as_dict()]
    replica.take(body, 2)
    assert packed.refused("scan", text=CASE) == "catalogue.unknown_code"
    assert replica.search(CASE, 5) == []


def test_ribbon_is_cut_and_each_cut_is_a_line(packed: Bench) -> None:
    packed.scan(RIBBON)
    assert packed.view["ask"]["product"]["unit"] == "m" and lines(packed) == []
    for length in (1250, 1250):
        packed.ok("weigh", item=RIBBON.id, quantity=length)
    assert [(line["quantity"], line["unit"], line["total"]) for line in packed.view["lines"].values()] == [
        (1250, "m", 225),
        (1250, "m", 225),
    ]


def test_the_receipt_says_what_was_a_pack_and_how_long_the_ribbon_is(packed: Bench) -> None:
    packed.ok("scan", text=CASE)
    packed.ok("weigh", item=RIBBON.id, quantity=1250)
    packed.ok("pay_begin")
    packed.ok("tender", kind="cash", amount=packed.view["payment"]["due"])
    (body,) = packed.rows("SELECT receipt FROM sales")[0]
    paper = as_text(from_json(body))
    assert any("6 x" in row and "pack of 6" in row for row in paper), paper
    assert any("1.250 m x 1.80" in row for row in paper), paper
