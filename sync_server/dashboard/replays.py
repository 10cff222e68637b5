"""The doors to replays: past sales with a draft of a promotion, a few at a time, and what they add up to."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from sync_server.catalogue import queries as catalogue
from sync_server.dashboard.doors import Doors
from sync_server.dashboard.promotions import Draft, drafted
from sync_server.errors import NotAllowed
from sync_server.promotions import replay, replayed

NAME_BYTES = 16


class Wanted(Draft):
    """The sales of today and so many days before it, of the manager's store or of all."""

    days: int = Field(ge=1, le=replay.DAYS_MAX)
    everywhere: bool = False


def add_replays(doors: Doors) -> None:
    """`POST /manage/replays`, `.../<id>/step` until it is complete, and `GET .../<id>` at any time."""

    def begin(member: Row[Any]) -> dict[str, Any]:
        given, now = doors.given(Wanted), doors.clock()
        name = secrets.token_hex(NAME_BYTES)

        def command(session: Session) -> dict[str, Any]:
            stores = catalogue.all_stores(session)
            own = next(one for one in stores if one.id == member.store)
            # Sums of different currencies would be no sum.
            places = [one.id for one in stores if one.currency == own.currency] if given.everywhere else [own.id]
            since = _midnight(now, given.days, ZoneInfo(own.zone))
            wanted = replay.Wanted(drafted(given.promotion), tuple(places), since, now)
            return replay.begin(session, name, wanted, member.id, now)

        return doors.db.write(command)

    def step(member: Row[Any], name: str) -> dict[str, Any]:
        doors.read(lambda session: _own(session, member, name))
        return replay.step(doors.db, name)

    def found(member: Row[Any], name: str) -> dict[str, Any]:
        doors.read(lambda session: _own(session, member, name))
        return doors.read(lambda session: replayed.found(session, name))

    doors.post("/replays", begin)
    doors.post("/replays/<name>/step", step)
    doors.get("/replays/<name>", found)


def _own(session: Session, member: Row[Any], name: str) -> None:
    if replay.row_of(session, name).by != member.id:
        raise NotAllowed()


def _midnight(now: int, days: int, zone: ZoneInfo) -> int:
    """The ms at which the first of so many days begins, the last of which is today."""
    today = datetime.fromtimestamp(now // 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((today - timedelta(days=days - 1)).timestamp()) * 1000
