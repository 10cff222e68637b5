"""Exactly once: an operation is carried out with its number in one transaction, and a repeat gets the stored answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from retail.cart import Actor
from retail.codec import canonical, digest
from retail.errors import N_, MessageError, RetailError
from retail.messages import BATCH_BYTES_MAX, BODIES, Batch, Operation, parse
from sync_server.db import insert_if_absent
from sync_server.errors import ExceptionGone, OperationFailed, is_store_failure
from sync_server.inbox.tables import devices, exceptions, operations
from sync_server.prepared import Prepared, Savepoint

log = structlog.get_logger()


DONE = "done"
"""Where a session keeps what came of its operations, to be counted once it is committed: `[(kind, outcome)]`."""

DEVICE_LOCKED = Prepared(select(devices).where(devices.c.dev == bindparam("name")).with_for_update(), "name")
DEVICE_THROUGH = Prepared(
    update(devices).where(devices.c.dev == bindparam("name")).values(last_seq=bindparam("through")), "name", "through"
)
STORE = Prepared(insert(operations).inline(), "dev", "inc", "seq", "id", "kind", "hash", "result", "at")


@dataclass(frozen=True, slots=True)
class Device:
    """Who sends: an enrolled terminal, or a shopper's browser; `shopper` is empty for a terminal."""

    dev: str
    inc: int
    actor: Actor
    store: str = ""
    shopper: str = ""


Carry = Callable[[Session, Device, int, Operation, int], dict[str, Any]]
"""Carries out one operation: `(session, device, seq, operation, now) -> result`."""


def last_seq(session: Session, dev: str, inc: int) -> int:
    """The last number that the hub has of a device in this incarnation."""
    row = session.execute(select(devices).where(devices.c.dev == dev)).first()
    return row.last_seq if row is not None and row.inc == inc else 0


def check_size(batch: Batch) -> None:
    """Refuse a batch that is too heavy; a single larger operation may travel alone."""
    if len(batch.ops) > 1 and len(canonical(batch.ops)) > BATCH_BYTES_MAX:
        raise MessageError(
            "message.batch_too_large",
            N_("A batch holds {limit} bytes at most. Nothing of it was done; send fewer operations at once."),
            limit=BATCH_BYTES_MAX,
        )


def accept(session: Session, device: Device, batch: Batch, carry: Carry, now: int) -> dict[str, Any]:
    """Carry out the operations of a batch, in order: `{last_seq, results}`."""
    last = _lock(session, device)
    results: list[dict[str, Any]] = []
    for seq, raw in enumerate(batch.ops, start=batch.seq0):
        if seq > last + 1:
            results.append({"seq": seq, "status": "gap"})
        elif seq <= last:
            results.append(_again(session, device, seq, raw, now))
        else:
            results.append(_first_time(session, device, seq, raw, carry, now))
            last = seq
    DEVICE_THROUGH.run(session, name=device.dev, through=last)
    session.info[DONE] = [(_kind(raw), _outcome(row)) for raw, row in zip(batch.ops, results, strict=True)]
    return {"last_seq": last, "results": results}


def _kind(raw: Any) -> str:
    """The kind of an operation where it is one that we know: a stranger's words make no new figures."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    return kind if isinstance(kind, str) and kind in BODIES else "unknown"


def _outcome(row: dict[str, Any]) -> str:
    return "dup" if row.get("dup") else str(row["status"])


def _lock(session: Session, device: Device) -> int:
    """Hold the device's row until the commit, and say which number it had last."""
    row = DEVICE_LOCKED.first(session, name=device.dev)
    if row is None:
        insert_if_absent(session, devices, dev=device.dev, inc=device.inc, last_seq=0)
        row = DEVICE_LOCKED.first(session, name=device.dev)
    if device.inc < row.inc:
        raise MessageError(
            "device.old_incarnation",
            N_("This device was set up anew since. Close this copy and use the newer one."),
        )
    if device.inc > row.inc:
        session.execute(update(devices).where(devices.c.dev == device.dev).values(inc=device.inc, last_seq=0))
        return 0
    last: int = row.last_seq
    return last


