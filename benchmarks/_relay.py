"""A bare relay on the same stack: Flask-SocketIO under gevent hands each message on. No rules, and no commit.

`python _relay.py FOLDER`: a message with `keep` is committed before it is handed on, by the writer that the hub has.
"""

from gevent import monkey

monkey.patch_all()

import itertools  # noqa: E402
import sys  # noqa: E402
import uuid  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402

from sync_server.app import FastJson  # noqa: E402
from sync_server.db import metadata, open_database  # noqa: E402
from sync_server.server import Server, listen  # noqa: E402
from sync_server.writers import ThreadWriter  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))

from _kept import TABLES, keep  # noqa: E402
from _page import page_of  # noqa: E402


def main() -> None:
    db = open_database(f"sqlite:///{sys.argv[1]}/relay.sqlite", ThreadWriter(1, group=1))
    metadata.create_all(db.engine, tables=TABLES)
    numbers = itertools.count(1)
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="gevent", async_handlers=False, transports=["websocket"], json=FastJson)
    page_of(app)

    @socketio.on("join")  # type: ignore[untyped-decorator]
    def join(room: str) -> dict[str, Any]:
        join_room(room)
        return {}

    @socketio.on("relay")  # type: ignore[untyped-decorator]
    def relay(message: Any) -> dict[str, Any]:
        if message.get("keep"):
            number, body = next(numbers), message["event"]
            db.write(lambda session: keep(session, "till", number, uuid.uuid4().hex, body))
        socketio.emit("ev", message["event"], to=message["room"])
        return {}

    listener = listen("127.0.0.1", 0)
    print(f'{{"ready": "relay", "url": "http://127.0.0.1:{listener.getsockname()[1]}/"}}', flush=True)
    Server(listener, app, log=None, error_log=None).serve_forever()


main()
