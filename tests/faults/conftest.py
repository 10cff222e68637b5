"""Makes the hub's and the till's fixtures importable for the tests beside this file."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "pos_terminal"))

import hub_fixtures
from till_bench import Bench

sqlite_template = hub_fixtures.sqlite_template
sqlite_shop = hub_fixtures.sqlite_shop


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """`make_bench(...)` is a till with real parts around it."""
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        bench = Bench(tmp_path / f"bench-{len(made)}", **options)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()
