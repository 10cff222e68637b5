"""A scan at the till on the till's screen and on the shopper's phone, beside the same chain without rules or commits.

Real processes (hub, till, a bare relay, a bare till), scanners on pseudo-terminals, and pages in one real Chromium. A
scan begins before its bytes are written; a message arrives when Chromium's network layer has its frame, by the same
monotonic clock. 1,000 other phones are connected to each server, and 50 operations a second come from them to the
server that is measured. Blocks of scans at the real till and at the bare one take turns, so both meet the same noise.

`bare_scan_to_phone` is the chain without anything: the bare till hands a message as large to the bare relay the moment
that its scanner speaks, on the same server and client libraries, and the relay to the phone. `kept_bare_scan_to_phone`
is the same with full durability, and the limits of `scan_to_phone` are against it (docs/adr/0028): bare till and bare
relay commit each message with full sync before they pass it on, one insert and one update each, with the writers that
till and hub have; so does the relay with what its crowd says. What the commits alone cost stands beside it, and the
ratio to the chain without. `one_hop` is a message that a client gives to the relay without a till in between: the floor
of one server, told beside it.
`dark_scan_to_phone` is `scan_to_phone` once more with the till's page closed, for in a shop its screen is painted by
another machine than the hub's, and here by the same processors; no limit is on it.

`--grow` runs with 10, 100, 1,000, 2,500 and 5,000 phones, with fewer scans each; PHONES, RATE and BLOCKS are settings.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from playwright.async_api import BrowserContext, Page, async_playwright

sys.path.insert(0, str(Path(__file__).parent))

import _wire

import sample_shop
from hardware.emulators.serial_scanner import SerialScannerEmulator
from omnitill.doctor import find_chromium
from omnitill.visitors import NO_DELAY, TillPage
from sync_server.cli import open_hub_database
from sync_server.config import Settings
from sync_server.customers import service as customers
from sync_server.seed import seed

PHONES = int(os.environ.get("PHONES", "1000"))
RATE = float(os.environ.get("RATE", "50"))
BLOCKS, BLOCK = int(os.environ.get("BLOCKS", "5")), 40
GROWING, GROWING_BLOCKS = (10, 100, 1_000, 2_500, 5_000), 2
PHONES_A_CART, CROWD_MAX = 2, 2_500
CROWD_TIMEOUT_S = 200
WARM_UP = 20
PACE_S = 0.08
ARRIVAL_TIMEOUT_S = 5.0
READY_TIMEOUT_S = 60
PRODUCTS = 20
RATIO_MAX = {"p50": 2.0, "p99": 3.0}
SHOP = sample_shop.build()
SHOPPER = SHOP.shoppers[0]
CASHIER = next(member for member in SHOP.staff if member.store == SHOP.stores[0].id)
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@asynccontextmanager
async def process(*command: str, within_s: float = READY_TIMEOUT_S) -> AsyncIterator[dict[str, Any]]:
    """A process from its ready line until the block ends; `say` writes a line to it."""
    with Path(os.environ.get("BENCH_LOG", os.devnull)).open("ab") as errors:
        child = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
    assert child.stdout is not None and child.stdin is not None
    pipe = child.stdin
    try:
        line = await asyncio.wait_for(child.stdout.readline(), within_s)
        yield {**json.loads(line), "say": lambda word: pipe.write(f"{word}\n".encode()), "pid": child.pid}
    finally:
        child.kill()
        await child.wait()


@dataclass
class Frames:
    """The `ev` frames that came to one page: `(monotonic seconds, message)`."""

    queue: asyncio.Queue[tuple[float, dict[str, Any]]] = field(default_factory=asyncio.Queue)

    async def watch(self, context: BrowserContext, page: Page) -> None:
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", self._came)

    def _came(self, frame: dict[str, Any]) -> None:
        text = frame["response"]["payloadData"]
        if text.startswith('42["ev",'):
            self.queue.put_nowait((frame["timestamp"], json.loads(text[2:])[1]))

    async def arrival(self, wanted: Any) -> tuple[float, dict[str, Any]]:
        """The next frame that `wanted` accepts."""
        while True:
            at, message = await asyncio.wait_for(self.queue.get(), ARRIVAL_TIMEOUT_S)
            if wanted(message):
                return at, message

    def forget(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()


@dataclass
class Rig:
    """Everything that a measurement needs, open."""

    scanner: SerialScannerEmulator
    bare_scanner: SerialScannerEmulator
    frames: dict[str, Frames]
    sender: socketio.Client
    codes: list[str]
    event: dict[str, Any]
    crowds: dict[str, list[dict[str, Any]]]
    till_page: Page
    bare_till: Any = None
    count: int = 0

    def crowd(self, kind: str, word: str = "go") -> None:
        """Only the phones at the server that is measured act."""
        for name, some in self.crowds.items():
            for one in some:
                one["say"](word if name == kind else "rest")

    async def scan(self) -> dict[str, float]:
        """One scan at the real till: seconds to the till's page and to the phone's."""
        till, phone = self.frames["till"], self.frames["phone"]
        till.forget()
        phone.forget()
        code = self.codes[self.count % len(self.codes)]
        self.count += 1
        began = time.monotonic()
        if not self.scanner.scan(code):
            raise RuntimeError("the till does not read its scanner")
        till_at, _ = await till.arrival(lambda ev: ev.get("scan") and "lines" in ev["changes"])
        phone_at, self.event = await phone.arrival(lambda ev: ev["s"].startswith("cart:") and ev["by"])
        return {"scan_to_till": till_at - began, "scan_to_phone": phone_at - began}

    async def dark_scan(self) -> dict[str, float]:
        """One scan at the real till while nobody has its page open: seconds to the phone's page."""
        phone = self.frames["phone"]
        phone.forget()
        code = self.codes[self.count % len(self.codes)]
        self.count += 1
        began = time.monotonic()
        if not self.scanner.scan(code):
            raise RuntimeError("the till does not read its scanner")
        at, _ = await phone.arrival(lambda ev: ev["s"].startswith("cart:") and ev["by"])
        return {"dark_scan_to_phone": at - began}

    async def bare_scan(self) -> dict[str, float]:
        """One scan at the bare till: seconds to its page and to the relay's."""
        till, phone = self.frames["bare_till"], self.frames["relay"]
        till.forget()
        phone.forget()
        began = time.monotonic()
        if not self.bare_scanner.scan(self.codes[0]):
            raise RuntimeError("the bare till does not read its scanner")
        till_at, _ = await till.arrival(lambda ev: True)
        phone_at, _ = await phone.arrival(lambda ev: True)
        return {"bare_scan_to_till": till_at - began, "bare_scan_to_phone": phone_at - began}

    async def kept_bare_scan(self) -> dict[str, float]:
        """The same where the bare till and the relay commit each message before they pass it on."""
        found = await self.bare_scan()
        return {f"kept_{name}": seconds for name, seconds in found.items()}

    async def hop(self) -> dict[str, float]:
        """The same message straight to the relay: seconds to its page."""
        self.frames["relay"].forget()
        began = time.monotonic()
        self.sender.emit("relay", {"room": "mine", "event": self.event})
        at, _ = await self.frames["relay"].arrival(lambda ev: True)
        return {"one_hop": at - began}


