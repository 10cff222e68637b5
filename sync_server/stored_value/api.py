"""The shopper's door to the ledger of store credit: `GET /v1/credit`."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.realtime.handlers import SHOPPER_COOKIE
from sync_server.stored_value import shown


def credit_blueprint(db: Database, clock: Callable[[], int]) -> Blueprint:
    """For who is signed in by cookie."""
    made = Blueprint("credit", __name__)

    @made.get("/v1/credit")
    def credit() -> Response:
        token, now = request.cookies.get(SHOPPER_COOKIE, ""), clock()

        def query(session: Session) -> bytes:
            shopper = customers.signed_in(session, "shopper", token, now)
            if not shopper:
                raise NotAllowed()
            return orjson.dumps(shown.credit(session, shopper))

        return Response(db.read(query), mimetype="application/json", headers={"Cache-Control": "no-store"})

    return made
