"""What changed between two states of a stream, and how a receiver applies it.

A state is a JSON object. Its keyed collections (`KEYED`) are objects of objects that merge per key, with null for
what is gone; every other key is replaced whole. The law, tested for every operation:
`applied(old, difference(old, new)) == new`.
"""

from collections.abc import Mapping
from typing import Any

KEYED = ("lines", "orders", "terminals", "sales", "exceptions", "settled", "latency", "stores")

State = dict[str, Any]


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> State:
    """The smallest changes that make `new` of `old`. `new` has every key of `old`; a `ValueError` says which it lost,
    because changes have no word for that."""
    lost = sorted(set(old) - set(new))
    if lost:
        raise ValueError(f"a state never loses a key, but this one lost {', '.join(lost)}")
    changes: State = {}
    for key, value in new.items():
        before = old.get(key)
        if key in old and before == value:
            continue
        if key in KEYED and isinstance(before, dict) and isinstance(value, dict):
            changed = {name: row for name, row in value.items() if before.get(name) != row}
            changes[key] = changed | {name: None for name in before if name not in value}
        else:
            changes[key] = value
    return changes


def applied(state: Mapping[str, Any], changes: Mapping[str, Any]) -> State:
    """The state after the changes; nothing given is altered."""
    result = dict(state)
    for key, value in changes.items():
        if key in KEYED and isinstance(result.get(key), dict) and isinstance(value, dict):
            rows = {**result[key], **value}
            result[key] = {name: row for name, row in rows.items() if row is not None}
        else:
            result[key] = value
    return result
