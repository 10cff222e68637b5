"""What the managers see is stored where it is told: any worker makes the next difference, and nothing is lost."""

import threading
from collections import Counter
from typing import Any

import pytest
from hub_fixtures import Open
from sqlalchemy import select
from talking_device import SHOP, STORES, Talker, phone, rows, terminal
from told_check import check, check_event

from retail.errors import MessageError
from retail.messages import Position, Shown, Status, parse
from retail.replica import applied
from sync_server.dashboard import latency, queries, service
from sync_server.dashboard.tables import latency_minutes
from sync_server.db import Database
from sync_server.inbox.service import Device
from sync_server.inbox.tables import exceptions
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events
from sync_server.terminals import reports
from sync_server.terminals.presence import ALIVE_MS, Presence
from sync_server.terminals.tables import terminal_links

STORE = SHOP.stores[0].id
START = 1_700_000_200_000
TILL = terminal("till-1")
WELL: dict[str, Any] = {
    "unsent": 0, "oldest_unsent": 0, "last_seq": 0, "through": 0, "skew_ms": 12, "version": "1", "free_mb": 9000,
    "devices": [{"kind": "scanner", "name": "front", "state": "online", "reason": ""}],
}  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Worker:
    """One of several workers on the same database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self.presence = Presence(db, clock)

    def says(self, device: Device = TILL, **changed: Any) -> None:
        self.presence.said(device, parse(Status, WELL | changed))
        self.presence.report()

    def after(self, ms: int) -> None:
        self.clock.now += ms
        self.presence.report()

    def sees(self, store: str = STORE) -> dict[str, Any]:
        """The snapshot, which has to be what the events add up to."""
        state = self.db.read(lambda session: queries.state(session, store, self.clock.now))
        check("dashboard-state", state)
        return state

    def till(self, dev: str = "till-1") -> dict[str, Any]:
        found: dict[str, Any] = self.sees()["terminals"][dev]
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(db: Database, clock: Clock) -> Worker:
    made = Worker(db, clock)
    made.presence.started()
    made.presence.report()
    return made


@pytest.fixture
def other(open_shop: Open, worker: Worker, clock: Clock) -> Worker:
    made = Worker(open_shop(), clock)
    made.presence.started(alone=False)
    made.presence.report()
    return made


def folded(db: Database, store: str = STORE) -> dict[str, Any]:
    """All events of a dashboard, one after the other."""
    query = select(events).where(events.c.stream == service.stream(store)).order_by(events.c.version)
    state: dict[str, Any] = {}
    for number, row in enumerate(db.read(lambda session: list(session.execute(query))), start=1):
        assert row.version == number
        check("dashboard-changes", row.changes)
        state = applied(state, row.changes)
    return state


def test_a_terminal_that_was_never_there_is_idle_and_one_that_is_well_is_good(worker: Worker) -> None:
    assert (worker.till()["state"], worker.till()["worries"]) == ("idle", ["never"])
    worker.presence.arrived(TILL)
    worker.says()
    till = worker.till()
    assert (till["state"], till["worries"], till["online"]) == ("good", [], True)
    assert till["report"]["given"] == 0 and till["report"]["devices"] == WELL["devices"]
    assert till["first_seen"] == START and till["links"] == [{"since": START, "until": 0}]


def test_the_last_report_of_a_till_that_is_away_stays_to_be_seen(worker: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.says(unsent=3, oldest_unsent=START - 60_000, last_seq=3)
    worker.presence.left(TILL)
    worker.after(1_000)
    till = worker.till()
    assert (till["online"], till["state"], till["worries"]) == (False, "attention", ["away"])
    assert (till["report"]["unsent"], till["report"]["oldest_unsent"], till["lag"]) == (3, START - 60_000, 3)
    assert till["links"] == [{"since": START, "until": START}]
    # What has waited too long is trouble, although nobody says anything any more.
    worker.after(reports.UNSENT_OLD_MS)
    assert worker.till()["state"] == "trouble"
    assert worker.till()["worries"] == ["unsent", "away"]


@pytest.mark.parametrize(
    ("said", "state", "worry"),
    [
        ({"skew_ms": 86_400_000}, "attention", "skew"),
        ({"skew_ms": -86_400_000}, "attention", "skew"),
        ({"free_mb": 400}, "attention", "disk"),
        ({"free_mb": 4}, "trouble", "disk"),
        (
            {"devices": [{"kind": "printer", "name": "p", "state": "fault", "reason": "paper_out"}]},
            "attention",
            "device",
        ),
    ],
)
def test_what_a_terminal_says_of_itself_is_weighed(worker: Worker, said: Any, state: str, worry: str) -> None:
    worker.presence.arrived(TILL)
    worker.says(**said)
    assert (worker.till()["state"], worker.till()["worries"]) == (state, [worry])


@pytest.mark.parametrize(
    "garbage",
    [{}, [], None, 7, WELL | {"dev": "till-2"}, WELL | {"unsent": -1}, WELL | {"skew_ms": "1"}, WELL | {"free_mb": 1.0},
     WELL | {"devices": WELL["devices"] * 21}, WELL | {"version": "x" * 33}],
)  # fmt: skip
def test_a_report_of_the_wrong_shape_is_refused(garbage: Any) -> None:
    with pytest.raises(MessageError):
        parse(Status, garbage)


def test_numbers_that_stop_are_a_hole_once_and_only_after_a_while(worker: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.says(unsent=2, oldest_unsent=START, last_seq=2)
    worker.after(reports.HOLE_AFTER_MS - 1)
    assert rows(worker.db, exceptions) == []
    for _ in range(2):
        worker.clock.now += 1
        worker.says(unsent=2, oldest_unsent=START, last_seq=2)
    [case] = rows(worker.db, exceptions)
    assert (case.kind, case.source, case.store) == ("hole", "till-1/1/1", STORE)
    assert "hole" in worker.till()["worries"]
    assert worker.sees()["exceptions"][str(case.id)]["params"]["given"] == 2


def test_numbers_that_move_on_are_no_hole(worker: Worker) -> None:
    worker.presence.arrived(TILL)
    talker = Talker(worker.db, TILL)
    worker.says(unsent=5, oldest_unsent=START, last_seq=5)
    for _ in range(3):
        worker.clock.now += reports.HOLE_AFTER_MS - 1
        talker.scan("p-0008")
        worker.says(unsent=4, oldest_unsent=START, last_seq=9)
    assert rows(worker.db, exceptions) == []
    assert worker.till()["lag"] == 6


def test_whichever_worker_tells_next_goes_on_from_what_was_told_last(worker: Worker, other: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.says()
    other.presence.arrived(terminal("till-2"))
    other.says(terminal("till-2"), unsent=1, oldest_unsent=START, last_seq=1)
    worker.says(skew_ms=90_000)
    other.after(1_000)
    assert worker.till()["worries"] == ["skew"] and worker.till("till-2")["report"]["unsent"] == 1
    state = folded(worker.db)
    assert state == worker.sees() == other.sees()


def test_a_draft_that_another_worker_has_overtaken_is_not_told_and_made_anew(worker: Worker, other: Worker) -> None:
    def draft() -> service.Draft:
        return worker.db.read(lambda session: service.draft(session, STORE, START))

    worker.presence.arrived(TILL)
    worker.presence.write_down()
    late = draft()
    other.says()
    assert worker.db.write(lambda session: service.tell(session, [late], START)) == set()
    again = draft()
    assert worker.db.write(lambda session: service.tell(session, [again], START)) == {STORE}
    assert folded(worker.db) == worker.sees()


def test_two_workers_that_tell_at_the_same_time_keep_the_law(worker: Worker, other: Worker) -> None:
    def busy(one: Worker, dev: str) -> None:
        device = terminal(dev)
        for step in range(8):
            one.presence.arrived(device) if step % 2 == 0 else one.presence.left(device)
            one.says(device, unsent=step, last_seq=step)

    threads = [threading.Thread(target=busy, args=pair) for pair in ((worker, "till-1"), (other, "till-2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for one in (worker, other):
        one.after(1_000)
    state = folded(worker.db)
    assert state == worker.sees()
    assert (state["terminals"]["till-1"]["report"]["unsent"], state["terminals"]["till-2"]["report"]["unsent"]) == (
        7,
        7,
    )


def test_a_terminal_is_there_while_any_worker_has_it(worker: Worker, other: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.presence.report()
    # It comes back to another worker before the first has missed it.
    other.presence.arrived(TILL)
    other.presence.report()
    worker.presence.left(TILL)
    worker.presence.report()
    assert worker.till()["online"]
    other.presence.left(TILL)
    other.presence.report()
    assert not worker.till()["online"]


def test_the_terminals_of_a_worker_that_died_are_missed_and_those_of_the_others_are_not(
    worker: Worker, other: Worker, clock: Clock
) -> None:
    worker.presence.arrived(TILL)
    other.presence.arrived(terminal("till-2"))
    worker.presence.report()
    other.presence.report()
    for _ in range(5):
        other.after(ALIVE_MS)
    till = other.till()
    assert (till["online"], other.till("till-2")["online"]) == (False, True)
    assert till["links"] == [{"since": START, "until": START}]
    # It was only very slow: what it has is there again.
    worker.after(1)
    assert other.till()["online"] and other.till()["links"] == [{"since": START, "until": 0}]


def test_only_the_newest_connections_are_kept(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "LINKS_KEPT_MAX", 3)
    for _ in range(6):
        worker.presence.arrived(TILL)
        worker.after(1_000)
        worker.presence.left(TILL)
        worker.after(1_000)
    kept = [row.since for row in rows(worker.db, terminal_links)]
    assert sorted(kept) == [START + 6_000, START + 8_000, START + 10_000]


def test_a_flood_of_reports_costs_one_write(worker: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.presence.report()
    before = worker.db.read(lambda session: outbox.position(session, service.stream(STORE)))[1]
    for number in range(500):
        worker.presence.said(TILL, parse(Status, WELL | {"unsent": number}))
    worker.presence.report()
    assert worker.till()["report"]["unsent"] == 499
    assert worker.db.read(lambda session: outbox.position(session, service.stream(STORE)))[1] == before + 1


def test_what_cannot_be_written_now_is_written_next_time(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.presence.arrived(TILL)
    worker.presence.shown(phone("s1"), parse(Shown, [5]))
    with monkeypatch.context() as broken:
        broken.setattr(worker.db, "write", lambda command: (_ for _ in ()).throw(OSError("disk")))
        with pytest.raises(OSError, match="disk"):
            worker.says(unsent=1)
    worker.presence.report()
    assert worker.till()["online"] and worker.till()["report"]["unsent"] == 1
    assert [row["count"] for row in worker.sees()["latency"].values()] == [1]


def test_the_company_shows_each_store_at_a_glance_and_nothing_else_of_it(worker: Worker) -> None:
    worker.presence.arrived(TILL)
    worker.says(unsent=4, oldest_unsent=START - 1, last_seq=4)
    state = worker.db.read(queries.company)
    check("company-state", state)
    assert set(state["stores"]) == set(STORES)
    here = state["stores"][STORE]
    assert (here["state"], here["unsent"], here["oldest_unsent"], here["online"]) == ("good", 4, START - 1, 1)
    query = select(events).where(events.c.stream == service.COMPANY).order_by(events.c.version)
    told: dict[str, Any] = {"stores": {}}
    for row in worker.db.read(lambda session: list(session.execute(query))):
        told = applied(told, row.changes)
    assert told == state


def test_who_is_far_behind_gets_the_state_when_old_events_are_forgotten(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "EVENTS_KEPT", 2)
    worker.presence.arrived(TILL)
    for number in range(5):
        worker.says(unsent=number)
    worker.after(60_000)
    position = Position(s=service.stream(STORE), e=1, v=1)
    answer = worker.db.read(
        lambda session: outbox.answer(session, position, lambda: queries.state(session, STORE, worker.clock.now))
    )
    assert answer["state"] == worker.sees()
    near = Position(s=service.stream(STORE), e=answer["e"], v=answer["v"] - 1)
    missed = worker.db.read(lambda session: outbox.answer(session, near, dict))
    for event in missed["events"]:
        check_event(event)


def test_the_minutes_of_several_workers_add_up(worker: Worker, other: Worker) -> None:
    vera = phone("vera")
    worker.presence.shown(vera, parse(Shown, [10] * 98))
    other.presence.shown(phone("otto"), parse(Shown, [10, 2000]))
    worker.presence.report()
    other.presence.report()
    [minute] = worker.sees()["latency"].values()
    assert (minute["at"], minute["count"]) == (START - START % 60_000, 100)
    assert 10 <= minute["p50"] <= 11 and 10 <= minute["p99"] <= 11
    other.presence.shown(phone("otto"), parse(Shown, [2000]))
    other.presence.report()
    [minute] = worker.sees()["latency"].values()
    assert minute["count"] == 101 and 2000 <= minute["p99"] <= 2200


def test_one_phone_cannot_bend_the_line_and_old_minutes_leave(worker: Worker) -> None:
    for _ in range(5):
        worker.presence.shown(phone("liar"), parse(Shown, [3_600_000] * 100))
    worker.presence.report()
    [minute] = worker.sees()["latency"].values()
    assert minute["count"] == latency.SAMPLES_PER_DEVICE_MAX
    worker.after(latency.SHOWN_MS + 60_000)
    assert worker.sees()["latency"] == {} and len(rows(worker.db, latency_minutes)) == 1
    worker.after(latency.KEPT_MS)
    assert rows(worker.db, latency_minutes) == []


def test_a_percentile_is_right_to_a_tenth() -> None:
    for ms in (0, 1, 2, 17, 250, 4_999, 3_600_000):
        found = latency.percentile(Counter({latency.bucket_of(ms): 3}), 0.5)
        assert ms <= found <= max(1, ms * 1.1 + 1)
