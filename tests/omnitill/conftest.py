"""Makes what the tests share importable: test folders are no packages."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import at_the_dashboard
from real_shop import Hub, Till, seeded_file

opened = at_the_dashboard.opened


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a hub that has the sample shop."""
    return seeded_file(tmp_path_factory.mktemp("seeded"))


@pytest.fixture(scope="session")
def one_hub(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub at which fresh terminals are set up one after the other: a start costs more than most of a walk."""
    made = Hub(tmp_path_factory.mktemp("hub"))
    shutil.copy(seeded, made.folder)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def hub(seeded: Path, tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "hub")
    made.folder.mkdir()
    shutil.copy(seeded, made.folder)
    made.start()
    yield made
    if made.process.poll() is None:
        made.stop()


@pytest.fixture
def till(hub: Hub, tmp_path: Path) -> Iterator[Till]:
    """A till that was set up at the hub, with a cashier signed in."""
    made = Till(tmp_path / "till-1", hub)
    made.set_up()
    made.start()
    made.sign_in()
    yield made
    made.stop()
