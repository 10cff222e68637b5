"""The shopper's door to the ledger: `GET /v1/points`."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from retail.loyalty.programme import NEVER
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.loyalty import shown
from sync_server.realtime.handlers import SHOPPER_COOKIE

LOT_LENGTH_MAX = 64


def points_blueprint(db: Database, clock: Callable[[], int]) -> Blueprint:
    """`GET /v1/points?before=VERSION&lot=LOT`, for who is signed in by cookie."""
    made = Blueprint("points", __name__)

    @made.get("/v1/points")
    def points() -> Response:
        token, now = request.cookies.get(SHOPPER_COOKIE, ""), clock()
        before, lot = request.args.get("before", 0, int), request.args.get("lot", "")[:LOT_LENGTH_MAX]

        def query(session: Session) -> bytes:
            shopper = customers.signed_in(session, "shopper", token, now)
            if not shopper:
                raise NotAllowed()
            return orjson.dumps(shown.account(session, shopper, now, min(max(0, before), NEVER), lot))

        return Response(db.read(query), mimetype="application/json", headers={"Cache-Control": "no-store"})

    return made
