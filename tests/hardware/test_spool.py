"""The spool against a real TCP printer that fails in every way: each state is true, and no second receipt is silent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from hardware.drawers import drawer_job
from hardware.drivers import open_printer
from hardware.emulators.escpos_interpreter import PaperLine
from hardware.emulators.escpos_printer import EscposPrinterEmulator
from hardware.errors import DeviceGone
from hardware.events import DeviceState, DrawerRead, JobChanged, State
from hardware.printers.document import Cut, Document, Row, Text, to_json
from hardware.printers.jobs import DRAWER_FRESH_MS, JobState, MemoryJobStore, PrintJob, decide
from hardware.printers.spool import Spool, Waits
from tests.hardware.event_log import EventLog

NOW_MS = 1_700_000_000_000
QUICK = Waits(status_s=0.3, barrier_s=0.3, working_s=8.0, held_poll_s=0.1, drawer_s=0.3, health_s=0.2)
LONG_NAME = "Long handled garden spade with ash handle"


class Desk:
    """One printer, its store and its spool."""

    def __init__(self, waits: Waits = QUICK) -> None:
        self.printer = EscposPrinterEmulator(0)
        self.log, self.store = EventLog(), MemoryJobStore()
        self.spool = Spool(
            self.store, open_printer("front", self.printer.address), self.log, lambda: NOW_MS, waits=waits
        )

    def open(self) -> None:
        self.printer.start()
        self.spool.start()

    def receipt(self, job_id: str, lang: str = "en") -> None:
        document = Document((Text(job_id), *(Row(LONG_NAME, "1,00 €") for _ in range(12)), Cut()), lang=lang)
        self.store.add(PrintJob(job_id, "receipt", to_json(document), NOW_MS))
        self.spool.wake()

    def drawer(self, job_id: str) -> None:
        self.store.add(drawer_job(job_id, NOW_MS))
        self.spool.wake()

    def printed(self, text: str) -> int:
        return sum(line.text.strip() == text for line in self.printer.paper)

    def states(self, job_id: str) -> list[tuple[str, str]]:
        return [(event.state, event.reason) for event in self.log.of(JobChanged) if event.job_id == job_id]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.spool.stop()
    made.printer.stop()


def test_a_receipt_goes_from_queued_to_confirmed(desk: Desk) -> None:
    desk.open()
    desk.receipt("first")
    changed = desk.log.wait(JobChanged, state="confirmed")
    assert changed.sent_bytes > 0 and not changed.copy
    assert desk.states("first") == [("sending", ""), ("confirmed", "")]
    assert desk.printed("first") == 1


def test_without_paper_a_receipt_is_held_before_a_byte_is_sent_and_goes_on_by_itself(desk: Desk) -> None:
    desk.printer.set_fault("paper_out", True)
    desk.open()
    desk.receipt("first")
    held = desk.log.wait(JobChanged, state="held")
    assert (held.reason, held.sent_bytes) == ("paper_out", 0)
    assert desk.spool.state.state is State.FAULT
    desk.printer.set_fault("paper_out", False)
    assert not desk.log.wait(JobChanged, state="confirmed").copy
    assert desk.printed("first") == 1


def test_paper_that_ends_in_the_middle_is_waited_for_and_the_receipt_is_not_sent_again(desk: Desk) -> None:
    desk.printer.paper_runs_out_after(3)
    desk.open()
    desk.receipt("first")
    held = desk.log.wait(JobChanged, state="held", reason="paper_out")
    assert held.sent_bytes > 0
    desk.printer.set_fault("paper_out", False)
    assert not desk.log.wait(JobChanged, state="confirmed").copy
    assert desk.printed("first") == 1
    assert [line.kind for line in desk.printer.paper].count("cut") == 1


def test_an_open_cover_says_so(desk: Desk) -> None:
    desk.printer.set_fault("cover_open", True)
    desk.open()
    desk.receipt("first")
    assert desk.log.wait(JobChanged, state="held").reason == "cover_open"
    desk.printer.set_fault("cover_open", False)
    desk.log.wait(JobChanged, state="confirmed")


def test_a_printer_that_is_off_holds_the_job_and_prints_it_when_it_is_back(desk: Desk) -> None:
    desk.printer.set_fault("off", True)
    desk.open()
    desk.receipt("first")
    assert desk.log.wait(JobChanged, state="held").reason == "unreachable"
    desk.printer.set_fault("off", False)
    assert not desk.log.wait(JobChanged, state="confirmed").copy


def test_the_port_of_a_printer_that_is_off_is_kept_for_it(desk: Desk) -> None:
    desk.printer.start()
    for _ in range(2):
        desk.printer.set_fault("off", True)
        with pytest.raises(DeviceGone):
            open_printer("front", desk.printer.address).connect()
        other = EscposPrinterEmulator(desk.printer.port)
        assert other.port != desk.printer.port
        other.stop()
        desk.printer.set_fault("off", False)
        open_printer("front", desk.printer.address).connect().close()


def test_a_printer_that_never_answers_is_sent_nothing(desk: Desk) -> None:
    desk.printer.set_fault("deaf", True)
    desk.open()
    desk.receipt("first")
    held = desk.log.wait(JobChanged, state="held")
    assert (held.reason, held.sent_bytes) == ("no_answer", 0)
    assert desk.printer.paper == []
    desk.printer.set_fault("deaf", False)
    desk.log.wait(JobChanged, state="confirmed")
    assert desk.printed("first") == 1


def at_line(desk: Desk, number: int, act: Callable[[], None]) -> None:
    """Do something on the printer's own thread when so many lines are out."""

    def printed(line: PaperLine) -> None:
        if len(desk.printer.paper) == number:
            act()

    desk.printer._on_line = printed


