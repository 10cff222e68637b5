"""The attacks are made on the same real hubs as the contracts."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
for room in ("contracts", "retail"):
    sys.path.insert(0, str(TESTS / room))

from hub_fixtures import (  # noqa: E402, F401
    db,
    open_shop,
    postgres,
    postgres_shop,
    postgres_template,
    shop_url,
    sqlite_shop,
    sqlite_template,
)
