"""Holds, posts, sales and balances a second in a ledger of points with 1,000 and 1,000,000 entries, on both databases.

The same 100 accounts in both, so an account's own history is a thousand times longer in the large one: each purchase is
a lot, all but the last few of an account are spent. Every hold and post is a command of its own, committed with full
sync before it is answered; they come one after the other, so that what is measured is the work and not the waiting.
Blocks on the small and on the large ledger take turns, so both meet the same noise; the figures are medians of blocks.
At the end one account is replayed from zero and must agree with its lots and its balance.
"""

import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from omnitill.servers import PostgresServer
from retail.loyalty.ledger import BUCKETS
from retail.loyalty.programme import DEFAULT, Limits
from sync_server.catalogue.tables import stores
from sync_server.customers.tables import customers
from sync_server.db import Database, open_database, sqlite_url
from sync_server.loyalty import holds, queries, service
from sync_server.loyalty.tables import points_balances
from sync_server.migrations import upgrade

SMALL, LARGE = int(os.environ.get("SMALL", "1000")), int(os.environ.get("LARGE", "1000000"))
ACCOUNTS, OPEN_LOTS = 100, 5
BLOCKS, BLOCK, READS = 7, 40, 400
NOW = 1_767_600_000_000
DAY_MS = 86_400_000
GROWTH_MAX = {"balance": 1.5, "hold": 2.0, "post": 2.0, "sale": 2.0}
NUMBERS = count(1)

SERIES = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
# The lot `i` is of account `i % ACCOUNTS`; those of the first rounds are spent.
LOTS = """
    INSERT INTO points_lots (id, account, customer, active_from, expires_at, due, pending, active, held, spent, expired,
        debt, open, opened_at, visits, paid, earned, cashier)
    {series} SELECT 'l-' || i, 'c-' || (i % {accounts}), 'c-' || (i % {accounts}), {now}, {now} + {year} + i,
        CASE WHEN i < {spent} THEN {never} ELSE {now} + {year} + i END, 0,
        CASE WHEN i < {spent} THEN 0 ELSE 10000 END, 0, CASE WHEN i < {spent} THEN 10000 ELSE 0 END, 0, 0,
        CASE WHEN i < {spent} THEN 0 ELSE 1 END, {now}, 1, 1000, 10000, '' FROM n
"""
ENTRIES = """
    INSERT INTO points_entries (key, customer, account, version, lot, kind, src, dst, points, source, line, rule,
        reverses, active_from, expires_at, at)
    {series} SELECT 'l-' || i || '/{kind}', 'c-' || (i % {accounts}), 'c-' || (i % {accounts}), {version}, 'l-' || i,
        '{kind}', '{src}', '{dst}', 10000, 'l-' || i, '', '', '', {begins}, {ends}, {now} FROM n
"""


def fill(db: Database, entries: int) -> None:
    """A ledger of about so many entries, as sales and burns would have left it."""
    upgrade(db.engine)
    lots = (entries + ACCOUNTS * OPEN_LOTS) // 2
    lots -= lots % ACCOUNTS
    spent = lots - ACCOUNTS * OPEN_LOTS
    words = {"accounts": ACCOUNTS, "now": NOW, "year": 365 * DAY_MS, "spent": spent, "never": 10**15}
    given = {"kind": "earn", "src": "", "dst": "active", "version": 1, "begins": NOW}
    burned = {"kind": "burn", "src": "active", "dst": "spent", "version": 2, "begins": 0, "ends": 0}
    whole, part = SERIES.format(last=lots - 1), SERIES.format(last=spent - 1)

    def command(session: Any) -> None:
        session.execute(insert(stores).values(id="main", body={}, reference=1, heads={}, changes_from=1))
        session.execute(insert(customers), [customer(n) for n in range(ACCOUNTS)])
        session.execute(text(LOTS.format(series=whole, **words)))
        session.execute(text(ENTRIES.format(series=whole, **words, **given, ends=f"{NOW} + {365 * DAY_MS} + i")))
        session.execute(text(ENTRIES.format(series=part, **words, **burned)))
        rounds = spent // ACCOUNTS
        sums = {"active": 10_000 * OPEN_LOTS, "spent": 10_000 * rounds, "version": 2}
        session.execute(insert(points_balances), [{"customer": f"c-{n}", **sums} for n in range(ACCOUNTS)])
        free = dataclasses.replace(DEFAULT, limits=Limits(0, 0, 0, 0, 0))
        service.set_programme(session, free.as_dict(), 0, "bench", NOW)

    db.write(command)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


