"""Weeks without a hub: the till starts, sells at once, says how many sales wait, and sends each once."""

import time
from typing import Any

import pytest
from real_shop import Hub, Till
from sqlalchemy import event

from pos_terminal.store import outbox

START_LIMIT_S = 10.0
"""For the start with the longest journal; it does not grow with it but for one count."""
SALE_LIMIT_S = 3.0
CHECK_LIMIT_S = 20.0
DRAIN_LIMIT_S = 1_800.0


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("sales", [60, pytest.param(10_000, marks=pytest.mark.long)])
def test_sales_that_waited_for_weeks_are_counted_and_sent_once_while_the_till_sells(
    hub: Hub, till: Till, sales: int, record_property: Any
) -> None:
    till.all_sent()
    hub.stop()
    without_fsync(till)
    for _ in range(sales):
        till.sell()
    till.stop()
    began = time.monotonic()
    till.start()
    started = time.monotonic()
    assert till.view["link"]["unsent_sales"] == sales
    till.sell()
    sold = time.monotonic()
    assert till.view["link"]["unsent_sales"] == sales + 1
    assert till.terminal is not None
    with till.terminal.store.read() as connection:
        assert outbox.changed(connection) is None
    checked = time.monotonic()
    hub.start()
    drain = time.monotonic()
    till.all_sent(DRAIN_LIMIT_S)
    figures = {
        "start_s": started - began,
        "sale_s": sold - started,
        "check_s": checked - sold,
        "drain_s": time.monotonic() - drain,
        "operations": till.given(),
    }
    for name, value in figures.items():
        record_property(name, round(value, 3))
    print(figures)
    assert figures["start_s"] < START_LIMIT_S and figures["sale_s"] < SALE_LIMIT_S
    assert figures["check_s"] < CHECK_LIMIT_S
    assert hub.rows("SELECT count(*), count(DISTINCT id) FROM sales") == [(sales + 1, sales + 1)]
    assert hub.rows("SELECT count(*) FROM operations WHERE dev = 'till-1'") == [(till.given(),)]


def without_fsync(till: Till) -> None:
    """Only what takes the journal's making long: waiting for the disk at each sale."""
    assert till.terminal is not None

    def quick(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    event.listen(till.terminal.store.engine, "checkout", quick)
