"""Fixtures: a till with real parts around it (see till_bench.py)."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Test modules are imported by path, so what they share has to be found by name.
sys.path.insert(0, str(Path(__file__).parent))

import till_bench
from till_bench import Bench, reference

make_bench = till_bench.make_bench


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
