"""Who looks at a cart or has it paid, and until when that counts. Pure: no clock, no sockets, nothing stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retail.messages import PRESENCE_LIVES_MS

ONLOOKERS_PER_CART_MAX = 16
"""A shopper has a phone or two and stands at one till; more of them are not shown."""

ONLOOKERS_MAX = 100_000
"""Beyond these the one who was silent for longest is forgotten: it comes again with its next word."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """A device in front of a cart; `here` where it spoke to this worker. `place` is null for a phone."""

    dev: str
    app: str
    place: Mapping[str, Any] | None
    doing: str
    here: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {"dev": self.dev, "app": self.app, "place": self.place, "doing": self.doing}


class Onlookers:
    """The table of one worker, by stream and by the key of the socket (two tabs of a phone are two of them)."""

    def __init__(self) -> None:
        # The order is that of the last word, so that whoever is over stands in front.
        self._rows: dict[tuple[str, str], tuple[Onlooker, int]] = {}
        self._keys: dict[str, dict[str, None]] = {}

    def find(self, stream: str, key: str) -> Onlooker | None:
        row = self._rows.get((stream, key))
        return row[0] if row else None

    def rows(self, stream: str) -> list[tuple[str, Onlooker]]:
        """Everybody in front of this cart, by key."""
        return [(key, self._rows[stream, key][0]) for key in self._keys.get(stream, ())]

    def of(self, stream: str, now: int) -> list[dict[str, Any]]:
        """Who is there at `now`: each device once, who pays before who looks."""
        rows = [self._rows[stream, key] for key in self._keys.get(stream, ())]
        found: dict[str, Onlooker] = {}
        for one, until in rows:
            if until > now and (one.dev not in found or one.doing == "pay"):
                found[one.dev] = one
        return [one.as_dict() for one in sorted(found.values(), key=lambda one: (one.doing != "pay", one.dev))]

    def note(self, stream: str, key: str, one: Onlooker, now: int) -> list[tuple[str, Onlooker]]:
        """It is there for PRESENCE_LIVES_MS from now; `(stream, onlooker)` of whoever had to make room."""
        keys = self._keys.get(stream, {})
        if key not in keys and len(keys) >= ONLOOKERS_PER_CART_MAX:
            return [(stream, one)]
        self._rows.pop((stream, key), None)
        self._rows[stream, key] = (one, now + PRESENCE_LIVES_MS)
        self._keys.setdefault(stream, {})[key] = None
        if len(self._rows) <= ONLOOKERS_MAX:
            return []
        first = next(iter(self._rows))
        return [(first[0], self._drop(*first))]

    def gone(self, stream: str, key: str) -> Onlooker | None:
        """It is there no more; what it was."""
        return self._drop(stream, key) if (stream, key) in self._rows else None

    def forget(self, now: int) -> list[tuple[str, Onlooker]]:
        """Drop those who said nothing for too long: `(stream, onlooker)` of each."""
        over = []
        for place, (_, until) in self._rows.items():
            if until > now:
                break
            over.append(place)
        return [(stream, self._drop(stream, key)) for stream, key in over]

    def _drop(self, stream: str, key: str) -> Onlooker:
        one, _ = self._rows.pop((stream, key))
        del self._keys[stream][key]
        if not self._keys[stream]:
            del self._keys[stream]
        return one