async def measure(rig: Rig, blocks: int) -> dict[str, list[float]]:
    seen: dict[str, list[float]] = {}

    async def block(crowd: str, act: Any, times: int, counts: bool = True) -> None:
        keep = act == rig.kept_bare_scan
        rig.crowd(crowd, "keep" if keep else "go")
        rig.bare_till("keep" if keep else "pass")
        for _ in range(times):
            found = await act()
            for name, seconds in found.items() if counts else ():
                seen.setdefault(name, []).append(seconds * 1000)
            await asyncio.sleep(PACE_S * (0.5 + random.random()))

    for number in range(-1, blocks):
        # The first round warms up and does not count.
        times, counts = (BLOCK, True) if number >= 0 else (WARM_UP, False)
        await block("hub", rig.scan, times, counts)
        await block("relay", rig.bare_scan, times, counts)
        await block("relay", rig.kept_bare_scan, times, counts)
        await block("relay", rig.hop, times, counts)
    await rig.till_page.goto("about:blank")
    for _ in range(blocks):
        await block("hub", rig.dark_scan, BLOCK)
    return seen


def percentile(values: list[float], share: int) -> float:
    return round(statistics.quantiles(values, n=100, method="inclusive")[share - 1], 2)


def people(folder: Path, phones: int) -> None:
    """A shop with a cart and a sign-in for each of the crowd's phones, listed in `crowd.json`."""
    db = open_hub_database(Settings(data=folder))
    seed(db, 400, time.time_ns() // 1_000_000)
    rows: list[list[str]] = []

    def command(session: Any) -> None:
        for n in range(-(-phones // PHONES_A_CART)):
            name, now = f"other-{n}", time.time_ns() // 1_000_000
            names, mail = {"en": name, "ru": name}, f"{name}@bench.example"
            store = SHOP.stores[0].id
            customers.add(session, name, names, "en", store, mail, f"+999{n:08d}", "", f"77{n:011d}", f"cart-{n}")
            for _ in range(PHONES_A_CART):
                token = uuid.uuid4().hex
                customers.begin_session(session, "shopper", name, token, now)
                rows.append([name, f"cart-{n}", token])

    db.write(command)
    db.close()
    (folder / "crowd.json").write_text(json.dumps(rows[:phones]))


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any], SerialScannerEmulator]]:
    """Hub and till, as processes, with a scanner whose other end is ours."""
    python = sys.executable
    scanner = SerialScannerEmulator(folder / "scanner")
    scanner.plug()
    hub_command = (python, "-m", "sync_server")
    async with process(*hub_command, "serve", "--data", str(folder), "--port", "0") as hub:
        enrol = (*hub_command, "enrol", "--data", str(folder), "--terminal", "till-1")
        code = json.loads(subprocess.run(enrol, check=True, capture_output=True).stdout)["code"]
        command = [python, "-m", "pos_terminal", "--kind", "till", "--data", str(folder / "till"), "--port", "8450"]
        command += ["--hub", hub["url"].rstrip("/"), "--enrol", code]
        async with process(*command, "--scanner", scanner.address, "--demo") as till:
            yield hub, till, scanner
    scanner.close()


