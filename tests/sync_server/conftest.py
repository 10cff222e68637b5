"""A real hub process, started once, and clients that speak the protocol to it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures
from hub_process import HubProcess, Listener

sqlite_template = hub_fixtures.sqlite_template


@pytest.fixture(scope="session")
def hub(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One hub for all tests that only talk to it."""
    process = HubProcess(tmp_path_factory.mktemp("hub"), sqlite_template)
    yield process
    process.stop()


@pytest.fixture
def own_hub(sqlite_template: Path, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub for a test that stops, kills or locks it."""
    process = HubProcess(tmp_path, sqlite_template)
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
