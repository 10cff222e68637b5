"""Carrying a refused operation out after all, exactly as its device sent it, on a manager's word."""

from typing import Any

import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from retail.cart import Actor
from retail.errors import N_, MessageError, RetailError
from retail.messages import Operation, parse
from sync_server.errors import ExceptionGone, OperationFailed, is_store_failure
from sync_server.inbox.service import DEVICE_LOCKED, Carry, Device, close_exception
from sync_server.inbox.tables import exceptions, operations, replays
from sync_server.prepared import Savepoint
from sync_server.staff import service as staff
from sync_server.terminals import queries as terminals

log = structlog.get_logger()


def replay(session: Session, store: str, number: int, member: str, carry: Carry, now: int) -> RetailError | None:
    """Carry out the operation of an open case: None where it succeeded and the case is settled, else why it was
    refused again; then the case stays open and says so.

    The device keeps the answer that it was given. `ExceptionGone` where somebody else has settled the case.
    """
    # Who comes second waits here until the first has committed, and then finds the case closed.
    here = (exceptions.c.id == number, exceptions.c.store == store, exceptions.c.kind == "rejected")
    row = session.execute(select(exceptions).where(*here).with_for_update()).first()
    if row is None or row.closed_at is not None:
        raise ExceptionGone()
    told = {name: list(kept) if isinstance(kept, list) else kept for name, kept in session.info.items()}
    try:
        with Savepoint(session):
            _carry_out(session, row, member, carry, now)
    except Exception as error:
        if is_store_failure(error):
            raise
        # Nobody is told of what was undone.
        session.info.clear()
        session.info.update(told)
        return _refused_again(session, row, member, error, now)
    close_exception(session, store, number, member, "", now, how="replayed")
    staff.note(session, "dashboard", "exception.replayed", member, {"id": number, "source": row.source}, now)
    return None


def _carry_out(session: Session, row: Row[Any], member: str, carry: Carry, now: int) -> None:
    dev, inc, seq = row.source.rsplit("/", 2)
    device = _device(session, row, dev, int(inc))
    operation = parse(Operation, row.detail["sent"])
    # As for every operation the device's row comes first, so that two of them never wait for each other.
    DEVICE_LOCKED.first(session, name=dev)
    result = carry(session, device, int(seq), operation, now)
    session.execute(
        insert(replays).values(exception=row.id, dev=dev, inc=int(inc), seq=int(seq), result=result, by=member, at=now)
    )
    # From now on the id belongs to this operation, as if it had not been refused.
    one = (operations.c.dev == dev, operations.c.inc == int(inc), operations.c.seq == int(seq))
    session.execute(update(operations).where(*one).values(id=str(operation.id), kind=operation.kind))


def _device(session: Session, row: Row[Any], dev: str, inc: int) -> Device:
    """Who sent it, as it was then."""
    channel, shopper = row.detail.get("channel"), row.detail.get("shopper", "")
    if channel is None:
        place = terminals.places(session).get(dev)
        channel = place["kind"] if place else "online"
    return Device(dev, inc, Actor(dev, channel), store=row.store, shopper=shopper)


def _refused_again(session: Session, row: Row[Any], member: str, error: Exception, now: int) -> RetailError:
    refused = error if isinstance(error, RetailError) else OperationFailed()
    if isinstance(error, IntegrityError) and "operations" in str(error.orig):
        refused = MessageError("message.id_used", N_("An operation with this id was already carried out."))
    elif refused is not error:
        log.exception("replay failed", source=row.source, exc_info=error)
    tried = {"tried_at": now, "tried_by": member, "tried_error": refused.as_dict()}
    session.execute(update(exceptions).where(exceptions.c.id == row.id).values(**tried))
    detail = {"id": row.id, "source": row.source, "code": refused.code}
    staff.note(session, "dashboard", "exception.refused_again", member, detail, now)
    return refused