def test_a_printer_that_goes_deaf_in_the_middle_leaves_the_job_unknown_and_its_copy_says_copy(desk: Desk) -> None:
    at_line(desk, 2, lambda: desk.printer.set_fault("deaf", True))
    desk.open()
    desk.receipt("first", lang="ru")
    unknown = desk.log.wait(JobChanged, state="unknown")
    assert (unknown.reason, unknown.copy) == ("no_answer", False)
    desk.printer.set_fault("deaf", False)
    assert desk.log.wait(JobChanged, state="confirmed").copy
    assert (desk.printed("first"), desk.printed("*** КОПИЯ ***")) == (2, 1)


def test_a_line_cut_in_the_middle_of_a_job_ends_in_a_copy(desk: Desk) -> None:
    desk.open()
    desk.log.wait(DeviceState, state=State.ONLINE)
    desk.printer.cut_after_bytes = 200
    desk.receipt("first")
    desk.log.wait(JobChanged, state="confirmed")
    (sending, _), (lost, reason), *_ = desk.states("first")
    assert sending == "sending"
    # Which of the two it is depends on whether the last bytes were handed over before the reset came back.
    assert lost in ("partial", "unknown") and reason == "line_broken"
    assert desk.printed("*** COPY ***") == 1


def test_a_second_unknown_end_is_given_up_for_a_person_and_the_next_job_goes_on(desk: Desk) -> None:
    at_line(desk, 2, lambda: desk.printer.set_fault("deaf", True))
    desk.open()
    desk.receipt("first")
    desk.log.wait(JobChanged, job_id="first", state="unknown")
    # It hears the questions before the copy, and is deaf again in the middle of it.
    at_line(desk, len(desk.printer.paper) + 2, lambda: desk.printer.set_fault("deaf", True))
    desk.printer.set_fault("deaf", False)
    desk.log.wait(JobChanged, job_id="first", state="unknown")
    desk.log.wait(JobChanged, job_id="first", state="failed", reason="unconfirmed")
    at_line(desk, -1, lambda: None)
    desk.printer.set_fault("deaf", False)
    desk.receipt("second")
    assert not desk.log.wait(JobChanged, job_id="second", state="confirmed").copy
    assert desk.printed("first") == 2


def test_a_slow_printer_is_waited_for(desk: Desk) -> None:
    desk.printer.set_fault("slow", True)
    desk.open()
    desk.receipt("first")
    desk.log.wait(JobChanged, state="confirmed")
    assert desk.states("first") == [("sending", ""), ("confirmed", "")]


def test_a_drawer_is_read_back_after_its_pulse(desk: Desk) -> None:
    desk.open()
    desk.drawer("pulse")
    read = desk.log.wait(DrawerRead, job_id="pulse")
    assert read.is_open is True
    assert desk.log.wait(JobChanged, state="confirmed").reason == ""


def test_a_stuck_drawer_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.printer.set_fault("drawer_stuck", True)
    desk.open()
    desk.drawer("pulse")
    assert desk.log.wait(DrawerRead, job_id="pulse").is_open is False
    assert desk.log.wait(JobChanged, state="confirmed").reason == "stayed_closed"


def test_a_drawer_comes_before_the_receipts_that_wait(desk: Desk) -> None:
    desk.printer.set_fault("off", True)
    desk.open()
    desk.receipt("first")
    desk.drawer("pulse")
    desk.printer.set_fault("off", False)
    desk.log.wait(JobChanged, job_id="first", state="confirmed")
    confirmed = [event.job_id for event in desk.log.of(JobChanged) if event.state == "confirmed"]
    assert confirmed == ["pulse", "first"]


