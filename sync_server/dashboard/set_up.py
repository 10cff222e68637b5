"""What a manager does with a terminal: make the one-time code that sets it up, or withdraw it at once."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Row

from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.realtime.handlers import STAFF_COOKIE
from sync_server.sign_in import SignIn
from sync_server.terminals import enrolment
from sync_server.terminals.presence import Presence
from ui_kit.drawings import qr_path


def add_set_up(made: Blueprint, db: Database, sign_in: SignIn, presence: Presence, clock: Callable[[], int]) -> None:
    """Add `POST /terminals/<terminal>/code` and `.../withdraw`, for managers of the terminal's store."""

    def manager() -> Row[Any]:
        member = sign_in.member(request.cookies.get(STAFF_COOKIE, ""))
        if member is None or member.role != "manager":
            raise NotAllowed()
        return member

    @made.post("/terminals/<terminal>/code")
    def code(terminal: str) -> Response:
        member, now = manager(), clock()
        made = db.write(lambda session: enrolment.make_code(session, terminal, member.id, now, member.store))
        path, size = qr_path(scanned(made["code"]))
        response = jsonify(made | {"svg_path": path, "svg_size": size})
        response.headers["Cache-Control"] = "no-store"
        return response

    @made.post("/terminals/<terminal>/withdraw")
    def withdraw(terminal: str) -> Response:
        member, now = manager(), clock()
        db.write(lambda session: enrolment.revoke(session, terminal, member.id, now, member.store))
        presence.changed(member.store)
        return jsonify(ok=True)


def scanned(code: str) -> str:
    """What the picture beside a code holds: with it the hub's address, unless only this machine knows it by that."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    try:
        own = ip_address(host).is_loopback
    except ValueError:
        own = host == "localhost"
    return code if own else f"{request.host_url.rstrip('/')} {code}"
