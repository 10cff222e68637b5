"""The page's socket: `view`, `ev` and `do` (README.md)."""

from typing import Any

from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from pos_terminal import ids
from pos_terminal.counter import Counter
from pos_terminal.web.routes import from_here
from retail.errors import N_, MessageError

MESSAGE_BYTES_MAX = 64 * 1024
PAGES = "pages"


def realtime(app: Flask, counter: Counter) -> SocketIO:
    """The socket server of a terminal; every view of the counter goes to all its pages, in order."""
    sockets = SocketIO(
        app,
        async_mode="threading",
        # What one page asks for happens in the order in which it asked: two codes typed fast must not change places.
        async_handlers=False,
        transports=["websocket"],
        max_http_buffer_size=MESSAGE_BYTES_MAX,
        logger=False,
        engineio_logger=False,
    )

    @sockets.on("connect")  # type: ignore[untyped-decorator]
    def connected(auth: Any = None) -> None:
        # Flask's own check does not see sockets: Socket.IO stands before it.
        if not from_here():
            raise ConnectionRefusedError("This till talks only to pages of its own machine.")

        def show(whole: dict[str, Any]) -> None:
            join_room(PAGES)
            sockets.emit("view", whole, to=request.sid)  # type: ignore[attr-defined]

        counter.snapshot(show)

    @sockets.on("view")  # type: ignore[untyped-decorator]
    def view(_: Any = None) -> dict[str, Any]:
        return counter.snapshot()

    @sockets.on("tick")  # type: ignore[untyped-decorator]
    def tick(_: Any = None) -> dict[str, int]:
        return {"now": ids.now_ms()}

    @sockets.on("do")  # type: ignore[untyped-decorator]
    def do(message: Any = None) -> dict[str, Any]:
        return counter.do(message)

    @sockets.on("*")  # type: ignore[untyped-decorator]
    def unknown(event: str, *_: Any) -> dict[str, Any]:
        error = MessageError("message.unknown_event", N_("There is no event {event} here."), event=str(event)[:40])
        return {"error": error.as_dict()}

    counter.on_view = lambda ev: sockets.emit("ev", ev, to=PAGES)
    return sockets
