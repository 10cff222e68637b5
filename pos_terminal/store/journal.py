"""What is written in a command's transaction: the open visit, sales and their ledgers, answers, PIN attempts."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos_terminal.store import tables
from pos_terminal.store.prepared import Prepared
from retail.loyalty.programme import Metric
from retail.sale import Sale
from retail.staff import PinAttempts
from retail.stock import moves_of

ANSWERS_KEPT_MAX = 100
FIRST_SALE = "first_sale"
"""The setting that holds the lowest counter that the hub allowed at the last enrolment."""

# Statements of every scan are made once: building them costs as much as running them.
_VISIT = upsert(tables.counter)
KEEP_VISIT = Prepared(
    _VISIT.on_conflict_do_update(index_elements=["id"], set_={"state": _VISIT.excluded.state}), "id", "state"
)
KEPT_ANSWER = Prepared(select(tables.answers.c.answer).where(tables.answers.c.id == bindparam("command")), "command")
KEEP_ANSWER = Prepared(insert(tables.answers), "id", "answer")
FORGET_ANSWERS = Prepared(delete(tables.answers).where(tables.answers.c.n <= bindparam("oldest")), "oldest")
# The rows, and no sums over what is in their bodies: with an index over an expression of the same column SQLite 3.40.1
# crashed in the aggregate, and the till with it.
BOUGHT_HERE = Prepared(
    select(tables.sales.c.total, tables.sales.c.body).where(
        tables.sales.c.at > bindparam("since"), bindparam("shopper") == tables.SHOPPER
    ),
    "shopper",
    "since",
)
LOCKED_STAFF = select(tables.pin_attempts.c.staff).where(tables.pin_attempts.c.failures >= bindparam("tries"))


def setting(connection: Connection, key: str) -> str:
    """The value kept under `key`, "" where there is none."""
    row = connection.execute(select(tables.settings.c.value).where(tables.settings.c.key == key)).first()
    return "" if row is None else str(row[0])


def keep_setting(connection: Connection, key: str, value: str) -> None:
    row = upsert(tables.settings).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def open_visit(connection: Connection) -> dict[str, Any] | None:
    """The state that the last transaction left, or None on a new till."""
    row = connection.execute(select(tables.counter.c.state)).first()
    return None if row is None else dict(json.loads(row[0]))


def keep_visit(connection: Connection, state: str) -> None:
    """Keep the state of the till, as JSON."""
    KEEP_VISIT.run(connection, id=1, state=state)


def forget_visit(connection: Connection) -> None:
    """Whoever looks next finds a new till."""
    connection.execute(delete(tables.counter))


def next_sale_counter(connection: Connection, first: int) -> int:
    """The next number of this terminal's own series; `first` is where a series starts on a new disk. After the
    terminal was set up anew it goes on above everything that the hub has of it, so that no number is given twice."""
    last = connection.execute(select(func.max(tables.sales.c.counter))).scalar()
    return max(first, (last or 0) + 1, int(setting(connection, FIRST_SALE) or 1))


def keep_sale(connection: Connection, sale: Sale, counter: int, receipt: str) -> None:
    """The sale with the stock that leaves and the points that are earned."""
    body = json.dumps(sale.as_dict(), ensure_ascii=False, separators=(",", ":"))
    connection.execute(
        insert(tables.sales).values(
            id=sale.id,
            counter=counter,
            number=sale.number,
            at=sale.at,
            total=sale.total,
            currency=sale.currency,
            body=body,
            receipt=receipt,
        )
    )
    moves = [
        {"source": move.source, "line": move.line, "store": move.store, "item": move.item, "quantity": move.quantity}
        for move in moves_of(sale)
    ]
    if moves:
        connection.execute(insert(tables.stock_moves), moves)
    if sale.shopper and sale.points:
        connection.execute(
            insert(tables.points_entries).values(
                source=sale.id, kind="earn", shopper=sale.shopper, points=sale.points, at=sale.at
            )
        )


@dataclass(frozen=True, slots=True)
class Since:
    """What a shopper has bought here since a moment: sales, the points that they gave, what they count for tiers, and
    the points that they were paid with."""

    sales: int
    points: int
    counted: int
    used: int


def bought_here(connection: Connection, shopper: str, since: int, metric: Metric) -> Since:
    """The sales of this terminal to a shopper after `since` (ms)."""
    rows = [(row.total, json.loads(row.body)) for row in BOUGHT_HERE.all(connection, shopper=shopper, since=since)]
    points = sum(body["points"] for _, body in rows)
    # Tiers count money: `retail.loyalty.purchase.paid_in_points`.
    by_points = [one for _, body in rows for one in body["tenders"] if one["kind"] == "points"]
    spend = sum(total for total, _ in rows) - sum(one["amount"] for one in by_points)
    used = sum(one["points"] for one in by_points)
    return Since(len(rows), points, {"visits": len(rows), "points": points, "spend": spend}[metric], used)


def sale_receipt(connection: Connection, sale: str) -> str | None:
    """The receipt of a sale as the JSON of its paper document."""
    row = connection.execute(select(tables.sales.c.receipt).where(tables.sales.c.id == sale)).first()
    return None if row is None else str(row[0])


def kept_answer(connection: Connection, command: str) -> dict[str, Any] | None:
    row = KEPT_ANSWER.first(connection, command=command)
    return None if row is None else dict(json.loads(row[0]))


def keep_answer(connection: Connection, command: str, answer: dict[str, Any]) -> None:
    n = KEEP_ANSWER.run(connection, id=command, answer=json.dumps(answer, ensure_ascii=False))
    FORGET_ANSWERS.run(connection, oldest=n - ANSWERS_KEPT_MAX)


def attempts(connection: Connection, staff: str) -> PinAttempts:
    row = connection.execute(select(tables.pin_attempts).where(tables.pin_attempts.c.staff == staff)).first()
    return PinAttempts() if row is None else PinAttempts(row.failures, row.not_before)


def keep_attempts(connection: Connection, staff: str, attempts: PinAttempts) -> None:
    values = {"failures": attempts.failures, "not_before": attempts.not_before}
    row = upsert(tables.pin_attempts).values(staff=staff, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["staff"], set_=values))


def locked_staff(connection: Connection, tries: int) -> frozenset[str]:
    """Who has used up the tries."""
    rows = connection.execute(LOCKED_STAFF, {"tries": tries})
    return frozenset(str(row[0]) for row in rows)
