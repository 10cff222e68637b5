"""Orders over HTTP: the same handlers as the page's, for tests and for the demonstration."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import httpx
import pytest
import socketio

from device_bench.app import BenchServer
from device_bench.counter import Counter, Terminal
from device_bench.errors import PlugSilent
from device_bench.plug import NetworkPlug
from hardware.drawers import drawer_job
from hardware.drivers import open_printer, open_scanner
from hardware.events import DeviceState, DrawerRead, JobChanged, Scanned, State
from hardware.printers.document import Cut, Document, Qr, Row, Text, as_text, to_json
from hardware.printers.jobs import MemoryJobStore, PrintJob
from hardware.printers.spool import Spool
from hardware.supervisor import Supervisor, now_ms
from tests.hardware.event_log import EventLog

RECEIPT = Document((Text("Чай"), Row("Итого", "3,20 €", size=2), Qr("https://example.test/r"), Cut()), lang="ru")


def test_a_scan_that_is_ordered_arrives_at_the_till_s_driver(bench: BenchServer, http: httpx.Client) -> None:
    log = EventLog()
    supervisor = Supervisor(log)
    supervisor.watch(open_scanner("front", bench.announcement()["devices"]["till-1"]["scanner"]))
    log.wait(DeviceState, state=State.ONLINE)
    http.post("/api/scan", json={"terminal": "till-1", "text": "9521234567893"}).raise_for_status()
    http.post("/api/scan", json={"terminal": "till-1", "text": "https://x", "aim": "]Q1"}).raise_for_status()
    http.post("/api/scan", json={"terminal": "till-1", "text": "plain", "aim": None}).raise_for_status()
    scans = [log.wait(Scanned) for _ in range(3)]
    supervisor.stop()
    assert [(scan.text, scan.aim) for scan in scans] == [("9521234567893", "E0"), ("https://x", "Q1"), ("plain", None)]


def test_paper_and_drawer_can_be_read_as_they_came_out(bench: BenchServer, http: httpx.Client) -> None:
    log, store = EventLog(), MemoryJobStore()
    spool = Spool(store, open_printer("front", bench.announcement()["devices"]["till-1"]["printer"]), log)
    spool.start()
    assert http.get("/api/drawer?terminal=till-1").json()["open"] is False
    for number in ("one", "two"):
        store.add(PrintJob(number, "receipt", to_json(RECEIPT), now_ms()))
    store.add(drawer_job("pulse", now_ms()))
    spool.wake()
    log.wait(JobChanged, job_id="two", state="confirmed")
    spool.stop()
    receipts = http.get("/api/paper?terminal=till-1").json()["receipts"]
    assert [receipt["cut"] for receipt in receipts] == [True, True]
    for receipt in receipts:
        assert [line for line in receipt["text"] if line] == as_text(RECEIPT)
        assert receipt["paper"][1]["spans"][0] | {"s": ""} == {"s": "", "b": False, "w": 2, "h": 2}
    assert log.of(DrawerRead)
    assert http.get("/api/drawer?terminal=till-1").json()["open"] is True
    http.post("/api/drawer", json={"terminal": "till-1"}).raise_for_status()
    assert http.get("/api/drawer?terminal=till-1").json()["open"] is False
    assert http.get("/api/paper?terminal=kiosk-1").json()["receipts"] == []
    http.post("/api/tear", json={"terminal": "till-1"}).raise_for_status()
    assert http.get("/api/paper?terminal=till-1").json()["receipts"] == []


@pytest.mark.parametrize("name", ["paper_out", "near_end", "cover_open", "off", "deaf", "slow", "drawer_stuck"])
def test_each_fault_of_the_printer_is_switched_on_and_off(http: httpx.Client, name: str) -> None:
    order = {"terminal": "till-1", "device": "printer", "fault": name}
    assert http.post("/api/fault", json=order | {"on": True}).json()["devices"]["faults"][name] is True
    assert http.get("/api/devices").json()["till-1"]["faults"][name] is True
    assert http.get("/api/devices").json()["kiosk-1"]["faults"][name] is False
    assert http.post("/api/fault", json=order | {"on": False}).json()["devices"]["faults"][name] is False


def test_a_scan_with_the_cable_out_is_refused_and_says_what_to_do(http: httpx.Client) -> None:
    cable = {"terminal": "till-1", "device": "scanner", "fault": "unplugged"}
    assert http.post("/api/fault", json=cable).json()["devices"]["plugged"] is False
    refused = http.post("/api/scan", json={"terminal": "till-1", "text": "1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "bench.scanner_unplugged")
    assert "Plug it in" in refused.json()["error"]["message"]
    http.post("/api/fault", json=cable | {"on": False}).raise_for_status()
    http.post("/api/scan", json={"terminal": "till-1", "text": "1"}).raise_for_status()


@pytest.mark.parametrize("name", ["half_line", "double", "burst", "noise"])
def test_each_fault_of_the_scanner_goes_over_the_wire(bench: BenchServer, http: httpx.Client, name: str) -> None:
    order = {"terminal": "till-1", "device": "scanner", "fault": name, "text": "123"}
    http.post("/api/fault", json=order).raise_for_status()
    (entry,) = bench.counters["till-1"].snapshot()["wire"]
    assert entry["device"] == "scanner"
    assert entry["text"].startswith("]C0" if name != "noise" else "")


BAD_ORDERS = [
    ("/api/scan", {"terminal": "till-9", "text": "1"}, 404),
    ("/api/scan", {"text": "1"}, 404),
    ("/api/scan", {"terminal": "till-1"}, 400),
    ("/api/scan", {"terminal": "till-1", "text": ""}, 400),
    ("/api/scan", {"terminal": "till-1", "text": "1" * 5001}, 400),
    ("/api/scan", {"terminal": "till-1", "text": "1", "aim": "too long"}, 400),
    ("/api/fault", {"terminal": "till-1", "device": "printer", "fault": "on_fire"}, 400),
    ("/api/fault", {"terminal": "till-1", "device": "scanner", "fault": "on_fire"}, 400),
    ("/api/fault", {"terminal": "till-1", "device": "printer", "fault": "off", "on": "yes"}, 400),
    ("/api/plug", {"in": "yes"}, 400),
    ("/api/plug", {"in": False}, 409),
    ("/api/paint", {}, 404),
]


@pytest.mark.parametrize(("path", "order", "status"), BAD_ORDERS)
def test_an_order_that_makes_no_sense_is_refused(
    http: httpx.Client, path: str, order: dict[str, object], status: int
) -> None:
    assert http.post(path, json=order).status_code == status


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"1", b'{"terminal": "till-1"' + b" " * 70_000 + b"}"])
def test_a_body_that_is_no_small_json_object_is_refused(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/api/scan", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bench.order_unreadable")


def test_no_other_page_in_the_browser_can_press_a_button(bench: BenchServer, http: httpx.Client) -> None:
    order = {"terminal": "till-1", "text": "1"}
    assert http.post("/api/scan", json=order, headers={"Origin": "http://evil.test"}).status_code == 403
    assert http.post("/api/scan", json=order, headers={"Host": "evil.test"}).status_code == 403
    assert http.post("/api/scan", content=json.dumps(order), headers={"Content-Type": "text/plain"}).status_code == 400
    assert http.post("/api/scan", json=order, headers={"Origin": bench.url}).status_code == 200


def test_no_other_page_in_the_browser_hears_the_counter(bench: BenchServer) -> None:
    page = socketio.SimpleClient(handle_sigint=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        page.connect(bench.url, headers={"Host": "evil.test"}, transports=["websocket"])


def test_pictures_and_codes_are_drawn(http: httpx.Client) -> None:
    shelf = http.get("/api/shelf").json()
    assert len(shelf["goods"]) >= 400 and len(shelf["cards"]) >= 10
    one = shelf["goods"][0]
    for path in (
        f"/picture/{one['picture']}.svg",
        "/code/qr.svg?data=https://example.test",
        "/code/code128.svg?data=A1",
    ):
        answer = http.get(path)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "<svg" in answer.text
    for path in ("/picture/nobody.svg", "/code/qr.svg", "/code/code128.svg?data=%D1%87"):
        assert http.get(path).status_code == 404


def test_the_bytes_on_the_wire_are_read_in_the_page_that_they_select() -> None:
    seen: list[dict[str, object]] = []
    counter = Counter(Terminal("t", {}), Path(), 0, lambda event, payload: seen.append(payload))
    counter._printer_wire("in", b"\x1bt\x11\x97\xa0\xa9 \x1bt\x13\xd5\n")
    counter.stop()
    assert seen[0]["entry"]["text"] == "‹ESC›t·Чай ‹ESC›t·€‹LF›"  # type: ignore[index]


class Supervised:
    """The demonstration's supervisor on its control socket: remembers what it was told."""

    def __init__(self, path: Path, answer: bytes) -> None:
        self.path, self.told, self._answer = path, [], answer  # type: ignore[var-annotated]
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._listener:
            client, _ = self._listener.accept()
            with client, client.makefile("rb") as lines:
                self.told.append(json.loads(lines.readline()))
                client.sendall(self._answer)


