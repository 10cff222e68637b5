"""Opens a demonstration of fake processes as `omnitill demo` does: `open_fake_shop.py DATA PORT [--reset]`."""

import sys
from pathlib import Path

from omnitill.opening import main

FAKE = str(Path(__file__).with_name("fake_process.py"))
COMMANDS = {role: (sys.executable, FAKE, role) for role in ("hub", "terminal", "bench")}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), reset="--reset" in sys.argv, commands=COMMANDS))
