"""The example clients beside a real hub that serves the shop too."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "sync_server"))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures
from hub_process import HubProcess, Listener

sqlite_template = hub_fixtures.sqlite_template
SHOP = "storefront.blueprint:storefront_blueprint"


@pytest.fixture
def hub(sqlite_template: Path, tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path, sqlite_template, storefront=SHOP)
    yield process
    process.stop()


@pytest.fixture
def till(hub: HubProcess) -> Iterator[Listener]:
    listener = Listener(hub)
    yield listener
    listener.close()
