"""The operations that the hub has to hear: numbered without gaps, chained, sent in order, kept for ever.

Each incarnation of the terminal is a chain of its own. It begins with a row of number 0 that holds its origin, so the
newest row always says which incarnation we are in and which hash comes next. Rows of old incarnations stay.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, tuple_, update

from pos_terminal.store.backlog import Unsent
from pos_terminal.store.prepared import Prepared
from pos_terminal.store.tables import outbox
from retail import chain
from retail.errors import N_
from retail.lease import LEASE_CODES
from retail.messages import BATCH_BYTES_MAX, OPS_BATCH_MAX

TROUBLES_SHOWN_MAX = 20
SETTLED = ("ok", "rejected", "conflict")
TAKEN_AWAY = ("cart.line_gone", "cart.in_hand", "cart.line_exists", "cart.virtual")
"""Why the hub refuses what is done about a line that is no longer in the terminal's hand."""

CARRIED_AT_ONCE = 500
CHANGED = {"code": "journal.changed", "message": N_("This was changed in the journal by hand and is not sent.")}

ENVELOPE_BYTES = 400
"""What the id, the kind and the punctuation of one operation weigh in a batch, rounded up."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: incarnation, number (0 before the first operation) and the hash of the chain at it."""

    inc: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Due:
    """The next batch: operations from `seq0` to `seq`, the hash before them and the hash at the last."""

    inc: int
    seq0: int
    seq: int
    ops: list[dict[str, Any]]
    prev: str
    chain: str


@dataclass(frozen=True, slots=True)
class Written:
    """An operation about to be written; `cart` is None for what concerns no cart."""

    id: str
    kind: str
    at: int
    cart: str | None
    body: dict[str, Any]


PLACE = (outbox.c.inc, outbox.c.seq)
LEAVE = (
    update(outbox)
    .where(outbox.c.inc == bindparam("of"), outbox.c.seq == bindparam("n"))
    .values(status=bindparam("as_"), result=bindparam("said"))
)
HEAD = Prepared(
    select(outbox.c.inc, outbox.c.seq, outbox.c.hash).order_by(outbox.c.inc.desc(), outbox.c.seq.desc()).limit(1)
)
APPEND = Prepared(insert(outbox), "inc", "seq", "id", "kind", "at", "cart", "body", "prev", "hash", "status")
_WAITING = select(outbox).where(outbox.c.status == "waiting", outbox.c.inc == bindparam("life"))
WAITING = Prepared(_WAITING.order_by(outbox.c.seq).limit(bindparam("most")), "life", "most")
WAITING_AT = Prepared(_WAITING.where(outbox.c.seq == bindparam("number")), "life", "number")


def head(connection: Connection) -> Head:
    """Where the next operation goes on; incarnation 0 in a folder that was never enrolled."""
    row = HEAD.first(connection)
    return Head(row.inc, row.seq, row.hash) if row is not None else Head(0, 0, "")


def append(connection: Connection, operations: Iterable[Written]) -> Due | None:
    """Give the next numbers and hashes, in the transaction of the effect; what was written, as it will travel."""
    begun = at = head(connection)
    ops, rows = [], []
    for one in operations:
        sent = _as_sent(one.id, one.kind, one.at, one.cart, one.body)
        prev, at = at.hash, Head(at.inc, at.seq + 1, chain.link(at.hash, sent))
        ops.append(sent)
        row = {**sent, "body": json.dumps(one.body, ensure_ascii=False, separators=(",", ":"))}
        del row["ver"]
        rows.append({**row, "inc": at.inc, "seq": at.seq, "prev": prev, "hash": at.hash, "status": "waiting"})
    if not rows:
        return None
    APPEND.run_all(connection, rows)
    return Due(at.inc, begun.seq + 1, at.seq, ops, begun.hash, at.hash)


def unsent_in(due: Due) -> list[Unsent]:
    return [_unsent(sent["kind"], sent["cart"], sent["body"], sent["at"]) for sent in due.ops]


