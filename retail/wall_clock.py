"""What a merchant types ("from Friday 18:00") as a moment: the wall clock of a store, ISO text without an offset."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from retail.errors import N_, CatalogueError

TEXTS_KEPT_MAX = 4_096


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def first_moment(text: str, zone: tzinfo) -> int:
    """The moment (ms) in which the clock on the wall of `zone` first shows `text` ("2026-03-29T18:00") or more.

    Where the clock is put back, an hour is shown twice: the first time counts, so that nothing that has ended begins
    again. Where it is put forward, an hour is never shown: it is reached when the clock jumps over it.
    """
    wall = local_time(text)
    early, late = sorted(int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    return (early if _shown(early, zone) == wall else _first(early, late, wall, zone)) * 1000


def _shown(second: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(second, zone).replace(tzinfo=None)


def _first(before: int, after: int, wall: datetime, zone: tzinfo) -> int:
    """The first second in `(before, after]` in which the clock shows at least `wall`."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _shown(middle, zone) >= wall else (middle, after)
    return after


def reached(at: int, zone: tzinfo) -> datetime:
    """The latest that the clock on the wall has shown until `at` (ms), without a zone. While an hour is shown a second
    time it is the last minute of the first time: the clock of an `Occasion` never goes back."""
    local = datetime.fromtimestamp(at / 1000, zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    repeated = round(local.timestamp() - local.replace(fold=0).timestamp())
    second = at // 1000
    before, turned = second - repeated, second
    while turned - before > 1:
        middle = (before + turned) // 2
        before, turned = (before, middle) if datetime.fromtimestamp(middle, zone).fold else (middle, turned)
    return _shown(turned, zone) + timedelta(seconds=repeated, microseconds=-1)


def local_time(text: str) -> datetime:
    """The wall clock time that was typed, as a date or to the minute; refused where it has an offset or is none."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        wall = None
    # As text such times are compared, so each of them is written in one way only.
    if wall is None or text not in (f"{wall:%Y-%m-%d}", f"{wall:%Y-%m-%dT%H:%M}"):
        raise CatalogueError(
            "catalogue.local_time",
            N_("{text} is no time of day and date. Write it as 2026-03-29T18:00, by the clock of the store."),
            text=text,
        )
    return wall
