"""The migrated database is the one that the models describe, and a database from the future is left alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hub_fixtures import Open
from points_hub import agree
from sqlalchemy import inspect, text
from talking_device import rows

from omnitill.servers import PostgresServer
from sync_server.carts.tables import carts
from sync_server.db import open_database, sqlite_url
from sync_server.loyalty import queries as loyalty
from sync_server.migrations import DatabaseNewer, upgrade
from sync_server.outbox.tables import lives
from sync_server.tables import metadata

TIMEOUT_S = 60
LIVED = "INSERT INTO lives (id, life, began, beat, epoch) VALUES (1, :life, :began, :beat, :epoch)"


# SQLite does not tell the parts of an index over an expression; PostgreSQL's are compared.
@pytest.mark.filterwarnings("ignore:.*expression-based index .?sales_of_terminal")
def test_the_migrated_tables_are_those_of_the_models(open_shop: Open) -> None:
    with open_shop().engine.connect() as connection:
        # SQLite keeps an index for full-text search in tables of its own; Alembic knows neither.
        ours = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("product_words")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []


def test_a_database_that_is_up_to_date_is_left_as_it_is(open_shop: Open) -> None:
    db = open_shop()
    before = rows(db, carts)
    upgrade(db.engine)
    assert rows(db, carts) == before
    found = {name for name in inspect(db.engine).get_table_names() if not name.startswith("product_words")}
    assert found == {*metadata.tables, "alembic_version"}


def test_a_database_of_a_newer_version_is_refused_and_unchanged(open_shop: Open) -> None:
    db = open_shop()
    db.write(lambda session: session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    before = rows(db, carts)
    with pytest.raises(DatabaseNewer) as refused:
        upgrade(db.engine)
    assert "(its state is 9999)" in refused.value.sentence
    assert rows(db, carts) == before


def serve(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync_server", "serve", "--port", "0", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)


@pytest.mark.parametrize("shop_url", ["sqlite"], indirect=True)
def test_a_hub_on_a_newer_database_says_so_and_ends_with_five(open_shop: Open, tmp_path: Path) -> None:
    db = open_shop()
    db.write(lambda session: session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    db.close()
    before = (tmp_path / "hub.sqlite").read_bytes()
    ended = serve("--data", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (5, "")
    assert "belongs to a newer Omnitill (its state is 9999). Update the program; nothing was changed." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "hub.sqlite").read_bytes() == before
    assert sqlite_url(tmp_path).endswith("hub.sqlite")


def test_a_hub_on_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"a shopping list, not a database" * 400)
    ended = serve("--data", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (5, "")
    assert "cannot be opened: file is not a database." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_hub_of_an_earlier_state_is_brought_up_to_date_with_what_it_has(tmp_path: Path) -> None:
    db = open_database(sqlite_url(tmp_path))
    upgrade(db.engine, "0003")
    lived = ("first", 1, 2, 3)
    db.write(
        lambda session: session.execute(text(LIVED), dict(zip(("life", "began", "beat", "epoch"), lived, strict=True)))
    )
    upgrade(db.engine)
    [row] = rows(db, lives)
    assert (row.life, row.began, row.beat, row.epoch, row.former) == (*lived, "")
    db.close()


BEFORE_LOTS = (
    "INSERT INTO stores (id, body, reference, heads, changes_from) VALUES ('main', '{}', 1, '{}', 1)",
    "INSERT INTO customers (id, names, language, store, email, phone, password_hash, failures, not_before)"
    " VALUES ('anna', '{}', 'en', 'main', 'a', '1', '', 0, 0), ('boris', '{}', 'en', 'main', 'b', '2', '', 0, 0)",
    "INSERT INTO points_balances (customer, active) VALUES ('anna', 112), ('boris', 0)",
    "INSERT INTO points_entries (key, customer, kind, points, source, at) VALUES"
    " ('opening-anna:adjust', 'anna', 'adjust', 100, 'opening-anna', 5), ('s-1:earn', 'anna', 'earn', 12, 's-1', 6),"
    " ('s-2:earn', 'boris', 'earn', 0, 's-2', 7)",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_points_from_before_there_were_lots_are_kept_and_never_expire(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = sqlite_url(tmp_path)
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        server.execute("CREATE DATABASE before_lots")
        url = server.url("before_lots")
    db = open_database(url)
    upgrade(db.engine, "0008")
    for statement in BEFORE_LOTS:
        db.write(lambda session, statement=statement: session.execute(text(statement.replace(":", "\\:"))))  # type: ignore[misc]
    upgrade(db.engine)
    agree(db)
    account = db.read(lambda session: loyalty.account(session, "anna"))
    assert (account["free"], [lot["expires_at"] for lot in account["lots"]]) == (112, [None, None])
    entries = db.read(lambda session: [*loyalty.entries(session, "anna"), *loyalty.entries(session, "boris")])
    assert sorted((row.key, row.points) for row in entries) == [
        ("opening-anna:adjust", 100),
        ("s-1:earn", 12),
        ("s-2:earn", 0),
    ]
    db.close()
