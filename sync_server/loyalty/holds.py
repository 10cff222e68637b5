"""Points set aside: a hold is placed, renewed by activity, and ends once: posted by a sale, voided, or expired.

Which end it has is decided by one conditional statement on its row. Always the account first, then the hold: nobody
holds what another waits for. Allowances, which are for sales that the hub hears of later, are in `allowances`.
"""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty import moves
from retail.loyalty.programme import DAY_MS, MINUTE_MS, Programme
from retail.loyalty.velocity import Burned, check_burn
from sync_server.loyalty import approvals, books, queries, service
from sync_server.loyalty.tables import points_holds, points_lots
from sync_server.prepared import Prepared

HOUR_MS = 60 * MINUTE_MS

_H = points_holds.c
PLACE = Prepared(insert(points_holds).inline(), *points_holds.c.keys())


@dataclass(frozen=True, slots=True)
class Wanted:
    """`id` is made by whoever wants the points, stored there and then sent, so that a repeat is the same hold."""

    id: str
    customer: str
    points: int
    terminal: str = ""
    cart: str = ""


def place(session: Session, wanted: Wanted, now: int) -> dict[str, Any]:
    """Set points aside for a cart that is being paid: `{"hold", "points", "worth", "until"}`.

    `LoyaltyRefused` where so many are not free, or faster than the programme allows; then nothing was set aside.
    """

    def act() -> dict[str, Any]:
        programme = queries.programme(session, now)
        until = now + programme.hold_ms
        set_aside(session, wanted, "hold", programme, until, now)
        return {
            "hold": wanted.id,
            "points": wanted.points,
            "worth": programme.money(wanted.points),
            "until": until,
        }

    return books.once(session, f"hold:{wanted.id}", asdict(wanted), now, act)  # type: ignore[no-any-return]


def set_aside(session: Session, wanted: Wanted, kind: str, programme: Programme, until: int, now: int) -> None:
    """Take points out of what can be spent, into a hold or an allowance; refused as `place` is."""
    if wanted.points <= 0:
        raise LoyaltyRefused("loyalty.amount", N_("This number of points cannot be right. Type it again."))
    account = books.resolved(session, wanted.customer)
    due = (
        select(points_lots.c.id)
        .where(points_lots.c.account == account, points_lots.c.open == 1, points_lots.c.due <= now)
        .limit(1)
    )
    if session.scalar(due) is not None:
        service.ripen(session, account, now)
    # The one statement that decides: whoever comes second finds fewer points.
    version = books.change(session, account, floor=wanted.points, active=-wanted.points, held=wanted.points)
    if version is None:
        raise moves.short(wanted.points, queries.balance(session, account))
    check_burn(programme.limits, burned(session, account, now), wanted.points)
    before = books.load_next(session, account, wanted.points)
    held = moves.hold(before, wanted.points, books.cause(account, version, wanted.id, now))
    books.write(session, before, held.entries, version)
    PLACE.run(
        session,
        id=wanted.id,
        kind=kind,
        account=account,
        customer=wanted.customer,
        terminal=wanted.terminal,
        cart=wanted.cart,
        points=wanted.points,
        posted=0,
        parts=held.parts,
        status="open",
        placed_at=now,
        until=until,
        number=0,
        answer="",
        approved_by="",
        told_in="",
        amount=0,
    )


def burned(session: Session, account: str, now: int) -> Burned:
    """How fast points of an account were spent until now (ms)."""
    # An allowance counts once it is used; until then its points may still be.
    used = (_H.kind == "hold") | (_H.posted > 0)
    points = case((_H.kind == "hold", _H.points), (_H.status == "open", _H.points), else_=_H.posted)
    row = session.execute(
        select(
            func.count().filter(_H.placed_at > now - HOUR_MS, used).label("times"),
            func.coalesce(func.sum(points), 0).label("points"),
        ).where(_H.account == account, _H.placed_at > now - DAY_MS, _H.status.in_(("open", "posted")))
    ).one()
    return Burned(int(row.times), int(row.points))


