"""The deterministic simulation: a few dozen seeds of it hold, and every planted fault is found."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from omnitill.simulation.run import PLANTS, hunt, simulate

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 40
SEEDS_TO_FIND_A_PLANT = 80
# Two who have one cart in hand while one of them pays are rare: the search begins near a seed in which it happens.
FIRST_SEED = {"no_fence": 150}


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    with capture_logs():
        yield


def test_in_any_weather_nothing_is_lost_or_doubled_and_all_end_equal() -> None:
    outcomes = [simulate(seed, wild=seed % 4 == 0) for seed in range(1, SEEDS + 1)]
    assert not {outcome.seed: outcome.wrong for outcome in outcomes if outcome.wrong}
    assert sum(outcome.acknowledged for outcome in outcomes) > SEEDS * 10
    faults = sum((Counter(outcome.faults) for outcome in outcomes), Counter[str]())
    assert {"lost", "doubled", "overtaken", "stalled", "cut", "lost_answer", "hub_crash", "till_crash"} <= faults.keys()
    assert "phone_crash" in faults


def test_the_same_seed_is_the_same_run() -> None:
    stories: list[list[str]] = [[], []]
    runs = [simulate(7, tell=story.append, wild=True) for story in stories]
    assert runs[0].fingerprint == runs[1].fingerprint
    assert stories[0] == stories[1]
    assert simulate(8, wild=True).fingerprint != runs[0].fingerprint


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_found(plant: str) -> None:
    found = hunt(plant, FIRST_SEED.get(plant, 1), SEEDS_TO_FIND_A_PLANT)
    assert found is not None, "no seed notices this fault: the simulation looks away"
    assert found.wrong


@pytest.mark.parametrize("seed", [6172, 6315, 200198, 208553, 209840])
def test_a_seed_that_once_found_something_holds(seed: int) -> None:
    """A joined line that a till had just taken; lines that a till took over while a kiosk was away, thrice in another
    way; a visit with a card and without goods that stayed open."""
    assert simulate(seed).wrong == []


def test_many_seeds_end_as_one_line_of_figures() -> None:
    command = [sys.executable, "-m", "omnitill.simulation", "--seeds", "4", "--first", "100"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["seeds"], figures["lost"], figures["doubled"], figures["failed"]) == (4, 0, 0, 0)
    assert figures["operations_acknowledged"] > 20 and figures["faults_injected"]


def test_one_seed_is_told_as_a_story_in_every_process_alike() -> None:
    command = [sys.executable, "-m", "omnitill.simulation", "--seed", "11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout[-2000:]
    assert simulate(11).fingerprint in done.stdout
    assert "network    is whole again" in done.stdout
