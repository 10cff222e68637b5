"""10,000 offline sales from 20 tills arrive exactly once, and what a live scan to a phone takes meanwhile.

The journals are made by the tills' own counters, without full sync, before anything is measured. Hub, live till and
the tills that drain are real processes; the live scan comes from a scanner on a pseudo-terminal and ends when a phone's
socket has the event. In the end the hub's database is counted: every sale once, with its stock, no number missing.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

import sample_shop
from hardware.emulators.serial_scanner import SerialScannerEmulator
from omnitill.blackbox.shop import HubData
from omnitill.simulation.memory import CASHIER, SHOP, STORE
from omnitill.visitors import Phone, TillPage
from pos_terminal import enrolment
from pos_terminal.store.engine import Store
from sync_server.db import open_database, sqlite_url
from sync_server.inbox.tables import operations
from sync_server.orders.tables import sales
from sync_server.stock.tables import stock_moves
from sync_server.terminals import service as terminals
from sync_server.terminals.tables import enrolment_tries

TILLS = int(os.environ.get("TILLS", "20"))
SALES = int(os.environ.get("SALES", "500"))
IDLE_SCANS = 250
WARM_UP = 20
PACE_S = 0.02
P99_RATIO_MAX = 3.0
ARRIVAL_TIMEOUT_S = 20.0
NAMES = [f"drain-{n:02d}" for n in range(1, TILLS + 1)]
SHOPPER = SHOP.shoppers[0]
HERE = Path(__file__).parent
GOODS = [product for product in SHOP.products if not product.measured]


@contextmanager
def process(*command: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A process from its ready line until the block ends."""
    child = subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert child.stdout is not None
    try:
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.communicate()


def known(folder: HubData) -> None:
    """A hub that knows the tills."""
    db = open_database(sqlite_url(folder.path))
    for number, name in enumerate(NAMES, 1):
        names = {"en": f"Till {number}", "ru": f"Касса {number}"}
        code = f"{50 + number}"
        db.write(partial(terminals.add, terminal=name, store=STORE.id, code=code, kind="till", names=names))
    db.close()


def set_up(folder: HubData, hub: str) -> None:
    """Each till sets itself up at the hub with a code of its own.

    The hub lets twenty codes be tried in a quarter of an hour: that they were is forgotten, as if that time had passed.
    """
    db = open_database(sqlite_url(folder.path))
    for name in NAMES:
        db.write(lambda session: session.execute(delete(enrolment_tries)))
        store = Store(folder.path / name)
        enrolment.enrol(store, hub, folder.enrol(name), "till")
        store.close()
    db.close()


def fill(path: Path) -> None:
    """Full journals, made on all cores."""
    cores = os.cpu_count() or 1
    parts = [NAMES[first::cores] for first in range(cores)]
    command = [sys.executable, str(HERE / "_drain_tills.py"), "build", str(path), str(SALES)]
    builders = [subprocess.Popen([*command, *part]) for part in parts if part]
    if any(builder.wait() for builder in builders):
        raise RuntimeError("the journals could not be made")


class Live:
    """One scan after the other at the live till; how long each took until the phone had it."""

    def __init__(self, scanner: SerialScannerEmulator, phone: Phone) -> None:
        self._scanner, self._count = scanner, 0
        self._came = threading.Event()
        self._at = 0.0
        follow = phone.client.handlers["/"]["ev"]

        def event(body: dict[str, Any]) -> None:
            if body["s"].startswith("cart:") and body["by"] and body["by"][0]["dev"] == "till-1":
                self._at = time.monotonic()
                self._came.set()
            follow(body)

        phone.client.on("ev", event)

    def scan(self) -> float:
        """Milliseconds from the scanner to the phone."""
        self._came.clear()
        began = time.monotonic()
        text, aim = sample_shop.scan_text(GOODS[self._count % len(GOODS)])
        self._count += 1
        self._scanner.scan(text, aim)
        if not self._came.wait(ARRIVAL_TIMEOUT_S):
            raise RuntimeError("a scan did not come to the phone")
        time.sleep(PACE_S)
        return (self._at - began) * 1000


