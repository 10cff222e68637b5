"""Makes the hub's fixtures importable for the tests beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures

sqlite_template = hub_fixtures.sqlite_template
sqlite_shop = hub_fixtures.sqlite_shop
