"""Batches of gift cards without money, printed to hang in the shop: each is loaded at the till when it is sold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from retail.stored_value import CODE_LENGTH
from retail.voucher_codes import hinted, shown
from sync_server.db import Database, insert_absent, insert_if_absent
from sync_server.errors import NotFound
from sync_server.staff import service as staff
from sync_server.stored_value.cards import NewCard, empty
from sync_server.stored_value.tables import card_batches, stored_values
from sync_server.vouchers import pages
from sync_server.vouchers.key import CodeKey, new_seed


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many cards of one kind under a batch id of the caller's."""

    id: str
    name: str
    card: NewCard
    cards: int


def batch_row(session: Session, batch: str, lock: bool = False) -> Row[Any]:
    query = select(card_batches).where(card_batches.c.id == batch)
    row = session.execute(query.with_for_update(key_share=True) if lock else query).first()
    if row is None:
        raise NotFound()
    return row


def begin(session: Session, key: CodeKey, wanted: Wanted, by: str, now: int) -> dict[str, Any]:
    """Open a batch without cards: `{batch, made, wanted}`. The same once more finds how far it is."""
    pages.check_count(wanted.cards)
    card = wanted.card
    row: dict[str, Any] = {"id": wanted.id, "name": wanted.name, "currency": card.currency, "store": card.store}
    row |= {"expires_at": card.expires_at, "pin": card.pin, "wanted": wanted.cards}
    more = {"made": 0, "seed": new_seed(), "key": key.fingerprint, "made_by": by, "made_at": now}
    if insert_if_absent(session, card_batches, **row, **more):
        pages.remember_key(session, key, now)
        staff.note(session, "hub", "stored_value.batch", by, row, now)
    found = batch_row(session, wanted.id)
    if any(getattr(found, name) != value for name, value in row.items() if name != "name"):
        raise pages.batch_used(wanted.id)
    return pages.progress_of(found, found.made)


def make_page(session: Session, key: CodeKey, batch: str, limit: int = pages.PAGE_CODES) -> dict[str, Any]:
    """Make the next cards of a batch: `{batch, made, wanted}`."""
    row = batch_row(session, batch, lock=True)
    numbers = pages.next_page(row, limit)
    if numbers:
        insert_absent(session, stored_values, [_card(key, row, number) for number in numbers])
        done = update(card_batches).where(card_batches.c.id == batch)
        session.execute(done.values(made=row.made + len(numbers)))
    return pages.progress_of(row, row.made + len(numbers))


def _card(key: CodeKey, row: Any, number: int) -> dict[str, Any]:
    seed = pages.seed_of(row, key)
    code = key.code(seed, number, CODE_LENGTH)
    code_hash = key.hashed(code)
    pin_hash = key.hashed_pin(code_hash, key.pin(seed, number)) if row.pin else None
    return {
        "id": f"{row.id}-{number}",
        **empty("gift_card", row.made_by, row.made_at),
        "currency": row.currency,
        "store": row.store,
        "customer": "",
        "expires_at": row.expires_at,
        "code_hash": code_hash,
        "hint": hinted(code),
        "pin_hash": pin_hash,
        "batch": row.id,
        "number": number,
    }


def make(db: Database, key: CodeKey, batch: str, progress: pages.Progress = lambda made, wanted: None) -> int:
    """Make all cards that the batch lacks, page by page; how many it has."""
    return pages.make(db, lambda session: make_page(session, key, batch), progress)


def codes(
    session: Session, key: CodeKey, batch: str, first: int = 0, limit: int = pages.PAGE_CODES
) -> list[tuple[int, str, str]]:
    """Cards to print, from number `first` on: `[(number, code, PIN)]`, the PIN empty where none is asked for. Refused
    once the batch is sealed; a card that was replaced since is left out."""
    row = batch_row(session, batch)
    seed = pages.seed_of(row, key)
    columns = stored_values.c
    here = (columns.batch == batch) & (columns.number >= first) & (columns.number < first + limit)
    found = session.execute(select(columns.number, columns.code_hash).where(here).order_by(columns.number))
    drawn = ((number, code_hash, key.code(seed, number, CODE_LENGTH)) for number, code_hash in found)
    return [
        (number, shown(code), key.pin(seed, number) if row.pin else "")
        for number, code_hash, code in drawn
        if key.hashed(code) == code_hash
    ]


def all_codes(db: Database, key: CodeKey, batch: str) -> Iterator[tuple[int, str, str]]:
    """As `codes`, all of them, a page at a time."""
    for first in range(0, db.read(lambda session: batch_row(session, batch)).made, pages.PAGE_CODES):
        yield from db.read_beside(lambda session, first=first: codes(session, key, batch, first))  # type: ignore[misc]


def seal(session: Session, batch: str, by: str, now: int) -> None:
    """The cards are printed: from now on nobody can have their codes shown again. They stay good."""
    pages.check_complete(batch_row(session, batch, lock=True))
    session.execute(update(card_batches).where(card_batches.c.id == batch).values(seed=None))
    staff.note(session, "hub", "stored_value.sealed", by, {"batch": batch}, now)
