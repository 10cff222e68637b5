"""The supervisor: nothing lost while the shop is busy, one line in the log for a loss and one for the return."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hardware.drivers import open_scanner
from hardware.emulators.serial_scanner import SerialScannerEmulator
from hardware.errors import DeviceGone
from hardware.events import DeviceEvent, DeviceState, Scanned, ScanRejected, State
from hardware.scanners import serial_scanner
from hardware.scanners.framing import Frame, FramingFault
from hardware.supervisor import BACKOFF_FIRST_S, BACKOFF_LIMIT_S, STOP_LIMIT_S, Backoff, Supervisor
from tests.hardware.event_log import EventLog


@pytest.fixture
def emulator(tmp_path: Path) -> SerialScannerEmulator:
    made = SerialScannerEmulator(tmp_path / "by-id" / "scanner")
    made.plug()
    return made


@pytest.fixture
def supervised(emulator: SerialScannerEmulator):  # type: ignore[no-untyped-def]
    log = EventLog()
    supervisor = Supervisor(log)
    supervisor.watch(open_scanner("front", emulator.address))
    log.wait(DeviceState, state=State.ONLINE)
    yield log
    supervisor.stop()
    emulator.close()


def test_half_a_code_is_completed_by_its_second_half(supervised: EventLog, emulator: SerialScannerEmulator) -> None:
    emulator.send(b"]E0952123")
    emulator.send(b"4567893\r\n")
    assert supervised.wait(Scanned).text == "9521234567893"


def test_half_a_code_that_rests_is_rejected_with_a_sentence(
    supervised: EventLog, emulator: SerialScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_scanner, "HALF_LINE_REST_S", 0.3)
    emulator.half_line("9521234567893")
    rejected = supervised.wait(ScanRejected)
    assert (rejected.number, rejected.code) == (1, "scan.incomplete")
    assert "Scan again" in rejected.sentence
    emulator.scan("9521234567893")
    assert supervised.wait(Scanned).number == 2


def test_a_double_scan_is_two_events_and_a_burst_loses_none(
    supervised: EventLog, emulator: SerialScannerEmulator
) -> None:
    emulator.double("1111")
    emulator.burst([f"{number:013d}" for number in range(50)])
    texts = [supervised.wait(Scanned).text for _ in range(52)]
    assert texts == ["1111", "1111", *(f"{number:013d}" for number in range(50))]
    assert [event.number for event in supervised.of(Scanned)] == list(range(1, 53))


def test_noise_is_rejected_and_the_next_scan_is_read(supervised: EventLog, emulator: SerialScannerEmulator) -> None:
    emulator.noise()
    emulator.scan("42")
    assert supervised.wait(Scanned).text == "42"
    assert {event.code for event in supervised.of(ScanRejected)} == {"scan.garbage"}


def test_a_code_of_5_kb_is_rejected_once(supervised: EventLog, emulator: SerialScannerEmulator) -> None:
    emulator.scan("7" * 5000)
    emulator.scan("42")
    assert supervised.wait(Scanned).text == "42"
    assert [event.code for event in supervised.of(ScanRejected)] == ["scan.too_long"]


def test_a_pulled_cable_is_told_once_and_the_scanner_comes_back(
    supervised: EventLog, emulator: SerialScannerEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "omnitill.hardware")
    emulator.unplug()
    assert supervised.wait(DeviceState, state=State.DISCONNECTED).reason == "gone"
    emulator.plug()
    supervised.wait(DeviceState, state=State.ONLINE)
    emulator.scan("9521234567893")
    assert supervised.wait(Scanned).number == 1
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_scanner_that_another_program_holds_is_told_as_busy(
    supervised: EventLog, emulator: SerialScannerEmulator
) -> None:
    second = EventLog()
    other = Supervisor(second)
    other.watch(open_scanner("second", emulator.address))
    assert second.wait(DeviceState, state=State.DISCONNECTED).reason == "busy"
    other.stop()


def test_a_scanner_that_is_missing_at_start_is_found_when_it_is_plugged_in(tmp_path: Path) -> None:
    emulator = SerialScannerEmulator(tmp_path / "scanner")
    log = EventLog()
    supervisor = Supervisor(log)
    supervisor.watch(open_scanner("front", emulator.address))
    log.wait(DeviceState, state=State.DISCONNECTED)
    emulator.plug()
    log.wait(DeviceState, state=State.ONLINE)
    supervisor.stop()
    emulator.close()


def test_nothing_is_lost_while_the_shop_is_busy(emulator: SerialScannerEmulator) -> None:
    log, busy, entered = EventLog(), threading.Event(), threading.Event()

    def slow(event: DeviceEvent) -> None:
        if isinstance(event, Scanned) and event.number == 1:
            entered.set()
            assert busy.wait(10)
        log(event)

    supervisor = Supervisor(slow)
    supervisor.watch(open_scanner("front", emulator.address))
    log.wait(DeviceState, state=State.ONLINE)
    emulator.scan("0")
    assert entered.wait(10)
    for number in range(1, 400):
        assert emulator.scan(f"{number:020d}")
    busy.set()
    assert [log.wait(Scanned).number for _ in range(400)] == list(range(1, 401))
    supervisor.stop()
    emulator.close()


def test_an_event_that_is_not_taken_comes_again(emulator: SerialScannerEmulator) -> None:
    log, refusals = EventLog(), iter([RuntimeError("the cart is busy")])

    def refuse_once(event: DeviceEvent) -> None:
        if isinstance(event, Scanned):
            for error in refusals:
                raise error
        log(event)

    supervisor = Supervisor(refuse_once)
    supervisor.watch(open_scanner("front", emulator.address))
    log.wait(DeviceState, state=State.ONLINE)
    emulator.scan("42")
    assert log.wait(Scanned).text == "42"
    assert len(log.of(Scanned)) == 1
    supervisor.stop()
    emulator.close()


class BrokenScanner:
    """Fails in every way that a driver can."""

    device = "broken"

    def __init__(self) -> None:
        self.opened = threading.Semaphore(0)
        self.codes, self.silence = [Frame("1", None)], threading.Event()
        self.errors: list[Exception] = [DeviceGone(device="broken", why="no cable"), ValueError("a bug")]

    def present(self) -> bool:
        return True

    def open(self) -> None:
        self.opened.release()
        if self.errors:
            raise self.errors.pop()

    def read(self, wait_s: float) -> Sequence[Frame | FramingFault]:
        if self.codes:
            return [self.codes.pop()]
        self.silence.wait(wait_s)
        return []

    def close(self) -> None:
        pass


def test_a_driver_with_a_bug_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    log = EventLog()
    supervisor = Supervisor(log, clock_ms=lambda: 5, rng=random.Random(1))
    supervisor.watch(BrokenScanner())
    assert log.wait(DeviceState, state=State.FAULT).reason == "driver_failed"
    log.wait(DeviceState, state=State.DISCONNECTED)
    assert log.wait(Scanned).at_ms == 5
    supervisor.stop()
    assert "the driver failed" in caplog.text


def test_stopping_ends_within_its_limit_even_when_the_shop_hangs(emulator: SerialScannerEmulator) -> None:
    log, release, entered = EventLog(), threading.Event(), threading.Event()

    def hang(event: DeviceEvent) -> None:
        log(event)
        if isinstance(event, Scanned):
            entered.set()
            release.wait(30)

    supervisor = Supervisor(hang)
    supervisor.watch(open_scanner("front", emulator.address))
    log.wait(DeviceState, state=State.ONLINE)
    assert supervisor.states()["front"].state is State.ONLINE
    emulator.scan("1")
    assert entered.wait(10)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < STOP_LIMIT_S + 0.5
    release.set()
    emulator.close()


def test_the_waits_grow_to_their_limit_and_begin_again_after_a_success() -> None:
    backoff = Backoff(random.Random(3))
    waits = [backoff.next_s() for _ in range(20)]
    assert all(BACKOFF_FIRST_S <= wait <= BACKOFF_LIMIT_S for wait in waits)
    assert waits[-1] >= BACKOFF_LIMIT_S / 2
    backoff.reset()
    assert backoff.next_s() == BACKOFF_FIRST_S
