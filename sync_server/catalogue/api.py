"""The terminals' HTTP door: reference data down, operations up, and the pictures of the goods."""

import gzip
from collections.abc import Callable
from typing import Any

import gevent
from flask import Blueprint, Response, request
from sqlalchemy import Row
from sqlalchemy.orm import Session

from sync_server.catalogue import pages, queries
from sync_server.db import Database
from sync_server.errors import NotEnrolled
from sync_server.terminals import queries as terminals

PICTURE_MAX_AGE_S = 3600
GZIP_LEVEL = 1
"""Six times smaller for a third of the time that the best one takes."""


def bearer(session: Session) -> Row[Any]:
    """The terminal that the request's `Authorization: Bearer` token was given to."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    row = terminals.by_token(session, token) if token else None
    if row is None:
        raise NotEnrolled()
    return row


def catalogue_blueprint(db: Database, clock: Callable[[], int]) -> Blueprint:
    """`GET /v1/reference` and `GET /pictures/NAME.svg`."""
    made = Blueprint("catalogue", __name__)

    @made.get("/v1/reference")
    def reference() -> Response:
        def query(session: Session) -> tuple[str, bytes]:
            terminal = bearer(session)
            asked = pages.standing(session, terminal, clock())
            etag = f'"{asked.epoch}.{asked.version}"'
            if request.headers.get("If-None-Match") == etag:
                return etag, b""
            body, last = pages.page(session, terminal, asked, _since())
            return etag if last else "", body

        etag, body = db.read(query)
        head = {"ETag": etag, "Vary": "Accept-Encoding"} if etag else {"Vary": "Accept-Encoding"}
        if not body:
            return Response(status=304, headers=head)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, head["Content-Encoding"] = gzip.compress(body, GZIP_LEVEL), "gzip"
        # Other people's scans go first: a large catalogue is many pages.
        gevent.sleep(0)
        return Response(body, mimetype="application/json", headers=head)

    @made.get("/pictures/<name>.svg")
    def picture(name: str) -> Response:
        drawing = db.read(lambda session: queries.picture(session, name))
        response = Response(drawing, mimetype="image/svg+xml")
        response.cache_control.max_age = PICTURE_MAX_AGE_S
        response.cache_control.public = True
        return response

    return made


def _since() -> pages.Place | None:
    """Where the terminal stands. What cannot be read is answered with the whole, which helps every terminal."""
    token = request.args.get("next", "")
    if token:
        return pages.place_from(token)
    since = request.args.get("since", 0, int)
    return pages.Place(pages.CHANGES, request.args.get("e", 0, int), since, pages.END) if since > 0 else None