async def sign_in(context: BrowserContext, hub: dict[str, Any], till: dict[str, Any], rig_scan: Any) -> Page:
    """The cashier at the till, the shopper at the phone, and the shopper's card before the scanner."""
    hands = TillPage(till["url"])
    await asyncio.to_thread(
        hands.sees, "the catalogue", lambda view: view["phase"] == "signed_out" and view["people"], 30
    )
    await asyncio.to_thread(hands.do, "sign_in", number=CASHIER.number, pin=CASHIER.pin)
    rig_scan(SHOPPER.card)
    await asyncio.to_thread(hands.sees, "the shopper", lambda view: view["shopper"] and not view["shopper"]["pending"])
    hands.close()
    answer = await context.request.post(
        f"{hub['url']}sign-in", data={"login": SHOPPER.email, "password": SHOPPER.password}
    )
    if not answer.ok:
        raise RuntimeError(f"the shop did not sign the shopper in: {await answer.text()}")
    return await context.new_page()


async def crowds(stack: AsyncExitStack, folder: Path, urls: dict[str, str], phones: int) -> dict[str, Any]:
    """The other phones at each server, in as many processes as they need."""
    file, here = str(folder / "crowd.json"), str(Path(__file__).parent / "_crowd.py")
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in urls}
    for kind, url in urls.items():
        for first in range(0, phones, CROWD_MAX):
            count = min(CROWD_MAX, phones - first)
            words = (kind, url, file, str(first), str(count), str(RATE * count / phones))
            crowd = process(sys.executable, here, *words, within_s=CROWD_TIMEOUT_S)
            found[kind].append(await stack.enter_async_context(crowd))
    return found


