"""The doors of the page "liability": what the shop owes in points, on gift cards and in store credit."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.catalogue import Store
from retail.messages import Message
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard.doors import Doors
from sync_server.dashboard.handing_out import as_file
from sync_server.loyalty import queries as loyalty
from sync_server.stored_value import queries as stored_value


class Day(Message):
    """A day of the store, empty for today."""

    day: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""


def add_liability(doors: Doors) -> None:
    """`GET /manage/liability?day=2026-11-30`, and the same as `/manage/liability.csv`."""

    def shown(member: Row[Any]) -> dict[str, Any]:
        asked, now = doors.asked(Day), doors.clock()
        return doors.read(lambda session: _report(session, member.store, asked.day, now))

    def exported(member: Row[Any]) -> Response:
        report = shown(member)
        return as_file("\r\n".join(_lines(report)) + "\r\n", f"liability-{report['day']}.csv")

    doors.get("/liability", shown)
    doors.get("/liability.csv", exported)


def _report(session: Session, store_id: str, day: str, now: int) -> dict[str, Any]:
    store = catalogue.store(session, store_id)
    first, end, named = _month_to(store, day, now)
    return {
        "day": named,
        "since": first,
        "until": min(end, now),
        "now": now,
        "today": datetime.fromtimestamp(now // 1000, ZoneInfo(store.zone)).date().isoformat(),
        "currency": store.currency,
        "owed": stored_value.owed(session, end - 1),
        "moved": stored_value.moved(session, first, end),
        "points": loyalty.liability(session, now),
    }


def _month_to(store: Store, day: str, now: int) -> tuple[int, int, str]:
    """The ms at which the month of a day begins, the ms at which the day is over, and the day."""
    zone = ZoneInfo(store.zone)
    try:
        asked = datetime.fromisoformat(day).replace(tzinfo=zone) if day else None
    except ValueError:
        asked = None
    here = datetime.fromtimestamp(now // 1000, zone)
    # Nobody knows what will be owed on a day to come.
    today = min(asked or here, here).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = (today + timedelta(days=1)).timestamp()
    return int(today.replace(day=1).timestamp()) * 1000, int(ends) * 1000, today.date().isoformat()


def _lines(report: dict[str, Any]) -> list[str]:
    """One row for each figure, amounts in minor units: what it is, of what, until when, how many, how much."""
    lines = ["what,kind,currency,until,count,amount"]
    day, currency = report["day"], report["currency"]
    lines += [f"owed,{row['kind']},{row['currency']},{day},{row['accounts']},{row['amount']}" for row in report["owed"]]
    for row in report["moved"]:
        lines.append(f"{row['entry']},{row['kind']},{row['currency']},{day},{row['count']},{row['amount']}")
    for row in report["points"]["months"]:
        # Lots have no history: of points there is only what is out now, whatever day was asked for.
        lines.append(f"points,{row['month'] or 'never'},{currency},{report['today']},{row['points']},{row['money']}")
    return lines
