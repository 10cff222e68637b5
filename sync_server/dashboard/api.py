"""The manager's pages: sign in by number and PIN, then one page that is live."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from pydantic import Field

from retail.errors import N_
from retail.messages import Message, parse
from sync_server.dashboard.cards import add_cards
from sync_server.dashboard.cases import add_cases
from sync_server.dashboard.coupons import add_coupons
from sync_server.dashboard.customers import add_customers
from sync_server.dashboard.doors import Doors
from sync_server.dashboard.exchange import add_exchange
from sync_server.dashboard.liability import add_liability
from sync_server.dashboard.loyalty import add_loyalty
from sync_server.dashboard.promotions import add_promotions
from sync_server.dashboard.replays import add_replays
from sync_server.dashboard.set_up import add_set_up
from sync_server.db import Database
from sync_server.errors import ForeignPage
from sync_server.realtime.handlers import STAFF_COOKIE, Handlers
from sync_server.sign_in import STAFF_SESSION_MS, SignIn
from sync_server.terminals.presence import Presence
from sync_server.vouchers.key import CodeKey
from ui_kit.blueprint import page


class Credentials(Message):
    number: str = Field(min_length=1, max_length=8)
    pin: str = Field(min_length=1, max_length=12)


def dashboard_blueprint(
    db: Database,
    sign_in: SignIn,
    handlers: Handlers,
    presence: Presence,
    clock: Callable[[], int],
    load_key: Callable[[], CodeKey],
) -> Blueprint:
    """`/manage`, its sign-in, and what a manager settles and makes there."""
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
            title="Omnitill",
            module="manage/main.js",
            surface="dashboard",
            boot=boot,
            styles=["manage/manage.css", "manage/trade.css"],
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

    add_cases(made, db, sign_in, presence, clock, load_key)
    add_set_up(made, db, sign_in, presence, clock)
    doors = Doors(made, db, sign_in, clock, load_key)
    add_promotions(doors)
    add_replays(doors)
    add_coupons(doors)
    add_loyalty(doors)
    add_customers(doors)
    add_cards(doors)
    add_liability(doors)
    add_exchange(doors)

    @made.post("/sign-out")
    def leave() -> Response:
        token = request.cookies.get(STAFF_COOKIE, "")
        sign_in.end(token)
        handlers.kick(token, "signed_out", N_("You signed out."))
        response = jsonify(ok=True)
        response.delete_cookie(STAFF_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
        return response

    return made
