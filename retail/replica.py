"""What changed between two states of a stream, and how a receiver applies it.

A state is a JSON object. Its keyed collections (`KEYED`) are objects of objects that merge per key, with null
for what is
gone; every other key is replaced whole. The law, tested for every operation: `applied(old, difference(old,
new)) == new`.
"""

from collections.abc import Mapping
from typing import Any

KEYED = ("lines", "orders", "terminals", "sales", "exceptions")

State = dict[str, Any]


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> State:
    """The smallest changes that make `new` of `old`; both have the same keys, or `new` has more."""
    changes: State = {}
    for key, value in new.items():
        before = old.get(key)
        if before == value:
            continue
        if key in KEYED and isinstance(before, dict):
            changed = {name: row for name, row in value.items() if before.get(name) != row}
            changes[key] = changed | {name: None for name in before if name not in value}
        else:
            changes[key] = value
    return changes


def applied(state: Mapping[str, Any], changes: Mapping[str, Any]) -> State:
    """The state after the changes; nothing given is altered."""
    result = dict(state)
    for key, value in changes.items():
        if key in KEYED and isinstance(result.get(key), dict):
            rows = {**result[key], **value}
            result[key] = {name: row for name, row in rows.items() if row is not None}
        else:
            result[key] = value
    return result
