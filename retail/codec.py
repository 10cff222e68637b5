"""One way to write a value as bytes, so that a hash taken at the till is the hash that the hub takes."""

import hashlib
import json
import re
from typing import Any


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces and UTF-8, after the idea of RFC 8785; our values hold no floats."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # JSON from outside may hold half of a surrogate pair; its hash must exist, or one client could stop a queue.
    return text.encode("utf-8", "surrogatepass")


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def fields_of(row: Any) -> dict[str, Any]:
    """The fields of a slotted dataclass as they are. `dataclasses.asdict` copies deeply, which costs ten times as much
    and is felt where it is done with every scan."""
    return {name: getattr(row, name) for name in row.__slots__}


ID_PATTERN = r"^[ -~]{0,64}$"
"""What every database keeps as a key: signs of ASCII that can be printed, and not too many of them."""

_KEPT = re.compile(ID_PATTERN)


def kept_as_key(*ids: str) -> bool:
    """Whether all of these ids are what a database keeps as a key."""
    return all(_KEPT.fullmatch(one) for one in ids)
