"""The command line of the bench."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from pathlib import Path

import click

from device_bench.app import BenchServer
from device_bench.counter import Terminal
from device_bench.goods import terminal_names

DEFAULT_TERMINALS = ("till-1", "till-2", "kiosk-1")


def read_terminal(text: str) -> Terminal:
    """`till-1` (named by the sample shop) or `till-1=Till by the door`. Raises click.BadParameter."""
    terminal_id, _, name = text.partition("=")
    if not terminal_id or not all(ch.isalnum() or ch in "-_" for ch in terminal_id):
        raise click.BadParameter(f"{text!r} is not like till-1 or till-1=Name")
    return Terminal(terminal_id, {"en": name, "ru": name} if name else terminal_names(terminal_id))


@click.command(
    epilog="Example: python -m device_bench --data var/bench --port 8403 --terminal till-1 --terminal kiosk-1"
)
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder for the scanners' device paths.")
@click.option("--port", default=8403, show_default=True, help="Port of the page; a busy one moves to the next.")
@click.option("--terminal", "terminals", multiple=True, metavar="ID[=NAME]", help="A terminal that has devices here.")
@click.option("--control", type=click.Path(path_type=Path), help="Unix socket of the demonstration's supervisor.")
def main(data: Path, port: int, terminals: tuple[str, ...], control: Path | None) -> None:
    """Emulated scanners, printers and drawers, and a page that shows them from above. This computer only."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # werkzeug says each start in several lines; ours is the JSON line below.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    server = BenchServer(data, [read_terminal(text) for text in terminals or DEFAULT_TERMINALS], port, control)
    server.start()
    print(json.dumps(server.announcement()), flush=True)
    ending.wait()
    server.stop()
