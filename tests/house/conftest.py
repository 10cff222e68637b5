"""Makes `checkout_tree` and `pure_room` importable for the tests beside them: test folders are no packages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
