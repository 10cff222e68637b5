"""The doors of the page "gift cards": batches to print, a card given out, found, blocked, replaced or put right."""

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import Field
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from retail.coupons import wall_clock
from retail.messages import Key, Message
from retail.promotions.promotion import WallClock
from retail.stored_value import BALANCE_MAX, read_code
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard.doors import DEVICE, Doors
from sync_server.dashboard.handing_out import as_file, bars_of, note
from sync_server.dashboard.naming import free_id
from sync_server.staff import queries as people
from sync_server.stored_value import batches, cards, queries, service
from sync_server.stored_value.tables import card_batches, stored_values
from sync_server.vouchers import pages
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.key import CodeKey

SHOWN_MAX = 50
CODE_LENGTH_MIN = 8
"""What is shorter is the end of a code, as it stands on screens; by that nobody can pay."""


class Sought(Message):
    """A whole code, or its last signs, or nothing for the newest. It is posted: addresses are written into logs."""

    q: Annotated[str, Field(max_length=40)] = ""


class Terms(Message):
    """`ends` is the wall clock of the manager's store, empty for never."""

    pin: bool = False
    ends: WallClock = ""


class Wanted(Terms):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    codes: int = Field(ge=1, le=pages.CODES_MAX)


class Blocked(Message):
    blocked: bool


class Adjusted(Message):
    """`key` makes it once, however often it is sent; `amount` in minor units, below zero to take some away."""

    key: Key
    amount: int = Field(ge=-BALANCE_MAX, le=BALANCE_MAX)
    reason: Annotated[str, Field(min_length=3, max_length=60)]


class From(Message):
    first: int = Field(default=0, ge=0, le=pages.CODES_MAX)


def add_cards(doors: Doors) -> None:
    """`/manage/cards`, and what is below it."""

    def found(member: Row[Any]) -> dict[str, Any]:
        sought, now = doors.given(Sought).q.strip(), doors.clock()
        if len(re.sub(r"[\s-]", "", sought)) < CODE_LENGTH_MIN:
            return doors.read(lambda session: {"cards": _newest(session, sought)})
        key = doors.key
        # A code that is nobody's is counted: a manager's page is no place to guess at, either.
        return doors.db.write(lambda session: {"cards": [_by_code(session, key, sought, member, now)]})

    def one(_: Row[Any], account: str) -> dict[str, Any]:
        return doors.read(lambda session: _one(session, account))

    def issue(member: Row[Any]) -> dict[str, Any]:
        given, now, key = doors.given(Terms), doors.clock(), doors.key
        return doors.db.write(
            lambda session: cards.issue(session, key, _card(session, given, member.store), member.id, now)
        )

    def block(member: Row[Any], account: str) -> None:
        given, now = doors.given(Blocked), doors.clock()
        doors.db.write(lambda session: cards.block(session, account, member.id, now, given.blocked))

    def replace(member: Row[Any], account: str) -> dict[str, Any]:
        now, key = doors.clock(), doors.key
        return doors.db.write(lambda session: cards.replace(session, key, account, member.id, now))

    def unlock(member: Row[Any], account: str) -> None:
        now = doors.clock()
        doors.db.write(lambda session: cards.unlock(session, account, member.id, now))

    def adjust(member: Row[Any], account: str) -> dict[str, Any]:
        given = doors.given(Adjusted)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            about = service.About(given.reason, member.id, now)
            answer = service.adjust(session, account, given.key, given.amount, about)
            return answer, {"account": account, "amount": given.amount, "reason": given.reason}

        return doors.write(member, "stored_value.adjusted", command)

    doors.post("/cards", issue)
    doors.post("/cards/find", found)
    doors.get("/cards/of/<account>", one)
    doors.post("/cards/of/<account>/block", block)
    doors.post("/cards/of/<account>/replace", replace)
    doors.post("/cards/of/<account>/unlock", unlock)
    doors.post("/cards/of/<account>/adjust", adjust)
    _add_batches(doors)


