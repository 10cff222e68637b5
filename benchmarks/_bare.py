"""A bare handler on the same stack: one insert, one update, one commit with full sync, one ack. The work without rules.

`python _bare.py URL`: a database address of SQLAlchemy; its two tables are made.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

from sync_server.app import FastJson  # noqa: E402
from sync_server.db import metadata, open_database  # noqa: E402
from sync_server.server import Server, listen  # noqa: E402
from sync_server.writers import ThreadWriter  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))

from _kept import TABLES, keep  # noqa: E402


def main() -> None:
    url = sys.argv[1]
    db = open_database(url, ThreadWriter(1 if url.startswith("sqlite") else 3, group=1))
    metadata.create_all(db.engine, tables=TABLES)
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="gevent", async_handlers=False, transports=["websocket"], json=FastJson)

    @socketio.on("ops")  # type: ignore[untyped-decorator]
    def ops(message: Any) -> dict[str, Any]:
        (operation,) = message["ops"]

        db.write(lambda session: keep(session, message["dev"], message["seq0"], operation["id"], operation["body"]))
        return {"last_seq": message["seq0"], "results": [{"seq": message["seq0"], "status": "ok", "result": {}}]}

    listener = listen("127.0.0.1", 0)
    print(
        json.dumps({"ready": "bare", "url": f"http://127.0.0.1:{listener.getsockname()[1]}/", "pid": os.getpid()}),
        flush=True,
    )
    Server(listener, app, log=None, error_log=None).serve_forever()


main()