def measure(live: Live, tills: "subprocess.Popen[str]") -> tuple[list[float], list[float], dict[str, Any]]:
    """Idle, then while all tills drain."""
    for _ in range(WARM_UP):
        live.scan()
    idle = [live.scan() for _ in range(IDLE_SCANS)]
    assert tills.stdin is not None and tills.stdout is not None
    answers = tills.stdout
    done: list[dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: done.append(json.loads(answers.readline())), daemon=True)
    waiter.start()
    tills.stdin.write("go\n")
    tills.stdin.flush()
    busy: list[float] = []
    while waiter.is_alive():
        busy.append(live.scan())
    return idle, busy, done[0]


def run(path: Path) -> dict[str, Any]:
    began = time.monotonic()
    folder = HubData(path, workers=0)
    known(folder)
    with ExitStack() as stack:
        scanner = SerialScannerEmulator(path / "scanner")
        scanner.plug()
        stack.callback(scanner.close)
        serve = ("-m", "sync_server", "serve", "--data", str(path), "--port", "0")
        _, hub = stack.enter_context(process(*serve))
        url = hub["url"].rstrip("/")
        words = ["--kind", "till", "--data", str(path / "live"), "--port", "0", "--hub", url]
        words += ["--enrol", folder.enrol("till-1"), "--scanner", scanner.address]
        _, till = stack.enter_context(process("-m", "pos_terminal", *words))
        set_up(folder, url)
        fill(path)
        print(f"{TILLS * SALES} sales are in {TILLS} journals, {time.monotonic() - began:.0f} s", file=sys.stderr)
        tills, _ = stack.enter_context(process(str(HERE / "_drain_tills.py"), "connect", str(path), *NAMES))
        page = stack.enter_context(TillPage(till["url"]))
        page.sees("the catalogue", lambda view: view["phase"] == "signed_out" and view["people"], 30)
        page.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
        page.do("attach", card=SHOPPER.card)
        page.sees("the shopper", lambda view: view["shopper"] and not view["shopper"]["pending"], 30)
        phone = stack.enter_context(Phone(url, SHOPPER.email, SHOPPER.password))
        idle, busy, done = measure(Live(scanner, phone), tills)
    return line_of(idle, busy, done, counted(path))


def counted(path: Path) -> dict[str, int]:
    """What is in the hub's database: missing and doubled sales, and what belongs to them."""
    db = open_database(sqlite_url(path))
    with db.engine.connect() as connection:
        rows = connection.execute(select(sales.c.id, sales.c.number).where(sales.c.terminal.in_(NAMES))).all()
        moved = connection.execute(select(stock_moves.c.source, func.count()).group_by(stock_moves.c.source)).all()
        ops = connection.execute(select(func.count()).where(operations.c.dev.in_(NAMES))).scalar_one()
    db.close()
    once = {source for source, count in moved if count == 1}
    return {
        "sales": len(rows),
        "missing": TILLS * SALES - len({row.number for row in rows}),
        "doubled": len(rows) - len({row.id for row in rows}),
        "without_their_stock": sum(row.id not in once for row in rows),
        "operations": ops,
    }


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 1)


def line_of(idle: list[float], busy: list[float], done: dict[str, Any], found: dict[str, int]) -> dict[str, Any]:
    scans = {
        name: {"p50_ms": percentile(values, 0.5), "p99_ms": percentile(values, 0.99), "n": len(values)}
        for name, values in (("idle", idle), ("while_draining", busy))
    }
    ratio = round(scans["while_draining"]["p99_ms"] / scans["idle"]["p99_ms"], 2)
    once = found["sales"] == TILLS * SALES and not found["missing"] + found["doubled"] + found["without_their_stock"]
    figures = {
        "sales_a_second": round(TILLS * SALES / done["seconds"]),
        "drained_in_s": round(done["seconds"], 1),
        "unsent": done["unsent"],
        "at_the_hub": found,
        "live_scan": scans,
        "live_p99_ratio": ratio,
    }
    return {
        "name": "drain",
        "figures": figures,
        "limits": {"every_sale_once": TILLS * SALES, "live_p99_ratio": P99_RATIO_MAX},
        "holds": once and not done["unsent"] and ratio <= P99_RATIO_MAX,
        "ran": f"{TILLS} tills with {SALES} sales each, one hub on SQLite, a scan each {PACE_S:g} s; tills niced",
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="omnitill-bench-") as name:
        line = run(Path(name))
    print(json.dumps(line))
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
