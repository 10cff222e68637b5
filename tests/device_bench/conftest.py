"""A bench with two terminals, served for real on free ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from device_bench.app import BenchServer
from device_bench.counter import Terminal

TERMINALS = [
    Terminal("till-1", {"en": "Till 1", "ru": "Касса 1"}),
    Terminal("kiosk-1", {"en": "Kiosk 1", "ru": "Киоск 1"}),
]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BenchServer]:
    server = BenchServer(tmp_path, TERMINALS, 8500)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def http(bench: BenchServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=bench.url, timeout=10) as client:
        yield client
