"""Exactly once: an operation is carried out with its number in one transaction, and a repeat gets the stored answer."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import structlog
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from retail import chain
from retail.cart import Actor
from retail.codec import canonical, digest
from retail.errors import (
    N_,
    CouponRefused,
    MessageError,
    RetailError,
    ReturnRefused,
    StoredValueRefused,
    VoucherError,
)
from retail.lease import LEASE_CODES
from retail.messages import BATCH_BYTES_MAX, BODIES, Batch, Operation, parse
from sync_server.db import insert_if_absent
from sync_server.errors import (
    BadSignature,
    DeviceForked,
    ExceptionGone,
    LeavesTrace,
    NotEnrolled,
    OperationFailed,
    is_store_failure,
)
from sync_server.inbox import proof
from sync_server.inbox.proof import Sent
from sync_server.inbox.tables import devices, exceptions, operations
from sync_server.prepared import Prepared, Savepoint

log = structlog.get_logger()


DONE = "done"
"""Where a session keeps what came of its operations, to be counted once it is committed: `[(kind, outcome)]`."""

DEVICE_LOCKED = Prepared(select(devices).where(devices.c.dev == bindparam("name")).with_for_update(), "name")
DEVICE_THROUGH = Prepared(
    update(devices)
    .where(devices.c.dev == bindparam("name"))
    .values(last_seq=bindparam("through"), chain=bindparam("head")),
    "name",
    "through",
    "head",
)
STORE = Prepared(insert(operations).inline(), "dev", "inc", "seq", "id", "kind", "hash", "chain", "result", "at")


@dataclass(frozen=True, slots=True)
class Device:
    """Who sends: an enrolled terminal, or a shopper's browser; `shopper` is empty for a terminal."""

    dev: str
    inc: int
    actor: Actor
    store: str = ""
    shopper: str = ""


AT_THE_COUNTER = (CouponRefused, ReturnRefused, StoredValueRefused, VoucherError)
"""Refusals that are settled where they are met, between the cashier and the shopper."""

FAULTS = {DeviceForked.code: "fork", BadSignature.code: "bad_signature"}
"""The kinds of exceptions for batches that are refused as a whole."""

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


def never() -> bool:
    return False


def accept(
    session: Session, device: Device, batch: Batch, carry: Carry, now: int, pause: Callable[[], bool] = never
) -> dict[str, Any]:
    """Carry out the operations of a batch, in order: `{last_seq, results}`; `{error}` where the batch as a whole is
    refused because it is not what this terminal has signed, and then nothing of it was done.

    It ends early where there is to be a `pause` after an operation (`inbox.parts`).
    """
    row = _lock(session, device)
    digests = [digest(raw) for raw in batch.ops]
    chains = chain.links(batch.prev, digests) if row.public_key else [""] * len(digests)
    sent = [
        Sent(seq, raw, of, at) for seq, raw, of, at in zip(count(batch.seq0), batch.ops, digests, chains, strict=False)
    ]
    if row.public_key and sent:
        fault = proof.fault(session, row, batch, sent)
        if fault is not None:
            theirs = {"seq0": batch.seq0, "last_seq": sent[-1].seq, "chain": sent[-1].chain}
            note_fault(session, device, fault, theirs, now)
            return {"error": fault.as_dict()}
    last, head = row.last_seq, row.chain
    results: list[dict[str, Any]] = []
    for one in sent:
        if one.seq > last + 1:
            results.append({"seq": one.seq, "status": "gap"})
        elif one.seq <= last:
            results.append(_again(session, device, one, now))
        else:
            results.append(_first_time(session, device, one, carry, now))
            last, head = one.seq, one.chain
        if pause():
            break
    if last != row.last_seq:
        DEVICE_THROUGH.run(session, name=device.dev, through=last, head=head)
    session.info[DONE] = [(_kind(one.raw), _outcome(done)) for one, done in zip(sent, results, strict=False)]
    return {"last_seq": last, "results": results}


