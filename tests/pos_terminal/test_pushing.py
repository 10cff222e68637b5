"""What was committed leaves with the thread that committed it, and whatever cannot leave so is read from the file."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from till_bench import PIECES, SHOPPER, Bench, reference

from pos_terminal.store import outbox
from pos_terminal.sync.line import Asked, LinkBroken
from pos_terminal.sync.push import Pusher


class Hub:
    """A line: what was offered in which thread, what was asked. It answers when the test says so."""

    def __init__(self) -> None:
        self.takes = True
        self.offered: list[tuple[dict[str, Any], str]] = []
        self.asked: list[dict[str, Any]] = []
        self.waiting: list[tuple[Asked, dict[str, Any]]] = []
        self.answers = False

    def offer(self, name: str, body: Any) -> Asked | None:
        if not self.takes:
            return None
        self.offered.append((body, threading.current_thread().name))
        return self._asked(body)

    def ask(self, name: str, body: Any) -> Asked:
        self.asked.append(body)
        return self._asked(body)

    def _asked(self, body: dict[str, Any]) -> Asked:
        asked = Asked()
        self.waiting.append((asked, body))
        if self.answers:
            self.answer()
        return asked

    def answer(self) -> None:
        asked, body = self.waiting.pop(0)
        last = body["seq0"] + len(body["ops"]) - 1
        rows = [{"seq": seq, "status": "ok", "result": {}} for seq in range(body["seq0"], last + 1)]
        asked.hear({"last_seq": last, "results": rows})


@pytest.fixture
def till(make_bench: Any) -> Iterator[Bench]:
    """A till whose link does not run; its pusher is ours."""
    bench: Bench = make_bench(printer=False)
    bench.load_replica(reference())
    bench.start()
    bench.terminal.link.stop()
    bench.sign_in()
    return bench


@pytest.fixture
def pusher(till: Bench) -> Pusher:
    found: Pusher = till.terminal.link._pusher
    found.welcomed(0, {})
    return found


def understood(_: str, answer: Any) -> Any:
    return answer


def test_a_scan_leaves_with_its_own_thread_as_it_stands_in_the_file(till: Bench, pusher: Pusher) -> None:
    hub = Hub()
    pusher.opened(hub)
    till.scan(PIECES[0])
    with till.terminal.store.read() as connection:
        due = outbox.batch(connection)
    assert due is not None and hub.offered == [(pusher._signed(due), threading.current_thread().name)]
    hub.answer()
    assert pusher.push(hub, understood) == 1
    assert hub.asked == [] and till.rows("SELECT status FROM outbox WHERE seq = 1") == [("ok",)]


def test_every_kind_of_command_travels_as_it_stands_in_the_file(till: Bench, pusher: Pusher) -> None:
    hub = Hub()
    pusher.opened(hub)
    hub.answers = True
    line = till.scan(PIECES[0])["line"]
    for name, body in (
        ("attach", {"card": SHOPPER.card}),
        ("set", {"line": line, "to": 3000, "seen": 1000}),
        ("scan", {"text": PIECES[1].gtin, "aim": ""}),
        ("pay_begin", {}),
        ("pay_cancel", {}),
        ("void_cart", {}),
    ):
        pusher.push(hub, understood)
        till.ok(name, **body)
    pusher.push(hub, understood)
    till.sell(PIECES[0], PIECES[1])
    pusher.push(hub, understood)
    sent = [operation for body in (*(body for body, _ in hub.offered), *hub.asked) for operation in body["ops"]]
    kept = till.rows("SELECT id, kind, at, cart, body FROM outbox WHERE seq > 0 ORDER BY seq")
    assert len(hub.offered) > 5 and len(sent) == len(kept)
    with till.terminal.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM outbox WHERE seq > 0").all()
    by_id = {row.id: outbox.operation(row) for row in rows}
    assert all(by_id[operation["id"]] == operation for operation in sent)


def test_one_batch_is_on_its_way_and_what_comes_meanwhile_follows_in_order(till: Bench, pusher: Pusher) -> None:
    hub = Hub()
    pusher.opened(hub)
    for n in range(3):
        till.scan(PIECES[n])
    assert [body["seq0"] for body, _ in hub.offered] == [1] and hub.asked == []
    hub.answers = True
    hub.answer()
    assert pusher.push(hub, understood) == 3
    assert [(body["seq0"], len(body["ops"])) for body in hub.asked] == [(2, 2)]


def test_what_the_network_does_not_take_at_once_is_pushed(till: Bench, pusher: Pusher) -> None:
    hub = Hub()
    hub.takes, hub.answers = False, True
    pusher.opened(hub)
    till.scan(PIECES[0])
    assert hub.offered == [] and pusher.push(hub, understood) == 1


def test_behind_a_backlog_nothing_leaves_before_its_turn(till: Bench, pusher: Pusher) -> None:
    till.sell(PIECES[0])
    hub = Hub()
    pusher.opened(hub)
    till.scan(PIECES[1])
    assert hub.offered == []
    hub.answers = True
    assert pusher.push(hub, understood) == 3
    assert hub.asked[0]["seq0"] == 1
    till.scan(PIECES[2])
    assert [body["seq0"] for body, _ in hub.offered] == [4]


def test_the_pusher_of_a_line_that_is_lost_ends_and_the_next_one_sends_again(till: Bench, pusher: Pusher) -> None:
    lost, hub = Hub(), Hub()
    pusher.opened(lost)
    till.scan(PIECES[0])
    pusher.opened(hub)
    assert pusher.push(lost, understood) == 0, "it has nothing to say any more"
    hub.answers = True
    assert pusher.push(hub, understood) == 1
    assert hub.asked == [lost.offered[0][0]]


def test_a_batch_that_is_not_answered_in_time_travels_in_halves_and_grows_again(
    till: Bench, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_terminal.sync.push.ACK_TIMEOUT_S", 0)
    for n in range(40):
        till.scan(PIECES[n % 4])
    sizes = []
    for _ in range(6):
        # Each time a new line: the one before took the bytes too slowly.
        silent = Hub()
        pusher.opened(silent)
        with pytest.raises(LinkBroken):
            pusher.push(silent, understood)
        sizes += [len(body["ops"]) for body in silent.asked]
    assert sizes == [16, 8, 4, 2, 1, 1]
    hub = Hub()
    hub.answers = True
    pusher.opened(hub)
    assert pusher.push(hub, understood) == 40
    assert [len(body["ops"]) for body in hub.asked] == [1, 2, 4, 8, 16, 9]


def test_an_answer_that_settles_nothing_ends_the_line(till: Bench, pusher: Pusher) -> None:
    hub = Hub()
    pusher.opened(hub)
    till.scan(PIECES[0])
    asked, _ = hub.waiting[0]
    asked.hear({"last_seq": 0, "results": [{"seq": 1, "status": "gap"}]})
    with pytest.raises(LinkBroken):
        pusher.push(hub, understood)
    assert till.rows("SELECT status FROM outbox WHERE seq = 1") == [("waiting",)]
