"""A real hub process and real terminals in this one, on folders of their own."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from omnitill.ports import free_ports
from pos_terminal import enrolment
from pos_terminal.app import Terminal
from pos_terminal.config import Config
from pos_terminal.ids import now_ms
from pos_terminal.store.engine import Store
from sample_shop import build, scan_text
from sync_server.db import open_database, sqlite_url
from sync_server.migrations import upgrade
from sync_server.seed import seed
from sync_server.terminals import enrolment as making

START_LIMIT_S = 90
WAIT_LIMIT_S = 30
LOOK_AGAIN_S = 0.05
PRODUCTS = 60
SHOP = build(products=PRODUCTS)
CASHIER = SHOP.staff[0]
GOODS = next(product for product in SHOP.products if not product.weighed)


def seeded_file(folder: Path) -> Path:
    """The file of a hub that has the sample shop."""
    db = open_database(sqlite_url(folder))
    upgrade(db.engine)
    seed(db, PRODUCTS, now_ms())
    db.close()
    return folder / "hub.sqlite"


class Hub:
    """`python -m sync_server serve` on `folder`; after a restart it listens where it listened before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_ports(1)[0]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sync_server", *words, "--data", str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, timeout=START_LIMIT_S)

    def start(self) -> None:
        words = ["serve", "--data", str(self.folder), "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sync_server", *words],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "OMNITILL_HUB_STOREFRONT": ""},
            )
        assert self.process.stdout is not None
        reader = threading.Timer(START_LIMIT_S, self.process.kill)
        reader.start()
        line = self.process.stdout.readline()
        reader.cancel()
        assert line, (self.folder / "log").read_text()
        self.port = json.loads(line)["port"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(START_LIMIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def code(self, terminal: str) -> str:
        db = open_database(sqlite_url(self.folder))
        made = db.write(lambda session: making.make_code(session, terminal, making.COMMAND_LINE, now_ms()))
        db.close()
        return str(made["code"])

    def rows(self, query: str) -> list[Any]:
        return rows(self.folder / "hub.sqlite", query)


def rows(file: Path, query: str) -> list[Any]:
    """What is committed there."""
    connection = sqlite3.connect(file, timeout=WAIT_LIMIT_S)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


class Till:
    """A real till beside a hub, or a real kiosk."""

    def __init__(self, folder: Path, hub: Hub, kind: Literal["till", "kiosk"] = "till") -> None:
        self.folder, self.hub, self.kind = folder, hub, kind
        self.scanners: tuple[str, ...] = ()
        self.changed = threading.Condition()
        self.terminal: Terminal | None = None

    def set_up(self) -> None:
        store = Store(self.folder)
        try:
            enrolment.enrol(store, self.hub.url, self.hub.code(f"{self.kind}-1"), self.kind)
        finally:
            store.close()

    def start(self) -> None:
        self.terminal = Terminal(Config(kind=self.kind, data=self.folder, port=0, scanners=self.scanners))
        to_pages = self.terminal.counter.on_view

        def seen(event: dict[str, Any]) -> None:
            to_pages(event)
            with self.changed:
                self.changed.notify_all()

        self.terminal.counter.on_view = seen
        self.terminal.start()

    def stop(self) -> None:
        if self.terminal is not None:
            self.terminal.stop()
            self.terminal = None

    @property
    def view(self) -> dict[str, Any]:
        assert self.terminal is not None
        state: dict[str, Any] = self.terminal.counter.snapshot()["state"]
        return state

    def wait(self, met: Callable[[dict[str, Any]], Any], limit_s: float = WAIT_LIMIT_S) -> None:
        ends_at = time.monotonic() + limit_s
        # The view is looked at with nothing in hand: who tells of a change holds the counter.
        while not met(self.view):
            left_s = ends_at - time.monotonic()
            assert left_s > 0, self.view
            with self.changed:
                self.changed.wait(min(left_s, LOOK_AGAIN_S))

    def ok(self, command: str, **body: Any) -> None:
        assert self.terminal is not None
        answer = self.terminal.counter.do({"id": str(uuid4()), "command": command, **body})
        assert "error" not in answer, answer

    def sign_in(self) -> None:
        self.wait(lambda view: view["phase"] == "signed_out")
        self.ok("sign_in", number=CASHIER.number, pin=CASHIER.pin)

    def sell(self) -> str:
        """A cash sale; its number."""
        if self.view["phase"] == "done":
            self.ok("next")
        text, aim = scan_text(GOODS, None)
        self.ok("scan", text=text, aim=aim)
        self.ok("pay_begin")
        self.ok("tender", kind="cash", amount=self.view["totals"]["in_hand"])
        return str(self.view["last_sale"]["number"])

    def given(self) -> int:
        """How many operations it has numbered in its newest incarnation."""
        return int(self.rows("SELECT max(seq) FROM outbox WHERE inc = (SELECT max(inc) FROM outbox)")[0][0])

    def all_sent(self, limit_s: float = WAIT_LIMIT_S) -> None:
        self.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"], limit_s)

    def rows(self, query: str) -> list[Any]:
        return rows(self.folder / "till.sqlite", query)