def _unsent(kind: str, cart: str | None, body: Mapping[str, Any], at: int) -> Unsent:
    return Unsent(kind, cart or "", str(body.get("line", "")), at)


def _as_sent(id: str, kind: str, at: int, cart: str | None, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "kind": kind, "ver": 1, "at": at, "cart": cart, "body": body}


def operation(row: Row[Any]) -> dict[str, Any]:
    """The operation of a row exactly as it travels."""
    return _as_sent(row.id, row.kind, row.at, row.cart, json.loads(row.body))


def through(connection: Connection) -> int:
    """The last number of this incarnation up to which the hub has answered everything."""
    at = head(connection)
    first = connection.execute(
        select(func.min(outbox.c.seq)).where(outbox.c.status == "waiting", outbox.c.inc == at.inc)
    ).scalar()
    return at.seq if first is None else int(first) - 1


def waits(connection: Connection) -> bool:
    """Whether the hub has still to hear something of this incarnation."""
    return through(connection) < head(connection).seq


def batch(connection: Connection, ops_max: int = OPS_BATCH_MAX, bytes_max: int = BATCH_BYTES_MAX) -> Due | None:
    """The next batch, or None where nothing waits. One operation that is larger travels alone."""
    inc = head(connection).inc
    chosen: list[Row[Any]] = []
    weight = 0
    for row in WAITING.all(connection, life=inc, most=ops_max):
        weight += len(row.body.encode()) + ENVELOPE_BYTES
        if chosen and (weight > bytes_max or row.seq != chosen[-1].seq + 1):
            break
        chosen.append(row)
    if not chosen:
        return None
    first, last = chosen[0], chosen[-1]
    return Due(inc, first.seq, last.seq, [operation(row) for row in chosen], first.prev, last.hash)


def settle(
    connection: Connection, inc: int, results: Iterable[Mapping[str, Any]]
) -> list[tuple[Row[Any], Mapping[str, Any]]]:
    """Keep the hub's answers about an incarnation; the rows that they settle now, each with its answer. A gap settles
    nothing."""
    settled = []
    for result in results:
        if result.get("status") not in SETTLED:
            continue
        this = (outbox.c.inc == inc, outbox.c.seq == result["seq"], outbox.c.status == "waiting")
        row = WAITING_AT.first(connection, life=inc, number=result["seq"])
        if row is None:
            continue
        text = json.dumps(dict(result), ensure_ascii=False)
        # That somebody else pays is said at once, and is nothing that stays to be looked at.
        seen = (result.get("error") or {}).get("code") in LEASE_CODES
        values = {"status": result["status"], "result": text, "seen": int(seen)}
        connection.execute(update(outbox).where(*this).values(values))
        settled.append((row, result))
    return settled


def disputed(connection: Connection, cart: str, lines: Collection[str], through: int) -> set[str]:
    """Those of the lines about which the hub's copy of the cart is not the last word.

    It does not contain what came after number `through` (an `attach` moves all lines), and the hub refused something
    about the line for what it was: what is physically in the hand then only the terminal knows. What was refused
    because the line was taken away has changed nothing, so no copy waits for it.
    """
    refused = outbox.c.status.in_(("rejected", "conflict"))
    late = and_(outbox.c.inc == head(connection).inc, outbox.c.seq > through, ~refused)
    rows = connection.execute(
        select(outbox.c.kind, outbox.c.body, outbox.c.result, late.label("late")).where(
            outbox.c.cart == cart, or_(late, refused)
        )
    )
    found: set[str] = set()
    for row in rows:
        if row.kind == "cart.attach" and row.late:
            return set(lines)
        error = json.loads(row.result or "{}").get("error") or {}
        if row.late or error.get("code") not in TAKEN_AWAY:
            found.add(str(json.loads(row.body).get("line", "")))
    return found.intersection(lines)


def unsent_of(row: Row[Any]) -> Unsent:
    return _unsent(row.kind, row.cart, json.loads(row.body), row.at)


