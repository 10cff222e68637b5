"""The catalogue in the till: found by code, by words of both languages, by department; and taken over whole."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from till_bench import PIECES, SHOP, WEIGHED, Bench, reference

from pos_terminal.store.replica import Replica
from retail.barcode import MeasuredCode, ProductCode


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    made = Replica(tmp_path)
    made.load(reference(), '"1"', 1)
    yield made
    made.close()


def test_goods_are_found_by_the_beginnings_of_words_in_both_languages(replica: Replica) -> None:
    product = PIECES[0]
    for language in ("en", "ru"):
        beginnings = " ".join(word[:4] for word in product.names[language].split()[:2])
        assert product.id in [row["id"] for row in replica.search(beginnings, 20)]
    assert replica.search(product.names["ru"].upper(), 5)[0]["id"] == product.id


@pytest.mark.parametrize("words", ["", '"', "'; DROP TABLE products", "* OR zz", "(((", "zzzzzz", "\x00"])
def test_strange_words_find_nothing_and_break_nothing(replica: Replica, words: str) -> None:
    assert replica.search(words, 5) == []


def test_goods_are_found_by_code(replica: Replica) -> None:
    found = replica.by_code(ProductCode(PIECES[0].gtin))
    assert found is not None and found.id == PIECES[0].id
    weighed = replica.by_code(MeasuredCode(WEIGHED[0].plu, 345))
    assert weighed is not None and weighed.id == WEIGHED[0].id
    assert PIECES[0].id in [row["id"] for row in replica.search(PIECES[0].gtin.lstrip("0")[:9], 5)]


def test_a_department_comes_in_pages(replica: Replica) -> None:
    department = SHOP.departments[0].id
    whole, total = replica.browse(department, 0, 60)
    assert total == len(whole) == sum(row.department == department for row in SHOP.products)
    page, _ = replica.browse(department, 1, 2)
    assert page == whole[1:3]


def test_half_a_catalogue_is_never_seen(replica: Replica) -> None:
    body = reference(version=2)
    body["cards"] = [{"no": "number"}]
    with pytest.raises(KeyError):
        replica.load(body, '"2"', 2)
    replica.refresh()
    assert replica.heading is not None and replica.heading.version == 1
    assert replica.product(PIECES[0].id) is not None and replica.search(PIECES[0].names["en"], 1)


def test_a_copy_survives_the_end_of_the_process(replica: Replica, tmp_path: Path) -> None:
    again = Replica(tmp_path)
    assert again.heading is not None and again.heading.version == 1 and again.book is not None
    assert again.book.product(PIECES[0].id) == PIECES[0]
    again.close()


def test_selling_goes_on_while_a_large_catalogue_arrives(alone: Bench) -> None:
    """Scans are taken from inside the loading itself: were anything blocked by it, they could not be."""
    body: dict[str, Any] = reference(version=2)
    template = body["products"][-1]
    body["products"] = body["products"] + [
        {**template, "id": f"x-{n}", "gtin": f"{n:014d}", "plu": ""} for n in range(3000)
    ]
    sold: list[Any] = []

    def progress(done: int, total: int) -> None:
        scan = threading.Thread(target=lambda: sold.append(alone.scan(PIECES[0])))
        scan.start()
        scan.join(10)

    alone.counter.replica.load(body, '"2"', 2, progress)
    assert len(sold) == 4
    alone.counter.publish()
    assert alone.view["link"]["reference_version"] == 2
    assert [line["quantity"] for line in alone.view["lines"].values()] == [4000]
