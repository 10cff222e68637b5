"""Real processes, killed and cut off as a seed wills: everything acknowledged is there once, and all screens agree."""

from pathlib import Path

import pytest

from omnitill.blackbox.planted import PLANTS
from omnitill.blackbox.run import play
from omnitill.blackbox.storm import BEHIND, KINDS, plan

# The people at the tills speak Socket.IO by its library, which leaves a socket to the garbage where a till was killed
# before its first word.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket")

CLIENTS = ["till-1", "kiosk-1"], ["phone-1"]
SHORT_MINUTES = 0.2
LONG_MINUTES = 2.0
PLANT_MINUTES = 0.3
SEED = 1


def test_the_storm_of_a_seed_is_the_same_each_time_and_has_every_kind_of_fault() -> None:
    storm = plan(7, 600, *CLIENTS)
    assert storm == plan(7, 600, *CLIENTS) != plan(8, 600, *CLIENTS)
    assert {fault.kind for fault in storm} == KINDS.keys()
    assert {fault.target for fault in storm} == {"hub", "till-1", "kiosk-1", "phone-1"}
    assert all(fault.target == "hub" for fault in storm if fault.kind.startswith("hub"))


@pytest.mark.timeout(300)
def test_a_short_storm_over_real_processes_breaks_no_promise(tmp_path: Path) -> None:
    outcome = play(tmp_path, SEED, SHORT_MINUTES)
    assert not outcome.findings.wrong, outcome.line
    assert (outcome.findings.lost, outcome.findings.doubled) == (0, 0)
    assert outcome.acknowledged > 50 and {"hub_killed", "device_killed"} <= outcome.faults.keys()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_long_storm_breaks_no_promise(tmp_path: Path) -> None:
    outcome = play(tmp_path, SEED + 1, LONG_MINUTES)
    assert not outcome.findings.wrong, outcome.line
    assert KINDS.keys() <= outcome.faults.keys()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_storm_over_two_workers_postgresql_and_redis_breaks_no_promise(tmp_path: Path) -> None:
    outcome = play(tmp_path, SEED + 2, LONG_MINUTES, workers=2)
    assert not outcome.findings.wrong, outcome.line
    assert BEHIND.keys() <= outcome.faults.keys()


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_fault_that_was_built_into_the_hub_is_found(tmp_path: Path, plant: str) -> None:
    outcome = play(tmp_path, SEED, PLANT_MINUTES, plant)
    assert outcome.findings.wrong, outcome.line
