"""Files that are sent from the dashboard, on both databases: every step once, whoever is ended in the middle."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select
from talking_device import NOW, PIECES

from sync_server.catalogue import queries as catalogue
from sync_server.db import Database
from sync_server.exchange import files, runs
from sync_server.exchange.tables import exchange_parts
from sync_server.staff.tables import audit


class Manager:
    id, store = "2001", "harbour"


def sent(db: Database, text: bytes, kind: str = "prices", name: str = "prices.csv", part: int = 64) -> str:
    db.write(lambda session: runs.begin(session, "run", kind, name, len(text), Manager, NOW))
    for place in range(0, len(text), part):
        for _ in range(2):
            db.write(lambda session, at=place: runs.receive(session, "run", at, text[at : at + part]))  # type: ignore[misc]
    return "run"


def worked(db: Database) -> dict[str, Any]:
    runs.work(db, lambda: NOW)
    return db.read(lambda session: runs.shown(runs.row_of(session, "run")))


def go(db: Database, skip_bad: bool = False) -> None:
    db.write(lambda session: runs.carry_out(session, "run", skip_bad, "2001", NOW))


def price_of(db: Database, item: str) -> int:
    found = db.read(lambda session: catalogue.product(session, item))
    assert found is not None
    return found.price


def test_a_file_of_a_spreadsheet_is_tried_and_every_bad_row_is_named_then_the_good_ones_are_carried_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 2)
    one, two, three = (piece.id for piece in PIECES[:3])
    rows = [f"{one};777", "nobody;5", "", f"{two};much", f"{one};8", f"{three};778;9", f"{two};779"]
    text = "\r\n".join(["\ufeffitem;price", *rows]).encode() + b"\r\n\xcc\xee;5\r\n"
    sent(db, text, part=7)
    tried = worked(db)
    assert (tried["state"], tried["rows"], tried["changed"], tried["refused"]) == ("checked", 7, 2, 5)
    bad = db.read(lambda session: runs.bad_rows(session, "run", 50))
    assert [row["line"] for row in bad] == [3, 5, 6, 7, 9]
    assert bad[2]["reason"]["params"]["first"] == 2 and "UTF-8" in bad[4]["reason"]["message"]
    assert price_of(db, one) == PIECES[0].price
    with pytest.raises(runs.ExchangeRefused, match="Some rows are bad"):
        go(db)
    go(db, skip_bad=True)
    done = worked(db)
    assert (done["state"], done["changed"], done["refused"]) == ("done", 2, 5)
    assert (price_of(db, one), price_of(db, two)) == (777, 779)
    assert not db.read(lambda session: session.execute(select(exchange_parts)).all()), "the file does not stay"


def test_a_run_that_was_ended_in_the_middle_goes_on_and_no_step_is_done_twice(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 10)
    sent(db, ("item,price\n" + "".join(f"{one.id},{one.price + 1}\n" for one in PIECES[:30])).encode())
    assert worked(db)["changed"] == 30
    go(db)
    runs.step(db, "run", NOW)
    look, twice = runs._look, []

    def late(session: Any, run: str) -> Any:
        part = look(session, run)
        # Another worker takes the same step between our look and our writing.
        if not twice:
            twice.append(part)
            monkeypatch.setattr(runs, "_look", look)
            runs.step(db, run, NOW)
        return part

    monkeypatch.setattr(runs, "_look", late)
    runs.step(db, "run", NOW)
    done = worked(db)
    assert (done["state"], done["rows"], done["changed"], done["refused"]) == ("done", 30, 30, 0)
    notes = db.read(lambda session: session.execute(select(audit).order_by(audit.c.id)).all())
    mine = [row for row in notes if row.action.startswith("import.prices")]
    assert [row.action for row in mine] == [
        "import.prices.begun", *["import.prices"] * 3, "import.prices.done",
    ]  # fmt: skip
    assert [row.detail["lines"] for row in mine[1:4]] == [[2, 11], [12, 21], [22, 31]]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("prices.csv", b"item,prize\nx,1\n", "no column prize"), ("prices.csv", b'item,price\n"' + b"x" * 300_000, "CSV")],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(db: Database, name: str, text: bytes, said: str) -> None:
    sent(db, text, name=name, part=200_000)
    found = worked(db)
    assert found["state"] == "refused" and said in found["why"]["params"]["reason"]


def test_json_lines_go_the_same_way_and_a_wrong_size_or_name_is_refused_before(db: Database) -> None:
    sent(db, b'{"item": "nobody", "price": 1}\n\nthis is no JSON', name="prices.jsonl")
    assert (worked(db)["refused"], worked(db)["rows"]) == (2, 2)
    for name, size in (("prices.xlsx", 5), ("prices.csv", 0), ("prices.csv", runs.FILE_BYTES_MAX + 1)):
        with pytest.raises(runs.ExchangeRefused):
            db.write(lambda session, n=name, s=size: runs.begin(session, "other", "prices", n, s, Manager, NOW))  # type: ignore[misc]


def test_a_fault_of_ours_ends_the_run_that_met_it_and_holds_up_no_other(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(db, f"item,price\n{PIECES[0].id},777\n".encode())
    look = runs._look

    def fails(session: Any, run: str) -> Any:
        raise KeyError(run)

    monkeypatch.setattr(runs, "_look", fails)
    broken = worked(db)
    assert (broken["state"], broken["why"]["params"]) == ("refused", {})
    assert "Traceback" not in broken["why"]["message"]
    monkeypatch.setattr(runs, "_look", look)
    assert price_of(db, PIECES[0].id) == PIECES[0].price


def test_a_cell_that_a_spreadsheet_would_carry_out_goes_out_as_text_and_comes_back_as_it_was() -> None:
    row = {"id": "p-1", "name": '=HYPERLINK("http://x","y")', "price": -5, "note": "@sum", "plain": "5"}
    text = io.StringIO()
    files.write_into(text, True, iter([row]), tuple(row), ())
    _, line = text.getvalue().splitlines()
    cells = next(csv.reader([line]))
    assert cells[1].startswith("'=") and cells[3] == "'@sum"
    back = files.row_of_cells(tuple(row), cells, frozenset())
    assert isinstance(back, dict)
    assert (back["name"], back["note"], back["plain"]) == (row["name"], "@sum", "5")