def test_the_network_plug_tells_the_supervisor_to_stop_the_hub(tmp_path: Path) -> None:
    supervised = Supervised(tmp_path / "control", b'{"ok": true}\n')
    plug = NetworkPlug(supervised.path)
    assert plug.switch(False) == {"ok": True}
    assert supervised.told == [{"do": "stop", "process": "hub"}]
    assert plug.is_in is False


@pytest.mark.parametrize("answer", [b'{"error": "no such process"}\n', b"not json\n", b""])
def test_a_plug_that_was_not_switched_stays_as_it_was(tmp_path: Path, answer: bytes) -> None:
    plug = NetworkPlug(Supervised(tmp_path / "control", answer).path)
    with pytest.raises(PlugSilent):
        plug.switch(False)
    assert plug.is_in is True


@pytest.mark.parametrize(("state", "is_in"), [("stopped", False), ("running", True)])
def test_the_plug_shows_how_the_hub_stands_whoever_stopped_it(tmp_path: Path, state: str, is_in: bool) -> None:
    answer = json.dumps({"ok": True, "processes": {"hub": {"state": state}}}).encode() + b"\n"
    supervised = Supervised(tmp_path / "control", answer)
    plug = NetworkPlug(supervised.path)
    plug.is_in = not is_in
    assert plug.look() is is_in
    assert supervised.told == [{"do": "status", "process": "hub"}]


def test_a_plug_without_anybody_to_ask_stays_as_it_was(tmp_path: Path) -> None:
    assert NetworkPlug(tmp_path / "nobody").look() is True
    assert NetworkPlug(None).look() is True
