"""How long a scan takes to a phone's screen: phones say it, each worker counts it, the minutes of a store add up."""

import bisect
from collections import Counter
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from retail.messages import SHOWN_MAX_MS
from sync_server.dashboard.tables import latency_minutes
from sync_server.db import insert_if_absent

MINUTE_MS = 60_000
SHOWN_MS = 3 * 3600 * 1000
"""The chart shows so much."""

KEPT_MS = 24 * 3600 * 1000
SAMPLES_PER_DEVICE_MAX = 120
"""A minute of one phone counts so many scans at most: one that lies must not bend the line."""

DEVICES_COUNTED_MAX = 20_000
BUCKET_GROWTH = 1.1
"""Each bucket is a tenth wider than the one before, so a percentile is right to a tenth."""


def _bounds() -> list[int]:
    bounds = [1]
    while bounds[-1] < SHOWN_MAX_MS:
        bounds.append(max(bounds[-1] + 1, int(bounds[-1] * BUCKET_GROWTH)))
    return bounds


BOUNDS_MS = _bounds()
"""The highest value of each bucket."""


def bucket_of(ms: int) -> int:
    return bisect.bisect_left(BOUNDS_MS, min(ms, SHOWN_MAX_MS))


def percentile(buckets: Counter[int], part: float) -> int:
    """The value in ms below which `part` (0 to 1) of what was counted lies: the upper bound of its bucket."""
    wanted, seen = part * buckets.total(), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return BOUNDS_MS[bucket]
    return 0


class Latency:
    """What the phones of this worker said since it was written down last."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], Counter[int]] = {}
        self._by_device: Counter[str] = Counter()
        self._minute = 0

    def note(self, store: str, dev: str, values: list[int], now: int) -> None:
        minute = now - now % MINUTE_MS
        if minute != self._minute:
            self._minute, self._by_device = minute, Counter()
        room = SAMPLES_PER_DEVICE_MAX - self._by_device[dev]
        counted = values[: max(0, room)]
        if not counted or (len(self._by_device) >= DEVICES_COUNTED_MAX and dev not in self._by_device):
            return
        self._by_device[dev] += len(counted)
        self._counts.setdefault((store, minute), Counter()).update(map(bucket_of, counted))

    def take(self) -> dict[tuple[str, int], Counter[int]]:
        """What is to be written down, and is forgotten here."""
        taken, self._counts = self._counts, {}
        return taken

    def give_back(self, counts: dict[tuple[str, int], Counter[int]]) -> None:
        """It could not be written: it counts on."""
        for key, buckets in counts.items():
            self._counts.setdefault(key, Counter()).update(buckets)


def write(session: Session, counts: dict[tuple[str, int], Counter[int]]) -> None:
    """Add these counts to those of the other workers; the row's lock makes each of them count once."""
    for store, at in sorted(counts):
        insert_if_absent(session, latency_minutes, store=store, at=at, buckets={}, count=0, p50=0, p99=0)
        here = (latency_minutes.c.store == store, latency_minutes.c.at == at)
        kept = session.scalar(select(latency_minutes.c.buckets).where(*here).with_for_update())
        buckets = Counter({int(bucket): count for bucket, count in (kept or {}).items()}) + counts[store, at]
        figures = {"count": buckets.total(), "p50": percentile(buckets, 0.5), "p99": percentile(buckets, 0.99)}
        stored = {str(bucket): count for bucket, count in sorted(buckets.items())}
        session.execute(update(latency_minutes).where(*here).values(buckets=stored, **figures))


def forget(session: Session, now: int) -> None:
    session.execute(delete(latency_minutes).where(latency_minutes.c.at < now - KEPT_MS))


def minutes(session: Session, store: str, now: int) -> dict[str, dict[str, Any]]:
    """The last hours of a store by minute, for the chart."""
    row = latency_minutes.c
    query = select(row.at, row.count, row.p50, row.p99).where(row.store == store, row.at >= now - SHOWN_MS)
    return {
        str(one.at): {"at": one.at, "count": one.count, "p50": one.p50, "p99": one.p99}
        for one in session.execute(query.order_by(row.at))
    }
