"""The doors of the page "loyalty": the programme with its tiers, its versions, and what another one would mean."""

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.programme import DEFAULT, Programme, programme_from
from retail.messages import Message
from retail.promotions.promotion import WallClock
from retail.wall_clock import local_time
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard.doors import Doors
from sync_server.loyalty import previews, queries, service
from sync_server.loyalty.tables import programmes
from sync_server.promotions.histories import changes
from sync_server.staff import queries as people

AMOUNT_MAX = 10**9
VERSIONS_SHOWN_MAX = 50


class Draft(Message):
    """A programme as `Programme.as_dict` writes it; `seen` is the newest version when it was looked at."""

    programme: dict[str, Any]
    seen: int = Field(ge=0)


class Saved(Draft):
    """`begin` is the wall clock of the manager's store, empty for now."""

    begin: WallClock = ""


class Trial(Draft):
    amount: int = Field(ge=0, le=AMOUNT_MAX)


def add_loyalty(doors: Doors) -> None:
    """`/manage/loyalty`, and what is below it."""

    def shown(member: Row[Any]) -> dict[str, Any]:
        now = doors.clock()
        return doors.read(lambda session: _shown(session, member.store, now))

    def save(member: Row[Any]) -> dict[str, Any]:
        given = doors.given(Saved)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            begins = _moment(session, member.store, given.begin, now)
            before = queries.programme(session, now).as_dict()
            made = service.set_programme(session, _next(given), begins, member.id, now)
            detail = {"version": made.version, "from": begins, "changes": changes(before, made.as_dict())}
            return {"version": made.version}, detail

        return doors.write(member, "loyalty.programme", command)

    def tried(member: Row[Any]) -> dict[str, Any]:
        given, now = doors.given(Trial), doors.clock()
        draft = programme_from(_next(given))
        return doors.read(lambda session: _tried(session, draft, member.store, given.amount, now))

    doors.get("/loyalty", shown)
    doors.post("/loyalty", save)
    doors.post("/loyalty/try", tried)


def _next(given: Draft) -> dict[str, Any]:
    return {**given.programme, "version": given.seen + 1}


def _moment(session: Session, store: str, text: str, now: int) -> int:
    """The ms of a time of the store's wall clock; it cannot be over, for points were earned by another one then."""
    if not text:
        return now
    begins = int(local_time(text).replace(tzinfo=ZoneInfo(catalogue.store(session, store).zone)).timestamp()) * 1000
    if begins < now:
        raise LoyaltyRefused(
            "loyalty.begin", N_("A programme cannot begin in the past. Choose a later time, or none for at once.")
        )
    return begins


def _shown(session: Session, store_id: str, now: int) -> dict[str, Any]:
    store = catalogue.store(session, store_id)
    found = session.execute(select(programmes).order_by(programmes.c.version.desc()).limit(VERSIONS_SHOWN_MAX)).all()
    names = people.names_of(session, {row.made_by for row in found})
    # What holds before a merchant has made one is no version: the first that is made is compared with it.
    older = [*(row.body for row in found[1:]), DEFAULT.as_dict()] if found else []
    # By its row: what holds before there is one has a number too, and it is that of the first.
    begun = select(func.max(programmes.c.version)).where(programmes.c.from_at <= now)
    return {
        "programme": found[0].body if found else {**DEFAULT.as_dict(), "zone": store.zone},
        "seen": found[0].version if found else 0,
        "holds": session.scalar(begun) or 0,
        "currency": store.currency,
        "versions": [
            {
                "version": row.version,
                "by": names[row.made_by],
                "at": row.made_at,
                "from_at": row.from_at,
                "changes": changes(before, row.body),
            }
            for row, before in zip(found, older, strict=True)
        ],
    }


def _tried(session: Session, draft: Programme, store: str, amount: int, now: int) -> dict[str, Any]:
    before = queries.programme(session, now)
    return {
        "purchase": previews.purchase(draft, amount, now),
        "past": previews.past(session, before, draft, store, now),
        "tiers": previews.tiers(session, draft, now),
    }
