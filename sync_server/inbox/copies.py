"""The door for terminals: an old copy or a clone of a terminal is noticed before it has said anything else, and so is
an old copy of the hub itself, when a terminal was answered more than the hub remembers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from retail.errors import RetailError
from retail.messages import Hail
from sync_server.db import Database
from sync_server.inbox import proof, service
from sync_server.inbox.service import Device
from sync_server.inbox.tables import devices
from sync_server.outbox import life


def check(db: Database, device: Device, hail: Hail, now: int) -> None:
    """Raise `DeviceForked` where this terminal is not the one that the hub knows, and tell a manager once."""

    def look(session: Session) -> tuple[RetailError | None, bool]:
        row = session.execute(select(devices).where(devices.c.dev == device.dev)).first()
        if row is None or row.public_key in ("", proof.WITHDRAWN) or hail.inc != row.inc:
            return None, False
        forgotten = hail.through > row.last_seq and not life.overtaken(session, hail.life)
        return proof.copy_fault(session, row, hail), forgotten

    if hail.app not in ("till", "kiosk"):
        return
    fault, forgotten = db.read(look)
    if forgotten:
        source = f"{device.dev}/{device.inc}/{hail.through}"
        db.write(lambda session: life.renew(session, source, now))
    if fault is not None:
        theirs = {"last_seq": hail.last_seq, "chain": hail.chain, "through": hail.through}
        db.write(lambda session: service.note_fault(session, device, fault, theirs, now))
        raise fault
