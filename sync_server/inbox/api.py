"""`POST /v1/ops`: the same operations as over the socket, for a terminal that has much to tell."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from pydantic import Field
from sqlalchemy.orm import Session

from retail.cart import Actor
from retail.messages import Batch, Key, parse
from sync_server.catalogue.api import bearer
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.inbox import handlers, service
from sync_server.terminals.presence import Presence


class PostedBatch(Batch):
    """A batch that says whose it is; `dev` has to be the terminal of the token."""

    dev: Key
    inc: int = Field(default=1, ge=1, le=10**9)


def inbox_blueprint(db: Database, presence: Presence, clock: Callable[[], int]) -> Blueprint:
    made = Blueprint("inbox", __name__)

    @made.post("/v1/ops")
    def ops() -> dict[str, Any]:
        terminal = db.read(bearer)
        batch, now = parse(PostedBatch, request.get_json(silent=True)), clock()
        if batch.dev != terminal.id:
            raise NotAllowed()
        service.check_size(batch)
        device = service.Device(terminal.id, batch.inc, Actor(terminal.id, terminal.kind), store=terminal.store)

        def command(session: Session) -> dict[str, Any]:
            return service.accept(session, device, batch, handlers.carry, now)

        answer = db.write(command)
        presence.worked(device)
        return answer

    return made
