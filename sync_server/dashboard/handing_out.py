"""Codes that leave the house: as bars to print, as a file to save, and with a word in the audit ledger each time."""

from typing import Any

from flask import Response
from sqlalchemy import Row

from sync_server.dashboard.doors import DEVICE, Doors
from sync_server.staff import service as staff
from ui_kit.drawings import code128_path


def bars_of(code: str) -> dict[str, Any]:
    """The code for a scanner, as a Code 128 without the signs between its groups."""
    path, width = code128_path(code.replace("-", ""))
    return {"path": path, "width": width}


def as_file(text: str, name: str) -> Response:
    """A file that the browser saves."""
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=head)


def note(doors: Doors, action: str, member: Row[Any], batch: str, first: int) -> None:
    """Whoever has seen codes could use them: the audit ledger says who that was."""
    now = doors.clock()
    detail = {"batch": batch, "first": first}
    doors.db.write(lambda session: staff.note(session, DEVICE, action, member.id, detail, now))
