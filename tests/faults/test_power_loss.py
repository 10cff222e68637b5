"""The power goes at the hub or at a till: what was answered is there, and what was not is whole or not there at all."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from synced_disk import synced_disk
from talking_device import PIECES, Talker, operation, terminal
from till_bench import PIECES as GOODS
from till_bench import Bench, reference

from sync_server.db import open_database, sqlite_url

OPERATIONS = 8


def count(folder: Path, file: str, table: str) -> int:
    """How many rows a program that starts after the power cut finds; it also has to find the file sound."""
    connection = sqlite3.connect(folder / file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return found


def told(folder: Path) -> int:
    """How many operations the till's journal holds; its first row is the origin of the chain."""
    return count(folder, "till.sqlite", "outbox WHERE seq > 0")


def hub_folder(tmp_path: Path, sqlite_shop: str) -> Path:
    folder = tmp_path / "hub"
    folder.mkdir()
    source, target = sqlite3.connect(sqlite_shop.removeprefix("sqlite:///")), sqlite3.connect(folder / "hub.sqlite")
    source.backup(target)
    source.close()
    target.close()
    return folder


def add(till: Talker, n: int) -> None:
    made = operation("cart.add", till.visit, line=f"line-{n}", item=PIECES[0].id, quantity=1000, weighed=True)
    assert till.send(made)[0]["status"] == "ok"


def test_the_power_goes_at_the_hub_and_every_answered_operation_is_there(tmp_path: Path, sqlite_shop: str) -> None:
    folder = hub_folder(tmp_path, sqlite_shop)
    answered = 0
    with synced_disk(folder, tmp_path / "shadow") as disk:
        disk.acknowledged = lambda: answered
        db = open_database(sqlite_url(folder))
        till = Talker(db, terminal("till-1"))
        for n in range(OPERATIONS):
            add(till, n)
            answered += 1
            left = disk.lose_power(tmp_path / f"after-{n}")
            assert count(left, "hub.sqlite", "operations") == answered
            assert count(left, "hub.sqlite", "events") == answered
        db.close()
    assert disk.syncs >= OPERATIONS and len(disk.torn) >= OPERATIONS
    for place, known in disk.torn:
        assert count(place, "hub.sqlite", "operations") in (known, known + 1), place


def test_a_hub_that_did_not_sync_would_be_noticed(tmp_path: Path, sqlite_shop: str) -> None:
    folder = hub_folder(tmp_path, sqlite_shop)
    with synced_disk(folder, tmp_path / "shadow") as disk:
        db = open_database(sqlite_url(folder))

        @event.listens_for(db.engine, "connect")
        def hurry(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA synchronous = OFF")

        add(Talker(db, terminal("till-1")), 0)
        left = disk.lose_power(tmp_path / "after")
        db.close()
    assert count(left, "hub.sqlite", "operations") == 0


def test_the_power_goes_at_a_till_and_what_was_shown_is_there(tmp_path: Path, make_bench: Any) -> None:
    bench: Bench = make_bench(printer=False)
    bench.load_replica(reference())
    shown = 0
    with synced_disk(bench.folder / "data", tmp_path / "shadow") as disk:
        disk.acknowledged = lambda: shown
        bench.start()
        bench.sign_in()
        for n in range(OPERATIONS):
            bench.scan(GOODS[n])
            shown += 1
            assert told(disk.lose_power(tmp_path / f"after-{n}")) == shown
        bench.ok("pay_begin")
        bench.ok("tender", kind="cash", amount=bench.view["totals"]["in_hand"])
        left = disk.lose_power(tmp_path / "after-the-sale")
        bench.stop()
    assert (count(left, "till.sqlite", "sales"), told(left)) == (1, shown + 1)
    torn = [(place, known) for place, known in disk.torn if known]
    assert torn and all(told(place) in (known, known + 1) for place, known in torn)
    bench.folder = tmp_path / "again"
    (bench.folder / "data").parent.mkdir()
    left.rename(bench.folder / "data")
    bench.start()
    assert bench.view["last_sale"]["total"] > 0 and bench.view["link"]["unsent_sales"] == 1
    bench.stop()


@pytest.mark.parametrize("full", [True, False])
def test_the_double_of_the_disk_leaves_the_files_as_they_are(tmp_path: Path, full: bool) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with synced_disk(folder, tmp_path / "shadow") as disk:
        connection = sqlite3.connect(folder / "some.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'OFF'}")
        connection.execute("CREATE TABLE words (word TEXT)")
        before = disk.syncs
        connection.execute("INSERT INTO words VALUES ('kept')")
        assert (disk.syncs > before) is full
        assert connection.execute("SELECT word FROM words").fetchall() == [("kept",)]
        connection.close()
