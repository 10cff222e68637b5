"""The promises: nothing is printed, opened, shown or sent before it is on the disk. Each looks from outside, through
a connection of its own, at the moment the effect arrives."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from till_bench import PIECES, Bench, reference

from hardware.drawers import drawer_payload
from hardware.drivers import open_printer
from hardware.emulators.escpos_printer import EscposPrinterEmulator
from pos_terminal.counter import Counter
from pos_terminal.store import journal

PULSE = b"\x1bp"


def committed(file: Path, query: str) -> int:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


class Watch:
    """A printer that looks, at each pulse and each piece of paper, whether the sale is on the disk."""

    def __init__(self, bench: Bench) -> None:
        self.seen: list[tuple[bytes, int]] = []
        self.pulse, self.both = threading.Event(), threading.Event()
        self._file = bench.folder / "data" / "till.sqlite"
        bench.printer = EscposPrinterEmulator(0, on_wire=self._on_wire)
        bench.printer.start()
        bench.load_replica(reference())
        bench.start()
        bench.sign_in()

    def _on_wire(self, direction: str, data: bytes) -> None:
        if direction == "in" and (PULSE in data or len(data) > 100):
            self.seen.append((data, committed(self._file, "SELECT count(*) FROM sales")))
            self.pulse.set()
            if len(self.seen) >= 2:
                self.both.set()


def test_the_sale_is_on_the_disk_when_the_drawers_pulse_and_the_paper_arrive(make_bench) -> None:
    bench: Bench = make_bench(printer=False)
    watch = Watch(bench)
    bench.sell(PIECES[0])
    assert watch.both.wait(20)
    assert [sales for _, sales in watch.seen] == [1] * len(watch.seen)
    assert PULSE in watch.seen[0][0], "the drawer comes before the paper"


def test_a_till_that_opened_the_drawer_too_early_would_be_seen(make_bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promise broken on purpose: the drawer is opened from inside the transaction of its sale."""
    bench: Bench = make_bench(printer=False)
    watch, keep = Watch(bench), journal.keep_sale

    def too_early(*sale: Any) -> None:
        printer = open_printer("printer", bench.printer.address)
        link = printer.connect()
        link.send(printer.encode("drawer", drawer_payload(), False))
        assert watch.pulse.wait(20)
        link.close()
        keep(*sale)

    monkeypatch.setattr(journal, "keep_sale", too_early)
    bench.sell(PIECES[0])
    assert watch.seen[0][1] == 0


def test_a_printer_that_is_woken_too_early_finds_nothing_to_print(
    alone: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a spool that looks at the worst moment, inside the transaction, sees no job of a sale that is not made."""
    keep, found = Counter._keep, []

    def look_first(counter: Counter, turn: Any) -> Any:
        kept = keep(counter, turn)
        if turn.till.phase == "done":
            found.append(committed(counter.store.path, "SELECT count(*) FROM print_jobs"))
        return kept

    monkeypatch.setattr(Counter, "_keep", look_first)
    alone.sell(PIECES[0])
    assert found == [0]
    assert len(alone.rows("SELECT id FROM print_jobs")) == 2


def test_an_operation_is_on_the_disk_when_it_reaches_the_hub(bench: Bench) -> None:
    file, missing, arrived = bench.folder / "data" / "till.sqlite", [], []

    def on_ops(batch: dict[str, Any]) -> None:
        for seq, operation in enumerate(batch["ops"], batch["seq0"]):
            arrived.append(seq)
            if not committed(file, f"SELECT count(*) FROM outbox WHERE seq = {seq} AND id = '{operation['id']}'"):
                missing.append(seq)

    bench.hub.on_ops = on_ops
    bench.sell(PIECES[0], PIECES[1])
    bench.wait(lambda view: not view["link"]["unsent"])
    assert arrived == [1, 2, 3] and missing == []


def test_a_line_is_on_the_disk_when_it_stands_on_the_screen(alone: Bench) -> None:
    file, seen = alone.folder / "data" / "till.sqlite", []
    to_pages = alone.counter.on_view

    def watched(event: dict[str, Any]) -> None:
        for line in event["changes"].get("lines", {}):
            seen.append(committed(file, f"SELECT count(*) FROM counter WHERE instr(state, '{line}')"))
        to_pages(event)

    alone.counter.on_view = watched
    alone.scan(PIECES[0])
    assert seen == [1]


def test_a_till_that_showed_a_line_too_early_would_be_seen(alone: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promise broken on purpose: the screen is told inside the transaction."""
    file, seen, keep = alone.folder / "data" / "till.sqlite", [], Counter._keep

    def too_early(counter: Counter, turn: Any) -> Any:
        kept = keep(counter, turn)
        counter._till = kept[0]
        counter.publish()
        return kept

    def watched(event: dict[str, Any]) -> None:
        for line in event["changes"].get("lines", {}):
            seen.append(committed(file, f"SELECT count(*) FROM counter WHERE instr(state, '{line}')"))

    monkeypatch.setattr(Counter, "_keep", too_early)
    alone.counter.on_view = watched
    alone.scan(PIECES[0])
    assert seen[0] == 0


def test_journal_sale_stock_and_paper_are_one_transaction(alone: Bench) -> None:
    """Whatever the file holds at any commit, the parts of a sale are there together or not at all."""
    counts: list[tuple[int, ...]] = []
    file = alone.folder / "data" / "till.sqlite"
    tables = ("sales", "stock_moves", "print_jobs", "outbox WHERE kind = 'sale.commit'")
    original = alone.counter.store.engine.dialect.do_commit

    def counted(connection: Any) -> None:
        original(connection)
        counts.append(tuple(committed(file, f"SELECT count(*) FROM {table}") for table in tables))

    alone.counter.store.engine.dialect.do_commit = counted
    alone.sell(PIECES[0])
    assert set(counts) == {(0, 0, 0, 0), (1, 1, 2, 1)}