def _kind(raw: Any) -> str:
    """The kind of an operation where it is one that we know: a stranger's words make no new figures."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    return kind if isinstance(kind, str) and kind in BODIES else "unknown"


def _outcome(row: dict[str, Any]) -> str:
    return "dup" if row.get("dup") else str(row["status"])


def _lock(session: Session, device: Device) -> Any:
    """Hold the device's row until the commit: what the hub has of it."""
    row = DEVICE_LOCKED.first(session, name=device.dev)
    if row is None:
        insert_if_absent(session, devices, dev=device.dev, inc=device.inc, last_seq=0)
        row = DEVICE_LOCKED.first(session, name=device.dev)
    if device.inc < row.inc:
        raise MessageError(
            "device.old_incarnation",
            N_("This device was set up anew since. Close this copy and use the newer one."),
        )
    if device.inc > row.inc and row.public_key:
        # A terminal's incarnation comes from the hub: nobody but us can have given it a higher one.
        raise NotEnrolled()
    if device.inc > row.inc:
        session.execute(update(devices).where(devices.c.dev == device.dev).values(inc=device.inc, last_seq=0))
        row = DEVICE_LOCKED.first(session, name=device.dev)
    return row


def known(session: Session, dev: str) -> tuple[int, int]:
    """The incarnation in which the hub knows a device, and its last number in it; `(0, 0)` for a new one."""
    row = DEVICE_LOCKED.first(session, name=dev)
    return (row.inc, row.last_seq) if row is not None else (0, 0)


def begin_incarnation(session: Session, dev: str, inc: int, public_key: str) -> None:
    """From now on this device is who signs with this key, numbering from 1; all that it was before is out of date."""
    begun = {"inc": inc, "last_seq": 0, "chain": chain.origin(dev, inc), "public_key": public_key}
    if not insert_if_absent(session, devices, dev=dev, **begun):
        session.execute(update(devices).where(devices.c.dev == dev).values(**begun))


def _again(session: Session, device: Device, sent: Sent, now: int) -> dict[str, Any]:
    stored = session.execute(
        select(operations.c.hash, operations.c.result).where(
            operations.c.dev == device.dev, operations.c.inc == device.inc, operations.c.seq == sent.seq
        )
    ).first()
    if stored is None or stored.hash != sent.hash:
        _note_conflict(session, device, sent.seq, sent.raw, now)
        return {"seq": sent.seq, "status": "conflict"}
    return {**stored.result, "seq": sent.seq, "dup": True}


def _first_time(session: Session, device: Device, sent: Sent, carry: Carry, now: int) -> dict[str, Any]:
    operation: Operation | None = None
    told = {name: list(kept) if isinstance(kept, list) else kept for name, kept in session.info.items()}
    try:
        operation = parse(Operation, sent.raw)
        # What a refused operation had begun is undone by the savepoint; its number and its refusal are kept.
        with Savepoint(session):
            outcome: dict[str, Any] = {"status": "ok", "result": carry(session, device, sent.seq, operation, now)}
            _store(session, device, sent, operation, outcome, now)
    except Exception as error:
        if is_store_failure(error):
            # Nothing of the batch is kept or answered, and the device sends it again.
            raise
        # Nor is anybody told of what was undone.
        session.info.clear()
        session.info.update(told)
        outcome = _carried_over(session, device, sent, operation, now) or _rejection(
            session, device, sent, operation, error, now
        )
    return {**outcome, "seq": sent.seq}


def _store(
    session: Session, device: Device, sent: Sent, operation: Operation | None, outcome: dict[str, Any], now: int
) -> None:
    row = {
        "dev": device.dev,
        "inc": device.inc,
        "seq": sent.seq,
        "id": str(operation.id) if operation is not None else None,
        "kind": operation.kind if operation is not None else "",
        "hash": sent.hash,
        "chain": sent.chain,
        "result": outcome,
        "at": now,
    }
    STORE.run(session, **row)


