"""Real processes on a file system that really is full, or that an error made read-only while they ran.

What was acknowledged is there, what was not is refused in a sentence, and work goes on when there is room again.
"""

import shutil
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from hub_double import HubDouble
from real_disk import WAIT_S, Disk, failing_disk, small_disk
from talking_device import PIECES as HUB_PIECES
from talking_device import operation
from till_bench import CASHIER, PIECES, Bench, reference, scan_text, set_up

from omnitill.ports import free_ports
from sync_server.db import open_database, sqlite_url
from sync_server.terminals import service as terminals

# Each starts two or three processes.
pytestmark = pytest.mark.long

DISK_MB = 16
ENOUGH_ROUNDS = 400
TOKEN, VISIT = "token-till-1", f"visit-{uuid.uuid4().hex}"
FULL = "The disk of this till is full. Nothing was changed; free some space and do it again."
BROKEN = (
    "The disk of this till does not answer as it should ({reason}). Nothing was changed; have the disk looked at and"
    " do it again."
)
HUB_AWAY = "The hub cannot write to its disk just now. Nothing is lost; it is tried again."


class TillProcess:
    """A till on the disk, and a page that talks to it."""

    def __init__(self, disk: Disk, hub: HubDouble, log: Path) -> None:
        self.served = disk.start(*self.words(disk, hub), log=log)
        self.page = socketio.SimpleClient(handle_sigint=False)
        self.page.connect(self.served.ready["url"], transports=["websocket"])
        assert self.page.receive(timeout=WAIT_S)[0] == "view"

    @staticmethod
    def words(disk: Disk, hub: HubDouble) -> list[str]:
        folder, port = str(disk.inside / "data"), str(free_ports(1)[0])
        return [sys.executable, "-m", "pos_terminal", "--data", folder, "--port", port, "--hub", hub.url]

    @property
    def view(self) -> dict[str, Any]:
        state: dict[str, Any] = self.page.call("view", timeout=WAIT_S)["state"]
        return state

    def do(self, command: str, id: str = "", **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.call(
            "do", {"id": id or str(uuid.uuid4()), "command": command, **body}, timeout=WAIT_S
        )
        return answer

    def scan(self, id: str = "") -> dict[str, Any]:
        text, aim = scan_text(PIECES[0])
        return self.do("scan", id, text=text, aim=aim)

    def kill(self) -> None:
        self.served.kill()
        self.page.disconnect()


@pytest.fixture
def hub_double() -> Iterator[HubDouble]:
    hub = HubDouble(reference())
    hub.reserve()
    yield hub
    hub.stop()


def in_hand(till: TillProcess) -> int:
    """How many pieces are in the cart, in thousandths."""
    return sum(line["quantity"] for line in till.view["lines"].values())


def new_till(disk: Disk, hub: HubDouble, place: Path) -> TillProcess:
    """A till that was set up and has its goods, with a cashier signed in and one piece in hand."""
    bench = Bench(place / "made", printer=False)
    bench.load_replica(reference())
    set_up(bench.folder / "data", hub.url)
    disk.put(bench.folder)
    till = TillProcess(disk, hub, place / "log")
    assert till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)["ok"]
    assert till.scan()["ok"]
    return till


def sells(till: TillProcess, hub: HubDouble, pieces: int) -> None:
    """All that is in hand is paid, and arrives at the hub once."""
    assert in_hand(till) == pieces * 1000
    assert till.do("pay_begin")["ok"]
    sale = till.do("tender", kind="cash", amount=till.view["payment"]["due"])["result"]["sale"]
    assert sale["number"] == "01-01-000001"
    hub.start()
    hub.wait(lambda: "sale.commit" in hub.kinds, WAIT_S)
    ids = [said["id"] for said in hub.taken]
    assert len(ids) == len(set(ids)) and hub.kinds.count("sale.commit") == 1
    assert hub.kinds.count("cart.add") + hub.kinds.count("cart.set") == pieces


def test_a_till_on_a_disk_that_is_really_full_says_so_keeps_its_cart_and_goes_on(
    tmp_path: Path, hub_double: HubDouble
) -> None:
    with small_disk(tmp_path / "disk", DISK_MB) as disk:
        till = new_till(disk, hub_double, tmp_path)
        disk.fill()
        pieces, refused, asked = 1, {}, ""
        while not refused:
            assert pieces < ENOUGH_ROUNDS, "the disk was never full"
            answer = till.scan(asked := str(uuid.uuid4()))
            refused = answer.get("error", {})
            pieces += "ok" in answer
        assert refused["code"] == "store.full"
        assert refused["message"] == FULL == till.view["notice"]["message"]
        assert in_hand(till) == pieces * 1000
        # It starts on a full disk, too, with all that it had.
        till.kill()
        till = TillProcess(disk, hub_double, tmp_path / "log")
        assert till.scan(asked)["error"]["code"] == "store.full"
        assert in_hand(till) == pieces * 1000
        disk.free()
        # Neither the till nor its page is started again: there is room, so the same scan is made, and once.
        assert till.scan(asked)["ok"] and till.scan(asked)["ok"]
        sells(till, hub_double, pieces + 1)
        till.kill()


