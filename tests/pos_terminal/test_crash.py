"""kill -9 of the real process: the cart, the cashier, the sale and the paper are where they were."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import socketio
from hub_double import HubDouble
from till_bench import CASHIER, PIECES, SHOP, Bench, reference, scan_text, set_up

ROOT = Path(__file__).parents[2]
READY_LIMIT_S = 30


class Process:
    """`python -m pos_terminal` and a page that is connected to it."""

    def __init__(self, bench: Bench, *options: str) -> None:
        if not (bench.folder / "data" / "key").exists():
            set_up(bench.folder / "data", bench.hub.url)
        command = [sys.executable, "-m", "pos_terminal", "--data", str(bench.folder / "data"), "--port", "18400"]
        command += ["--hub", bench.hub.url, *options]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._log = (bench.folder / "log").open("ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, env=env, cwd=bench.folder)
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())
        self.page = socketio.SimpleClient(handle_sigint=False)
        self.page.connect(self.ready["url"], transports=["websocket"])
        name, self.whole = self.page.receive(timeout=READY_LIMIT_S)
        assert name == "view"

    @property
    def view(self) -> dict[str, Any]:
        state: dict[str, Any] = self.page.call("view", timeout=10)["state"]
        return state

    def do(self, command: str, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.call("do", {"id": str(uuid4()), "command": command, **body}, timeout=10)
        return answer

    def scan(self, n: int) -> dict[str, Any]:
        text, aim = scan_text(PIECES[n])
        return self.do("scan", text=text, aim=aim)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> int:
        code = self.process.wait(10)
        self.page.disconnect()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()
        return code


@pytest.fixture
def place(make_bench) -> Iterator[Bench]:
    bench: Bench = make_bench()
    bench.load_replica(reference())
    yield bench


def test_the_cart_and_the_cashier_are_there_again_after_kill_9(place: Bench) -> None:
    till = Process(place)
    assert till.whole["state"]["phase"] == "signed_out"
    till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    for n in (0, 1, 0):
        assert till.scan(n)["ok"]
    before = till.view
    till.kill()
    again = Process(place)
    after = again.whole["state"]
    assert (after["lines"], after["totals"], after["staff"]) == (before["lines"], before["totals"], before["staff"])
    assert after["phase"] == "selling" and after["link"]["unsent"] == 3
    assert again.scan(2)["ok"]
    hub: HubDouble = place.hub
    hub.start()
    hub.wait(lambda: hub.kinds == ["cart.add"] * 4)
    assert len({operation["cart"] for operation in hub.taken}) == 1
    again.kill()


def test_a_receipt_whose_till_died_after_the_sale_is_printed_by_the_next(place: Bench) -> None:
    assert place.printer is not None
    place.printer.set_fault("off", True)
    till = Process(place, "--printer", place.printer.address)
    till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    till.scan(0)
    till.do("pay_begin")
    answer = till.do("tender", kind="cash", amount=PIECES[0].price)
    till.kill()
    number = answer["result"]["sale"]["number"]
    assert place.rows("SELECT number FROM sales") == [(number,)]
    place.printer.set_fault("off", False)
    again = Process(place, "--printer", place.printer.address)
    place.wait_paper(number)
    assert again.view["last_sale"]["number"] == number
    again.kill()


def test_a_load_goes_on_where_it_was_after_kill_9(place: Bench) -> None:
    """The process dies over a page that is on its way; the next one asks for that page and not for the first."""
    hub, waits, goes_on = place.hub, threading.Event(), threading.Event()
    hub.page_rows = 20

    def third_page_hangs(page: dict[str, Any]) -> Any:
        if not page["next"] and not goes_on.is_set():
            waits.set()
            goes_on.wait(READY_LIMIT_S)
        return None

    hub.on_page = third_page_hangs
    hub.start()
    hub.new_reference(products=[row.as_dict() | {"price": 777} for row in SHOP.products])
    till = Process(place)
    assert waits.wait(READY_LIMIT_S)
    till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    assert till.scan(0)["ok"] and till.view["totals"]["in_hand"] == PIECES[0].price
    till.kill()
    goes_on.set()
    hub.asked.clear()
    again = Process(place)
    hub.wait(lambda: bool(hub.asked), READY_LIMIT_S)
    assert hub.asked[0]["next"] == "40"
    hub.wait(lambda: again.view["totals"]["in_hand"] == 777, READY_LIMIT_S)
    again.kill()


def test_sigterm_ends_the_till_politely_and_at_once(place: Bench) -> None:
    till = Process(place)
    assert httpx.get(till.ready["url"] + "healthz", trust_env=False).json()["ok"]
    till.process.send_signal(signal.SIGTERM)
    assert till.close() == 0
