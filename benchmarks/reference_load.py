"""100,000 products reach a new till: seconds, bytes and pages, beside 400 products; and 10 prices that changed.

A real hub process over SQLite and the till's own client over loopback, each load into an empty folder. Bytes are those
on the wire, packed. Beside the seconds stands the same client without its disk: pages are fetched and thrown away.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

import sample_shop
from pos_terminal.store.replica import Replica
from retail.search import asked
from sync_server.catalogue import service
from sync_server.db import open_database, sqlite_url
from sync_server.migrations import upgrade
from sync_server.seed import seed
from sync_server.terminals import service as terminals

MANY, FEW = int(os.environ.get("PRODUCTS", "100000")), 400
TOKEN = "benchmark"
CHANGED = 10
LOAD_S_MAX = 60.0
DELTA_BYTES_MAX = 20_000
DELTA_MS_MAX = 250.0


class Hub:
    """A hub process with so many products."""

    def __init__(self, folder: Path, products: int) -> None:
        folder.mkdir()
        self.folder = folder
        db = open_database(sqlite_url(folder))
        upgrade(db.engine)
        seed(db, products, 1)
        db.write(lambda session: terminals.enrol(session, "till-1", TOKEN))
        db.close()
        words = ["serve", "--data", str(folder), "--port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sync_server", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdout is not None
        self.url = f"{json.loads(self.process.stdout.readline())['url']}v1/reference"

    def change_prices(self) -> None:
        db = open_database(sqlite_url(self.folder))
        items = [product.id for product in sample_shop.build(products=FEW).products[:CHANGED]]
        db.write(lambda session: service.set_prices(session, dict.fromkeys(items, 123), 1))
        db.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


def follow(hub: Hub, replica: Replica | None, place: dict[str, Any]) -> dict[str, Any]:
    """Take pages to their end; `{seconds, pages, rows, bytes}`."""
    began, pages, rows, size = time.perf_counter(), 0, 0, 0
    head = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(trust_env=False, timeout=60, headers=head) as client:
        while True:
            answer = client.get(hub.url, params=place).raise_for_status()
            page = answer.json()
            pages, size = pages + 1, size + answer.num_bytes_downloaded
            rows += sum(len(page[kind]) for kind in ("products", "prices", "staff", "cards"))
            if replica is not None:
                replica.take(page, 1)
            if not page["next"]:
                break
            place = {"next": page["next"]}
    return {"seconds": round(time.perf_counter() - began, 3), "pages": pages, "rows": rows, "bytes": size}


def measure(folder: Path, products: int) -> dict[str, Any]:
    hub = Hub(folder / f"hub-{products}", products)
    try:
        bare = follow(hub, None, {})
        (folder / f"till-{products}").mkdir()
        replica = Replica(folder / f"till-{products}")
        whole = follow(hub, replica, {})
        hub.change_prices()
        delta = follow(hub, replica, replica.place())
        assert replica.heading is not None and replica.book is not None and len(replica.book.products) == products
        assert delta["rows"] == CHANGED and replica.search(asked("a")[0], 1) is not None
        replica.close()
    finally:
        hub.stop()
    size = (folder / f"till-{products}" / "replica.sqlite").stat().st_size
    return {"load": whole, "fetch_alone": bare, "delta_of_10_prices": delta, "file_bytes": size}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        few, many = measure(Path(folder), FEW), measure(Path(folder), MANY)
    delta = many["delta_of_10_prices"]
    holds = (
        many["load"]["seconds"] <= LOAD_S_MAX
        and delta["bytes"] <= DELTA_BYTES_MAX
        and delta["seconds"] * 1000 <= DELTA_MS_MAX
    )
    figures = {f"products_{FEW}": few, f"products_{MANY}": many}
    limits = {"load_s": LOAD_S_MAX, "delta_bytes": DELTA_BYTES_MAX, "delta_ms": DELTA_MS_MAX}
    ran = f"one load each of {FEW} and {MANY} products into an empty till, and {CHANGED} changed prices after it"
    print(json.dumps({"name": "reference_load", "figures": figures, "limits": limits, "holds": holds, "ran": ran}))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
