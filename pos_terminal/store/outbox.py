"""The operations that the hub has to hear: numbered without gaps, sent in order, kept for ever."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from pos_terminal.store.tables import outbox
from retail.messages import BATCH_BYTES_MAX, OPS_BATCH_MAX

TROUBLES_SHOWN_MAX = 20
SETTLED = ("ok", "rejected", "conflict")
TAKEN_AWAY = ("cart.line_gone", "cart.in_hand", "cart.line_exists", "cart.virtual")
"""Why the hub refuses what is done about a line that is no longer in the terminal's hand."""

ENVELOPE_BYTES = 400
"""What the id, the kind and the punctuation of one operation weigh in a batch, rounded up."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the screen wants to know of an operation that the hub has not answered yet."""

    seq: int
    kind: str
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Written:
    """An operation about to be written; `cart` is None for what concerns no cart."""

    id: str
    kind: str
    at: int
    cart: str | None
    body: dict[str, Any]


def append(connection: Connection, operations: Iterable[Written]) -> list[Unsent]:
    """Give the next numbers, in the transaction of the effect."""
    rows, unsent = [], []
    for seq, operation in enumerate(operations, last_seq(connection) + 1):
        body = json.dumps(operation.body, ensure_ascii=False, separators=(",", ":"))
        rows.append(
            {
                "seq": seq,
                "id": operation.id,
                "kind": operation.kind,
                "at": operation.at,
                "cart": operation.cart,
                "body": body,
            }
        )
        unsent.append(Unsent(seq, operation.kind, str(operation.body.get("line", "")), operation.at))
    if rows:
        connection.execute(insert(outbox), rows)
    return unsent


def last_seq(connection: Connection) -> int:
    return connection.execute(select(func.max(outbox.c.seq))).scalar() or 0


def unsent(connection: Connection) -> list[Unsent]:
    rows = connection.execute(select(outbox).where(outbox.c.status == "waiting").order_by(outbox.c.seq))
    return [Unsent(row.seq, row.kind, str(json.loads(row.body).get("line", "")), row.at) for row in rows]


def batch(connection: Connection, ops_max: int = OPS_BATCH_MAX, bytes_max: int = BATCH_BYTES_MAX) -> dict[str, Any]:
    """The next message `{seq0, ops}`, or {} where nothing waits. One operation that is larger travels alone."""
    query = select(outbox).where(outbox.c.status == "waiting").order_by(outbox.c.seq).limit(ops_max)
    chosen: list[Row[Any]] = []
    weight = 0
    for row in connection.execute(query):
        weight += len(row.body.encode()) + ENVELOPE_BYTES
        if chosen and (weight > bytes_max or row.seq != chosen[-1].seq + 1):
            break
        chosen.append(row)
    if not chosen:
        return {}
    return {"seq0": chosen[0].seq, "ops": [_operation(row) for row in chosen]}


def _operation(row: Row[Any]) -> dict[str, Any]:
    body = json.loads(row.body)
    return {"id": row.id, "kind": row.kind, "ver": 1, "at": row.at, "cart": row.cart, "body": body}


def settle(connection: Connection, results: Iterable[Mapping[str, Any]]) -> list[tuple[Row[Any], Mapping[str, Any]]]:
    """Keep the hub's answers; the rows that they settle now, each with its answer. A gap settles nothing."""
    settled = []
    for result in results:
        if result.get("status") not in SETTLED:
            continue
        row = connection.execute(
            select(outbox).where(outbox.c.seq == result["seq"], outbox.c.status == "waiting")
        ).first()
        if row is None:
            continue
        text = json.dumps(dict(result), ensure_ascii=False)
        connection.execute(update(outbox).where(outbox.c.seq == row.seq).values(status=result["status"], result=text))
        settled.append((row, result))
    return settled


def disputed(connection: Connection, cart: str, lines: Collection[str], through: int) -> set[str]:
    """Those of the lines about which the hub's copy of the cart is not the last word.

    It does not contain what came after number `through` (an `attach` moves all lines), and the hub refused something
    about the line for what it was: what is physically in the hand then only the terminal knows.
    """
    rows = connection.execute(
        select(outbox.c.seq, outbox.c.kind, outbox.c.body, outbox.c.result).where(
            outbox.c.cart == cart, or_(outbox.c.seq > through, outbox.c.status.in_(("rejected", "conflict")))
        )
    )
    found: set[str] = set()
    for row in rows:
        if row.kind == "cart.attach" and row.seq > through:
            return set(lines)
        error = json.loads(row.result or "{}").get("error") or {}
        if row.seq > through or error.get("code") not in TAKEN_AWAY:
            found.add(str(json.loads(row.body).get("line", "")))
    return found.intersection(lines)


def send_again_after(connection: Connection, seq: int) -> int:
    """The hub knows nothing after `seq`: what it once answered travels again, under the same ids. How many."""
    done = connection.execute(
        update(outbox).where(outbox.c.seq > seq, outbox.c.status != "waiting").values(status="waiting", result=None)
    )
    return done.rowcount


def troubles(connection: Connection) -> list[dict[str, Any]]:
    """What the hub refused and nobody has looked at yet, newest first."""
    query = (
        select(outbox)
        .where(outbox.c.status.in_(("rejected", "conflict")), outbox.c.seen == 0)
        .order_by(outbox.c.seq.desc())
        .limit(TROUBLES_SHOWN_MAX)
    )
    return [_trouble(row) for row in connection.execute(query)]


def _trouble(row: Row[Any]) -> dict[str, Any]:
    error = json.loads(row.result).get("error") or {}
    return {
        "seq": row.seq,
        "kind": row.kind,
        "at": row.at,
        "code": str(error.get("code", row.status)),
        "message": str(error.get("message", "")),
        "params": error.get("params") or {},
    }


def mark_seen(connection: Connection, seq: int) -> None:
    connection.execute(update(outbox).where(outbox.c.seq == seq).values(seen=1))
