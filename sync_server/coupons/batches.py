"""Batches of coupons: made in pages, shown for printing, paused, changed and sealed.

The codes of a batch are drawn from its seed with the hub's key, so a page that was cut off is made again with the same
codes, and nothing that lies in the database tells them. Once they are printed the batch is sealed: its seed is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail.coupons import CODE_LENGTH, CouponBatch, checked, read_code
from retail.voucher_codes import shown
from sync_server.coupons import queries, service
from sync_server.coupons.tables import coupon_batches, coupon_codes
from sync_server.db import Database, insert_absent, insert_if_absent
from sync_server.staff import service as staff
from sync_server.vouchers import pages
from sync_server.vouchers.key import CodeKey, new_seed

TERMS = ("promotion", "uses", "per_customer", "begins", "ends", "paused")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A batch to be made: its terms, what the manager calls it, and how many codes it is to have."""

    batch: CouponBatch
    name: str
    codes: int


def begin(session: Session, key: CodeKey, wanted: Wanted, by: str, now: int) -> dict[str, Any]:
    """Open a batch without codes: `{batch, made, wanted}`. The same once more finds how far it is; another promotion,
    other uses or another count under the same id are refused."""
    terms = checked(wanted.batch)
    pages.check_count(wanted.codes)
    row = {"id": terms.id, "name": wanted.name, **{name: getattr(terms, name) for name in TERMS}}
    more = {"wanted": wanted.codes, "made": 0, "seed": new_seed(), "key": key.fingerprint, "made_by": by}
    if insert_if_absent(session, coupon_batches, **row, **more, made_at=now):
        pages.remember_key(session, key, now)
        staff.note(session, "hub", "coupons.batch", by, {**row, "codes": wanted.codes}, now)
    found = queries.batch_row(session, terms.id)
    if (found.promotion, found.uses, found.wanted) != (terms.promotion, terms.uses, wanted.codes):
        raise pages.batch_used(terms.id)
    return pages.progress_of(found, found.made)


def make_page(session: Session, key: CodeKey, batch: str, limit: int = pages.PAGE_CODES) -> dict[str, Any]:
    """Make the next codes of a batch: `{batch, made, wanted}`; it is complete when the two are the same."""
    row = queries.batch_row(session, batch, lock=True)
    numbers = pages.next_page(row, limit)
    if numbers:
        seed = pages.seed_of(row, key)
        hashes = {number: key.hashed(key.code(seed, number, CODE_LENGTH)) for number in numbers}
        empty = {"batch": batch, "slots": 0, "blocked": False}
        # Of two numbers with the same code, which nobody lives to see, one stays without.
        insert_absent(session, coupon_codes, [{"hash": hashes[n], "number": n, **empty} for n in numbers])
        done = update(coupon_batches).where(coupon_batches.c.id == batch)
        session.execute(done.values(made=row.made + len(numbers)))
    return pages.progress_of(row, row.made + len(numbers))


def make(db: Database, key: CodeKey, batch: str, progress: pages.Progress = lambda made, wanted: None) -> int:
    """Make all codes that the batch lacks, page by page; how many it has."""
    return pages.make(db, lambda session: make_page(session, key, batch), progress)


def codes(
    session: Session, key: CodeKey, batch: str, first: int = 0, limit: int = pages.PAGE_CODES
) -> list[tuple[int, str]]:
    """Codes to print or export, in groups, from number `first` on: `[(number, code)]`. Refused once it is sealed."""
    seed = pages.seed_of(queries.batch_row(session, batch), key)
    columns = coupon_codes.c
    here = (columns.batch == batch) & (columns.number >= first) & ~columns.blocked
    numbers = session.scalars(select(columns.number).where(here).order_by(columns.number).limit(limit))
    return [(number, shown(key.code(seed, number, CODE_LENGTH))) for number in numbers]


def all_codes(db: Database, key: CodeKey, batch: str) -> Iterator[tuple[int, str]]:
    """As `codes`, all of them, a page at a time."""
    first = 0
    while page := db.read_beside(lambda session, first=first: codes(session, key, batch, first)):  # type: ignore[misc]
        yield from page
        first = page[-1][0] + 1


def seal(session: Session, batch: str, by: str, now: int) -> None:
    """The codes are printed: from now on nobody can have them shown again. They stay good."""
    pages.check_complete(queries.batch_row(session, batch, lock=True))
    session.execute(update(coupon_batches).where(coupon_batches.c.id == batch).values(seed=None))
    staff.note(session, "hub", "coupons.sealed", by, {"batch": batch}, now)


def change(session: Session, terms: CouponBatch, by: str, now: int) -> None:
    """Other terms for a batch, such as a pause or a later end; the promotion stays. What was used stays used, and what
    a cart has claimed it may still pay with."""
    row = queries.batch_row(session, terms.id, lock=True)
    checked(terms)
    changed = {name: getattr(terms, name) for name in TERMS[1:] if getattr(terms, name) != getattr(row, name)}
    if not changed:
        return
    session.execute(update(coupon_batches).where(coupon_batches.c.id == terms.id).values(**changed))
    before = {name: getattr(row, name) for name in changed}
    staff.note(session, "hub", "coupons.changed", by, {"batch": terms.id, "from": before, "to": changed}, now)


def block(session: Session, key: CodeKey, typed: str, by: str, now: int, blocked: bool = True) -> None:
    """Withdraw one code, which is lost or stolen, or take it back into use."""
    code_hash = key.hashed(read_code(typed))
    done = update(coupon_codes).where(coupon_codes.c.hash == code_hash).values(blocked=blocked)
    row = session.execute(done.returning(coupon_codes.c.batch, coupon_codes.c.number)).first()
    if row is None:
        raise service.unknown()
    detail = {"batch": row.batch, "number": row.number, "blocked": blocked}
    staff.note(session, "hub", "coupons.code_blocked", by, detail, now)
