"""The HTTP and WebSocket server: gevent, one process, whole writes without delay."""

import contextlib
import socket as sockets
import time
from typing import Any

from gevent import pywsgi
from gevent.lock import RLock
from gevent.server import StreamServer
from gevent.socket import socket, timeout_default

from sync_server.config import PORTS_TRIED_MAX

BACKLOG = 1024


class WholeWrites(socket):  # type: ignore[misc]
    """A socket whose `send` writes all of it, one frame after the other.

    simple-websocket calls `send` once for a frame and trusts that it went whole; a large snapshot to a slow phone
    would be cut short, and a pong from another greenlet would land in the middle of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._whole = RLock()
        self._rest = b""
        self.busy = False
        """Somebody waits for the network to take something."""
        self.moved = 0.0
        """When it last took something of that, by the monotonic clock."""

    def send(self, data: Any, flags: int = 0, timeout: Any = timeout_default) -> int:
        view = memoryview(data)
        with self._whole:
            self.busy, self.moved = True, time.monotonic()
            try:
                rest, self._rest = memoryview(self._rest), b""
                for piece in (rest, view):
                    self._all(piece, flags, timeout)
            finally:
                self.busy = False
        return len(view)

    def _all(self, view: memoryview, flags: int, timeout: Any) -> None:
        sent = 0
        while sent < len(view):
            sent += super().send(view[sent:], flags, timeout)
            self.moved = time.monotonic()

    def offer(self, data: bytes) -> bool:
        """Write without waiting. False where nothing was written; else all of it is on its way, and where it is
        `unfinished` the next `send`, even of nothing, writes the rest first."""
        if self.busy or self._rest:
            return False
        try:
            sent = self._sock.send(data)
        except OSError:
            # The network is full or gone: whoever waits for it will hear which.
            return False
        self._rest = data[sent:]
        return True

    @property
    def unfinished(self) -> bool:
        return bool(self._rest)

    def dup(self) -> "WholeWrites":
        twin = WholeWrites(self.family, self.type, self.proto, fileno=sockets.dup(self.fileno()))
        twin.settimeout(self.gettimeout())
        twin._whole = self._whole
        return twin


class Server(pywsgi.WSGIServer):  # type: ignore[misc]
    """gevent's WSGI server over `WholeWrites`, without Nagle's delay: an answer waits for no acknowledgement."""

    def handle(self, client: Any, address: Any) -> None:
        client.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        whole = WholeWrites(client.family, client.type, client.proto, fileno=sockets.dup(client.fileno()))
        # gevent closes the socket that it gave us; ours has a descriptor of its own and is closed here.
        with contextlib.closing(whole):
            super().handle(whole, address)


def listen(host: str, port: int) -> Any:
    """A listening socket on `port`, or on the next free one after it. Port 0 means any."""
    for candidate in range(port, port + PORTS_TRIED_MAX) if port else [0]:
        try:
            return StreamServer.get_listener((host, candidate), backlog=BACKLOG, family=sockets.AF_INET)
        except OSError as error:
            last = error
    raise last
