"""How the laws of the trade are tried: a busy machine makes them slower, never red."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile(
    "trade",
    # Where only purity is asked, a few carts of each kind will do.
    max_examples=int(os.environ.get("OMNITILL_EXAMPLES", "70")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("trade")
