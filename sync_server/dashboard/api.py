"""The manager's pages: sign in by number and PIN, then one page that is live."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.errors import N_
from retail.messages import Message, parse
from sync_server.db import Database
from sync_server.errors import ForeignPage, NotAllowed
from sync_server.inbox import replay as replays
from sync_server.inbox import service as inbox
from sync_server.inbox.handlers import carry
from sync_server.realtime.handlers import STAFF_COOKIE, Handlers
from sync_server.sign_in import STAFF_SESSION_MS, SignIn
from sync_server.staff import service as staff
from sync_server.terminals.presence import Presence
from ui_kit.blueprint import page


class Credentials(Message):
    number: str = Field(min_length=1, max_length=8)
    pin: str = Field(min_length=1, max_length=12)


class Settled(Message):
    """How an exception was settled, in the manager's words."""

    reason: str = Field(min_length=3, max_length=400)


def dashboard_blueprint(
    db: Database, sign_in: SignIn, handlers: Handlers, presence: Presence, clock: Callable[[], int]
) -> Blueprint:
    """`/manage`, its sign-in, and what a manager settles there."""
    made = Blueprint("dashboard", __name__, url_prefix="/manage")

    @made.before_request
    def refuse_foreign() -> None:
        # A browser names the page that posts; another site's form must sign nobody in or out.
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
            raise ForeignPage()

    @made.get("")
    def today() -> Response:
        member = sign_in.member(request.cookies.get(STAFF_COOKIE, ""))
        boot: dict[str, Any] = {"staff": None, "store": ""}
        if member is not None:
            boot = {"staff": {"id": member.id, "names": member.names, "role": member.role}, "store": member.store}
        return page(
            title="Omnitill", module="manage/main.js", surface="dashboard", boot=boot, styles=["manage/manage.css"]
        )

    @made.post("/sign-in")
    def enter() -> Response:
        given = parse(Credentials, request.get_json(silent=True))
        _, token = sign_in.manager(given.number, given.pin)
        response = jsonify(ok=True)
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            STAFF_COOKIE,
            token,
            max_age=STAFF_SESSION_MS // 1000,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        return response

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
        member, now = manager(), clock()
        refused = db.write(lambda session: replays.replay(session, member.store, number, member.id, carry, now))
        # Also a try that was refused again is news for the other managers.
        presence.changed(member.store)
        if refused is not None:
            raise refused
        return jsonify(ok=True)

    @made.post("/sign-out")
    def leave() -> Response:
        token = request.cookies.get(STAFF_COOKIE, "")
        sign_in.end(token)
        handlers.kick(token, "signed_out", N_("You signed out."))
        response = jsonify(ok=True)
        response.delete_cookie(STAFF_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
        return response

    return made