def _add_batches(doors: Doors) -> None:
    def listed(_: Row[Any]) -> dict[str, Any]:
        return doors.read(_batches)

    def begin(member: Row[Any]) -> dict[str, Any]:
        given, now, key = doors.given(Wanted), doors.clock(), doors.key

        def command(session: Session) -> dict[str, Any]:
            name = free_id(session, card_batches.c.id, given.name, "cards")
            wanted = batches.Wanted(name, given.name, _card(session, given, member.store), given.codes)
            return batches.begin(session, key, wanted, member.id, now)

        return doors.db.write(command)

    def page(_: Row[Any], batch: str) -> dict[str, Any]:
        key = doors.key
        return doors.db.write(lambda session: batches.make_page(session, key, batch), patient=True)

    def seal(member: Row[Any], batch: str) -> None:
        now = doors.clock()
        doors.db.write(lambda session: batches.seal(session, batch, member.id, now))

    def printed(member: Row[Any], batch: str) -> dict[str, Any]:
        first, key = doors.asked(From).first, doors.key
        made = doors.read(lambda session: batches.batch_row(session, batch)).made
        rows = doors.read(lambda session: batches.codes(session, key, batch, first))
        note(doors, "stored_value.shown", member, batch, first)
        following = first + pages.PAGE_CODES if first + pages.PAGE_CODES < made else None
        shown = [{"number": n, "code": code, "pin": pin, "bars": bars_of(code)} for n, code, pin in rows]
        return {"codes": shown, "next": following}

    def exported(member: Row[Any], batch: str) -> Response:
        rows = batches.all_codes(doors.db, doors.key, batch)
        lines = ["number,code,pin", *(f"{number},{code},{pin}" for number, code, pin in rows)]
        note(doors, "stored_value.shown", member, batch, 0)
        return as_file("\r\n".join(lines) + "\r\n", f"{batch}.csv")

    doors.get("/cards/batches", listed)
    doors.post("/cards/batches", begin)
    doors.post("/cards/batches/of/<batch>/page", page)
    doors.post("/cards/batches/of/<batch>/seal", seal)
    doors.get("/cards/batches/of/<batch>/codes", printed)
    doors.get("/cards/batches/of/<batch>/codes.csv", exported)


def _card(session: Session, given: Terms, store_id: str) -> cards.NewCard:
    store = catalogue.store(session, store_id)
    local = wall_clock(given.ends)
    ends = 0 if local is None else int(local.replace(tzinfo=ZoneInfo(store.zone)).timestamp()) * 1000
    return cards.NewCard(store.currency, store_id, ends, given.pin)


def _newest(session: Session, end: str) -> list[dict[str, Any]]:
    """The newest cards and credits that somebody has given out or paid, or those whose code ends so. Cards of a batch
    that were never sold would hide all others."""
    query = select(stored_values).where((stored_values.c.batch.is_(None)) | (stored_values.c.entries > 0))
    if end:
        query = select(stored_values).where(stored_values.c.hint.endswith(end.upper(), autoescape=True))
    newest = query.order_by(stored_values.c.made_at.desc(), stored_values.c.id).limit(SHOWN_MAX)
    return [queries.shown(row) for row in session.execute(newest)]


def _by_code(session: Session, key: CodeKey, typed: str, member: Row[Any], now: int) -> dict[str, Any]:
    code_hash = key.hashed(read_code(typed))
    asker = vouchers.Asker(f"{DEVICE}-{member.id}", member.store)
    vouchers.check_not_guessing(session, asker, now)
    row = session.execute(select(stored_values).where(stored_values.c.code_hash == code_hash)).first()
    if row is None:
        pages.refuse_other_key(session, key)
        raise vouchers.wrong_code(cards.unknown(), asker, now)
    return queries.shown(row)


def _one(session: Session, account: str) -> dict[str, Any]:
    row = queries.account_row(session, account)
    tries = vouchers.guesses_of(session, f"card:{account}"[:80])
    entries = queries.history(session, account)
    names = people.names_of(session, {entry["by"] for entry in entries} | {row.made_by})
    return {
        "card": {**queries.shown(row), "batch": row.batch, "made_at": row.made_at, "by": names[row.made_by]},
        "wrong_pins": tries.wrong,
        "entries": [{**entry, "by": names[entry["by"]]} for entry in entries],
    }


def _batches(session: Session) -> dict[str, Any]:
    rows = session.execute(select(card_batches).order_by(card_batches.c.made_at.desc()).limit(SHOWN_MAX)).all()
    names = people.names_of(session, {row.made_by for row in rows})
    shown = ("id", "name", "currency", "expires_at", "pin", "wanted", "made", "made_at")
    return {
        "batches": [
            {**{name: getattr(row, name) for name in shown}, "by": names[row.made_by], "sealed": row.seed is None}
            for row in rows
        ]
    }