def _again(session: Session, device: Device, seq: int, raw: Any, now: int) -> dict[str, Any]:
    stored = session.execute(
        select(operations.c.hash, operations.c.result).where(
            operations.c.dev == device.dev, operations.c.inc == device.inc, operations.c.seq == seq
        )
    ).first()
    if stored is None or stored.hash != digest(raw):
        _note_conflict(session, device, seq, raw, now)
        return {"seq": seq, "status": "conflict"}
    return {**stored.result, "seq": seq, "dup": True}


def _first_time(session: Session, device: Device, seq: int, raw: Any, carry: Carry, now: int) -> dict[str, Any]:
    operation: Operation | None = None
    told = {name: list(kept) if isinstance(kept, list) else kept for name, kept in session.info.items()}
    try:
        operation = parse(Operation, raw)
        # What a refused operation had begun is undone by the savepoint; its number and its refusal are kept.
        with Savepoint(session):
            outcome: dict[str, Any] = {"status": "ok", "result": carry(session, device, seq, operation, now)}
            _store(session, device, seq, operation, raw, outcome, now)
    except Exception as error:
        if is_store_failure(error):
            # Nothing of the batch is kept or answered, and the device sends it again.
            raise
        # Nor is anybody told of what was undone.
        session.info.clear()
        session.info.update(told)
        outcome = _rejection(session, device, seq, operation, raw, error, now)
    return {**outcome, "seq": seq}


def _store(
    session: Session, device: Device, seq: int, operation: Operation | None, raw: Any, outcome: dict[str, Any], now: int
) -> None:
    row = {
        "dev": device.dev,
        "inc": device.inc,
        "seq": seq,
        "id": str(operation.id) if operation is not None else None,
        "kind": operation.kind if operation is not None else "",
        "hash": digest(raw),
        "result": outcome,
        "at": now,
    }
    STORE.run(session, **row)


def _rejection(
    session: Session, device: Device, seq: int, operation: Operation | None, raw: Any, error: Exception, now: int
) -> dict[str, Any]:
    """Keep the refusal under the operation's number. What a till said is never lost: a person finds its words."""
    refused = error if isinstance(error, RetailError) else OperationFailed()
    if operation is not None and _is_used(session, operation):
        refused = MessageError("message.id_used", N_("An operation with this id was already carried out."))
    elif refused is not error:
        log.exception("operation failed", dev=device.dev, seq=seq, exc_info=error)
    outcome = {"status": "rejected", "error": refused.as_dict()}
    # The id stays with the operation that was carried out under it, so a refused one is stored without.
    _store(session, device, seq, None, raw, outcome, now)
    log.info("operation rejected", dev=device.dev, seq=seq, code=refused.code, sentence=refused.sentence)
    # A phone's refusals are everyday (its shopper reads them); a fault of ours is looked at whoever met it.
    if device.actor.channel != "online" or isinstance(refused, OperationFailed):
        detail = {"sent": raw, "error": refused.as_dict(), "channel": device.actor.channel, "shopper": device.shopper}
        open_exception(session, device.store, "rejected", f"{device.dev}/{device.inc}/{seq}", detail, now)
    return outcome


def _is_used(session: Session, operation: Operation) -> bool:
    return session.scalar(select(operations.c.seq).where(operations.c.id == str(operation.id))) is not None


def _note_conflict(session: Session, device: Device, seq: int, raw: Any, now: int) -> None:
    open_exception(session, device.store, "conflict", f"{device.dev}/{device.inc}/{seq}", {"sent": raw}, now)


def open_exception(session: Session, store: str, kind: str, source: str, detail: dict[str, Any], now: int) -> bool:
    """Keep something for a person of the store to look at; it stays until somebody closes it with a reason.

    The same thing is one case however often it happens; whether it is new.
    """
    return insert_if_absent(session, exceptions, store=store, kind=kind, source=source, detail=detail, at=now)


def close_exception(
    session: Session, store: str, number: int, member: str, reason: str, now: int, how: str = "closed"
) -> None:
    """A member of staff has settled it and says how. Closed once is closed; the row stays for ever."""
    closed = session.execute(
        update(exceptions)
        .where(exceptions.c.id == number, exceptions.c.store == store, exceptions.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=member, closed_because=reason, closed_how=how)
    )
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        raise ExceptionGone()
