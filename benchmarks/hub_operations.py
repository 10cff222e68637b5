"""Durable cart operations a second and processor time an operation: SQLite and PostgreSQL, beside a bare handler.

Real websockets from shoppers' phones, each with one operation in flight: it adds a line to its own cart, hears the
event and waits for the ack before it sends the next. Every ack means committed with full sync. The bare handler does
one insert and one update with one commit of its own for each message, on the same server, from the same clients, in
the same run: no rules, no prices, no event. Processor time is user and system time of all the hub's processes, read
before and after; that of all PostgreSQL's processes is told beside it, and Redis' and the phones' are in neither.
Between the rounds the carts are emptied, not counted. SQLite has one writer: two workers on it are refused.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import _wire

import sample_shop
from omnitill.servers import PostgresServer, RedisServer
from sync_server.cli import open_hub_database
from sync_server.config import Settings
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.migrations import upgrade
from sync_server.seed import seed

DEVICES = int(os.environ.get("DEVICES", "64"))
ROUNDS = int(os.environ.get("ROUNDS", "4"))
LINES = 10
READY_TIMEOUT_S = 60
CPU_MS_MAX = 2.0
EACH = ("sqlite", "bare_sqlite", "sqlite_2_workers", "postgresql", "bare_postgresql", "postgresql_2_workers")
PRODUCTS = 60
NOW = 1_700_000_000_000
DAY_MS = 86_400_000
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def cpu_ms(pid: int) -> float:
    """User and system time in milliseconds of a process so far, and of those of its children that have ended."""
    rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, rest[11:15])) * TICK_MS


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            # What PostgreSQL starts to clean up may have ended by now.
            with suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in task.read_text().split()]
    return found


def cpu_of(pid: int) -> float:
    spent = 0.0
    for one in family(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            spent += cpu_ms(one)
    return spent


@contextmanager
def process(*command: str) -> Iterator[dict[str, Any]]:
    """A process from its ready line until the block ends."""
    with Path(os.environ.get("HUB_LOG", os.devnull)).open("ab") as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
    assert child.stdout is not None
    try:
        yield {"pid": child.pid, **json.loads(child.stdout.readline())}
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """A PostgreSQL server with its usual durability: the address of an empty database, and its process."""
    server = PostgresServer(durable=True, shared_buffers="128MB")
    try:
        yield server.url("postgres"), server.pid
    finally:
        server.stop()


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis."""
    server = RedisServer()
    try:
        yield server.url
    finally:
        server.remove()


@dataclass
class Phone:
    """One shopper's phone with a cart of its own."""

    shopper: str
    cart: str
    token: str
    wire: _wire.Wire | None = None
    seq: int = 0
    lines: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    async def open(self, url: str, bare: bool) -> None:
        hail = {"proto": 1, "app": "phone", "dev": f"phone-{self.shopper}", "inc": 1, "version": "bench"}
        self.wire = await _wire.connect(url, None if bare else hail, f"omnitill_session={self.token}")
        self.seq, self.lines = 0, []
        if not bare:
            answer = await self.wire.call("sub", [{"s": f"cart:{self.cart}", "e": 0, "v": 0}])
            assert "state" in answer["streams"][0], answer

    async def send(self, kind: str, body: dict[str, Any]) -> None:
        assert self.wire is not None
        self.seq += 1
        operation = {"id": str(uuid.uuid4()), "kind": kind, "ver": 1, "at": NOW, "cart": self.cart, "body": body}
        message = {"seq0": self.seq, "ops": [operation]}
        if kind == "bare":
            message["dev"] = self.shopper
        answer = await self.wire.call("ops", message)
        while "error" in answer and answer["error"]["code"] in ("hub.store", "hub.busy"):
            answer = await self.wire.call("ops", message)
        assert answer["results"][0]["status"] == "ok", answer

    async def add(self, items: list[str], kind: str) -> None:
        """Add each item as a line; how long each took until its ack goes to `took`, in milliseconds."""
        for item in items:
            line = uuid.uuid4().hex
            began = time.perf_counter()
            await self.send(kind, {"line": line, "item": item, "quantity": 1000, "fulfilment": "collect"})
            self.took.append((time.perf_counter() - began) * 1000)
            self.lines.append(line)

    async def empty(self) -> None:
        for line in self.lines:
            await self.send("cart.remove", {"line": line, "seen": 1000})
        self.lines = []


def shopper(number: int) -> Phone:
    return Phone(f"bench-{number}", f"bench-cart-{number}", uuid.uuid4().hex)


