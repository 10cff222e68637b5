"""The terminals' HTTP door: reference data down, operations up, and the pictures of the goods."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import gevent
import orjson
from flask import Blueprint, Response, request
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from retail.errors import N_
from sync_server.catalogue import queries
from sync_server.catalogue.tables import stores
from sync_server.customers import queries as customers
from sync_server.db import Database
from sync_server.errors import SignInRefused
from sync_server.orders import queries as orders
from sync_server.staff import queries as staff
from sync_server.stock import queries as stock
from sync_server.terminals import queries as terminals

PICTURE_MAX_AGE_S = 3600
PRODUCTS_AT_ONCE = 500


def bearer(session: Session) -> Row[Any]:
    """The terminal that the request's `Authorization: Bearer` token was given to."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    row = terminals.by_token(session, token) if token else None
    if row is None:
        raise SignInRefused(
            "unauthorised", N_("This terminal is not enrolled, or its token was withdrawn. Enrol it again.")
        )
    return row


def catalogue_blueprint(db: Database) -> Blueprint:
    """`GET /v1/reference` and `GET /pictures/NAME.svg`."""
    made = Blueprint("catalogue", __name__)

    @made.get("/v1/reference")
    def reference() -> Response:
        def version(session: Session) -> int:
            terminal = bearer(session)
            return session.scalar(select(stores.c.reference).where(stores.c.id == terminal.store)) or 0

        etag = f'"{db.read(version)}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers={"ETag": etag})
        body = db.read(lambda session: b"".join(_reference(session, bearer(session))))
        return Response(body, mimetype="application/json", headers={"ETag": etag})

    @made.get("/pictures/<name>.svg")
    def picture(name: str) -> Response:
        drawing = db.read(lambda session: queries.picture(session, name))
        response = Response(drawing, mimetype="image/svg+xml")
        response.cache_control.max_age = PICTURE_MAX_AGE_S
        response.cache_control.public = True
        return response

    return made


def _reference(session: Session, terminal: Row[Any]) -> Iterator[bytes]:
    """The reference data of a terminal's store as JSON, products written one by one (docs/protocol.md)."""
    store = queries.store(session, terminal.store)
    head = {
        "version": session.scalar(select(stores.c.reference).where(stores.c.id == store.id)),
        "store": asdict(store),
        "terminal": {
            "id": terminal.id,
            "code": terminal.code,
            "kind": terminal.kind,
            "names": terminal.names,
            # A terminal that was set up anew goes on in its own series instead of using numbers twice.
            "first_sale": orders.last_counter(session, terminal.id) + 1,
        },
        "departments": [asdict(row) for row in queries.all_departments(session)],
        "taxes": [asdict(row) for row in queries.all_taxes(session)],
        "stock": stock.of_store(session, store.id),
        # Nobody signs in at a kiosk, and it stands among strangers: the hashes of PINs stay away from it.
        "staff": staff.of_store(session, store.id) if terminal.kind == "till" else [],
        "cards": customers.card_rows(session),
    }
    yield orjson.dumps(head)[:-1]
    yield b',"products":['
    for number, body in enumerate(queries.all_products(session)):
        if number % PRODUCTS_AT_ONCE == 0:
            # A large catalogue takes seconds, and other people's scans must not wait for it.
            gevent.sleep(0)
        yield (b"," if number else b"") + orjson.dumps(body)
    yield b"]}"
