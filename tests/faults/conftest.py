"""Makes the hub's and the till's fixtures importable for the tests beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "pos_terminal"))

import hub_fixtures
import till_bench

sqlite_template = hub_fixtures.sqlite_template
sqlite_shop = hub_fixtures.sqlite_shop
make_bench = till_bench.make_bench
