"""The ledger's statements: locking an account, reading its lots, writing entries with the sums that they change.

Whoever changes an account has changed its balance row first and so holds it until the commit: two commands at one
account come one after the other, and the second sees what the first has written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from retail.codec import digest
from retail.errors import N_, LoyaltyRefused
from retail.loyalty.draft import Cause
from retail.loyalty.ledger import BUCKETS, Account, Entry, Lot, applied
from sync_server.db import ensure, insert_if_absent
from sync_server.loyalty.tables import points_answers, points_balances, points_entries, points_lots
from sync_server.prepared import Prepared

NO_FLOOR = -(10**18)

_B, _L = points_balances.c, points_lots.c
CHANGE = Prepared(
    update(points_balances)
    .where(_B.customer == bindparam("account"), _B.merged_into == "", _B.active + _B.debt >= bindparam("floor"))
    .values({_B[bucket]: _B[bucket] + bindparam(f"by_{bucket}") for bucket in BUCKETS} | {_B.version: _B.version + 1})
    .returning(_B.version),
    "account",
    "floor",
    *(f"by_{bucket}" for bucket in BUCKETS),
)
MERGED = Prepared(select(_B.merged_into).where(_B.customer == bindparam("account")), "account")
_LOT = (_L.id, _L.customer, _L.active_from, _L.expires_at, *(_L[bucket] for bucket in BUCKETS))
OPEN_LOTS = Prepared(select(*_LOT).where(_L.account == bindparam("account"), _L.open == 1), "account")
NEXT_LOTS_MAX = 32
NEXT_LOTS = Prepared(
    select(*_LOT)
    .where(_L.account == bindparam("account"), _L.open == 1, _L.active > 0)
    .order_by(_L.expires_at, _L.active_from, _L.id)
    .limit(NEXT_LOTS_MAX),
    "account",
)
ONE_LOT = Prepared(select(*_LOT).where(_L.id == bindparam("lot")), "lot")
WRITE_ENTRY = Prepared(insert(points_entries).inline(), *points_entries.c.keys())
OPEN_LOT = Prepared(insert(points_lots).inline(), *points_lots.c.keys())
ANSWER = Prepared(
    update(points_answers)
    .where(points_answers.c.key == bindparam("of"))
    .values(answer=bindparam("answer", type_=points_answers.c.answer.type)),
    "of",
    "answer",
)


def once(session: Session, key: str, asked: Mapping[str, Any], now: int, act: Callable[[], dict[str, Any]]) -> Any:
    """Do it, and keep the answer; whoever asks the same under the same key again gets that answer. A refusal leaves no
    trace, so the same key may be tried again."""
    question = digest(asked)
    if insert_if_absent(session, points_answers, key=key, asked=question, answer={}, at=now):
        answer = act()
        ANSWER.run(session, of=key, answer=answer)
        return answer
    row = session.execute(
        select(points_answers.c.asked, points_answers.c.answer).where(points_answers.c.key == key)
    ).one()
    if row.asked != question:
        raise LoyaltyRefused(
            "loyalty.key_used", N_("{key} was asked before with other contents. Nothing was done now."), key=key
        )
    return row.answer


def change(session: Session, account: str, floor: int = NO_FLOOR, **by: int) -> int | None:
    """Change the sums of an account where at least `floor` points are free, and hold its row until the commit: its new
    version, or None where there are not so many or no such account."""
    deltas = {f"by_{bucket}": by.get(bucket, 0) for bucket in BUCKETS}
    row = CHANGE.first(session, account=account, floor=floor, **deltas)
    return None if row is None else int(row.version)


def resolved(session: Session, customer: str) -> str:
    """In whose account the points of a customer count; one that never had any gets its own."""
    while True:
        row = MERGED.first(session, account=customer)
        if row is None:
            ensure(session, points_balances, customer=customer, active=0)
            return customer
        if not row.merged_into:
            return customer
        customer = str(row.merged_into)


def locked(session: Session, customer: str) -> tuple[str, int]:
    """The account of a customer, held until the commit, and its version, which no other command has."""
    while True:
        account = resolved(session, customer)
        version = change(session, account)
        # None where it was merged into another between the two looks: then that one is looked for.
        if version is not None:
            return account, version


def cause(account: str, version: int, source: str, at: int) -> Cause:
    """A command on a locked account: its version makes its entries' keys like no others."""
    return Cause(f"{account}/{version}", source, at)


def load(session: Session, account: str, lots: Iterable[str] = ()) -> Account:
    """The account with its open lots and with those that are named, wherever these count; hold its row first."""
    found = {row.id: Lot(*row) for row in OPEN_LOTS.all(session, account=account)}
    for lot in lots:
        row = None if lot in found else ONE_LOT.first(session, lot=lot)
        if row is not None:
            found[row.id] = Lot(*row)
    return Account(account, found)


def load_next(session: Session, account: str, points: int) -> Account:
    """The account with as many of its lots as `points` will come from; hold its row first."""
    found = [Lot(*row) for row in NEXT_LOTS.all(session, account=account)]
    if sum(lot.active for lot in found) < points:
        return load(session, account)
    return Account(account, {lot.id: lot for lot in found})


def post(session: Session, before: Account, entries: Sequence[Entry]) -> None:
    """Add entries to a locked account, with the sums that they change."""
    if not entries:
        return
    by = dict.fromkeys(BUCKETS, 0)
    for entry in entries:
        if entry.src:
            by[entry.src] -= entry.points
        if entry.dst:
            by[entry.dst] += entry.points
    version = change(session, before.id, **by)
    if version is None:
        raise LookupError(f"account {before.id} was not held")
    write(session, before, entries, version)


def write(session: Session, before: Account, entries: Sequence[Entry], version: int) -> None:
    """Add entries whose sums the balance has already, and bring their lots to where they are after them."""
    after = before
    for entry in entries:
        after = applied(after, entry)
        add_entry(session, entry, version)
    for name in sorted({entry.lot for entry in entries}):
        last = next(entry for entry in reversed(entries) if entry.lot == name)
        old = before.lots.get(name)
        # One that is empty is not in the account any more, and keeps its dates.
        empty = Lot(name, last.customer, old.active_from, old.expires_at) if old else Lot(name, last.customer)
        _keep_lot(session, before.id, after.lots.get(name, empty), last)


def add_entry(session: Session, entry: Entry, version: int) -> None:
    WRITE_ENTRY.run(session, version=version, **{name: getattr(entry, name) for name in Entry.__slots__})


def _keep_lot(session: Session, account: str, lot: Lot, entry: Entry) -> None:
    sums = {bucket: getattr(lot, bucket) for bucket in BUCKETS}
    dates = {"active_from": lot.active_from, "expires_at": lot.expires_at, "due": lot.due, "open": int(lot.open)}
    first = {"opened_at": entry.at, "visits": 0, "paid": 0, "earned": 0, "cashier": ""}
    _keep(session.get_bind().dialect.name).run(
        session, id=lot.id, account=account, customer=lot.customer, **sums, **dates, **first
    )


@cache
def _keep(dialect: str) -> Prepared:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(points_lots)
    kept = (*BUCKETS, "active_from", "expires_at", "due", "open")
    changed = statement.on_conflict_do_update(
        index_elements=["id"], set_={name: statement.excluded[name] for name in kept}
    )
    return Prepared(changed, *points_lots.c.keys())
