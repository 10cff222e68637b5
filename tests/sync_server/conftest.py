"""A real hub process, started once, and clients that speak the protocol to it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures
import manager_page
from hub_process import HubProcess, Listener

sqlite_template = hub_fixtures.sqlite_template
postgres = hub_fixtures.postgres
postgres_template = hub_fixtures.postgres_template
redis_server = hub_fixtures.redis_server
contexts = manager_page.contexts
manager = manager_page.manager
libraries = manager_page.libraries


def start(kind: str, folder: Path, request: pytest.FixtureRequest) -> HubProcess:
    """A hub of one process on SQLite, or of two workers on PostgreSQL and Redis."""
    if kind == "sqlite":
        return HubProcess(folder, request.getfixturevalue("sqlite_template"))
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    redis_server = request.getfixturevalue("redis_server")
    return HubProcess(folder, hub_fixtures.copy_of(server, template), bus=redis_server.url, workers=2)


@pytest.fixture(scope="session")
def sqlite_hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    process = start("sqlite", tmp_path_factory.mktemp("hub"), request)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def workers_hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    process = start("workers", tmp_path_factory.mktemp("hub"), request)
    yield process
    process.stop()


@pytest.fixture(params=["sqlite", "workers"])
def hub(request: pytest.FixtureRequest) -> HubProcess:
    """One hub for all tests that only talk to it, of each kind that we promise."""
    # Both stay up: a file's tests go from one to the other, and a start costs more than most tests.
    return request.getfixturevalue(f"{request.param}_hub")  # type: ignore[no-any-return]


@pytest.fixture
def lone_hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[HubProcess]:
    """A hub of one process, for a test that holds it still or looks into its folder."""
    process = start("sqlite", tmp_path, request)
    yield process
    process.stop()


@pytest.fixture(params=["sqlite", pytest.param("workers", marks=pytest.mark.long)])
def own_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub for a test that stops, kills or locks it."""
    process = start(request.param, tmp_path, request)
    yield process
    process.stop()


@pytest.fixture
def quiet(hub: HubProcess) -> Iterator[None]:
    """The test leaves no traceback in the hub's log."""
    start = len(hub.log())
    yield
    assert "Traceback" not in hub.log()[start:], hub.log()[start:]


@pytest.fixture
def connect() -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def make(hub: HubProcess, **options: Any) -> Listener:
        opened.append(Listener(hub, **options))
        return opened[-1]

    yield make
    for listener in opened:
        listener.close()
