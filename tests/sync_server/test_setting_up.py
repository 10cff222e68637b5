"""What does not fit together is refused in a sentence; what fits says how it is."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from sync_server.bus import LocalBus
from sync_server.config import Settings, SetUpRefused
from sync_server.db import Database, open_database, sqlite_url
from sync_server.draining import SPREAD_MAX_MS, SPREAD_MIN_MS, told_to_move
from sync_server.health import Health, NotReady
from sync_server.migrations import upgrade

POSTGRES = "postgresql+psycopg://hub@/shop"
REDIS = "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"workers": 2, "bus": REDIS}, "2 workers need PostgreSQL"),
        ({"workers": 2, "database": POSTGRES}, "2 workers need a bus"),
        ({"bus": "amqp://somewhere"}, "is not known"),
    ],
    ids=str,
)
def test_workers_that_could_not_agree_are_refused(given: dict[str, object], reason: str) -> None:
    with pytest.raises(SetUpRefused, match=reason):
        Settings(**given).check()  # type: ignore[arg-type]


def test_what_fits_together_is_taken() -> None:
    for given in ({}, {"workers": 4, "database": POSTGRES, "bus": REDIS}, {"database": POSTGRES, "bus": REDIS}):
        Settings(**given).check()  # type: ignore[arg-type]


def test_a_refusal_is_one_sentence_and_nothing_is_begun(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    command = [sys.executable, "-m", "sync_server", "serve", "--workers", "2", "--data", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == (
        "2 workers need PostgreSQL: SQLite has one writer. Name one with --database, or use one worker."
    )
    assert not folder.exists()


@pytest.fixture
def shop(sqlite_template: Path) -> Database:
    return open_database(sqlite_url(sqlite_template.parent))


def reason(health: Health) -> str:
    with pytest.raises(NotReady) as refused:
        health.ready()
    return refused.value.code


def test_a_worker_says_whether_work_may_be_sent_to_it(shop: Database, tmp_path: Path) -> None:
    health = Health(shop, LocalBus())
    assert health.ready() == {"ok": True, "stores": 2, "bus": "alone"}
    health.draining = True
    assert reason(health) == "hub.draining"
    shop.close()
    empty = open_database(sqlite_url(tmp_path))
    assert reason(Health(empty, LocalBus())) == "hub.schema"
    upgrade(empty.engine)
    assert Health(empty, LocalBus()).ready()["stores"] == 0
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    # A newer program has been here: its migrations were made for this one too, which works until it is replaced.
    assert Health(empty, LocalBus()).ready()["ok"] is True
    with empty.engine.begin() as connection:
        connection.execute(text("DROP TABLE stores"))
    assert reason(Health(empty, LocalBus())) == "hub.store"
    empty.close()


def test_a_crowd_is_told_to_spread_and_a_few_to_come_back_soon() -> None:
    within = [told_to_move(sockets)["params"]["within_ms"] for sockets in (0, 3, 1000, 1_000_000)]
    assert within == [SPREAD_MIN_MS, SPREAD_MIN_MS, 5000, SPREAD_MAX_MS]
