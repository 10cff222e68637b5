"""Fixtures: a till with real parts around it (see till_bench.py)."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Test modules are imported by path, so what they share has to be found by name.
sys.path.insert(0, str(Path(__file__).parent))

from till_bench import Bench, reference


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        bench = Bench(tmp_path / f"bench-{len(made)}", **options)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """A till that has its catalogue, linked to its hub, with a cashier signed in."""
    bench = make_bench()
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out")
    bench.sign_in()
    return bench


@pytest.fixture
def alone(make_bench: Callable[..., Bench]) -> Bench:
    """A till that has its catalogue and no hub, with a cashier signed in."""
    bench = make_bench()
    bench.load_replica(reference())
    bench.start()
    bench.sign_in()
    return bench
