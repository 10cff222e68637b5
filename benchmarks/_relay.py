"""A bare relay on the same stack: it hands each message on to the room. The floor to measure from."""

from gevent import monkey

monkey.patch_all()

from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402

from sync_server.app import FastJson  # noqa: E402
from sync_server.server import Server, listen  # noqa: E402

PAGE = """<!doctype html><script type="module">
import { io } from "/socket.io.js";
const socket = io({ transports: ["websocket"] });
socket.on("connect", () => socket.emit("join"));
</script>"""


def main() -> None:
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="gevent", async_handlers=False, transports=["websocket"], json=FastJson)

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.get("/socket.io.js")
    def library() -> Any:
        from flask import send_from_directory

        from ui_kit.vendor import KIT

        (file,) = (KIT / "static" / "vendor").rglob("socket.io*.js")
        return send_from_directory(file.parent, file.name, mimetype="text/javascript")

    @socketio.on("join")
    def join() -> None:
        join_room("everybody")

    @socketio.on("relay")
    def relay(message: Any) -> None:
        socketio.emit("ev", message, to="everybody")

    listener = listen("127.0.0.1", 0)
    print(f'{{"ready": "relay", "url": "http://127.0.0.1:{listener.getsockname()[1]}/"}}', flush=True)
    Server(listener, app, log=None, error_log=None).serve_forever()


main()
