"""A till with real parts around it: SQLite files, a printer on TCP, a scanner on a pseudo-terminal, a hub double."""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from hub_double import HubDouble

from hardware.emulators.escpos_printer import EscposPrinterEmulator
from hardware.emulators.serial_scanner import SerialScannerEmulator
from pos_terminal.app import Terminal
from pos_terminal.config import Config
from pos_terminal.enrolment import keep
from pos_terminal.ids import now_ms
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica
from retail.catalogue import Product
from retail.chain import Signer
from retail.promotions.kinds import as_dict
from retail.promotions.promotion import Promotion
from retail.replica import applied
from retail.told import Enrolled
from sample_shop import build, scan_text

WAIT_LIMIT_S = 10
LOOK_AGAIN_S = 0.05
PRODUCTS = 60

SHOP = build(seed=1, products=PRODUCTS)
PIECES = [product for product in SHOP.products if not product.weighed]
WEIGHED = [product for product in SHOP.products if product.weighed]
CASHIER, MANAGER = SHOP.staff[0], SHOP.staff[4]
SHOPPER = SHOP.shoppers[0]


@cache
def _pin_hash(pin: str) -> str:
    # Real argon2, made cheap: what is tested is the till, not the patience of an attacker.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(pin)


def reference(version: int = 1, terminal: str = "till-1") -> dict[str, Any]:
    """What the hub answers to GET /v1/reference, all of it in one page."""
    seed = next(row for row in SHOP.terminals if row.id == terminal)
    store = SHOP.stores[0]
    return {
        "e": 1,
        "version": version,
        "whole": True,
        "first": True,
        "next": "",
        "total": PRODUCTS + len(SHOP.staff) + len(SHOP.shoppers),
        "prices": [],
        "gone": {"products": [], "staff": [], "cards": []},
        "store": asdict(store),
        "terminal": {"id": seed.id, "code": seed.code, "names": seed.name, "kind": seed.kind},
        "departments": [asdict(row) for row in SHOP.departments],
        "taxes": [asdict(row) for row in SHOP.taxes],
        "products": [row.as_dict() for row in SHOP.products],
        "stock": {item: amount for (place, item), amount in SHOP.stock.items() if place == store.id},
        "staff": [
            {
                "id": row.id,
                "number": row.number,
                "name": row.name,
                "role": row.role,
                "language": row.language,
                "pin_hash": _pin_hash(row.pin),
            }
            for row in SHOP.staff
        ],
        "cards": [
            {"number": row.card, "shopper": row.id, "name": row.name, "language": row.language, "points": row.points}
            for row in SHOP.shoppers
        ],
    }


def set_up(folder: Path, hub: str, terminal: str = "till-1", kind: str = "till", inc: int = 1) -> None:
    """Make `folder` a terminal that was set up, without a hub: its key, its name and an empty journal."""
    folder.mkdir(parents=True, exist_ok=True)
    seed = hashlib.sha256(f"{terminal}-{inc}".encode()).digest()
    (folder / "key").write_text(seed.hex())
    known = {"inc": 0, "last_seq": 0}
    answer = {"terminal": terminal, "store": SHOP.stores[0].id, "kind": kind, "names": {}, "token": "token"}
    answer |= {"inc": inc, "first_sale": 1, "known": known}
    store = Store(folder)
    with store.begin() as connection:
        keep(connection, Enrolled.model_validate(answer), Signer(seed).public, hub)
    store.close()


