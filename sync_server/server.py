"""The HTTP and WebSocket server: gevent, one process, whole writes without delay."""

import contextlib
import socket as sockets
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

    def send(self, data: Any, flags: int = 0, timeout: Any = timeout_default) -> int:
        view = memoryview(data)
        with self._whole:
            sent = 0
            while sent < len(view):
                sent += super().send(view[sent:], flags, timeout)
        return sent

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
