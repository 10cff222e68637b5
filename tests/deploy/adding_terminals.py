"""Terminals that add without a pause, with an outbox: a number is given once and sent until it is answered."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import socketio
from hub_process import HubProcess, hang_up
from sqlalchemy import select
from talking_device import PIECES, operation, view

from sync_server.inbox.tables import operations

CALL_TIMEOUT_S = 10
FINISH_S = 60
PAUSE_S = 0.1


class Adder(threading.Thread):
    """One terminal: adds one piece after the other to one line of its own visit, whatever happens to the hub."""

    def __init__(self, hub: HubProcess, dev: str, token: str) -> None:
        super().__init__(name=dev, daemon=True)
        self.hub, self.dev, self.token = hub, dev, token
        self.visit, self.line = uuid.uuid4().hex, uuid.uuid4().hex
        self.answered, self.pending = 0, dict[str, Any]()
        self.kicked: list[str] = []
        self.breaks, self.failure = 0, ""
        self._news = threading.Condition()
        self._finish, self._within_ms = threading.Event(), 0

    def run(self) -> None:
        while not (self._finish.is_set() and not self.pending):
            client = socketio.Client(reconnection=False)
            client.on("kick", self._heard_kick)
            try:
                self._session(client)
            except (socketio.exceptions.SocketIOError, AssertionError) as error:
                self.breaks += 1
                if isinstance(error, AssertionError):
                    self.failure = str(error)
                    return
            finally:
                with suppress(Exception):
                    hang_up(client)
            pause_s = random.random() * self._within_ms / 1000 if self._within_ms else PAUSE_S
            self._within_ms = 0
            threading.Event().wait(pause_s)

    def _heard_kick(self, message: dict[str, Any]) -> None:
        self.kicked.append(message["code"])
        self._within_ms = message["params"].get("within_ms", 0)

    def _session(self, client: socketio.Client) -> None:
        auth = {"proto": [1, 1], "app": "till", "dev": self.dev, "inc": 1, "token": self.token}
        client.connect(self.hub.url, auth=auth, transports=["websocket"], wait_timeout=CALL_TIMEOUT_S)
        while client.connected and not (self._finish.is_set() and not self.pending):
            if not self.pending:
                body = {"line": self.line, "item": PIECES[0].id, "quantity": 1000}
                self.pending = operation("cart.add", self.visit, **body)
            answer = client.call("ops", {"seq0": self.answered + 1, "ops": [self.pending]}, timeout=CALL_TIMEOUT_S)
            if "error" in answer:
                # The database is away: nothing was done, and the same is said again.
                assert answer["error"]["code"] == "hub.store", answer
                threading.Event().wait(PAUSE_S)
                continue
            assert answer["results"][0]["status"] == "ok", answer
            with self._news:
                self.answered, self.pending = self.answered + 1, {}
                self._news.notify_all()

    def wait_for(self, more: int) -> None:
        """Until so many more operations were answered."""
        with self._news:
            wanted = self.answered + more
            met = self._news.wait_for(lambda: self.answered >= wanted or self.failure, FINISH_S)
        assert met and not self.failure, (self.dev, self.answered, wanted, self.failure, self.hub.log()[-4000:])

    def finish(self) -> None:
        """Give no new numbers, and see the last one answered."""
        self._finish.set()
        self.join(FINISH_S)
        assert not self.is_alive() and not self.failure, (self.dev, self.failure, self.hub.log()[-4000:])


@contextmanager
def adding(hub: HubProcess, *devs: str) -> Iterator[list[Adder]]:
    """Terminals that add all the time; at the end everything that was answered is there, and once."""
    adders = [Adder(hub, dev, f"token-{dev}") for dev in devs]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.wait_for(3)
    yield adders
    for adder in adders:
        adder.finish()
    db = hub.open()
    for adder in adders:
        query = select(operations.c.seq).where(operations.c.dev == adder.dev).order_by(operations.c.seq)
        stored = db.read(lambda session, query=query: list(session.scalars(query)))  # type: ignore[misc]
        assert stored == list(range(1, adder.answered + 1)), adder.dev
        [line] = view(db, adder.visit)["lines"].values()
        assert line["quantity"] == adder.answered * 1000, adder.dev
    db.close()


def until(true: Callable[[], Any], what: str | Callable[[], str], limit_s: float = FINISH_S) -> Any:
    end = time.monotonic() + limit_s
    while not (found := true()):
        assert time.monotonic() < end, what() if callable(what) else what
        threading.Event().wait(0.05)
    return found
