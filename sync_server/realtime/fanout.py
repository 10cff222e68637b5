"""Telling everybody who listens, after the commit and never before."""

from collections.abc import Callable
from typing import Any

from sync_server.outbox.service import LEFT, TOLD
from sync_server.realtime.connection import Connections

Emit = Callable[[str, Any, str], None]
"""`(event, message, room)`."""


class Fanout:
    """Publishes what a committed command recorded. A push that is lost costs time: the log is the truth."""

    def __init__(self, emit: Emit, leave_room: Callable[[str, str], None], connections: Connections) -> None:
        self._emit, self._leave_room, self._connections = emit, leave_room, connections

    def publish(self, told: dict[Any, Any]) -> None:
        """What a session held in `info` when it was committed: events for rooms, devices that leave a room."""
        for event in told.get(TOLD, ()):
            self._emit("ev", event, event["s"])
        for device, stream in told.get(LEFT, ()):
            for connection in self._connections.of_device(device):
                connection.streams.discard(stream)
                self._leave_room(connection.sid, stream)
