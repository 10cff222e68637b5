"""The demonstration shop for one module of journeys: its real processes, held by a thread of their own.

Playwright's pages and the supervisor's event loop do not share a thread, so the shop runs beside the test.
"""

import asyncio
import json
import socket
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import sample_shop
from omnitill.check import free_ports
from omnitill.datafolder import DataFolder
from omnitill.demo import TERMINALS, Demonstration, Settings
from omnitill.processes import Event
from omnitill.visitors import BenchHands, TillPage

OPEN_TIMEOUT_S = 180.0
CLOSE_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 60.0
TILL, KIOSK = TERMINALS["till"], TERMINALS["kiosk"]
SAMPLE = sample_shop.build()
STORE = SAMPLE.stores[0]
CASHIER, RUSSIAN_CASHIER = [one for one in SAMPLE.staff if one.role == "cashier" and one.store == STORE.id]
MANAGER = next(one for one in SAMPLE.staff if one.role == "manager" and one.store == STORE.id)


class RunningShop:
    """`with RunningShop(folder) as shop:` opens it and closes it; `events` is what happened to its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self._opened = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._stand()), name="shop", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._opened.wait(OPEN_TIMEOUT_S):
            raise TimeoutError(f"the shop did not open within {OPEN_TIMEOUT_S:.0f} s")
        if self._failed is not None:
            raise self._failed
        self.bench = BenchHands(self.addresses["bench"])
        return self

    def __exit__(self, *_: object) -> None:
        self.bench.close()
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(CLOSE_TIMEOUT_S)

    async def _stand(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        folder = DataFolder(self.folder)
        try:
            async with Demonstration(Settings(folder.path, free_ports()), folder, self.events.append) as shop:
                self.addresses, self.data, self._control = shop.addresses, shop.data, shop.control.path
                self._opened.set()
                await self._closing.wait()
        except BaseException as error:
            self._failed = error
            self._opened.set()
        finally:
            folder.release()

    def control(self, do: str, process: str | None = None) -> dict[str, Any]:
        """One wish to the demonstration's control socket; the state of all processes after it."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_TIMEOUT_S)
            link.connect(str(self._control))
            link.sendall(json.dumps({"do": do, "process": process}).encode() + b"\n")
            with link.makefile() as answers:
                answer = json.loads(answers.readline())
        assert answer["ok"], answer
        processes: dict[str, Any] = answer["processes"]
        return processes

    def kill(self, process: str) -> int:
        """`kill -9`, as an accident would be; how often the process had been started again before."""
        before = self.control("status")[process]
        self.control("kill", process)
        return int(before["restarts"])

    def rows(self, file: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a database under the data folder holds, read as anybody could: `hub.sqlite`, `till-1/till.sqlite`."""
        with closing(sqlite3.connect(f"file:{self.data / file}?mode=ro", uri=True)) as connection:
            return list(connection.execute(query, values))

    def clear_till(self) -> None:
        """The till as in the morning: no cart, nobody signed in, English. What a broken test left is taken away."""
        with TillPage(self.addresses["till"]) as till:
            view, _ = till.sees("its first view", lambda view: view)
            if view["phase"] == "locked":
                till.do("sign_in", number=view["staff"]["number"], pin=pin_of(view["staff"]["number"]))
            if view["phase"] == "paying":
                till.do("pay_cancel")
            if any(line["mine"] for line in view["lines"].values()):
                till.do("void_cart")
            if view["phase"] != "signed_out":
                till.do("sign_out")
            till.do("language", language="en")
            till.sees("nobody at the till", lambda view: view["phase"] == "signed_out" and view["language"] == "en")


def pin_of(number: str) -> str:
    return next(one.pin for one in SAMPLE.staff if one.number == number)


def product(name: str) -> Any:
    """The product of the sample shop with this English name."""
    return next(one for one in SAMPLE.products if one.names["en"] == name)


def code(name: str) -> str:
    """What a scanner reads from it."""
    return sample_shop.scan_text(product(name))[0]