def _carried_over(
    session: Session, device: Device, sent: Sent, operation: Operation | None, now: int
) -> dict[str, Any] | None:
    """The stored answer for an operation that this device sent before it was set up anew and never heard of: it
    travels again under a number of the new incarnation, and is not done again. None where it is none of these."""
    if operation is None:
        return None
    before = session.execute(
        select(operations).where(operations.c.id == str(operation.id), operations.c.dev == device.dev)
    ).first()
    if before is None or before.inc >= device.inc or before.hash != sent.hash:
        return None
    outcome: dict[str, Any] = before.result
    _store(session, device, sent, None, outcome, now)
    return {**outcome, "dup": True}


def _rejection(
    session: Session, device: Device, sent: Sent, operation: Operation | None, error: Exception, now: int
) -> dict[str, Any]:
    """Keep the refusal under the operation's number. What a till said is never lost: a person finds its words."""
    if isinstance(error, LeavesTrace):
        error.trace(session)
        error = error.refused
    refused = error if isinstance(error, RetailError) else OperationFailed()
    if operation is not None and _is_used(session, operation):
        refused = MessageError("message.id_used", N_("An operation with this id was already carried out."))
    elif refused is not error:
        log.exception("operation failed", dev=device.dev, seq=sent.seq, exc_info=error)
    outcome = {"status": "rejected", "error": refused.as_dict()}
    # The id stays with the operation that was carried out under it, so a refused one is stored without.
    _store(session, device, sent, None, outcome, now)
    log.info("operation rejected", dev=device.dev, seq=sent.seq, code=refused.code, sentence=refused.sentence)
    # A phone's refusals are everyday (its shopper reads them), and so are a second payer's, those of returns and those
    # of coupons and gift cards, whose codes must not lie in a case; a fault of ours is looked at whoever met it.
    everyday = device.actor.channel == "online" or refused.code in LEASE_CODES or isinstance(refused, AT_THE_COUNTER)
    if not everyday or isinstance(refused, OperationFailed):
        shopper = {"channel": device.actor.channel, "shopper": device.shopper}
        detail = {"sent": _without_codes(sent.raw), "error": refused.as_dict(), **shopper}
        open_exception(session, device.store, "rejected", f"{device.dev}/{device.inc}/{sent.seq}", detail, now)
    return outcome


def _without_codes(raw: Any) -> Any:
    """What a device said, without the codes of gift cards: whoever reads a case would have the money."""
    body = raw.get("body") if isinstance(raw, dict) else None
    if not isinstance(body, dict) or not isinstance(body.get("cards"), dict):
        return raw
    cards: dict[str, Any] = body["cards"]
    kept = {name: {**one, "code": ""} if isinstance(one, dict) else {} for name, one in cards.items()}
    return {**raw, "body": {**body, "cards": kept}}


def _is_used(session: Session, operation: Operation) -> bool:
    return session.scalar(select(operations.c.seq).where(operations.c.id == str(operation.id))) is not None


def _note_conflict(session: Session, device: Device, seq: int, raw: Any, now: int) -> None:
    # What a phone makes of its numbers is one case for its shopper: thousands would bury those of the tills.
    source = device.shopper or f"{device.dev}/{device.inc}/{seq}"
    open_exception(session, device.store, "conflict", source, {"sent": _without_codes(raw)}, now)


def note_fault(session: Session, device: Device, fault: RetailError, theirs: dict[str, Any], now: int) -> None:
    """Tell a manager, once for each incarnation, that two copies of a terminal speak or that somebody speaks in its
    name. A terminal that was withdrawn on purpose is no news."""
    kind = FAULTS.get(fault.code)
    if kind is None:
        return
    row = session.execute(select(devices).where(devices.c.dev == device.dev)).one()
    detail = {"theirs": theirs, "ours": {"last_seq": row.last_seq, "chain": row.chain}, "error": fault.as_dict()}
    if open_exception(session, device.store, kind, f"{device.dev}/{device.inc}", detail, now):
        log.error("terminal refused", dev=device.dev, inc=device.inc, code=fault.code, **detail)


def take_key(session: Session, dev: str, public_key: str) -> None:
    """Another key speaks for the device from now on, or nobody's."""
    session.execute(update(devices).where(devices.c.dev == dev).values(public_key=public_key))


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
