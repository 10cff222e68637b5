"""Telling everybody who listens, after the commit and never before: this worker's sockets at once, those of the other
workers over the bus."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sync_server.bus import ALL, Bus, LocalBus
from sync_server.outbox.service import BEHIND, KICKED, LEFT, TOLD
from sync_server.realtime.connection import Connection, Connections
from sync_server.realtime.waiting import Doorbells

Emit = Callable[[str, Any, str], None]
"""`(event, message, room)`; a socket's id is the room of that socket alone."""


class Fanout:
    """Publishes what a committed command recorded. A push that is lost costs time: the log is the truth."""

    def __init__(
        self,
        emit: Emit,
        leave_room: Callable[[str, str], None],
        connections: Connections,
        bus: Bus | None = None,
        hang_up: Callable[[str], None] = lambda sid: None,
    ) -> None:
        self._emit, self._leave_room, self._connections = emit, leave_room, connections
        self._bus, self._hang_up = bus or LocalBus(), hang_up
        self._heard: Counter[str] = Counter()
        self.on_part: Callable[[Connection, str], None] = lambda connection, stream: None
        """Hears which connection no longer hears which stream, for whoever keeps who is there."""
        self.bells = Doorbells(self.follow, self.unfollow)
        for kind in ("ev", "late", "tell", "left", "kick"):
            self._bus.on(kind, getattr(self, f"_{kind}"))

    def publish(self, told: dict[Any, Any]) -> None:
        """What a session held in `info` when it was committed: events for rooms, devices that leave a room."""
        for event in told.get(TOLD, ()):
            stream = event["s"]
            self._ev(event)
            if not self._bus.publish(stream, "ev", event):
                self._bus.publish(stream, "late", {"s": stream, "v": event["v"]})
        for stream, version in told.get(BEHIND, {}).items():
            head = {"s": stream, "v": version}
            self._late(head)
            self._bus.publish(stream, "late", head)
        for device, stream in told.get(LEFT, ()):
            left = {"device": device, "stream": stream}
            self._left(left)
            self._bus.publish(ALL, "left", left)
        for word in told.get(KICKED, ()):
            self.kick(word["code"], word["message"], device=word["dev"])

    def tell(self, event: str, message: Any, room: str) -> None:
        """Say something volatile to everybody who hears the stream `room`, at whichever worker."""
        word = {"event": event, "message": message, "room": room}
        self._tell(word)
        self._bus.publish(room, "tell", word)

    def here(self, event: str, message: Any, room: str) -> None:
        """Say something volatile to those sockets of this worker that hear the stream `room`."""
        self._emit(event, message, room)

    def ring(self, stream: str, kind: str, body: Mapping[str, Any]) -> None:
        """Tell the other workers that follow the stream; what they do with it is theirs (`on`)."""
        self._bus.publish(stream, kind, body)

    def on(self, kind: str, hear: Callable[[Any], None]) -> None:
        self._bus.on(kind, hear)

    def kick(
        self, code: str, message: str, params: Mapping[str, Any] | None = None, *, device: str = "", token: str = ""
    ) -> None:
        """Tell the sockets of a device, or those opened with a sign-in, why they are closed, and close them."""
        told = {"code": code, "message": message, "params": dict(params or {})}
        # A token is a secret: the bus carries what nobody can sign in with.
        word = {"told": told, "device": device, "token": Connections.hash_of(token) if token else ""}
        self._kick(word)
        self._bus.publish(ALL, "kick", word)

    def close(self, connection: Connection, told: Mapping[str, Any]) -> None:
        """Close one socket of this worker and tell it why: `{code, message, params}`."""
        self._emit("kick", told, connection.sid)
        self._hang_up(connection.sid)

    def join(self, connection: Connection, stream: str) -> None:
        """From now on the connection is told what happens in the stream. The caller puts its socket into the room."""
        # A socket that is closed meanwhile has parted from everything, and nobody would part it from this one.
        if stream not in connection.streams and self._connections.get(connection.sid) is connection:
            connection.streams.add(stream)
            self.follow(stream)

    def part(self, connection: Connection, stream: str) -> None:
        """The connection no longer hears the stream."""
        if stream in connection.streams:
            connection.streams.discard(stream)
            self.unfollow(stream)
            self.on_part(connection, stream)

    def follow(self, stream: str) -> None:
        """One more here wants to know of the stream: a socket, or somebody who waits over HTTP."""
        self._heard[stream] += 1
        if self._heard[stream] == 1:
            self._bus.follow(stream)

    def unfollow(self, stream: str) -> None:
        """One less."""
        self._heard[stream] -= 1
        if not self._heard[stream]:
            del self._heard[stream]
            self._bus.unfollow(stream)

    def gone(self, connection: Connection) -> None:
        """The connection is closed."""
        for stream in list(connection.streams):
            self.part(connection, stream)

    def _ev(self, event: dict[str, Any]) -> None:
        self._emit("ev", event, event["s"])
        self.bells.ring(event["s"])

    def _late(self, head: dict[str, Any]) -> None:
        # The event itself was too large for the bus, or tells nothing by itself: whoever hears the version asks for it.
        self._emit("heads", {head["s"]: head["v"]}, head["s"])
        self.bells.ring(head["s"])

    def _tell(self, word: dict[str, Any]) -> None:
        self._emit(word["event"], word["message"], word["room"])

    def _left(self, left: dict[str, Any]) -> None:
        for connection in self._connections.of_device(left["device"]):
            self.part(connection, left["stream"])
            self._leave_room(connection.sid, left["stream"])

    def _kick(self, word: dict[str, Any]) -> None:
        found = self._connections.of_device(word["device"]) if word["device"] else []
        for connection in found + self._connections.of_token(word["token"]):
            self.close(connection, word["told"])
