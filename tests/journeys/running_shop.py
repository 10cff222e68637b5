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

import httpx

import sample_shop
from omnitill.datafolder import DataFolder
from omnitill.demo import NAMES, TERMINALS, Demonstration, Settings
from omnitill.ports import free_ports
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
        self._heard = threading.Condition()
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
            async with Demonstration(Settings(folder.path, tuple(free_ports(len(NAMES)))), folder, self._tell) as shop:
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

    def _tell(self, event: Event) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def kill(self, process: str) -> int:
        """`kill -9`, as an accident would be; the place in `events` from which its return is heard."""
        heard = len(self.events)
        self.control("kill", process)
        return heard

    def wait_back(self, process: str, heard: int) -> None:
        """Waits until the supervisor has started the process again and it is ready."""
        with self._heard:
            back = self._heard.wait_for(
                lambda: any((one.kind, one.process) == ("ready", process) for one in self.events[heard:]),
                ANSWER_TIMEOUT_S,
            )
        assert back, f"{process} did not come back: {self.events[heard:]}"

    def fault(self, terminal: str, device: str, fault: str, **more: Any) -> None:
        """A fault of a device, as a button of the bench's page makes it."""
        self._order("fault", {"terminal": terminal, "device": device, "fault": fault, **more})

    def tear(self, terminal: str) -> None:
        """Take the paper away."""
        self._order("tear", {"terminal": terminal})

    def shuts_drawer(self, terminal: str) -> None:
        """Push it shut."""
        self._order("drawer", {"terminal": terminal})

    def _order(self, name: str, order: dict[str, Any]) -> None:
        answer = httpx.post(f"{self.addresses['bench']}/api/{name}", json=order, timeout=ANSWER_TIMEOUT_S)
        answer.raise_for_status()

    def tracebacks(self) -> list[str]:
        """Lines of the processes' logs that no program of ours should ever write."""
        logs = sorted((self.data / "logs").glob("*.log*"))
        return [f"{log.name}: {text}" for log in logs if "Traceback" in (text := log.read_text(errors="replace"))]

    def rows(self, file: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a database under the data folder holds, read as anybody could: `hub.sqlite`, `till-1/till.sqlite`."""
        with closing(sqlite3.connect(f"file:{self.data / file}?mode=ro", uri=True)) as connection:
            return list(connection.execute(query, values))

    def clear_till(self) -> None:
        """The till as in the morning: no cart, nobody signed in, English. What a broken test left is taken away."""
        with TillPage(self.addresses["till"]) as till:
            view, _ = till.sees("its catalogue", lambda view: view["phase"] != "needs_hub" and view, OPEN_TIMEOUT_S)
            if view["phase"] == "locked":
                till.do("sign_in", number=view["staff"]["number"], pin=pin_of(view["staff"]["number"]))
            if view["phase"] == "paying":
                till.do("pay_cancel")
            if view["phase"] == "returning":
                till.do("return_cancel")
            if view["credit"]:
                till.do("credit_pay")
            if any(line["mine"] for line in view["lines"].values()):
                till.do("void_cart")
            if view["phase"] != "signed_out":
                till.do("sign_out")
            till.do("language", language="en")
            till.sees("nobody at the till", lambda view: view["phase"] == "signed_out" and view["language"] == "en")


def pin_of(number: str) -> str:
    return next(one.pin for one in SAMPLE.staff if one.number == number)


def last_number(shop: RunningShop) -> str:
    """The number of the till's newest sale."""
    ((number,),) = shop.rows("till-1/till.sqlite", "SELECT number FROM sales ORDER BY counter DESC LIMIT 1")
    return str(number)


def product(name: str) -> Any:
    """The product of the sample shop with this English name."""
    return next(one for one in SAMPLE.products if one.names["en"] == name)


def code(name: str) -> str:
    """What a scanner reads from it."""
    return sample_shop.scan_text(product(name))[0]
