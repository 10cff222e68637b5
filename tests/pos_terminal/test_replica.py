"""The catalogue in the till: found by code, by words of both languages, by department; and taken over whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from till_bench import PIECES, SHOP, WEIGHED, Bench, reference

from pos_terminal.errors import StoreRefused
from pos_terminal.store.replica import Replica
from retail.barcode import MeasuredCode, ProductCode


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    made = Replica(tmp_path)
    made.take(reference(), 1)
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
        replica.take(body, 2)
    replica.refresh()
    assert replica.heading is not None and replica.heading.version == 1
    assert replica.product(PIECES[0].id) is not None and replica.search(PIECES[0].names["en"], 1)


def test_a_copy_survives_the_end_of_the_process(replica: Replica, tmp_path: Path) -> None:
    again = Replica(tmp_path)
    assert again.heading is not None and again.heading.version == 1 and again.book is not None
    assert again.book.product(PIECES[0].id) == PIECES[0]
    again.close()


def in_pages(body: dict[str, Any], rows: int) -> list[dict[str, Any]]:
    """The same as a hub sends it that tells so many products at once; the small things come with each page."""
    found = []
    for start in range(0, len(body["products"]), rows):
        last = start + rows >= len(body["products"])
        page = body | {"products": body["products"][start : start + rows], "first": not start}
        page |= {"next": "" if last else f"w.{start + rows}"} | ({} if last else {"staff": [], "cards": []})
        found.append(page)
    return found


def many(count: int, version: int) -> dict[str, Any]:
    body: dict[str, Any] = reference(version=version)
    template = body["products"][-1]
    more = [{**template, "id": f"x-{n}", "gtin": f"{n:014d}", "plu": ""} for n in range(count)]
    return body | {"products": body["products"] + more, "total": len(body["products"]) + count}


def test_selling_goes_on_while_a_large_catalogue_arrives(alone: Bench) -> None:
    """Scans are taken between any two pages, with the goods from before."""
    replica = alone.counter.replica
    pages = in_pages(many(3000, 2), 800)
    for n, page in enumerate(pages):
        progress = replica.take(page, 2)
        alone.scan(PIECES[0])
        assert replica.heading.version == (2 if n == len(pages) - 1 else 1)
        assert progress.complete is (n == len(pages) - 1) and progress.done <= progress.total
    alone.counter.publish()
    assert alone.view["link"]["reference_version"] == 2
    assert [line["quantity"] for line in alone.view["lines"].values()] == [4000]
    assert replica.product("x-2999") is not None


def test_a_load_goes_on_where_it_was_after_any_end(replica: Replica, tmp_path: Path) -> None:
    pages = in_pages(many(300, 2), 50)
    for page in pages:
        again = Replica(tmp_path)
        assert again.heading is not None and again.heading.version == 1
        assert again.place() == ({"since": 1, "e": 1} if page["first"] else {"next": f"w.{pages.index(page) * 50}"})
        again.take(page, 2)
        # Nothing is closed: so does a process end that is killed.
    last = Replica(tmp_path)
    assert last.heading is not None and last.heading.version == 2 and last.place() == {"since": 2, "e": 1}
    assert last.product("x-299") is not None and len(last.book.products) == len(SHOP.products) + 300  # type: ignore[union-attr]


def changes(**said: Any) -> dict[str, Any]:
    """A page of changes."""
    nothing: dict[str, Any] = {"products": [], "staff": [], "cards": [], "stock": {}}
    gone = {"products": [], "staff": [], "cards": []} | said.pop("gone", {})
    return reference(version=2) | nothing | {"whole": False, "first": False, "gone": gone} | said


def test_new_prices_and_names_show_at_once(replica: Replica) -> None:
    old, other = PIECES[0], PIECES[1]
    names = {"en": "Crème Zzyzx", "ru": "Ёлка"}
    replica.take(changes(prices=[{"item": other.id, "price": 123}], products=[old.as_dict() | {"names": names}]), 2)
    assert replica.book is not None and replica.book.product(other.id).price == 123
    for words in ("creme zzy", "елк", "ЁЛКА"):
        assert [row["id"] for row in replica.search(words, 5)] == [old.id]
    assert old.id not in [row["id"] for row in replica.search(old.names["en"], 60)]
    assert len(replica.book.products) == len(SHOP.products)


def test_what_is_gone_is_found_no_more_and_is_priced_still(replica: Replica) -> None:
    gone = PIECES[0]
    card, number = SHOP.shoppers[0].card, SHOP.staff[0].number
    told = {"products": [gone.id], "staff": [number], "cards": [card]}
    replica.take(changes(gone=told), 2)
    assert replica.by_code(ProductCode(gone.gtin)) is None and replica.search(gone.gtin.lstrip("0"), 5) == []
    assert replica.book is not None and replica.book.product(gone.id) == gone
    assert replica.card(card) is None
    assert replica.heading is not None and number not in replica.heading.numbers
    whole = reference(version=3)
    whole["products"] = [row for row in whole["products"] if row["id"] != gone.id]
    replica.take(whole, 3)
    assert replica.book.product(gone.id) == gone, "also after everything came anew"
    replica.take(changes(products=[gone.as_dict()], version=4), 4)
    assert replica.by_code(ProductCode(gone.gtin)) == gone


def test_changes_in_several_pages_count_once_all_are_here(replica: Replica, tmp_path: Path) -> None:
    replica.take(changes(prices=[{"item": PIECES[0].id, "price": 1}], next="d.2", total=2), 2)
    again = Replica(tmp_path)
    assert again.heading is not None and again.heading.version == 1 and again.place() == {"next": "d.2"}
    assert again.book is not None and again.book.product(PIECES[0].id).price == 1
    progress = again.take(changes(prices=[{"item": PIECES[1].id, "price": 2}]), 3)
    assert (progress.done, progress.total, progress.complete) == (2, 2, True)
    assert again.heading.version == 2 and again.place() == {"since": 2, "e": 1}


def test_a_number_comes_first_and_then_names_that_begin_so(replica: Replica) -> None:
    name = PIECES[0].names["en"].split()[0]
    body = [
        PIECES[0].as_dict() | {"id": "z-1", "gtin": "", "names": {"en": f"Box of {name}", "ru": "Коробка"}},
        PIECES[0].as_dict() | {"id": "z-2", "gtin": "", "names": {"en": name, "ru": "Один"}},
    ]
    replica.take(changes(products=body), 2)
    found = [row["id"] for row in replica.search(name, 60)]
    assert found[0] == "z-2" and found.index("z-1") > found.index(PIECES[0].id)
    assert replica.search(PIECES[1].gtin.lstrip("0"), 9)[0]["id"] == PIECES[1].id


@pytest.mark.parametrize(
    "wrong", [{"whole": True, "first": False}, {"gone": None}, {"products": [{}]}, {"prices": [1]}]
)
def test_a_page_that_is_none_changes_nothing(replica: Replica, wrong: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        replica.take(changes() | wrong, 2)
    replica.refresh()
    assert replica.heading is not None and replica.heading.version == 1 and replica.place() == {"since": 1, "e": 1}


def test_an_older_shape_is_fetched_anew_and_a_newer_one_is_refused(replica: Replica, tmp_path: Path) -> None:
    with replica.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
    again = Replica(tmp_path)
    assert again.heading is None and again.place() == {} and again.search("a", 5) == [] and again.card("1") is None
    again.take(reference(), 1)
    assert again.heading is not None
    with again.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 999")
    with pytest.raises(StoreRefused, match="newer program"):
        Replica(tmp_path)
