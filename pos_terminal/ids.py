"""Ids that sort by the time they were made (RFC 9562, version 7), and the wall clock in milliseconds."""

import os
import time
import uuid


def now_ms() -> int:
    """Milliseconds since the Unix epoch by this machine's clock."""
    return time.time_ns() // 1_000_000


def uuid7() -> str:
    """48 bits of milliseconds, then random bits; unique whatever the clock does."""
    value = (now_ms() & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