class Bench:
    """One terminal on a counter. Parts are started by hand, so that a test can leave one out or start it late."""

    def __init__(self, folder: Path, kind: str = "till", printer: bool = True, scanner: bool = False) -> None:
        self.folder, self.kind = folder, kind
        self.device = "till-1" if kind == "till" else "kiosk-1"
        self.hub = HubDouble(reference(terminal=self.device))
        self.hub.reserve()
        self.printer = EscposPrinterEmulator(0, on_change=self._changed) if printer else None
        if self.printer:
            self.printer.start()
        self.scanner = SerialScannerEmulator(folder / "scanner") if scanner else None
        if self.scanner:
            self.scanner.plug()
        self.views: list[dict[str, Any]] = []
        self.view: dict[str, Any] = {}
        """What a page has that took the snapshot at the start and every event since."""
        self.changed = threading.Condition()
        self.terminal: Terminal | None = None

    def config(self) -> Config:
        return Config(
            kind=self.kind,  # type: ignore[arg-type]
            data=self.folder / "data",
            port=0,
            hub=self.hub.url,
            scanners=(self.scanner.address,) if self.scanner else (),
            printer=self.printer.address if self.printer else "",
        )

    def load_replica(self, body: dict[str, Any]) -> None:
        """Give the till its catalogue as an earlier day did."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        replica = Replica(self.folder / "data")
        replica.take(body, now_ms())
        replica.close()

    def selling(self, *promotions: Promotion, **more: Any) -> "Bench":
        """Started and signed in, with these promotions and what else the hub had told."""
        self.load_replica({**reference(), "promotions": [as_dict(one) for one in promotions], **more})
        self.start()
        self.sign_in()
        return self

    def start(self) -> "Bench":
        if not (self.folder / "data" / "key").exists():
            set_up(self.folder / "data", self.hub.url, self.device, self.kind)
        self.terminal = Terminal(self.config())
        to_pages = self.terminal.counter.on_view

        self.view = self.terminal.counter.snapshot()["state"]

        def seen(event: dict[str, Any]) -> None:
            to_pages(event)
            with self.changed:
                self.views.append(event)
                self.view = applied(self.view, event["changes"])
                self.changed.notify_all()

        self.terminal.counter.on_view = seen
        self.terminal.start()
        return self

    def stop(self) -> None:
        if self.terminal is not None:
            self.terminal.stop()
            self.terminal = None

    def close(self) -> None:
        self.stop()
        self.hub.stop()
        if self.printer:
            self.printer.stop()
        if self.scanner:
            self.scanner.unplug()

    def _changed(self) -> None:
        with self.changed:
            self.changed.notify_all()

    @property
    def counter(self) -> Any:
        assert self.terminal is not None
        return self.terminal.counter

    def wait(self, met: Callable[[dict[str, Any]], Any], limit_s: float = WAIT_LIMIT_S) -> dict[str, Any]:
        """The view as soon as `met(view)`; fails with the view that it had."""
        self._wait(lambda: met(self.view), lambda: self.view, limit_s)
        return self.view

    def wait_paper(self, text: str, limit_s: float = WAIT_LIMIT_S) -> None:
        """Until this is printed; fails with what was."""
        self._wait(lambda: text in self.paper, lambda: self.paper, limit_s)

    def _wait(self, met: Callable[[], Any], found: Callable[[], Any], limit_s: float) -> None:
        ends_at = time.monotonic() + limit_s
        with self.changed:
            while not met():
                left_s = ends_at - time.monotonic()
                assert left_s > 0, f"not within {limit_s} s: {found()}"
                # What some wait for lies behind the view, and no change of the view tells of it.
                self.changed.wait(min(left_s, LOOK_AGAIN_S))

    def do(self, command: str, id: str = "", **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.counter.do({"id": id or str(uuid4()), "command": command, **body})
        return answer

    def ok(self, command: str, **body: Any) -> Any:
        """The result of a command that has to succeed."""
        answer = self.do(command, **body)
        assert "error" not in answer, answer
        return answer["result"]

    def refused(self, command: str, **body: Any) -> str:
        """The code of a refusal that has to come."""
        answer = self.do(command, **body)
        assert "error" in answer, answer
        return str(answer["error"]["code"])

    def sign_in(self) -> None:
        self.ok("sign_in", number=CASHIER.number, pin=CASHIER.pin)

    def scan(self, product: Product, grams: int | None = None) -> Any:
        text, aim = scan_text(product, grams)
        return self.ok("scan", text=text, aim=aim)

    def sell(self, *products: Product) -> dict[str, Any]:
        """A whole cash sale with the exact amount; the last sale as it is shown."""
        for product in products:
            self.scan(product)
        self.ok("pay_begin")
        self.ok("tender", kind="cash", amount=self.view["totals"]["in_hand"])
        sale: dict[str, Any] = self.view["last_sale"]
        return sale

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What another process would read from the till's file: committed data only."""
        with sqlite3.connect(self.folder / "data" / "till.sqlite") as connection:
            found = connection.execute(query, values).fetchall()
        connection.close()
        return found

    @property
    def paper(self) -> str:
        assert self.printer is not None
        return "\n".join(line.text for line in self.printer.paper)


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """`make_bench(...)` is a till with real parts around it."""
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        bench = Bench(tmp_path / f"bench-{len(made)}", **options)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()