def send_again_after(connection: Connection, seq: int) -> int:
    """The hub knows nothing after `seq`: what it once answered travels again, under the same ids. How many."""
    inc = head(connection).inc
    done = connection.execute(
        update(outbox)
        .where(outbox.c.inc == inc, outbox.c.seq > seq, outbox.c.status.in_(SETTLED))
        .values(status="waiting", result=None)
    )
    return done.rowcount


def begin(connection: Connection, dev: str, inc: int, known_inc: int = 0, known_seq: int = 0) -> int:
    """Begin a new incarnation. What waits, and what came after the last number that the hub knows of an older one,
    travels once more under new numbers with the same ids. How many operations."""
    unknown = (outbox.c.inc > known_inc) | ((outbox.c.inc == known_inc) & (outbox.c.seq > known_seq))
    carried = outbox.c.seq > 0, outbox.c.inc < inc, outbox.c.status != "moved", (outbox.c.status == "waiting") | unknown
    beginning = {"inc": inc, "seq": 0, "id": f"origin-{inc}", "kind": "", "at": 0, "body": "{}", "prev": ""}
    connection.execute(insert(outbox).values(**beginning, hash=chain.origin(dev, inc), status="origin"))
    again = 0
    at = (0, 0)
    while page := connection.execute(
        select(outbox).where(*carried, tuple_(outbox.c.inc, outbox.c.seq) > at).order_by(*PLACE).limit(CARRIED_AT_ONCE)
    ).all():
        at = (page[-1].inc, page[-1].seq)
        judged = [(row, fits(row)) for row in page]
        sound = [row for row, good in judged if good]
        append(connection, [Written(row.id, row.kind, row.at, row.cart, json.loads(row.body)) for row in sound])
        _leave(connection, sound, "moved", None)
        _leave(connection, [row for row, good in judged if not good], "rejected", CHANGED)
        again += len(sound)
    return again


def _leave(connection: Connection, rows: Iterable[Row[Any]], status: str, error: Mapping[str, Any] | None) -> None:
    """These rows are of the past now; with an error they stay before a person."""
    values = [
        {"of": row.inc, "n": row.seq, "as_": status, "said": json.dumps({"error": error}) if error else row.result}
        for row in rows
    ]
    if values:
        connection.execute(LEAVE, values)


def fits(row: Row[Any]) -> bool:
    """Whether the operation is still the one that its hash was taken of."""
    try:
        return bool(chain.link(row.prev, operation(row)) == row.hash)
    except (ValueError, TypeError):
        return False


def changed(connection: Connection) -> tuple[int, int] | None:
    """Incarnation and number of the first row that somebody has changed, among those that the hub has still to hear
    and the newest; None where all is as it was written."""
    at = head(connection)
    first = through(connection) + 1
    # The row before is only the hash that the first one has to follow; the newest is looked at in any case.
    query = select(outbox).where(outbox.c.inc == at.inc, outbox.c.seq >= min(first, at.seq) - 1).order_by(outbox.c.seq)
    prev: Row[Any] | None = None
    for row in connection.execute(query.execution_options(yield_per=CARRIED_AT_ONCE)):
        if prev is not None and (row.seq != prev.seq + 1 or row.prev != prev.hash or not fits(row)):
            return row.inc, row.seq
        prev = row
    return None


def troubles(connection: Connection) -> list[dict[str, Any]]:
    """What the hub refused and nobody has looked at yet, newest first."""
    query = (
        select(outbox)
        .where(outbox.c.status.in_(("rejected", "conflict")), outbox.c.seen == 0)
        .order_by(outbox.c.inc.desc(), outbox.c.seq.desc())
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
    """Somebody has looked at the newest trouble of this number."""
    refused = (outbox.c.seq == seq, outbox.c.seen == 0, outbox.c.status.in_(("rejected", "conflict")))
    newest = select(func.max(outbox.c.inc)).where(*refused).scalar_subquery()
    connection.execute(update(outbox).where(*refused, outbox.c.inc == newest).values(seen=1))
