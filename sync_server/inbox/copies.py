"""The door for terminals: an old copy or a clone of a terminal is noticed before it has said anything else."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from retail.errors import RetailError
from retail.messages import Hail
from sync_server.db import Database
from sync_server.inbox import proof, service
from sync_server.inbox.service import Device
from sync_server.inbox.tables import devices


def check(db: Database, device: Device, hail: Hail, now: int) -> None:
    """Raise `DeviceForked` where this terminal is not the one that the hub knows, and tell a manager once."""

    def look(session: Session) -> RetailError | None:
        row = session.execute(select(devices).where(devices.c.dev == device.dev)).first()
        return None if row is None else proof.copy_fault(session, row, hail)

    if hail.app not in ("till", "kiosk"):
        return
    fault = db.read(look)
    if fault is not None:
        theirs = {"last_seq": hail.last_seq, "chain": hail.chain, "through": hail.through}
        db.write(lambda session: service.note_fault(session, device, fault, theirs, now))
        raise fault
