"""Puts the bench together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from device_bench.counter import Counter, Terminal
from device_bench.orders import Bench
from device_bench.plug import NetworkPlug
from device_bench.realtime import attach
from device_bench.routes import make_blueprint
from ui_kit.blueprint import init_app

HERE = Path(__file__).parent
HOST = "127.0.0.1"
PRINTER_PORT_FIRST = 9101
PORT_TRIES = 50
MESSAGE_LIMIT_BYTES = 64 * 1024
SOCKET_PING_S = 10


class QuietHandler(WSGIRequestHandler):
    """Small answers at once, no line in the log for each request."""

    # Nagle's algorithm holds a small frame back for up to 40 ms, which a scan would show.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: what matters is logged by what does it."""


class BenchServer:
    """The devices of all terminals and the web server; `start()` serves on a thread, `stop()` ends within 2 s."""

    def __init__(self, data: Path, terminals: Sequence[Terminal], port: int, control: Path | None = None) -> None:
        app = Flask("device_bench", static_folder=None)
        init_app(app, [HERE / "translations"], shelves={"bench": HERE / "static"})
        socketio = SocketIO(
            app, async_mode="threading", transports=["websocket"], max_http_buffer_size=MESSAGE_LIMIT_BYTES,
            ping_interval=SOCKET_PING_S, serve_client=False,
        )  # fmt: skip

        def publish(event: str, payload: Any) -> None:
            socketio.emit(event, payload)

        self.counters: dict[str, Counter] = {}
        printer_port = PRINTER_PORT_FIRST
        for terminal in terminals:
            counter = Counter(terminal, data.resolve(), printer_port, publish)
            self.counters[terminal.id] = counter
            printer_port = counter.printer.port + 1
        bench = Bench(self.counters, NetworkPlug(control), publish)
        app.register_blueprint(make_blueprint(bench))
        attach(socketio, bench)
        self._server = _bound(app, port)
        self._thread = threading.Thread(target=self._server.serve_forever, name="bench web", daemon=True)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._server.port}"

    def announcement(self) -> dict[str, Any]:
        """The line that tells others where everything is."""
        devices = {name: counter.addresses() for name, counter in self.counters.items()}
        return {"ready": "bench", "url": self.url, "devices": devices}

    def start(self) -> None:
        """Plug the devices in and serve."""
        for counter in self.counters.values():
            counter.start()
        self._thread.start()

    def stop(self) -> None:
        """End everything."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        for counter in self.counters.values():
            counter.stop()


def _bound(app: Flask, first: int) -> BaseWSGIServer:
    for port in range(first, first + PORT_TRIES):
        try:
            return make_server(HOST, port, app, threaded=True, request_handler=QuietHandler)
        # werkzeug prints its own advice about a busy port and leaves.
        except (OSError, SystemExit):
            continue
    raise OSError(f"no free port from {first} to {first + PORT_TRIES - 1}")
