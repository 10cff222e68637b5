"""The hub as it runs in a large shop: several workers on real PostgreSQL and Redis."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "sync_server"))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures
from hub_process import HubProcess

from omnitill.servers import PostgresServer, RedisServer

postgres = hub_fixtures.postgres
postgres_template = hub_fixtures.postgres_template
redis_server = hub_fixtures.redis_server

SHOP = "storefront.blueprint:storefront_blueprint"


@pytest.fixture
def crew(
    postgres: PostgresServer, postgres_template: str, redis_server: RedisServer, tmp_path: Path
) -> Iterator[HubProcess]:
    """A hub of two workers, with the online shop."""
    shop = hub_fixtures.copy_of(postgres, postgres_template)
    process = HubProcess(tmp_path, shop, storefront=SHOP, bus=redis_server.url, workers=2)
    yield process
    process.stop()
