"""A bare till on the same stack: what its scanner says goes to its page and to the relay. No rules, and no commit.

`python _bare_till.py RELAY_URL SCANNER_ADDRESS EVENT_FILE FOLDER`: the event is what it says each time, as large as a
real one. After the word `keep` on its input it commits each message with full sync before it says it, and has the relay
do the same; after `pass` it does not any more.
"""

import itertools
import json
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from flask_socketio import SocketIO, join_room

from hardware.drivers import open_scanner
from hardware.events import Scanned
from hardware.supervisor import Supervisor
from pos_terminal.store.engine import Store
from pos_terminal.sync.line import Line
from pos_terminal.web.serving import Serving

sys.path.insert(0, str(Path(__file__).parent))

from _kept import TABLES, keep
from _page import page_of


def main() -> None:
    relay, scanner, file, folder = sys.argv[1:]
    event = json.loads(Path(file).read_text())
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="threading", async_handlers=False, transports=["websocket"])
    page_of(app)

    @sockets.on("join")  # type: ignore[untyped-decorator]
    def join(room: str) -> None:
        join_room(room)

    store = Store(Path(folder))
    with store.begin() as connection:
        for table in TABLES:
            table.create(connection)
    numbers, keeping = itertools.count(1), threading.Event()
    line = Line(lambda name, body: None, lambda reason: None)
    line.connect(relay, {})

    def heard(said: Any) -> None:
        if not isinstance(said, Scanned):
            return
        kept = keeping.is_set()
        if kept:
            with store.begin() as connection:
                keep(connection, "till", next(numbers), uuid.uuid4().hex, event)
        sockets.emit("ev", event, to="mine")
        line.say("relay", {"room": "mine", "event": event, "keep": kept})

    supervisor = Supervisor(heard)
    supervisor.watch(open_scanner("scanner-1", scanner))
    serving = Serving(app, 8460)
    serving.start()
    print(json.dumps({"ready": "bare till", "url": serving.url}), flush=True)
    for word in sys.stdin:
        {"keep": keeping.set, "pass": keeping.clear}[word.strip()]()


main()
