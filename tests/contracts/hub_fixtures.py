"""Hubs for the tests: the sample shop once on SQLite and once on PostgreSQL, copied for each test."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from omnitill.servers import PostgresServer, RedisServer
from sync_server.customers import service as customers
from sync_server.db import Database, open_database, sqlite_url
from sync_server.migrations import upgrade
from sync_server.seed import seed

PRODUCTS = 60
OPENED_AT = 1_700_000_000_000
NUMBERS = itertools.count(1)

Open = Callable[[], Database]
"""Opens the same database once more, as another process would."""


def _fill(url: str) -> None:
    db = open_database(url)
    upgrade(db.engine)
    kept = customers.hasher
    # Sixty secrets at the real price would cost each run seconds; the price is part of the stored hash.
    customers.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        seed(db, PRODUCTS, OPENED_AT)
    finally:
        customers.hasher = kept
        db.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    _fill(sqlite_url(folder))
    return folder / "hub.sqlite"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    postgres.execute("CREATE DATABASE shop")
    _fill(postgres.url("shop"))
    return "shop"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


def copy_of(postgres: PostgresServer, template: str) -> str:
    """The address of a new database with all that the template has."""
    name = f"shop_{next(NUMBERS)}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    # It goes with the server's folder: dropping it would wait for a checkpoint.
    return postgres.url(name)


@pytest.fixture
def sqlite_shop(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh sample shop in a file."""
    shutil.copy(sqlite_template, tmp_path / "hub.sqlite")
    return sqlite_url(tmp_path)


@pytest.fixture
def postgres_shop(postgres: PostgresServer, postgres_template: str) -> str:
    """The address of a fresh sample shop on a real server."""
    return copy_of(postgres, postgres_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_url(request: pytest.FixtureRequest) -> Any:
    """The same shop on each database that we promise."""
    return request.getfixturevalue("sqlite_shop" if request.param == "sqlite" else "postgres_shop")


@pytest.fixture
def open_shop(shop_url: str) -> Iterator[Open]:
    opened: list[Database] = []

    def open_once_more() -> Database:
        opened.append(open_database(shop_url))
        return opened[-1]

    yield open_once_more
    for db in opened:
        db.close()


@pytest.fixture
def db(open_shop: Open) -> Database:
    return open_shop()
