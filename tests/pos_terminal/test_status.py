"""What a terminal says of itself to the managers is what its own page shows."""

from typing import Any

import pytest
from till_bench import PIECES, Bench

from pos_terminal.sync import status as reports
from pos_terminal.sync.status import status
from retail.messages import Status, parse

VIEW: dict[str, Any] = {
    "link": {"unsent": 2, "oldest_unsent_at": 1_700_000_000_000},
    "devices": {
        "scanners": [{"name": "scanner-1", "state": "online", "reason": ""}],
        "printer": {"name": "printer", "state": "fault", "reason": "paper_out", "waiting": 1},
        "drawer": {"open": None},
    },
}


def test_a_report_counts_what_waits_and_names_each_device() -> None:
    said = status(VIEW, last_seq=9, through=7, offset_ms=-86_400_000, version="1.2", free_bytes=5 * 1024**3)
    parse(Status, said)
    assert (said["unsent"], said["oldest_unsent"], said["last_seq"], said["through"]) == (2, 1_700_000_000_000, 9, 7)
    # A clock that is a day ahead has to be set back by a day to show the hub's time.
    assert (said["skew_ms"], said["free_mb"], said["version"]) == (86_400_000, 5 * 1024, "1.2")
    assert [(row["kind"], row["state"], row["reason"]) for row in said["devices"]] == [
        ("scanner", "online", ""), ("printer", "fault", "paper_out"), ("drawer", "unknown", "")
    ]  # fmt: skip


@pytest.mark.parametrize(("is_open", "state"), [(True, "open"), (False, "shut")])
def test_a_drawer_is_open_or_shut_where_the_printer_can_tell(is_open: bool, state: str) -> None:
    said = status({"devices": {"drawer": {"open": is_open}}}, 0, 0, 0, "", 0)
    parse(Status, said)
    assert [row["state"] for row in said["devices"]] == [state]


def test_a_terminal_that_has_nothing_yet_says_so() -> None:
    parse(Status, status({}, 0, 0, 0, "", 0))


def test_a_till_reports_when_it_is_linked_and_when_something_changes(bench: Bench) -> None:
    bench.hub.wait(lambda: bool(bench.hub.statuses))
    bench.sell(PIECES[0])
    bench.hub.wait(lambda: bench.hub.statuses[-1]["last_seq"] == 2 and not bench.hub.statuses[-1]["unsent"])
    last = bench.hub.statuses[-1]
    parse(Status, last)
    assert last["through"] == 2 and last["free_mb"] > 0
    assert {row["kind"] for row in last["devices"]} == {"printer", "drawer"}


def test_a_report_that_cannot_be_made_is_not_the_last_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    made, odd = reports.status, ["the first one only"]

    def status(*given: Any) -> dict[str, Any]:
        if odd:
            odd.clear()
            raise AttributeError("'NoneType' object has no attribute 'get'")
        return made(*given)

    monkeypatch.setattr(reports, "STATUS_GAP_S", 0.01)
    monkeypatch.setattr(reports, "status", status)
    bench.hub.cut()
    bench.hub.wait(lambda: len(bench.hub.hailed) == 2)
    bench.sell(PIECES[0])
    bench.hub.wait(lambda: not odd and bool(bench.hub.statuses) and bench.hub.statuses[-1]["through"] == 2)


def test_what_was_refused_after_an_outage_is_no_longer_unsent(bench: Bench) -> None:
    bench.hub.stop()
    bench.wait(lambda view: not view["link"]["online"])
    bench.sell(PIECES[0])
    bench.hub.statuses.clear()
    bench.hub.rejects["sale.commit"] = {"code": "hub.fault", "message": "No.", "params": {}}
    bench.hub.start()
    bench.hub.wait(lambda: bool(bench.hub.statuses) and bench.hub.statuses[-1]["through"] == 2)
    # What was refused is answered: it waits for a person, not for the link.
    assert (bench.hub.statuses[-1]["unsent"], bench.hub.statuses[-1]["oldest_unsent"]) == (0, 0)
