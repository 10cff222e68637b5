"""Files in and out of the hub, on both databases: what goes out comes in again, and a bad row is named by its line."""

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from talking_device import NOW, PIECES, SHOP, rows
from vouchers_bench import KEY

from sync_server.catalogue import queries as catalogue
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.exchange import files, kinds, service
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import service as points
from sync_server.promotions import queries as promotions
from sync_server.staff.tables import audit
from sync_server.stored_value import cards as gift_cards
from sync_server.stored_value import queries as values

ANNA = SHOP.shoppers[0]
CARD = gift_cards.NewCard("EUR", SHOP.stores[0].id)
BREAD, MILK = PIECES[0], PIECES[1]


LATER = itertools.count(NOW + 1)


def take_in(db: Database, kind: str, path: Path, at: int = NOW, **words: Any) -> service.Report:
    return service.take_in(db, kind, path, "2001", at, **words)


def written(folder: Path, name: str, *rows: Any) -> Path:
    path = folder / name
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def price_of(db: Database, item: str) -> int:
    from sync_server.catalogue import queries

    found = db.read(lambda session: queries.product(session, item))
    assert found is not None
    return found.price


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_goes_out_comes_in_again_and_changes_nothing(db: Database, tmp_path: Path, kind: str, ending: str) -> None:
    db.write(lambda session: gift_cards.credit(session, ANNA.id, "EUR", SHOP.stores[0].id, "2001", NOW))
    db.write(lambda session: gift_cards.issue(session, KEY, CARD, "2001", NOW))
    path = tmp_path / f"all.{ending}"
    count = service.export(db, kind, path)
    assert count > 0
    report = take_in(db, kind, path)
    assert (report.rows, report.changed, report.refused, report.done) == (count, 0, 0, True), report.bad[:3]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_what_was_changed_in_the_file_is_changed_at_the_hub(db: Database, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"prices.{ending}"
    service.export(db, "prices", path)
    text = path.read_text("utf-8")
    was = f"{BREAD.id},{BREAD.price}" if ending == "csv" else json.dumps({"item": BREAD.id, "price": BREAD.price})
    path.write_text(text.replace(was, was.replace(str(BREAD.price), "777")), "utf-8")
    tried = take_in(db, "prices", path, dry=True)
    assert (tried.changed, tried.done, price_of(db, BREAD.id)) == (1, False, BREAD.price)
    done = take_in(db, "prices", path)
    assert (done.changed, done.done, price_of(db, BREAD.id)) == (1, True, 777)
    assert take_in(db, "prices", path).changed == 0, "begun again, it has nothing to do"
    notes = db.read(lambda session: session.execute(select(audit).where(audit.c.action == "import.prices")).all())
    assert [row.detail["changed"] for row in notes] == [1, 0]


def test_every_bad_row_is_named_by_its_line_and_nothing_is_changed(db: Database, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "prices.jsonl",
        {"item": BREAD.id, "price": 5},
        "{this is no JSON",
        {"item": "nobody", "price": 5},
        {"item": MILK.id, "price": -1},
        "",
        {"item": BREAD.id, "price": 6},
        {"item": MILK.id, "price": "much"},
        {"item": MILK.id, "prize": 5},
    )
    report = take_in(db, "prices", path)
    assert [row["line"] for row in report.bad] == [2, 3, 4, 6, 7, 8]
    reasons = {row["line"]: row["reason"] for row in report.bad}
    assert "JSON" in reasons[2] and "nobody" in reasons[3] and "line 1" in reasons[6] and "prize" in reasons[8]
    assert (report.done, report.rows, price_of(db, BREAD.id)) == (False, 7, BREAD.price)
    report = take_in(db, "prices", path, skip_bad=True)
    assert (report.done, report.changed, report.refused, price_of(db, BREAD.id)) == (True, 1, 6, 5)


def in_the_ledger(db: Database) -> list[int]:
    """How many rows each noted part of an import changed."""
    return [row.detail["changed"] for row in rows(db, audit) if row.action == "import.prices"]


def test_an_import_that_was_cut_off_is_begun_again_and_does_the_rest(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ROWS_AT_ONCE", 10)
    path = written(tmp_path, "prices.jsonl", *({"item": one.id, "price": one.price + 1} for one in PIECES[:40]))

    class Torn(Exception):
        pass

    told: list[int] = []

    def tear(done: int) -> None:
        told.append(done)
        if len(told) == 6:
            raise Torn

    with pytest.raises(Torn):
        take_in(db, "prices", path, progress=tear)
    assert told == [10, 20, 30, 40, 10, 20], "tried once as a whole, then done in parts"
    assert price_of(db, PIECES[19].id) == PIECES[19].price + 1
    assert price_of(db, PIECES[20].id) == PIECES[20].price
    assert in_the_ledger(db) == [10, 10], "as far as it came"
    report = take_in(db, "prices", path)
    assert (report.rows, report.changed, report.done) == (40, 20, True)
    assert in_the_ledger(db) == [10, 10, 0, 0, 10, 10]


def test_a_promotion_from_a_csv_gets_its_next_version_and_a_wrong_one_says_what_is_wrong(
    db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "promotions.csv"
    benefit = json.dumps({"kind": "each_unit", "calculator": {"kind": "percent", "hundredths": 1500}})
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["id", "names.en", "names.ru", "benefit", "lane", "paused"])
        writer.writerow(["spring", "Spring", "Весна", benefit, "20", "true"])
        writer.writerow(["wrong", "Wrong", "Неверно", '{"kind": "multibuy", "take": 3, "pay": 3}', "10", "false"])
    report = take_in(db, "promotions", path, skip_bad=True)
    assert (report.changed, [row["line"] for row in report.bad]) == (1, [3]) and "benefit.pay" in report.bad[0][
        "reason"
    ]
    found = db.read(lambda session: promotions.find(session, "spring"))
    assert found is not None and (found.version, found.lane, found.paused, found.names["ru"]) == (1, 20, True, "Весна")
    path.write_text(path.read_text("utf-8").replace(";20;true", ";20;false"), "utf-8")
    take_in(db, "promotions", path, skip_bad=True)
    found = db.read(lambda session: promotions.find(session, "spring"))
    assert found is not None and (found.version, found.paused) == (2, False)


def test_cards_and_balances_of_customers_who_are_there(db: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "cards.csv", "card,customer", f"2999000000017,{ANNA.id}", "2999000000024,nobody")
    assert [row["line"] for row in take_in(db, "cards", path, skip_bad=True).bad] == [3]
    assert db.read(lambda session: customers.holder(session, "2999000000017")) == ANNA.id
    path = written(tmp_path, "balances.csv", "customer,points", f"{ANNA.id},4321")
    for _ in range(2):
        take_in(db, "balances", path)
        assert db.read(lambda session: loyalty.balance(session, ANNA.id)) == 4321
    # What became of the points since does not matter: the file says how it is.
    for lost in (-4321, -1000):
        db.write(lambda session, lost=lost: points.adjust(session, f"lost{lost}", ANNA.id, lost, "2001", NOW))
        assert take_in(db, "balances", path, at=next(LATER)).changed == 1
        assert db.read(lambda session: loyalty.balance(session, ANNA.id)) == 4321
    path = written(tmp_path, "balances.csv", "customer,points", f"{ANNA.id},-1", f"{ANNA.id},1.5")
    assert take_in(db, "balances", path).refused == 2


def test_store_credit_and_gift_cards_have_what_the_file_says_once_and_codes_stay_here(
    db: Database, tmp_path: Path
) -> None:
    path = written(tmp_path, "credits.csv", "customer,currency,amount", f"{ANNA.id},EUR,700", "nobody,EUR,1")
    for changed in (1, 0):
        assert take_in(db, "credits", path, skip_bad=True, at=next(LATER)).changed == changed
    assert [row["available"] for row in db.read(lambda session: values.of_customer(session, ANNA.id))] == [700]
    code = db.write(lambda session: gift_cards.issue(session, KEY, CARD, "2001", NOW))
    path = tmp_path / "gift-cards.csv"
    assert service.export(db, "gift-cards", path) == 1
    assert code["code"] not in path.read_text() and code["code"].replace("-", "") not in path.read_text()
    path.write_text(path.read_text().replace("EUR,0", "EUR,2500") + "card-nobody,,EUR,5\n")
    for changed in (1, 0):
        assert take_in(db, "gift-cards", path, skip_bad=True, at=next(LATER)).changed == changed
    assert db.read(lambda session: values.account_row(session, code["account"])).available == 2500
    path = written(tmp_path, "credits.csv", "customer,currency,amount", f"{ANNA.id},EUR,-1", f"{ANNA.id},EUR,1.5")
    assert take_in(db, "credits", path).refused == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("prices.csv", "item,prize\nx,1\n", "There is no column prize"),
        ("prices.csv", "", "There is no column at all"),
        ("prices.txt", "item,price\n", "has to end in .csv"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(
    db: Database, tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(files.FileRefused, match=said):
        take_in(db, "prices", tmp_path / name)


def test_a_file_that_is_no_utf_8_or_has_half_a_row_says_so(db: Database, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_bytes("item,price\nмолоко,1\n".encode("cp1251"))
    with pytest.raises(files.FileRefused, match="UTF-8"):
        take_in(db, "prices", tmp_path / "prices.csv")
    path = written(tmp_path, "prices.csv", "item,price", f"{BREAD.id}", f'"{MILK.id}",12')
    assert [(row["line"], row["reason"]) for row in take_in(db, "prices", path).bad] == [
        (2, "there are 1 cells for 2 columns")
    ]


def test_price_lists_and_their_rows_are_kinds_of_their_own(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "names.en", "names.ru", "stores", "channels", "groups", "starts", "ends"])
        writer.writerow(["week", "Week", "Неделя", '["harbour"]', '["till"]', '["staff"]', "2026-12-01", "2026-12-08"])
        writer.writerow(["back", "Back", "Назад", "[]", "[]", "[]", "2026-12-08", "2026-12-01"])
        writer.writerow(["moon", "Moon", "Луна", '["moon"]', "[]", "[]", "", ""])
        writer.writerow(["mail", "Mail", "Почта", "[]", '["pigeon"]', "[]", "", ""])
    tried = take_in(db, "price-lists", path, dry=True)
    assert [row["line"] for row in tried.bad] == [3, 4, 5] and not tried.done
    assert take_in(db, "price-lists", path, skip_bad=True).changed == 1
    rows_of = [
        {"list": "week", "item": BREAD.id, "breaks": [[0, 90], [6000, 80]]},
        {"list": "week", "item": BREAD.id, "breaks": [[0, 91]]},
        {"list": "week", "item": MILK.id, "breaks": [[6000, 80], [0, 90]]},
        {"list": "week", "item": "nobody", "breaks": [[0, 90]]},
        {"list": "moon", "item": MILK.id, "breaks": [[0, 90]]},
        {"list": "week", "item": MILK.id, "breaks": [[0, -1]]},
    ]
    path = written(tmp_path, "rows.jsonl", *rows_of)
    report = take_in(db, "list-prices", path, skip_bad=True)
    assert [row["line"] for row in report.bad] == [2, 3, 4, 5, 6], report.bad
    assert "line 1" in report.bad[0]["reason"] and "moon" in report.bad[3]["reason"]
    (found,) = [one for one in db.read(catalogue.all_lists) if one.id == "week"]
    assert (found.stores, found.channels, found.groups) == (("harbour",), ("till",), ("staff",))
    assert (found.starts, found.ends, found.version) == ("2026-12-01", "2026-12-08", 2)
    offers = db.read(lambda session: catalogue.offers_of(session, [BREAD.id]))
    assert offers[BREAD.id]["lists"]["week"] == [[0, 90], [6000, 80]]
    path = written(tmp_path, "rows.jsonl", rows_of[0] | {"breaks": []})
    assert [take_in(db, "list-prices", path).changed for _ in range(2)] == [1, 0]
    offers = db.read(lambda session: catalogue.offers_of(session, [BREAD.id]))
    assert "week" not in offers.get(BREAD.id, {"lists": {}})["lists"]


def test_what_no_message_could_name_is_refused_with_its_line(db: Database, tmp_path: Path) -> None:
    for kind, good in (("products", BREAD.as_dict()), ("price-lists", {"id": "week", "names": {"en": "Week"}})):
        rows = [good, *(good | {"id": wrong} for wrong in ("", "x" * 65, "неделя"))]
        report = take_in(db, kind, written(tmp_path, "wrong.jsonl", *rows), dry=True)
        assert [row["line"] for row in report.bad] == [2, 3, 4]
        assert all(row["reason"].startswith("id: ") for row in report.bad), report.bad