def test_an_idle_spool_sees_that_the_drawer_was_pushed_shut(desk: Desk) -> None:
    desk.open()
    desk.drawer("pulse")
    desk.log.wait(DrawerRead, job_id="pulse")
    desk.printer.close_drawer()
    assert desk.log.wait(DrawerRead, job_id="").is_open is False


def test_two_receipts_at_once_come_out_one_after_the_other(desk: Desk) -> None:
    desk.receipt("first")
    desk.receipt("second")
    desk.open()
    desk.log.wait(JobChanged, job_id="second", state="confirmed")
    names = [line.text for line in desk.printer.paper if line.text in ("first", "second")]
    assert names == ["first", "second"]


def test_a_printer_that_talks_to_somebody_else_is_waited_for(desk: Desk) -> None:
    desk.printer.start()
    other = open_printer("other", desk.printer.address).connect()
    other.send(b"\n")
    desk.spool.start()
    desk.receipt("first")
    assert desk.log.wait(JobChanged, state="held").reason == "no_answer"
    other.close()
    desk.log.wait(JobChanged, state="confirmed")
    assert desk.printed("first") == 1


def test_a_receipt_that_cannot_be_printed_fails_with_its_code_and_the_next_goes_on(desk: Desk) -> None:
    desk.store.add(PrintJob("bad", "receipt", "{}", NOW_MS))
    desk.open()
    assert desk.log.wait(JobChanged, job_id="bad").reason == "print.document_invalid"
    desk.receipt("good")
    desk.log.wait(JobChanged, job_id="good", state="confirmed")


def test_a_job_that_its_process_left_in_the_middle_prints_as_a_copy_after_the_restart(desk: Desk) -> None:
    desk.receipt("first")
    desk.store.mark("first", JobState.SENDING, "", 0)
    desk.open()
    assert desk.log.wait(JobChanged, state="unknown").reason == "restarted"
    assert desk.log.wait(JobChanged, state="confirmed").copy


def test_a_spool_that_is_stopped_while_it_waits_leaves_the_job_unknown() -> None:
    desk = Desk(Waits(status_s=0.3, barrier_s=0.2, held_poll_s=0.1))
    desk.printer.paper_runs_out_after(2)
    desk.open()
    desk.receipt("first")
    desk.log.wait(JobChanged, state="held")
    desk.spool.stop()
    desk.printer.stop()
    assert desk.store.get("first").state is JobState.UNKNOWN
    assert desk.log.events[-1] == DeviceState("front", State.CLOSED, "", NOW_MS)


def test_a_listener_that_fails_does_not_stop_the_printing() -> None:
    desk, confirmed = Desk(), threading.Event()

    def fails(event: object) -> None:
        if isinstance(event, JobChanged) and event.state == "confirmed":
            confirmed.set()
        raise RuntimeError("the screen is gone")

    desk.spool = Spool(desk.store, open_printer("front", desk.printer.address), fails, lambda: NOW_MS, waits=QUICK)
    desk.open()
    desk.receipt("first")
    assert confirmed.wait(10)
    desk.spool.stop()
    desk.printer.stop()


DECISIONS = [
    ("receipt", JobState.QUEUED, 0, 0, 0, (True, False)),
    ("receipt", JobState.HELD, 0, 0, 0, (True, False)),
    ("receipt", JobState.HELD, 9, 1, 0, (True, True)),
    ("receipt", JobState.PARTIAL, 9, 1, 0, (True, True)),
    ("receipt", JobState.UNKNOWN, 9, 1, 0, (True, True)),
    ("receipt", JobState.SENDING, 0, 1, 0, (True, True)),
    ("receipt", JobState.UNKNOWN, 9, 2, 0, (False, True)),
    ("drawer", JobState.QUEUED, 0, 0, 0, (True, False)),
    ("drawer", JobState.HELD, 0, 0, DRAWER_FRESH_MS + 1, (False, False)),
    ("drawer", JobState.UNKNOWN, 8, 1, 0, (False, False)),
]


@pytest.mark.parametrize(("kind", "state", "sent", "sends", "age_ms", "wanted"), DECISIONS)
def test_a_job_is_retried_only_as_the_table_says(
    kind: str, state: JobState, sent: int, sends: int, age_ms: int, wanted: tuple[bool, bool]
) -> None:
    job = PrintJob("x", kind, "{}", NOW_MS - age_ms, state, "", sent, sends)
    decision = decide(job, NOW_MS)
    assert (decision.prints, decision.copy) == wanted
    assert bool(decision.reason) is not decision.prints