def test_a_till_whose_disk_went_read_only_says_so_and_has_everything_when_it_is_mounted_anew(
    tmp_path: Path, hub_double: HubDouble
) -> None:
    with failing_disk(tmp_path / "disk", tmp_path / "image", DISK_MB) as disk:
        till = new_till(disk, hub_double, tmp_path)
        disk.fails()
        asked = str(uuid.uuid4())
        for _ in range(2):
            refused = till.scan(asked)["error"]
            assert (refused["code"], refused["message"]) == ("store.broken", BROKEN)
        assert in_hand(till) == 1000
        till.kill()
        refused_start = disk.run(*TillProcess.words(disk, hub_double), fails=True)
        assert refused_start.returncode == 5
        assert "cannot be written: Read-only file system. Nothing was changed." in refused_start.stderr
        assert "Traceback" not in refused_start.stderr
        disk.mount_anew()
        till = TillProcess(disk, hub_double, tmp_path / "log")
        assert in_hand(till) == 1000
        assert till.scan(asked)["ok"] and till.scan(asked)["ok"]
        sells(till, hub_double, 2)
        till.kill()


class HubProcess:
    """A hub on the disk, and the first till, which speaks to it over HTTP: one operation at a time, numbered."""

    def __init__(self, disk: Disk, log: Path) -> None:
        words = ("-m", "sync_server", "serve", "--data", str(disk.inside), "--port", str(free_ports(1)[0]))
        self.served = disk.start(sys.executable, *words, log=log)
        self.ready = {"url": f"http://127.0.0.1:{self.served.ready['port']}"}
        self.served.ready |= self.ready

    def send(self, seq: int, said: dict[str, Any]) -> Any:
        body = {"dev": "till-1", "inc": 1, "seq0": seq, "ops": [said]}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.served.answer("POST", "/v1/ops", params={"app": "till"}, json=body, headers=headers)

    def kill(self) -> None:
        self.served.kill()


def again(answer: Any) -> Any:
    """The answer to a repeat, without the word that it is one; it has to have that word."""
    assert all(row.pop("dup") for row in answer["results"])
    return answer


def add(n: int) -> dict[str, Any]:
    return operation("cart.add", VISIT, line=f"line-{n}", item=HUB_PIECES[0].id, quantity=1000, weighed=True)


def new_hub(disk: Disk, sqlite_template: Path, place: Path) -> HubProcess:
    """A hub with the sample shop that knows the till, and has its first operation."""
    folder = place / "made"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "hub.sqlite")
    db = open_database(sqlite_url(folder))
    db.write(lambda session: terminals.enrol(session, "till-1", TOKEN))
    db.close()
    disk.put(folder)
    hub = HubProcess(disk, place / "log")
    assert hub.send(1, add(1))["results"][0]["status"] == "ok"
    return hub


def kept(disk: Disk, to: Path) -> tuple[int, int]:
    """How many operations and lines a program finds that starts after the power went."""
    connection = sqlite3.connect(disk.taken(to) / "hub.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    counts = "SELECT (SELECT count(*) FROM operations), (SELECT count(*) FROM cart_lines)"
    operations, lines = connection.execute(counts).fetchone()
    connection.close()
    return operations, lines


def test_a_hub_on_a_disk_that_is_really_full_says_so_and_goes_on_when_there_is_room(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with small_disk(tmp_path / "disk", DISK_MB) as disk:
        hub = new_hub(disk, sqlite_template, tmp_path)
        disk.fill()
        seq, refused, waits = 1, {}, {}
        while not refused:
            assert seq < ENOUGH_ROUNDS, "the disk was never full"
            waits = add(seq + 1)
            answer = hub.send(seq + 1, waits)
            refused = answer.get("error", {})
            seq += not refused
        assert (refused["code"], refused["message"]) == ("hub.store", HUB_AWAY)
        assert hub.send(seq + 1, waits)["error"]["code"] == "hub.store"
        assert hub.served.answer("GET", "/v1/time")["now"]
        disk.free()
        done = hub.send(seq + 1, waits)
        assert done["results"][0]["status"] == "ok"
        assert again(hub.send(seq + 1, waits)) == done
        hub.kill()
        assert kept(disk, tmp_path / "after") == (seq + 1, seq + 1)


def test_a_hub_whose_disk_went_read_only_says_so_and_has_everything_when_it_is_mounted_anew(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with failing_disk(tmp_path / "disk", tmp_path / "image", DISK_MB) as disk:
        hub = new_hub(disk, sqlite_template, tmp_path)
        disk.fails()
        waits = add(2)
        for _ in range(2):
            refused = hub.send(2, waits)["error"]
            assert (refused["code"], refused["message"]) == ("hub.store", HUB_AWAY)
        assert hub.served.answer("GET", "/v1/time")["now"]
        hub.kill()
        disk.mount_anew()
        assert kept(disk, tmp_path / "after") == (1, 1)
        hub = HubProcess(disk, tmp_path / "log")
        done = hub.send(2, waits)
        assert done["results"][0]["status"] == "ok"
        assert again(hub.send(2, waits)) == done
        hub.kill()
        assert kept(disk, tmp_path / "then") == (2, 2)
