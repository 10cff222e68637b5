"""`python -m pos_terminal`, and `python -m pos_terminal backup|restore FILE`."""

import sys

from pos_terminal import copies
from pos_terminal.cli import main

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in copies.main.commands:
        copies.main()
    main()
