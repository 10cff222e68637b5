"""The web server of a terminal: threads, this machine only, no waiting for larger packets."""

import socket
import threading
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

PORT_TRIES = 50


class QuietHandler(WSGIRequestHandler):
    # Without this a small frame waits up to 40 ms for the other side's delayed acknowledgement.
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        super().run_wsgi()
        if self.headers.get("Upgrade", "").lower() == "websocket":
            # What is left on the line are the socket's last frames, and no next request.
            self.close_connection = True

    def log_request(self, *args: Any, **params: Any) -> None:
        """A line for each request would bury what matters."""


class Serving:
    """Listens at once, on `port` or the next free one; `start` begins to answer."""

    def __init__(self, app: Flask, port: int) -> None:
        self.server = _listening(app, port)
        self.port = self.server.port
        self._thread = threading.Thread(target=self.server.serve_forever, name="web", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _listening(app: Flask, port: int) -> BaseWSGIServer:
    for tried in range(port, port + PORT_TRIES):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", tried))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        server = make_server(
            "127.0.0.1",
            listener.getsockname()[1],
            app,
            threaded=True,
            request_handler=QuietHandler,
            fd=listener.fileno(),
        )
        # The server has made a socket of its own from the number; this object must not close it behind its back.
        listener.detach()
        server.daemon_threads = True  # type: ignore[attr-defined]
        return server
    raise OSError(f"no free port between {port} and {port + PORT_TRIES - 1}")
