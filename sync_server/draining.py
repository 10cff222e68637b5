"""Ending without losing anything: what is being worked on is answered, and everybody is sent on to another worker.

SIGTERM -> not ready -> no new connections -> `kick` `moved` -> answers go out -> sockets are closed -> the end
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import gevent
import structlog
from flask_socketio import SocketIO
from gevent import pywsgi
from gevent.event import Event

from retail.errors import N_, RetailError
from sync_server.config import ANSWER_LIMIT_S, HANG_UP_LIMIT_S
from sync_server.health import Health
from sync_server.realtime.connection import Connections
from sync_server.realtime.fanout import Fanout

RETURNS_PER_S = 200
"""So many sockets of one worker come back in a second, when all are told to spread themselves."""

SPREAD_MIN_MS, SPREAD_MAX_MS = 200, 30_000

log = structlog.get_logger()


class Flights:
    """What is being worked on just now: messages of sockets and requests over HTTP, until their answers are out."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = Event()
        self._idle.set()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether all is answered, at the latest after so many seconds."""
        return bool(self._idle.wait(timeout_s))


class Handler(pywsgi.WSGIHandler):  # type: ignore[misc]
    """Counts a request as being worked on until its answer is written; a socket's messages are counted one by one."""

    close_connection: bool

    def handle_one_response(self) -> None:
        if self.environ.get("HTTP_UPGRADE"):
            super().handle_one_response()
            return
        with self.server.flights.one():
            super().handle_one_response()
        # An idle connection would otherwise be the last thing that a worker waits for.
        self.close_connection = self.close_connection or self.server.closed


class Drain:
    """The end of a worker, once."""

    def __init__(self, socketio: SocketIO, connections: Connections, fanout: Fanout, health: Health) -> None:
        self._socketio, self._connections = socketio, connections
        self._fanout, self._health = fanout, health
        self.flights = Flights()
        self.done = Event()

    def begin(self, server: Any) -> None:
        """Called by the signal: at most once, whatever is sent after it."""
        if self._health.draining:
            return
        self._health.draining = True
        gevent.spawn(self._run, server)

    def _run(self, server: Any) -> None:
        try:
            # Those that wait to be accepted are accepted by another worker, which listens at the same socket.
            server.close()
            everybody = self._connections.all()
            log.info("draining", sockets=len(everybody))
            moved = told_to_move(len(everybody))
            for connection in everybody:
                self._socketio.emit("kick", moved, to=connection.sid)
            self._fanout.bells.ring_all()
            answered = self.flights.wait(ANSWER_LIMIT_S)
            gevent.joinall(
                [gevent.spawn(self._hang_up, one.sid) for one in self._connections.all()], timeout=HANG_UP_LIMIT_S
            )
            answered = self.flights.wait(ANSWER_LIMIT_S) and answered
            log.info("drained", answered=answered, sockets=len(self._connections.all()))
        finally:
            self.done.set()

    def _hang_up(self, sid: str) -> None:
        # Waits until what is on its way to the socket is written; one who does not read is left behind.
        with contextlib.suppress(Exception):
            self._socketio.server.disconnect(sid, namespace="/")


def told_to_move(sockets: int) -> dict[str, Any]:
    """The `kick` of a worker with so many sockets: come back after a random part of `within_ms`, elsewhere."""
    within_ms = min(SPREAD_MAX_MS, max(SPREAD_MIN_MS, sockets * 1000 // RETURNS_PER_S))
    moved = RetailError(
        "moved",
        N_("The hub is being updated. Nothing was lost; the connection comes back by itself."),
        within_ms=within_ms,
    )
    return moved.as_dict()
