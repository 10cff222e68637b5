"""Tills whose journals are full: made without a page and without full sync, and later connected to a hub.

`python _drain_tills.py build FOLDER SALES TERMINAL...` makes the journals of tills that are set up; `connect FOLDER
TERMINAL...` opens them as tills do, waits for a line on standard input, links all and says how long it took until each
sale was acknowledged.
"""

import json
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from omnitill.simulation.memory import CASHIER, SHOP
from pos_terminal import ids
from pos_terminal.app import Terminal
from pos_terminal.config import Config
from pos_terminal.store import tables
from sample_shop import scan_text

CODES = [scan_text(product) for product in SHOP.products if not product.measured]
LOOK_S = 0.02
NICE = 10
DRAIN_LIMIT_S = 240


def opened(folder: Path, name: str) -> Terminal:
    """The till of a folder, with nothing of it started yet."""
    return Terminal(Config(kind="till", data=folder / name, port=0))


def build(folder: Path, sales: int, name: str) -> None:
    """So many sales of one article each, as the counter makes them when the hub is away."""
    till = opened(folder, name)
    till.reference.fetch()

    @event.listens_for(till.store.engine, "connect")
    def no_sync(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    till.store.engine.dispose()
    _do(till, "sign_in", number=CASHIER.number, pin=CASHIER.pin)
    for n in range(sales):
        text, aim = CODES[n % len(CODES)]
        _do(till, "scan", text=text, aim=aim)
        _do(till, "pay_begin")
        _do(till, "tender", kind="cash", amount=1_000_00)
    till.replica.close()
    till.store.close()


def _do(till: Terminal, command: str, **body: Any) -> None:
    answer = till.counter.do({"id": ids.uuid7(), "command": command, **body})
    if "error" in answer:
        raise RuntimeError(f"{command}: {answer['error']}")


def connect(folder: Path, names: list[str]) -> None:
    """Link all tills at once; what they unsent last is told at the end as `{seconds, unsent}`."""
    # In a shop these are twenty other machines: they do not take the hub's time.
    os.nice(NICE)
    tills = [opened(folder, name) for name in names]
    print('{"ready": "tills"}', flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    for till in tills:
        till.link.start()
    waiting = threading.Event()
    while (left := sum(_unsent(till) for till in tills)) and time.monotonic() - began < DRAIN_LIMIT_S:
        waiting.wait(LOOK_S)
    print(json.dumps({"seconds": time.monotonic() - began, "unsent": left}), flush=True)
    sys.stdin.readline()


def _unsent(till: Terminal) -> int:
    with till.store.read() as connection:
        waits = select(func.count()).select_from(tables.outbox).where(tables.outbox.c.status == "waiting")
        found: int = connection.execute(waits).scalar_one()
        return found


def main() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    act, folder, *words = sys.argv[1:]
    if act == "build":
        sales, *terminals = words
        for terminal in terminals:
            build(Path(folder), int(sales), terminal)
    else:
        connect(Path(folder), words)


main()