async def run(folder: Path, phones: int, blocks: int) -> dict[str, list[float]]:
    people(folder, phones)
    python, here = sys.executable, Path(__file__).parent
    async with AsyncExitStack() as stack:
        hub, till, scanner = await stack.enter_async_context(shop(folder))
        relay = await stack.enter_async_context(process(python, str(here / "_relay.py"), str(folder)))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        pages, frames = {"phone": await sign_in(context, hub, till, scanner.scan)}, dict[str, Frames]()
        urls = {"till": till["url"], "phone": f"{hub['url']}cart", "relay": relay["url"], "bare_till": ""}

        async def open_page(name: str) -> None:
            page = pages[name] if name in pages else await context.new_page()
            pages[name], frames[name] = page, Frames()
            await frames[name].watch(context, page)
            await page.goto(urls[name])

        for name in ("till", "phone", "relay"):
            await open_page(name)
        await settle(pages["phone"])
        goods = [product for product in SHOP.products if not product.measured][:PRODUCTS]
        codes = [sample_shop.scan_text(product)[0] for product in goods]
        sender = socketio.Client(reconnection=False, websocket_extra_options=NO_DELAY)
        sender.connect(relay["url"], transports=["websocket"])
        bare = SerialScannerEmulator(folder / "bare_scanner")
        bare.plug()
        rig = Rig(scanner, bare, frames, sender, codes, {}, {}, pages["till"])
        for _ in codes:
            # The bare servers say what the real ones do, with all the lines in the cart.
            await rig.scan()
        (folder / "event.json").write_text(json.dumps(rig.event))
        words = (relay["url"], bare.address, str(folder / "event.json"), str(folder / "bare_till"))
        bare_till = await stack.enter_async_context(process(python, str(here / "_bare_till.py"), *words))
        urls["bare_till"], rig.bare_till = bare_till["url"], bare_till["say"]
        await open_page("bare_till")
        rig.crowds = await crowds(stack, folder, {"hub": hub["url"], "relay": relay["url"]}, phones)
        await pages["phone"].bring_to_front()
        seen = await measure(rig, blocks)
        sender.disconnect()
        await browser.close()
        bare.close()
    return seen


async def settle(page: Page) -> None:
    """Until the phone's page follows the cart."""
    await page.wait_for_selector("#app *")
    await page.wait_for_timeout(1500)


def figures_of(seen: dict[str, list[float]]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, values in seen.items():
        figures[name] = {"p50_ms": percentile(values, 50), "p99_ms": percentile(values, 99), "n": len(values)}
    for name, floor in (
        ("scan_to_phone", "bare_scan_to_phone"),
        ("scan_to_till", "bare_scan_to_till"),
        ("scan_to_phone", "kept_bare_scan_to_phone"),
        ("kept_bare_scan_to_phone", "bare_scan_to_phone"),
        ("scan_to_phone", "one_hop"),
        ("dark_scan_to_phone", "bare_scan_to_phone"),
    ):
        for share in ("p50", "p99"):
            ratio = figures[name][f"{share}_ms"] / figures[floor][f"{share}_ms"]
            figures[name][f"{share}_ratio_to_{floor}"] = round(ratio, 2)
    return figures


def holds(figures: dict[str, Any]) -> bool:
    found = figures["scan_to_phone"]
    return all(found[f"{share}_ratio_to_kept_bare_scan_to_phone"] <= limit for share, limit in RATIO_MAX.items())


def once(phones: int, blocks: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="omnitill-bench-") as name:
        return figures_of(asyncio.run(run(Path(name), phones, blocks)))


def main() -> int:
    _wire.many_files()
    if "--grow" in sys.argv[1:]:
        grown = {str(phones): once(phones, GROWING_BLOCKS) for phones in GROWING}
        figures, ran, held = grown, f"{GROWING} phones, {GROWING_BLOCKS} x {BLOCK} scans each", True
        held = all(holds(figures[str(phones)]) for phones in GROWING if phones <= PHONES)
    else:
        figures = once(PHONES, BLOCKS)
        ran, held = f"{BLOCKS} x {BLOCK} scans by turns, {PHONES} other phones on each server", holds(figures)
    limits = {"scan_to_phone_to_kept_bare_scan_to_phone": RATIO_MAX}
    line = {"name": "same_moment", "figures": figures, "limits": limits, "holds": held}
    print(json.dumps({**line, "ran": f"{ran}, {RATE:g} operations a second from them"}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
