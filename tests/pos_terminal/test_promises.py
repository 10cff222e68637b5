"""The promises: nothing is printed, opened, shown or sent before it is on the disk. Each looks from outside, through
a connection of its own, at the moment the effect arrives."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from till_bench import PIECES, Bench, reference

from hardware.emulators.escpos_printer import EscposPrinterEmulator
from pos_terminal.counter import Counter

PULSE = b"\x1bp"


def committed(file: Path, query: str) -> int:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def test_the_sale_is_on_the_disk_when_the_drawers_pulse_and_the_paper_arrive(make_bench) -> None:
    bench: Bench = make_bench(printer=False)
    file = bench.folder / "data" / "till.sqlite"
    seen: list[tuple[bytes, int]] = []
    both = threading.Event()

    def on_wire(direction: str, data: bytes) -> None:
        if direction == "in" and (PULSE in data or len(data) > 100):
            seen.append((data, committed(file, "SELECT count(*) FROM sales")))
            if len(seen) >= 2:
                both.set()

    bench.printer = EscposPrinterEmulator(0, on_wire=on_wire)
    bench.printer.start()
    bench.load_replica(reference())
    bench.start()
    bench.sign_in()
    bench.sell(PIECES[0])
    assert both.wait(10)
    assert [sales for _, sales in seen] == [1] * len(seen)
    assert PULSE in seen[0][0], "the drawer comes before the paper"


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
