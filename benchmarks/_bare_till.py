"""A bare till on the same stack: what its scanner says goes to its page and to the relay. No rules, no commit.

`python _bare_till.py RELAY_URL SCANNER_ADDRESS EVENT_FILE`: the event is what it says each time, as large as a real one
"""

import json
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from flask_socketio import SocketIO, join_room

from hardware.drivers import open_scanner
from hardware.events import Scanned
from hardware.supervisor import Supervisor
from pos_terminal.sync.line import Line
from pos_terminal.web.serving import Serving

sys.path.insert(0, str(Path(__file__).parent))

from _page import page_of


def main() -> None:
    relay, scanner, file = sys.argv[1:]
    event = json.loads(Path(file).read_text())
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="threading", async_handlers=False, transports=["websocket"])
    page_of(app)

    @sockets.on("join")  # type: ignore[untyped-decorator]
    def join(room: str) -> None:
        join_room(room)

    line = Line(lambda name, body: None, lambda reason: None)
    line.connect(relay, {})

    def heard(said: Any) -> None:
        if isinstance(said, Scanned):
            sockets.emit("ev", event, to="mine")
            line.say("relay", {"room": "mine", "event": event})

    supervisor = Supervisor(heard)
    supervisor.watch(open_scanner("scanner-1", scanner))
    serving = Serving(app, 8460)
    serving.start()
    print(json.dumps({"ready": "bare till", "url": serving.url}), flush=True)
    sys.stdin.read()


main()
