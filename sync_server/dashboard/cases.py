"""What a manager does with a case that needs a person: close it with a reason, or have it carried out again."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.messages import Message, parse
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.inbox import replay as replays
from sync_server.inbox import service as inbox
from sync_server.inbox.handlers import carry
from sync_server.realtime.handlers import STAFF_COOKIE
from sync_server.sign_in import SignIn
from sync_server.staff import service as staff
from sync_server.terminals.presence import Presence
from sync_server.vouchers.key import CodeKey


class Settled(Message):
    """How an exception was settled, in the manager's words."""

    reason: str = Field(min_length=3, max_length=400)


def add_cases(
    made: Blueprint,
    db: Database,
    sign_in: SignIn,
    presence: Presence,
    clock: Callable[[], int],
    load_key: Callable[[], CodeKey],
) -> None:
    """Add `POST /exceptions/<number>/close` and `.../replay`, for managers."""

    def manager() -> Row[Any]:
        member = sign_in.member(request.cookies.get(STAFF_COOKIE, ""))
        if member is None or member.role != "manager":
            raise NotAllowed()
        return member

    @made.post("/exceptions/<int:number>/close")
    def close(number: int) -> Response:
        member = manager()
        given, now = parse(Settled, request.get_json(silent=True)), clock()

        def command(session: Session) -> None:
            inbox.close_exception(session, member.store, number, member.id, given.reason, now)
            staff.note(session, "dashboard", "exception.closed", member.id, {"id": number, "reason": given.reason}, now)

        db.write(command)
        presence.changed(member.store)
        return jsonify(ok=True)

    @made.post("/exceptions/<int:number>/replay")
    def replay(number: int) -> Response:
        member, now, again = manager(), clock(), partial(carry, key=load_key())
        refused = db.write(lambda session: replays.replay(session, member.store, number, member.id, again, now))
        # Also a try that was refused again is news for the other managers.
        presence.changed(member.store)
        if refused is not None:
            raise refused
        return jsonify(ok=True)
