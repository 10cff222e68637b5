"""The door below Socket.IO: what is read and written on the wire, and what is no message of the protocol.

Frames that cannot be read end their own connection and nothing else.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import orjson
import structlog
from engineio.packet import MESSAGE, Packet
from flask_socketio import SocketIO

from retail.errors import N_, MessageError
from retail.messages import MESSAGE_BYTES_MAX
from sync_server.realtime.outgoing import Clients, Drained, Outgoing
from sync_server.realtime.websocket import UNSUPPORTED_DATA, WebSocket, accept

PACKET_KINDS = frozenset("0123456")
"""What the first character of an Engine.IO 4 text frame can be."""

log = structlog.get_logger()


class Flights(Protocol):
    """What is being worked on just now."""

    def one(self) -> AbstractContextManager[None]: ...


class Uncounted:
    """Nobody asks what is being worked on."""

    def one(self) -> AbstractContextManager[None]:
        return nullcontext()


class Frames:
    """A WebSocket that reads text frames of Engine.IO up to the size of a message, as Engine.IO wants to have it.

    `handler` is the bound method of the Engine.IO socket, whose packets wait in an `Outgoing`.
    """

    def __init__(self, handler: Any, clients: Clients, drained: Drained) -> None:
        self._handler, self._clients = handler, clients
        self._outgoing: Outgoing = handler.__self__.queue
        self._outgoing.sid, self._outgoing.drained = handler.__self__.sid, drained

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sock = accept(environ)
        if sock is None:
            start_response("426 Upgrade Required", [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])
            return []
        self._ws = self._outgoing.wire = WebSocket(sock, MESSAGE_BYTES_MAX)
        self._clients.add(self._outgoing)
        try:
            answer: Iterable[bytes] = self._handler(self)
            return answer
        finally:
            self._clients.discard(self._outgoing)

    def wait(self) -> str | None:
        self._outgoing.wait_for_room()
        frame = self._ws.receive()
        if frame is None or (isinstance(frame, str) and frame[:1] in PACKET_KINDS and frame):
            return frame
        log.info("frame refused", code="message.frame", size=len(frame))
        self._ws.close(UNSUPPORTED_DATA, "Only text frames of Engine.IO are read here.")
        return None

    def send(self, text: str) -> None:
        if text:
            self._ws.send(text)
        else:
            self._ws.sock.send(b"")

    def close(self) -> None:
        self._ws.close()


class Wires:
    """The sockets of this process, below Socket.IO."""

    def __init__(self, socketio: SocketIO) -> None:
        self._server, self._engine = socketio.server, socketio.server.eio
        self.clients = Clients()
        self.flights: Flights = Uncounted()
        """A message counts as one of them until its answer waits to be written."""
        self.drained: Drained = lambda sid: None
        """Gets the id of a socket that fell behind and has caught up."""
        self._engine._async = {
            **self._engine._async,
            "websocket": lambda handler, _server: Frames(handler, self.clients, self._caught_up),
            "queue": Outgoing,
        }
        self._read = self._engine.handlers["message"]
        self._engine.on("message", self._message)

    def _caught_up(self, engine_sid: str) -> None:
        sid = self._server.manager.sid_from_eio_sid(engine_sid, "/")
        if sid:
            self.drained(sid)

    def _message(self, engine_sid: str, data: Any) -> None:
        """What cannot be read is told so in words and hung up on, without a traceback."""
        try:
            with self.flights.one():
                self._read(engine_sid, data)
        except Exception as error:
            # Our own handlers answer their own faults, so this is a text that Socket.IO itself could not read.
            refused = MessageError("message.unreadable", N_("The message could not be read; nothing of it was done."))
            log.info("message refused", code=refused.code, reason=repr(error)[:200])
            self.emit("kick", refused.as_dict(), self._server.manager.sid_from_eio_sid(engine_sid, "/") or engine_sid)
            self._engine.disconnect(engine_sid)

    def emit(self, event: str, message: Any, room: str) -> None:
        """Say something to a room, or to the one socket of that id: encoded and framed once for all of them."""
        found = self._server.manager.rooms.get("/", {}).get(room)
        if not found:
            return
        text = '2["' + event + '",' + orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS).decode() + "]"
        packet = Packet(MESSAGE, text)
        for engine_sid in list(found.values()):
            socket = self._engine.sockets.get(engine_sid)
            if socket is not None and not socket.closed:
                socket.send(packet)
