"""`POST /v1/enrol`: a terminal shows its one-time code and its public key."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from retail.messages import Enrol, parse
from sync_server.db import Database
from sync_server.terminals import enrolment


def enrolment_blueprint(db: Database, clock: Callable[[], int]) -> Blueprint:
    made = Blueprint("enrolment", __name__)

    @made.post("/v1/enrol")
    def enrol() -> Response:
        given, now = parse(Enrol, request.get_json(silent=True)), clock()
        # Counted in a transaction of its own: what a refusal undoes must not be the count of it.
        db.write(lambda session: enrolment.count_try(session, now))
        answer: dict[str, Any] = db.write(lambda session: enrolment.use_code(session, given, now))
        response = jsonify(answer)
        response.headers["Cache-Control"] = "no-store"
        return response

    return made