def renew(session: Session, name: str, now: int) -> int:
    """Somebody is still at it: until when the hold lasts now (ms). Refused once it is over."""
    programme = queries.programme(session, now)
    row = queries.hold(session, name)
    if row is not None and row.kind == "hold":
        until = min(now + programme.hold_ms, row.placed_at + programme.hold_hours_max * HOUR_MS)
        renewed = session.execute(
            update(points_holds)
            .where(_H.id == name, _H.status == "open", _H.until > now)
            .values(until=until)
            .returning(_H.until)
        ).first()
        if renewed is not None:
            return int(renewed.until)
    raise over()


def over() -> LoyaltyRefused:
    return LoyaltyRefused(
        "loyalty.hold_over", N_("The points are no longer set aside; nothing was taken. Choose them once more.")
    )


def capture(session: Session, name: str, sale: str, points: int, now: int) -> dict[str, Any]:
    """The sale takes `points` of what was held, and the rest can be spent again: `{"posted", "owed"}`.

    A sale is never refused, for its goods are gone: where the hold was over before it came, its points are taken from
    what is there, and what is not there any more is `owed`, which a person has to look at.
    """

    def act() -> dict[str, Any]:
        row = _of(session, name)
        account, version = books.locked(session, row.customer)
        caused = books.cause(account, version, sale, now)
        ended = _end(session, name, "posted", now, posted=min(points, row.points))
        if ended is None:
            return take_late(session, account, points, sale, now)
        before = books.load(session, account, ended.parts)
        books.post(session, before, moves.post(before, ended.parts, ended.posted, caused).entries)
        late = take_late(session, account, points - ended.posted, sale, now)
        return {"posted": points - late["owed"], "owed": late["owed"]}

    asked = {"hold": name, "sale": sale, "points": points}
    return books.once(session, f"capture:{name}:{sale}", asked, now, act)  # type: ignore[no-any-return]


def take_late(session: Session, account: str, points: int, sale: str, now: int) -> dict[str, Any]:
    """Take what is there; what is not is owed: `{"posted", "owed"}`."""
    if points <= 0:
        return {"posted": 0, "owed": 0}
    service.ripen(session, account, now)
    _, version = books.locked(session, account)
    before = books.load(session, account)
    _, owed, entries = moves.post_late(before, points, books.cause(account, version, sale, now))
    books.post(session, before, entries)
    return {"posted": points - owed, "owed": owed}


def void(session: Session, name: str, now: int) -> bool:
    """The points of a hold can be spent again; whether it was still open."""
    return _let_go(session, name, "voided", now)


def expire(session: Session, name: str, now: int) -> bool:
    """End a hold or an allowance whose time is over; whether it was, and nobody has ended it before."""
    row = queries.hold(session, name)
    return row is not None and row.until <= now and _let_go(session, name, "expired", now)


def _let_go(session: Session, name: str, how: str, now: int) -> bool:
    row = _of(session, name)
    account, version = books.locked(session, row.customer)
    # A renewal may have come before us: then it is not over.
    ended = _end(session, name, how, now, until=now if how == "expired" else None)
    if ended is None:
        return False
    before = books.load(session, account, ended.parts)
    books.post(session, before, moves.release(before, ended.parts, books.cause(account, version, name, now)))
    return True


def _of(session: Session, name: str) -> Any:
    row = queries.hold(session, name)
    if row is None:
        raise unknown(name)
    return row


def unknown(name: str) -> LoyaltyRefused:
    return LoyaltyRefused("loyalty.no_hold", N_("No points were set aside under {hold}."), hold=name)


def _end(session: Session, name: str, how: str, now: int, posted: int | None = None, until: int | None = None) -> Any:
    """End an open hold, one time: its row with what it held, or None where it was over already; who was asked for it
    hears so."""
    statement = update(points_holds).where(_H.id == name, _H.status == "open")
    if until is not None:
        statement = statement.where(_H.until <= until)
    values = {"status": how} if posted is None else {"status": how, "posted": posted}
    row = session.execute(statement.values(**values).returning(_H.parts, _H.posted, _H.told_in)).first()
    if row is not None and row.told_in:
        approvals.tell(session, row.told_in, now)
    return row
