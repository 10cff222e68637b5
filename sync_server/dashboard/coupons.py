"""The doors of the page "coupons": batches of codes made page by page, printed, exported, paused and sealed."""

from typing import Annotated, Any

from flask import Response
from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.coupons import USES_MAX, CouponBatch
from retail.errors import N_, CouponRefused
from retail.messages import Message
from retail.promotions.promotion import WallClock
from sync_server.coupons import batches, queries
from sync_server.coupons.tables import coupon_batches
from sync_server.dashboard.doors import Doors
from sync_server.dashboard.handing_out import as_file, bars_of, note
from sync_server.dashboard.naming import free_id
from sync_server.promotions import queries as promotions
from sync_server.staff import queries as people
from sync_server.vouchers.pages import CODES_MAX, PAGE_CODES


class Terms(Message):
    """What a manager may change of a batch."""

    uses: int = Field(ge=1, le=USES_MAX)
    per_customer: int = Field(ge=0, le=USES_MAX)
    begins: WallClock = ""
    ends: WallClock = ""
    paused: bool = False


class Wanted(Terms):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    promotion: Annotated[str, Field(min_length=1, max_length=64)]
    codes: int = Field(ge=1, le=CODES_MAX)


class Changed(Message):
    """The terms that were looked at, and what they shall be."""

    seen: Terms
    to: Terms


class Code(Message):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    blocked: bool = True


class From(Message):
    first: int = Field(default=0, ge=0, le=CODES_MAX)


def add_coupons(doors: Doors) -> None:
    """`/manage/coupons`, and what is below it."""

    def listed(_: Row[Any]) -> dict[str, Any]:
        return doors.read(_listed)

    def begin(member: Row[Any]) -> dict[str, Any]:
        given, now, key = doors.given(Wanted), doors.clock(), doors.key

        def command(session: Session) -> dict[str, Any]:
            found = promotions.find(session, given.promotion)
            if found is None or not found.coupon:
                raise CouponRefused(
                    "coupon.promotion", N_("Choose a promotion that asks for a coupon. Nothing was made.")
                )
            batch = free_id(session, coupon_batches.c.id, given.name, "coupons")
            terms = CouponBatch(batch, given.promotion, **given.model_dump(include=TERMS))
            return batches.begin(session, key, batches.Wanted(terms, given.name, given.codes), member.id, now)

        return doors.db.write(command)

    def page(_: Row[Any], batch: str) -> dict[str, Any]:
        key = doors.key
        return doors.db.write(lambda session: batches.make_page(session, key, batch), patient=True)

    def change(member: Row[Any], batch: str) -> None:
        given, now = doors.given(Changed), doors.clock()
        doors.db.write(lambda session: _change(session, batch, given, member.id, now))

    def seal(member: Row[Any], batch: str) -> None:
        now = doors.clock()
        doors.db.write(lambda session: batches.seal(session, batch, member.id, now))

    def block(member: Row[Any]) -> None:
        given, now, key = doors.given(Code), doors.clock(), doors.key
        doors.db.write(lambda session: batches.block(session, key, given.code, member.id, now, given.blocked))

    def printed(member: Row[Any], batch: str) -> dict[str, Any]:
        first, key = doors.asked(From).first, doors.key
        found = doors.read(lambda session: batches.codes(session, key, batch, first))
        note(doors, "coupons.shown", member, batch, first)
        following = found[-1][0] + 1 if len(found) == PAGE_CODES else None
        rows = [{"number": number, "code": code, "bars": bars_of(code)} for number, code in found]
        return {"codes": rows, "next": following}

    def exported(member: Row[Any], batch: str) -> Response:
        lines = ["number,code", *(f"{number},{code}" for number, code in batches.all_codes(doors.db, doors.key, batch))]
        note(doors, "coupons.shown", member, batch, 0)
        return as_file("\r\n".join(lines) + "\r\n", f"{batch}.csv")

    doors.get("/coupons", listed)
    doors.post("/coupons", begin)
    doors.post("/coupons/block", block)
    doors.post("/coupons/of/<batch>/page", page)
    doors.post("/coupons/of/<batch>/change", change)
    doors.post("/coupons/of/<batch>/seal", seal)
    doors.get("/coupons/of/<batch>/codes", printed)
    doors.get("/coupons/of/<batch>/codes.csv", exported)


TERMS = {"uses", "per_customer", "begins", "ends", "paused"}


def _listed(session: Session) -> dict[str, Any]:
    rows = queries.batches(session)
    names = people.names_of(session, {row["made_by"] for row in rows})
    rules = {one.id: one for one in promotions.rules(session, 0).promotions}
    return {
        "batches": [
            {
                **row,
                "by": names[row["made_by"]],
                "promotion_names": rules[row["promotion"]].names if row["promotion"] in rules else None,
            }
            for row in rows
        ],
        "promotions": [{"id": one.id, "names": one.names} for one in rules.values() if one.coupon],
    }


def _change(session: Session, batch: str, given: Changed, by: str, now: int) -> None:
    row = queries.batch_row(session, batch, lock=True)
    if any(getattr(row, name) != getattr(given.seen, name) for name in TERMS):
        raise CouponRefused(
            "coupon.batch_changed", N_("Somebody else changed this batch meanwhile. Look at it again, then change it.")
        )
    batches.change(session, CouponBatch(batch, row.promotion, **given.to.model_dump()), by, now)
