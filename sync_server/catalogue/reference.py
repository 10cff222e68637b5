"""Versions of the reference data: every change gets each store's next one, under the row lock of the store.

Who has version 7 asks for what changed since. A row that changed twice is told once, as it is now; what is no longer
there is told as gone. No clock and no database sequence is a position: versions are given in the order of the commits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sync_server.carts import service as carts
from sync_server.catalogue.queries import BOOKS, lock_pricing
from sync_server.catalogue.tables import reference_changes, stores
from sync_server.db import REFERENCE_CHANGED
from sync_server.outbox import service as outbox

KINDS = (
    *("cards", "departments", "lists", "offers", "prices", "products", "programme", "promotions"),
    *("staff", "stock", "store", "taxes"),
)
"""In the order in which the changes of one version are told."""

PRICING = frozenset({"lists", "offers", "prices", "products", "programme", "promotions", "store", "taxes"})
"""What a cart's price depends on, and what paying it earns."""

CHANGES_RECORDED_MAX = 20_000
"""More rows in one change are not listed: every terminal takes the whole, which is not much more by then."""

ROWS_AT_ONCE = 500


def changed(
    session: Session, rows: Mapping[str, Collection[str]], at: int, only: str = "", pricing: Iterable[str] | None = ()
) -> None:
    """Rows of these kinds changed (their keys by kind), at one store or at all: give the next version and tell it.

    `pricing` are the items whose price or name is another now, None for all: the carts that hold them are told so.
    """
    session.info[REFERENCE_CHANGED] = True
    if PRICING & rows.keys():
        lock_pricing(session, alone=True)
    found = list(session.scalars(select(stores.c.id).where(stores.c.id == only) if only else select(stores.c.id)))
    # Always in the same order, or two changes could each hold the store that the other waits for.
    for store in sorted(found):
        _next_version(session, store, rows, at)
    if PRICING & rows.keys():
        repriced(session, None if pricing is None else list(pricing), at)


def repriced(session: Session, items: list[str] | None, at: int) -> None:
    """Carts with these items (None for all) cost something else from now on; the pricing is locked already."""
    # Whatever this session priced before was priced by the book of then.
    session.info.pop(BOOKS, None)
    carts.repriced(session, items, at)


def _next_version(session: Session, store: str, rows: Mapping[str, Collection[str]], at: int) -> None:
    advance = update(stores).where(stores.c.id == store).values(reference=stores.c.reference + 1)
    version, heads, since = session.execute(
        advance.returning(stores.c.reference, stores.c.heads, stores.c.changes_from)
    ).one()
    heads = heads | dict.fromkeys(rows, version)
    if sum(map(len, rows.values())) > CHANGES_RECORDED_MAX:
        since = version
    else:
        _record(session, store, version, rows)
    session.execute(update(stores).where(stores.c.id == store).values(heads=heads, changes_from=since))
    outbox.record(session, f"store:{store}", {"reference": version, "heads": heads}, outbox.Cause(), at)


def _record(session: Session, store: str, version: int, rows: Mapping[str, Collection[str]]) -> None:
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    record = make(reference_changes)
    record = record.on_conflict_do_update(
        index_elements=["store", "kind", "key"], set_={"version": record.excluded.version}
    )
    for kind, keys in sorted(rows.items()):
        assert kind in KINDS, kind
        for some in in_parts(sorted(keys)):
            session.execute(record, [{"store": store, "kind": kind, "key": key, "version": version} for key in some])


def in_parts(values: Iterable[str], size: int = ROWS_AT_ONCE) -> Iterator[list[str]]:
    """Lists of at most `size`: a database takes only so many values in one statement."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
