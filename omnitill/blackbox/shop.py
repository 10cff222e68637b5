"""The shop of a run: a hub, tills, a kiosk and phones as processes, each client behind a network of its own."""

import shutil
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.emulators.serial_scanner import SerialScannerEmulator
from omnitill.blackbox.clock import WrongClock
from omnitill.blackbox.processes import Process
from omnitill.blackbox.proxy import Network
from omnitill.servers import PostgresServer, RedisServer
from omnitill.simulation.memory import SHOP, STORE, hub_template, open_shop, raw
from sample_shop.people import Shopper
from sync_server.db import open_database, sqlite_url
from sync_server.terminals import enrolment

UP_TIMEOUT_S = 60.0
TERMINALS = [place for place in SHOP.terminals if place.store == STORE.id]
GOODS = [product.id for product in SHOP.products if not product.measured]


@dataclass
class Terminal:
    """A till or kiosk with the scanner and the clock of its counter."""

    name: str
    kind: str
    process: Process
    scanner: SerialScannerEmulator
    clock: WrongClock
    folder: Path


@dataclass
class PhoneAt:
    """A phone and whose it is."""

    name: str
    process: Process
    shopper: Shopper
    disk: Path


class HubData:
    """A hub's data, seeded as the simulation's hub is, with terminals that may come.

    A file; for several workers a database of a PostgreSQL of its own, with a Redis between them.
    """

    def __init__(self, path: Path, workers: int) -> None:
        self.path, self.url, self.workers = path, sqlite_url(path), workers
        self.words = ["--data", str(path)]
        path.mkdir(parents=True, exist_ok=True)
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None
        try:
            if workers:
                # The checker asks for the order of the commits, which this server therefore writes down.
                self.postgres = PostgresServer(durable=True, track_commit_timestamp="on")
                self.redis = RedisServer()
                self.url = self.postgres.url("postgres")
                self.words += ["--database", self.url, "--bus", self.redis.url, "--workers", str(workers)]
            self._seed()
        except BaseException:
            self.close()
            raise

    def _seed(self) -> None:
        if self.postgres is None:
            target = sqlite3.connect(self.path / "hub.sqlite")
            raw(hub_template()).backup(target)
            target.close()
        else:
            db = open_database(self.url)
            open_shop(db)
            db.close()

    def close(self) -> None:
        """The servers end, and what they held is gone with them."""
        if self.redis is not None:
            self.redis.remove()
        if self.postgres is not None:
            self.postgres.stop()

    def enrol(self, terminal: str) -> str:
        """A one-time code that sets a terminal up."""
        db, now = open_database(self.url), time.time_ns() // 1_000_000
        made = db.write(lambda session: enrolment.make_code(session, terminal, enrolment.COMMAND_LINE, now))
        db.close()
        return str(made["code"])


class Shop:
    """Everything that runs. Made and tended by one thread."""

    def __init__(self, folder: Path, seed: int, phones: int, data: HubData, plant: str = "") -> None:
        self.path, self.seed, self.plant, self.data = folder, seed, plant, data
        self.network = Network(seed)
        self.hub_port = 0
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.hub = Process("hub", self.logs, self._hub_command)
        self.terminals = [self._terminal(place.id, place.kind) for place in TERMINALS]
        self.phones = [self._phone(number) for number in range(phones)]

    @property
    def processes(self) -> list[Process]:
        devices = [*(one.process for one in self.terminals), *(one.process for one in self.phones)]
        return [self.hub, *devices]

    def open(self) -> None:
        """Start the hub, then everybody else at once. Raises RuntimeError where somebody does not come up."""
        self.hub.start()
        self._up(self.hub)
        self.hub_port = int(self.hub.ready["port"])
        for process in self.processes[1:]:
            process.start()
        for process in self.processes[1:]:
            self._up(process)

    def _up(self, process: Process) -> None:
        if not process.wait_ready(UP_TIMEOUT_S):
            said = process.log.read_text()[-2000:] if process.log.exists() else ""
            raise RuntimeError(f"{process.name} did not come up: {said}")

    def tend(self) -> None:
        for process in self.processes:
            process.tend()

    def until_all_up(self, within_s: float = UP_TIMEOUT_S) -> bool:
        """Whatever was killed is back."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            self.tend()
            if all(process.alive and process.ready for process in self.processes):
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        for process in reversed(self.processes):
            process.end()
        for terminal in self.terminals:
            terminal.scanner.close()
            terminal.clock.close()
        self.network.close()

    def forget(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _hub_command(self) -> list[str]:
        room = ["omnitill.blackbox.planted", self.plant] if self.plant else ["sync_server"]
        return [sys.executable, "-m", *room, "serve", *self.data.words, "--port", str(self.hub_port)]

    def _terminal(self, name: str, kind: str) -> Terminal:
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True)
        code, scanner = self.data.enrol(name), SerialScannerEmulator(folder / "scanner")
        scanner.plug()
        clock = WrongClock(folder / "clock")
        proxy = self.network.proxy(name, lambda: self.hub_port)
        command = [sys.executable, "-m", "omnitill.blackbox.clock", str(clock.path), "--", "--kind", kind]
        command += ["--data", str(folder / "data"), "--port", "0", "--hub", proxy.url]
        command += ["--enrol", code, "--scanner", scanner.address]
        return Terminal(name, kind, Process(name, self.logs, lambda: command), scanner, clock, folder / "data")

    def _phone(self, number: int) -> PhoneAt:
        # Two phones of one shopper share a cart, the third is somebody else's.
        shopper, name = SHOP.shoppers[0 if number < 2 else 1], f"phone-{number + 1}"
        proxy = self.network.proxy(name, lambda: self.hub_port)
        folder = self.path / name
        command = [sys.executable, "-m", "omnitill.blackbox.phone", "--hub", proxy.url, "--data", str(folder)]
        command += ["--login", shopper.email, "--password", shopper.password, "--seed", f"{self.seed}{number}"]
        command += ["--goods", ",".join(GOODS)]
        return PhoneAt(name, Process(name, self.logs, lambda: command), shopper, folder / "phone.sqlite")
