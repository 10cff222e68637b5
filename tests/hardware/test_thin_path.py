"""Scanner, printer and drawer, each over its real wire."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from hardware.drawers import drawer_job
from hardware.drivers import open_printer, open_scanner
from hardware.emulators.escpos_printer import EscposPrinterEmulator
from hardware.emulators.serial_scanner import SerialScannerEmulator
from hardware.errors import AddressError
from hardware.events import DeviceEvent, DeviceState, DrawerRead, JobChanged, Scanned, State
from hardware.ports import parse_address
from hardware.printers.document import Cut, Document, Row, Text, to_json
from hardware.printers.jobs import MemoryJobStore, PrintJob
from hardware.printers.spool import Spool
from hardware.supervisor import Supervisor, now_ms

DEADLINE_S = 10


def wait_for(events: queue.Queue[DeviceEvent], wanted: type[DeviceEvent], **fields: object) -> DeviceEvent:
    while True:
        event = events.get(timeout=DEADLINE_S)
        if isinstance(event, wanted) and all(getattr(event, name) == value for name, value in fields.items()):
            return event


def test_a_scan_goes_over_a_pseudo_terminal_into_a_numbered_event(tmp_path: Path) -> None:
    emulator = SerialScannerEmulator(tmp_path / "scanner")
    emulator.plug()
    events: queue.Queue[DeviceEvent] = queue.Queue()
    supervisor = Supervisor(events.put)
    supervisor.watch(open_scanner("front", emulator.address))
    wait_for(events, DeviceState, state=State.ONLINE)
    assert emulator.scan("9521234567893")
    assert emulator.scan("HELLO", aim="Q1")
    first, second = (wait_for(events, Scanned) for _ in range(2))
    supervisor.stop()
    emulator.close()
    assert isinstance(first, Scanned) and isinstance(second, Scanned)
    assert (first.number, first.text, first.aim) == (1, "9521234567893", "E0")
    assert (second.number, second.text, second.aim) == (2, "HELLO", "Q1")


def test_a_receipt_is_confirmed_by_the_barrier_and_the_drawer_is_read_back() -> None:
    printer = EscposPrinterEmulator(0)
    printer.start()
    events: queue.Queue[DeviceEvent] = queue.Queue()
    store = MemoryJobStore()
    spool = Spool(store, open_printer("front", printer.address), events.put)
    spool.start()
    document = Document((Text("Чай"), Row("Итого", "3,20 €"), Cut()), lang="ru")
    store.add(PrintJob("a", "receipt", to_json(document), now_ms()))
    store.add(drawer_job("b", now_ms()))
    spool.wake()
    wait_for(events, JobChanged, job_id="a", state="confirmed")
    spool.stop()
    printer.stop()
    seen = list(events.queue)
    assert [line.text for line in printer.paper][:2] == ["Чай", "Итого" + " " * 31 + "3,20 €"]
    assert printer.sensors.drawer_open
    assert not [event for event in seen if isinstance(event, DrawerRead) and not event.is_open]
    assert store.get("b").state == "confirmed"


@pytest.mark.parametrize(
    "bad", ["", "COM3", "scanner://x", "escpos+tcp://", "scanner+serial://", "escpos+tcp://h:99999"]
)
def test_an_address_that_cannot_be_read_says_why(bad: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(bad)
    assert caught.value.code == "device.address_invalid"
