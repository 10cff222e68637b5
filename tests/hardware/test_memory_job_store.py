"""The store in memory keeps the contract of all stores."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hardware.printers.jobs import MemoryJobStore
from tests.hardware.job_store_contract import JobStoreContract


class TestMemoryJobStore(JobStoreContract):
    @pytest.fixture
    def jobs(self) -> SimpleNamespace:
        store = MemoryJobStore()
        return SimpleNamespace(store=store, add=store.add, get=store.get)
