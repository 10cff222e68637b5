"""A scan at the till on the till's screen and on the shopper's phone, beside a bare relay of the same message.

Real processes (hub, till, relay), a scanner on a pseudo-terminal, and pages in one real Chromium. A scan begins before
its bytes are written; a message arrives when Chromium's network layer has its frame, by the same monotonic clock. Scans
and relayed messages take turns in blocks, so both meet the same noise of the machine. 100 other phones are connected to
each server. What the page's own stopwatch showed last (painted, in whole frames) is told beside it.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from playwright.async_api import BrowserContext, Page, async_playwright

import sample_shop
from hardware.emulators.serial_scanner import SerialScannerEmulator
from omnitill.doctor import find_chromium
from omnitill.visitors import NO_DELAY, TillPage

PHONES = int(os.environ.get("PHONES", "100"))
BLOCKS, BLOCK = 6, 50
WARM_UP = 20
PACE_S = 0.08
ARRIVAL_TIMEOUT_S = 5.0
READY_TIMEOUT_S = 60
PRODUCTS = 20
P50_RATIO_MAX = {"scan_to_till": 6.0, "scan_to_phone": 12.0}
"""The till commits once before its screen shows a scan, and the hub once more before the phone does; a relay never."""
SHOP = sample_shop.build()
SHOPPER = SHOP.shoppers[0]
CASHIER = next(member for member in SHOP.staff if member.store == SHOP.stores[0].id)
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@asynccontextmanager
async def process(*command: str) -> AsyncIterator[dict[str, Any]]:
    """A process from its ready line until the block ends."""
    child = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), READY_TIMEOUT_S)
        yield json.loads(line)
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
    till: Frames
    phone: Frames
    relay: Frames
    sender: socketio.Client
    codes: list[str]
    message: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    async def scan(self) -> tuple[float, float]:
        """One scan: seconds to the till's page and to the phone's."""
        self.till.forget()
        self.phone.forget()
        code = self.codes[self.count % len(self.codes)]
        self.count += 1
        began = time.monotonic()
        if not self.scanner.scan(code):
            raise RuntimeError("the till does not read its scanner")
        till_at, _ = await self.till.arrival(lambda ev: ev.get("scan") and "lines" in ev["changes"])
        phone_at, self.message = await self.phone.arrival(lambda ev: ev["s"].startswith("cart:") and ev["by"])
        return till_at - began, phone_at - began

    async def relayed(self) -> float:
        """The same message through the bare relay: seconds to a page."""
        self.relay.forget()
        began = time.monotonic()
        self.sender.emit("relay", self.message)
        at, _ = await self.relay.arrival(lambda ev: True)
        return at - began


async def measure(rig: Rig) -> dict[str, list[float]]:
    seen: dict[str, list[float]] = {"scan_to_till": [], "scan_to_phone": [], "relay": []}
    for _ in range(WARM_UP):
        await rig.scan()
        await rig.relayed()
    for _ in range(BLOCKS):
        for _ in range(BLOCK):
            till, phone = await rig.scan()
            seen["scan_to_till"].append(till * 1000)
            seen["scan_to_phone"].append(phone * 1000)
            await asyncio.sleep(PACE_S)
        for _ in range(BLOCK):
            seen["relay"].append(await rig.relayed() * 1000)
            await asyncio.sleep(PACE_S)
    return seen


def percentile(values: list[float], share: int) -> float:
    return round(statistics.quantiles(values, n=100, method="inclusive")[share - 1], 2)


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any], SerialScannerEmulator]]:
    """Hub and till, as processes, with a scanner whose other end is ours."""
    python = sys.executable
    scanner = SerialScannerEmulator(folder / "scanner")
    scanner.plug()
    hub_command = (python, "-m", "sync_server")
    async with process(*hub_command, "serve", "--data", str(folder), "--port", "0", "--seed-sample") as hub:
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


async def run(folder: Path) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        hub, till, scanner = await stack.enter_async_context(shop(folder))
        here = Path(__file__).parent
        relay = await stack.enter_async_context(process(sys.executable, str(here / "_relay.py")))
        for kind, url in (("hub", hub["url"]), ("relay", relay["url"])):
            crowd = (sys.executable, str(here / "_crowd.py"), kind, url, str(PHONES))
            await stack.enter_async_context(process(*crowd))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        phone_page = await sign_in(context, hub, till, scanner.scan)
        till_page, relay_page = await context.new_page(), await context.new_page()
        frames = {name: Frames() for name in ("till", "phone", "relay")}
        pages = {"till": till_page, "phone": phone_page, "relay": relay_page}
        urls = {"till": till["url"], "phone": f"{hub['url']}cart", "relay": relay["url"]}
        for name, page in pages.items():
            await frames[name].watch(context, page)
            await page.goto(urls[name])
        await phone_page.bring_to_front()
        sender = socketio.Client(reconnection=False, websocket_extra_options=NO_DELAY)
        sender.connect(relay["url"], transports=["websocket"])
        goods = [product for product in SHOP.products if not product.weighed][:PRODUCTS]
        codes = [sample_shop.scan_text(product)[0] for product in goods]
        await settle(phone_page)
        rig = Rig(scanner, frames["till"], frames["phone"], frames["relay"], sender, codes)
        seen = await measure(rig)
        painted = await phone_page.evaluate(
            "[...document.querySelectorAll('[data-ms]')].map((one) => +one.dataset.ms)[0]"
        )
        sender.disconnect()
        await browser.close()
    return line_of(seen, painted)


async def settle(page: Page) -> None:
    """Until the phone's page follows the cart."""
    await page.wait_for_selector("#app *")
    await page.wait_for_timeout(1500)


def line_of(seen: dict[str, list[float]], painted: Any) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, values in seen.items():
        figures[name] = {"p50_ms": percentile(values, 50), "p99_ms": percentile(values, 99), "n": len(values)}
    for name in ("scan_to_till", "scan_to_phone"):
        for share in ("p50", "p99"):
            ratio = figures[name][f"{share}_ms"] / figures["relay"][f"{share}_ms"]
            figures[name][f"{share}_ratio_to_relay"] = round(ratio, 2)
    figures["last_painted_on_phone_ms"] = painted
    held = {name: figures[name]["p50_ratio_to_relay"] <= limit for name, limit in P50_RATIO_MAX.items()}
    return {
        "name": "same_moment",
        "figures": figures,
        "limits": {"every_scan_arrived": BLOCKS * BLOCK, "p50_ratio_to_relay": P50_RATIO_MAX},
        "holds": len(seen["scan_to_phone"]) == BLOCKS * BLOCK and all(held.values()),
        "ran": f"{BLOCKS} x {BLOCK} scans and relays by turns, {PHONES} other phones on each server",
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="omnitill-bench-") as name:
        line = asyncio.run(run(Path(name)))
    print(json.dumps(line))
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
