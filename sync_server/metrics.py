"""What Prometheus reads at `/metrics`. Labels are kinds, codes and terminals of the shop, never people.

Several workers share one port, so a scrape reaches any of them: each keeps its figures in files of one folder
(`PROMETHEUS_MULTIPROC_DIR`, which the parent sets), and whoever is asked adds them up (docs/adr/0013).
"""

import os
import time
from typing import Any

from flask import Flask, Response, abort, request
from flask_socketio import SocketIO
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as as_text
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync_server.bus import Bus
from sync_server.db import Database
from sync_server.inbox.service import DONE
from sync_server.inbox.tables import exceptions
from sync_server.metrics_folder import FOLDER
from sync_server.outbox.service import TOLD
from sync_server.proxy import STRIPPED
from sync_server.realtime.connection import Connections

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
APPS = ("till", "kiosk", "phone", "dashboard")
CASES_EVERY_S = 10.0

OPERATIONS = Counter("omnitill_operations", "Operations that were carried out or refused.", ["kind", "outcome"])
COMMITTED = Histogram("omnitill_scan_to_commit_seconds", "From a scan to its commit.", buckets=SECONDS)
EMITTED = Histogram("omnitill_scan_to_emit_seconds", "From a scan until its event was handed out.", buckets=SECONDS)
COMMIT = Histogram(
    "omnitill_commit_seconds", "How long a transaction took, from its begin to its commit.", buckets=SECONDS
)
GROUP = Histogram("omnitill_commit_commands", "Commands in one transaction.", buckets=(1, 2, 4, 8, 16, 32, 64))
SENT = Counter("omnitill_messages_sent", "Messages handed to sockets.", ["event"])
SOCKETS = Gauge("omnitill_sockets", "Open sockets.", ["app"], multiprocess_mode="livesum")
QUEUED = Gauge("omnitill_outgoing_packets", "Packets that wait for their readers.", multiprocess_mode="livesum")
QUEUED_MAX = Gauge("omnitill_outgoing_packets_max", "Packets that wait for one reader.", multiprocess_mode="livemax")
BUS_AWAY = Gauge("omnitill_bus_away", "Workers that do not reach the bus.", multiprocess_mode="livesum")
BUS_WAITING = Gauge("omnitill_bus_waiting", "Words that wait for the bus.", multiprocess_mode="livesum")
CASES = Gauge("omnitill_exceptions_open", "Cases that wait for a person.", ["kind"], multiprocess_mode="mostrecent")
UNSENT = Gauge(
    "omnitill_terminal_unsent", "Operations that a terminal has not sent.", ["terminal"], multiprocess_mode="mostrecent"
)


class Figures:
    """Counts what one worker does."""

    def __init__(self, db: Database, connections: Connections, socketio: SocketIO, bus: Bus) -> None:
        self._db, self._connections, self._bus = db, connections, bus
        self._server = socketio.server
        self._kinds: set[str] = set()
        self._asked = 0.0

    def committed(self, told: dict[Any, Any]) -> None:
        """Called after a commit and before its events are told."""
        for kind, outcome in told.get(DONE, ()):
            OPERATIONS.labels(kind, outcome).inc()
        _observe(COMMITTED, told)

    def emitted(self, told: dict[Any, Any]) -> None:
        """Called when its events were handed out."""
        _observe(EMITTED, told)

    def sent(self, event: str, room: str) -> None:
        """A message went to everybody in a room of this worker."""
        heard = len(self._server.manager.rooms.get("/", {}).get(room, ()))
        if heard:
            SENT.labels(event).inc(heard)

    def said(self, terminal: str, unsent: int) -> None:
        """A terminal told how much it has not sent."""
        UNSENT.labels(terminal).set(unsent)

    def look(self) -> None:
        """Read what is a state and not an event: called each second."""
        count = dict.fromkeys(APPS, 0)
        for connection in self._connections.all():
            count[connection.app] += 1
        for app, sockets in count.items():
            SOCKETS.labels(app).set(sockets)
        while self._db.timings:
            seconds, commands = self._db.timings.popleft()
            COMMIT.observe(seconds)
            GROUP.observe(commands)
        queues = [one.queue.qsize() for one in list(self._server.eio.sockets.values())]
        QUEUED.set(sum(queues))
        QUEUED_MAX.set(max(queues, default=0))
        BUS_AWAY.set(self._bus.state == "away")
        BUS_WAITING.set(getattr(self._bus, "waiting", 0))
        if time.monotonic() - self._asked > CASES_EVERY_S:
            self._asked = time.monotonic()
            self._look_at_cases()

    def _look_at_cases(self) -> None:
        found = self._db.read(_open_cases)
        self._kinds |= set(found)
        for kind in self._kinds:
            CASES.labels(kind).set(found.get(kind, 0))


def _open_cases(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(exceptions.c.kind, func.count().label("open"))
        .where(exceptions.c.closed_at.is_(None))
        .group_by(exceptions.c.kind)
    )
    return {row.kind: row.open for row in rows}


def _observe(histogram: Histogram, told: dict[Any, Any]) -> None:
    now = time.time()
    for event in told.get(TOLD, ()):
        if event["scan"]:
            # A terminal's clock may be ahead by a little; nothing takes less than no time.
            histogram.observe(max(0.0, now - event["scan"] / 1000))


def init_app(app: Flask) -> None:
    """Mount `/metrics`: for whoever is on this machine, not for what a proxy brings from outside."""

    @app.get("/metrics")
    def metrics() -> Response:
        if STRIPPED in request.environ or any(name in request.headers for name in FORWARDED):
            abort(404)
        registry = REGISTRY
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(as_text(registry), content_type=CONTENT_TYPE_LATEST)