def customer(n: int) -> dict[str, Any]:
    empty = {"names": {}, "language": "en", "store": "main", "password_hash": "", "failures": 0, "not_before": 0}
    return {"id": f"c-{n}", "email": f"{n}@example.org", "phone": f"+{n}", **empty}


def rate(times: int, work: Callable[[int], Any]) -> float:
    """How often a second `work` is done."""
    began = time.perf_counter()
    for n in range(times):
        work(n)
    return times / (time.perf_counter() - began)


def block(db: Database) -> dict[str, float]:
    """One block of each kind of work; what it holds, it posts."""
    names = [f"h-{next(NUMBERS)}" for _ in range(BLOCK)]

    def of(n: int) -> str:
        return f"c-{n % ACCOUNTS}"

    def hold(n: int) -> None:
        db.write(lambda session: holds.place(session, holds.Wanted(names[n], of(n), 3), NOW))

    def post(n: int) -> None:
        db.write(lambda session: holds.capture(session, names[n], f"s-{names[n]}", 3, NOW))

    def sale(n: int) -> None:
        lines = service.earned_by(12, [("a", 4), ("b", 5), ("c", 3)])
        bought = service.Purchase(f"x-{names[n]}", of(n), lines, 1200, "", NOW)
        db.write(lambda session: service.earn(session, bought, NOW))

    return {
        "balance": rate(READS, lambda n: db.read(lambda session: queries.balance(session, of(n)))),
        "hold": rate(BLOCK, hold),
        "post": rate(BLOCK, post),
        "sale": rate(BLOCK, sale),
    }


def check(db: Database) -> None:
    """One account from zero, beside what its row says."""

    def look(session: Any) -> None:
        row = session.execute(select(points_balances).where(points_balances.c.customer == "c-0")).one()
        replayed = queries.replayed(session, "c-0")
        assert {bucket: getattr(row, bucket) for bucket in BUCKETS} == replayed.totals, "the ledger is not whole"

    db.read(look)


@contextmanager
def two_databases(kind: str) -> Iterator[list[str]]:
    """The addresses of two empty databases of a kind."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2)]
            yield [sqlite_url(Path(folder)) for folder in folders]
            return
        server = PostgresServer(durable=True, shared_buffers="128MB")
        stack.callback(server.stop)
        server.execute("CREATE DATABASE small")
        server.execute("CREATE DATABASE large")
        yield [server.url("small"), server.url("large")]


def measure(kind: str) -> dict[str, Any]:
    """`{small, large, growth}` of a database: a second, and how much slower the large one is."""
    with two_databases(kind) as urls, ExitStack() as stack:
        dbs = [open_database(url) for url in urls]
        for db, entries in zip(dbs, (SMALL, LARGE), strict=True):
            stack.callback(db.close)
            fill(db, entries)
            block(db)
        blocks: tuple[list[dict[str, float]], ...] = ([], [])
        for _ in range(BLOCKS):
            for db, found in zip(dbs, blocks, strict=True):
                found.append(block(db))
        check(dbs[0])
        check(dbs[1])
    small, large = ({name: statistics.median(row[name] for row in side) for name in GROWTH_MAX} for side in blocks)
    growth = {name: round(small[name] / large[name], 2) for name in GROWTH_MAX}
    return {"small": _whole(small), "large": _whole(large), "growth": growth}


def _whole(figures: dict[str, float]) -> dict[str, int]:
    return {name: round(figure) for name, figure in figures.items()}


def main() -> int:
    figures: dict[str, Any] = {"entries": [SMALL, LARGE], "accounts": ACCOUNTS}
    for kind in ("sqlite", "postgresql"):
        figures[kind] = measure(kind)
        print(kind, figures[kind], file=sys.stderr, flush=True)
    grown = [
        figures[kind]["growth"][name] <= GROWTH_MAX[name] for kind in ("sqlite", "postgresql") for name in GROWTH_MAX
    ]
    line = {
        "name": "ledger",
        "figures": figures,
        "limits": {"growth": GROWTH_MAX},
        "holds": all(grown),
        "ran": f"{BLOCKS} blocks of {BLOCK} holds, posts and sales and {READS} balances, on each ledger in turn",
    }
    print(json.dumps(line), flush=True)
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
