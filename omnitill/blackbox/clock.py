"""A terminal whose clock is wrong: `python -m omnitill.blackbox.clock FILE -- WORDS` is `python -m pos_terminal WORDS`.

FILE holds the offset as eight bytes (ms, little endian, signed); it is shared memory, so that the clock can jump while
the terminal works. Monotonic time stays right, as it does on a machine whose clock is set.
"""

import mmap
import struct
import sys
import time
from pathlib import Path

OFFSET = struct.Struct("<q")


class WrongClock:
    """The other side of the file: sets the offset from outside the process."""

    def __init__(self, path: Path, offset_ms: int = 0) -> None:
        self.path = path
        path.write_bytes(OFFSET.pack(offset_ms))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), OFFSET.size)

    def set(self, offset_ms: int) -> None:
        OFFSET.pack_into(self._shared, 0, offset_ms)

    @property
    def offset_ms(self) -> int:
        found: int = OFFSET.unpack_from(self._shared, 0)[0]
        return found

    def close(self) -> None:
        self._shared.close()


def main() -> None:
    path, _, *words = sys.argv[1:]
    with Path(path).open("r+b") as file:
        shared = mmap.mmap(file.fileno(), OFFSET.size)
    from pos_terminal import ids

    def wrong_now_ms() -> int:
        offset: int = OFFSET.unpack_from(shared, 0)[0]
        return time.time_ns() // 1_000_000 + offset

    ids.now_ms = wrong_now_ms
    from pos_terminal.cli import main as terminal

    sys.argv = ["pos_terminal", *words]
    terminal()


if __name__ == "__main__":
    main()