def prepare(db: Database, phones: list[Phone]) -> None:
    """A sample shop with a shopper, a cart and a sign-in for each phone."""
    upgrade(db.engine)
    seed(db, PRODUCTS, NOW)
    store, now = sample_shop.build(PRODUCTS).stores[0].id, time.time_ns() // 1_000_000

    def command(session: Any) -> None:
        for n, phone in enumerate(phones):
            names, mail = {"en": phone.shopper, "ru": phone.shopper}, f"{phone.shopper}@bench.example"
            number = f"77{n:011d}"
            customers.add(session, phone.shopper, names, "en", store, mail, f"+999{n:08d}", "", number, phone.cart)
            customers.begin_session(session, "shopper", phone.shopper, phone.token, now, DAY_MS)

    db.write(command)
    db.close()


async def drive(url: str, pid: int, phones: list[Phone], bare: bool, also: int = 0) -> dict[str, Any]:
    """All phones add line after line; figures of the adding alone."""
    goods = [product.id for product in sample_shop.build(PRODUCTS).products if not product.measured][:LINES]
    await asyncio.gather(*(phone.open(url, bare) for phone in phones))
    kind = "bare" if bare else "cart.add"
    seconds = spent = beside = 0.0
    for number in range(ROUNDS + 1):
        for phone in phones:
            phone.took = phone.took if number > 1 else []
        before, other, began = cpu_of(pid), cpu_of(also) if also else 0.0, time.perf_counter()
        await asyncio.gather(*(phone.add(goods, kind) for phone in phones))
        if number:
            # The first round only warms up: statements are compiled, goods are read for the first time.
            seconds += time.perf_counter() - began
            spent += cpu_of(pid) - before
            beside += cpu_of(also) - other if also else 0.0
        if not bare:
            await asyncio.gather(*(phone.empty() for phone in phones))
    took = [ms for phone in phones for ms in phone.took]
    for phone in phones:
        assert phone.wire is not None
        phone.wire.close()
    done = ROUNDS * LINES * len(phones)
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    figures = {
        "operations_per_s": round(done / seconds),
        "cpu_ms_per_operation": round(spent / done, 3),
        "ack_p50_ms": round(cuts[49], 1),
        "ack_p99_ms": round(cuts[98], 1),
    }
    return figures | ({"database_cpu_ms_per_operation": round(beside / done, 3)} if also else {})


def serve(folder: Path, database: str = "", workers: int = 1, bus: str = "") -> tuple[str, ...]:
    words = [sys.executable, "-m", "sync_server", "serve", "--data", str(folder), "--port", "0"]
    words += ["--database", database] if database else []
    return (*words, "--workers", str(workers), "--bus", bus) if workers > 1 else tuple(words)


def refused(folder: Path) -> dict[str, Any]:
    """What the hub says of two workers on SQLite."""
    words = serve(folder, workers=2)
    done = subprocess.run(words, capture_output=True, text=True, timeout=READY_TIMEOUT_S)
    assert done.returncode, done
    return {"refused": done.stderr.splitlines()[-1]}


def measure(stack: ExitStack, which: str, folder: Path, phones: list[Phone]) -> dict[str, Any]:
    if which == "sqlite_2_workers":
        return refused(folder)
    database, also = "", 0
    bare = which.startswith("bare")
    if "postgresql" in which:
        database, also = stack.enter_context(postgres())
    prepare(open_hub_database(Settings(data=folder, database=database)), phones)
    if bare:
        here = Path(__file__).parent / "_bare.py"
        command: tuple[str, ...] = (sys.executable, str(here), database or f"sqlite:///{folder / 'hub.sqlite'}")
    elif which.endswith("2_workers"):
        command = serve(folder, database, workers=2, bus=stack.enter_context(redis()))
    else:
        command = serve(folder, database)
    server = stack.enter_context(process(*command))
    return asyncio.run(drive(server["url"], server["pid"], phones, bare, also))


def main() -> int:
    _wire.many_files()
    wanted = sys.argv[1:] or EACH
    figures: dict[str, Any] = {}
    for which in wanted:
        phones = [shopper(number) for number in range(DEVICES)]
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="omnitill-bench-")))
            figures[which] = measure(stack, which, folder, phones)
    hubs = {name: row for name, row in figures.items() if not name.startswith("bare") and "refused" not in row}
    line = {
        "name": "hub_operations",
        "figures": figures,
        "limits": {"cpu_ms_per_operation": CPU_MS_MAX},
        "holds": all(row["cpu_ms_per_operation"] <= CPU_MS_MAX for row in hubs.values()),
        "ran": f"{DEVICES} phones, each adds {ROUNDS} x {LINES} lines, one operation in flight",
    }
    print(json.dumps(line))
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
