"""The door below Socket.IO: frames that are no message of the protocol end their own connection and nothing else."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

import structlog
from engineio.async_drivers.gevent import WebSocketWSGI
from flask_socketio import SocketIO

from retail.errors import N_, MessageError
from retail.messages import MESSAGE_BYTES_MAX

PACKET_KINDS = frozenset("0123456")
"""What the first character of an Engine.IO 4 text frame can be."""

UNSUPPORTED_DATA = 1003
"""RFC 6455, 7.4.1. A message that is too large is closed with 1009 by simple-websocket itself."""

log = structlog.get_logger()


class Flights(Protocol):
    """What is being worked on just now."""

    def one(self) -> AbstractContextManager[None]: ...


class Frames(WebSocketWSGI):  # type: ignore[misc]
    """A WebSocket that reads text frames of Engine.IO up to the size of a message. Without a limit of its own it
    would gather any amount before Engine.IO looks at it."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self.server_args["max_message_size"] = MESSAGE_BYTES_MAX

    def wait(self) -> str | None:
        frame = super().wait()
        if frame is None or (isinstance(frame, str) and frame[:1] in PACKET_KINDS and frame):
            return frame
        log.info("frame refused", code="message.frame", size=len(frame))
        if self.ws.connected:
            self.ws.close(UNSUPPORTED_DATA, "Only text frames of Engine.IO are read here.")
        return None


def guard(socketio: SocketIO, flights: Flights) -> None:
    """Put the door in place: what cannot be read is told so in words and hung up on, without a traceback. A message
    counts as one of the `flights` until its answer waits to be written."""
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": Frames}
    read = engine.handlers["message"]

    def message(sid: str, data: Any) -> None:
        try:
            with flights.one():
                read(sid, data)
        except Exception as error:
            # Our own handlers answer their own faults, so this is a text that Socket.IO itself could not read.
            refused = MessageError("message.unreadable", N_("The message could not be read; nothing of it was done."))
            log.info("message refused", code=refused.code, reason=repr(error)[:200])
            socketio.emit("kick", refused.as_dict(), to=socketio.server.manager.sid_from_eio_sid(sid, "/") or sid)
            engine.disconnect(sid)

    engine.on("message", message)
