"""Hubs over both databases, for the tests beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from hub_fixtures import (  # noqa: F401
    db,
    open_shop,
    postgres,
    postgres_shop,
    postgres_template,
    redis_server,
    shop_url,
    sqlite_shop,
    sqlite_template,
)
