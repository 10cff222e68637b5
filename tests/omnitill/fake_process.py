"""Plays every process of the demonstration by its contract, so that the supervisor is tested with real processes.

`fake_process.py hub serve --data D --port N ...`, `hub enrol --data D --terminal T`, `terminal ...`, `bench ...`.
Listens on its port (the next ones when it is busy), writes its arguments to DATA/fake-NAME.json, and obeys lines in
DATA/FAULTS: `NAME die` exits 3 at once with a complaint, `NAME refuse` exits 5,
`NAME deaf` ignores SIGTERM, `NAME mute` never gets ready.
"""

import argparse
import http.server
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path


def listening(port: int) -> http.server.HTTPServer:
    """The wished port or the next free one."""
    while True:
        try:
            return http.server.HTTPServer(("127.0.0.1", port), Page)
        except OSError:
            port += 1


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a page")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def main() -> None:
    role = sys.argv[1]
    parser = argparse.ArgumentParser()
    for option in ("data", "host", "port", "terminal", "kind", "hub", "enrol", "scanner", "printer", "control"):
        parser.add_argument(f"--{option}", action="append" if option == "terminal" else "store")
    parser.add_argument("--seed-sample", action="store_true")
    options, words = parser.parse_known_args(sys.argv[2:])
    if "enrol" in words:
        for terminal in options.terminal:
            print(json.dumps({"terminal": terminal, "code": f"code {os.getpid()} of {terminal}"}))
        return
    name = options.kind or role
    data = Path(options.data)
    data.mkdir(parents=True, exist_ok=True)
    faults_file = next((at / "FAULTS" for at in (data, data.parent) if (at / "FAULTS").exists()), None)
    faults = faults_file.read_text().splitlines() if faults_file else []
    if f"{name} die" in faults:
        print("the till drawer is on fire", file=sys.stderr)
        sys.exit(3)
    if f"{name} refuse" in faults:
        print("this folder is of a newer program", file=sys.stderr)
        sys.exit(5)
    if f"{name} mute" in faults:
        signal.pause()
    if f"{name} deaf" in faults:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = listening(int(options.port))
    (data / f"fake-{name}.json").write_text(json.dumps({"pid": os.getpid(), **vars(options)}))
    line = {"ready": name, "url": f"http://127.0.0.1:{server.server_address[1]}/"}
    if options.enrol:
        (data / "key").touch()
    if name == "hub":
        (data / "hub.sqlite").touch()
        line |= {"shop": line["url"], "dashboard": line["url"] + "manage"}
    if name == "bench":
        # New addresses with every start, as after a restart whose old ports were taken.
        with socket.create_server(("127.0.0.1", 0)) as probe:
            line["devices"] = {
                terminal: {"scanner": f"scanner+serial:///dev/{terminal}", "printer": f"escpos+tcp://127.0.0.1:{port}"}
                for terminal in options.terminal
                for port in [probe.getsockname()[1]]
            }
    print("not an announcement", flush=True)
    print(json.dumps(line), flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.pause()


main()
