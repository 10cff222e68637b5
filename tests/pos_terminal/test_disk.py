"""The disk: full, read-only, newer, taken; each refused in a sentence, with nothing changed."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect
from till_bench import PIECES, WEIGHED, Bench, scan_text

from pos_terminal.errors import StoreRefused
from pos_terminal.store import tables
from pos_terminal.store.engine import MIGRATIONS, REVISIONS, Store


def test_a_full_disk_refuses_the_scan_and_keeps_the_cart(alone: Bench) -> None:
    alone.scan(PIECES[0])
    before, rows = alone.view["lines"], alone.rows("SELECT count(*) FROM outbox")
    limits: list[Any] = []

    @event.listens_for(alone.counter.store.engine, "begin")
    def no_more_pages(connection: Any) -> None:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
        limits.append(connection.exec_driver_sql(f"PRAGMA max_page_count = {used}").scalar())

    codes = set()
    for _ in range(200):
        # The journal grows with each weighing until the quota is used up.
        answer = alone.do("weigh", item=WEIGHED[0].id, quantity=100)
        codes.add(answer.get("error", {}).get("code", "ok"))
        if "store.full" in codes:
            break
    assert "store.full" in codes
    kept = alone.view["lines"]
    assert before.items() <= kept.items()
    assert alone.view["notice"]["code"] == "store.full"
    event.remove(alone.counter.store.engine, "begin", no_more_pages)

    @event.listens_for(alone.counter.store.engine, "begin")
    def room_again(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    alone.scan(PIECES[1])
    assert len(alone.view["lines"]) == len(kept) + 1
    assert alone.rows("SELECT count(*) FROM outbox")[0][0] > rows[0][0]


def test_a_sale_that_a_read_only_disk_refuses_is_not_made_and_can_be_made_later(alone: Bench) -> None:
    alone.scan(PIECES[0])
    alone.ok("pay_begin")
    due = alone.view["payment"]["due"]

    @event.listens_for(alone.counter.store.engine, "before_cursor_execute")
    def read_only(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            raise_read_only(conn)

    answer = alone.do("tender", id="the-same-tender", kind="cash", amount=due)
    assert answer["error"]["code"] == "store.read_only"
    assert (alone.view["phase"], alone.view["payment"]["tenders"]) == ("paying", [])
    assert alone.rows("SELECT count(*) FROM sales") == [(0,)] and not alone.paper
    event.remove(alone.counter.store.engine, "before_cursor_execute", read_only)
    again = alone.do("tender", id="the-same-tender", kind="cash", amount=due)
    assert again["result"]["sale"]["number"] == "01-01-000001"


def raise_read_only(connection: Any) -> None:
    """What SQLite itself says of a write to a read-only database, raised where a write would be."""
    connection.connection.driver_connection.execute("PRAGMA query_only = ON")
    try:
        connection.connection.driver_connection.execute("DELETE FROM sales")
    except sqlite3.OperationalError as error:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("INSERT", None, error) from error
    finally:
        connection.connection.driver_connection.execute("PRAGMA query_only = OFF")


def test_two_tills_do_not_share_a_folder(tmp_path: Path) -> None:
    first = Store(tmp_path)
    try:
        with pytest.raises(StoreRefused) as refused:
            Store(tmp_path)
        assert (refused.value.code, refused.value.exit_code) == ("store.held", 3)
    finally:
        first.close()
    Store(tmp_path).close()


def test_a_second_process_on_the_same_folder_ends_with_a_sentence(alone: Bench) -> None:
    config = alone.config()
    second = subprocess.run(
        [sys.executable, "-m", "pos_terminal", "--data", str(config.data), "--port", "8499"],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert second.returncode == 3
    assert "Another till works with the data folder" in second.stderr and "Traceback" not in second.stderr
    alone.scan(PIECES[0])


def test_data_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "till.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreRefused) as refused:
        Store(tmp_path)
    assert (refused.value.code, refused.value.exit_code) == ("store.newer", 4)


# SQLite does not tell the parts of an index over an expression.
@pytest.mark.filterwarnings("ignore:.*expression-based index .?sales_of_shopper")
def test_the_migrations_lead_to_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(row.revision for row in reversed(list(scripts.walk_revisions()))) == REVISIONS
    migrated = Store(tmp_path / "migrated")
    made = create_engine(f"sqlite:///{tmp_path / 'made.sqlite'}")
    tables.metadata.create_all(made)
    there, here = inspect(migrated.engine), inspect(made)
    assert set(there.get_table_names()) - {"alembic_version"} == set(here.get_table_names())
    for name in here.get_table_names():
        assert _shape(there, name) == _shape(here, name), name
    made.dispose()
    migrated.close()


def _shape(inspector: Any, table: str) -> Any:
    columns = {row["name"]: (str(row["type"]), row["nullable"]) for row in inspector.get_columns(table)}
    uniques = {tuple(row["column_names"]) for row in inspector.get_unique_constraints(table)}
    indexes = {tuple(row["column_names"]) for row in inspector.get_indexes(table)}
    return columns, inspector.get_pk_constraint(table)["constrained_columns"], uniques, indexes


def test_the_journal_is_written_through_to_the_disk(alone: Bench) -> None:
    with alone.counter.store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_the_same_command_twice_is_done_once_also_after_a_restart(alone: Bench) -> None:
    text, aim = scan_text(PIECES[0])
    first = alone.do("scan", id="one", text=text, aim=aim)
    assert alone.do("scan", id="one", text=text, aim=aim)["result"] == first["result"]
    alone.stop()
    alone.start()
    assert alone.do("scan", id="one", text=text, aim=aim)["result"] == first["result"]
    assert [line["quantity"] for line in alone.view["lines"].values()] == [1000]
