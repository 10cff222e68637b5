"""The bus between workers: each word is heard by those who follow its topic, and never by the one that said it."""

from typing import Any

import pytest

from retail.cart import Actor
from sync_server.bus import ALL, BODY_BYTES_MAX, Bus, LocalBus
from sync_server.inbox.service import Device
from sync_server.outbox.service import LEFT, TOLD
from sync_server.realtime.connection import Connection, Connections
from sync_server.realtime.fanout import Fanout


class Ears:
    """Keeps what one member of the bus hears."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self.heard = bus, list[Any]()
        bus.on("word", self.heard.append)


@pytest.fixture
def members() -> list[Ears]:
    exchange: list[LocalBus] = []
    return [Ears(LocalBus(exchange)) for _ in range(3)]


def test_a_word_reaches_the_others_that_follow_its_topic_and_not_its_author(members: list[Ears]) -> None:
    one, two, three = members
    for ears in (one, two):
        ears.bus.follow("cart:a")
    assert one.bus.publish("cart:a", "word", {"n": 1})
    assert one.bus.publish(ALL, "word", {"n": 2})
    assert (one.heard, two.heard, three.heard) == ([], [{"n": 1}, {"n": 2}], [{"n": 2}])
    two.bus.unfollow("cart:a")
    assert one.bus.publish("cart:a", "word", {"n": 3})
    assert two.heard == [{"n": 1}, {"n": 2}]


def test_a_word_that_is_too_large_is_not_rung_and_says_so(members: list[Ears]) -> None:
    one, two, _ = members
    assert not one.bus.publish(ALL, "word", {"text": "x" * BODY_BYTES_MAX})
    assert one.bus.publish(ALL, "word", {"text": "x"})
    assert two.heard == [{"text": "x"}]


def test_a_word_that_one_listener_cannot_bear_is_still_heard_by_the_next(members: list[Ears]) -> None:
    one, two, _ = members
    heard: list[Any] = []
    two.bus.on("hard", lambda body: body["nothing"])
    two.bus.on("hard", heard.append)
    one.bus.publish(ALL, "hard", {})
    assert heard == [{}]


class Worker:
    """A worker's fan-out with what its sockets hear."""

    def __init__(self, bus: Bus) -> None:
        self.connections, self.heard = Connections(), list[tuple[str, Any, str]]()
        self.closed: list[str] = []
        self.left: list[tuple[str, str]] = []
        self.fanout = Fanout(
            lambda event, message, room: self.heard.append((event, message, room)),
            lambda sid, room: self.left.append((sid, room)),
            self.connections,
            bus,
            self.closed.append,
        )

    def socket(self, sid: str, dev: str, token: str = "") -> Connection:
        connection = Connection(sid, Device(dev, 1, Actor(dev, "till")), "till", token)
        self.connections.add(connection)
        return connection


@pytest.fixture
def workers() -> list[Worker]:
    exchange: list[LocalBus] = []
    return [Worker(LocalBus(exchange)) for _ in range(2)]


def test_an_event_is_told_once_at_each_worker_that_hears_its_stream(workers: list[Worker]) -> None:
    here, there = workers
    watching = there.socket("s1", "till-2")
    there.fanout.join(watching, "cart:a")
    event = {"s": "cart:a", "e": 1, "p": 0, "v": 1, "changes": {}}
    here.fanout.publish({TOLD: [event]})
    assert here.heard == there.heard == [("ev", event, "cart:a")]
    there.connections.remove("s1")
    there.fanout.gone(watching)
    here.fanout.publish({TOLD: [event | {"v": 2}]})
    assert len(there.heard) == 1, "nobody hears the stream there any more"


def test_an_event_too_large_for_the_bus_is_told_by_its_version(workers: list[Worker]) -> None:
    here, there = workers
    there.fanout.join(there.socket("s1", "till-2"), "cart:a")
    here.fanout.publish({TOLD: [{"s": "cart:a", "v": 7, "changes": {"note": "x" * BODY_BYTES_MAX}}]})
    assert there.heard == [("heads", {"cart:a": 7}, "cart:a")]


def test_a_device_that_leaves_a_stream_leaves_it_at_every_worker(workers: list[Worker]) -> None:
    here, there = workers
    twins = [worker.socket(f"s{n}", "till-1") for n, worker in enumerate(workers)]
    for worker, twin in zip(workers, twins, strict=True):
        worker.fanout.join(twin, "cart:a")
    here.fanout.publish({LEFT: [("till-1", "cart:a")]})
    assert (here.left, there.left) == ([("s0", "cart:a")], [("s1", "cart:a")])
    assert [twin.streams for twin in twins] == [set(), set()]


def test_a_sign_in_that_ended_is_closed_at_every_worker_and_nobody_elses(workers: list[Worker]) -> None:
    here, there = workers
    here.socket("s0", "p1", token="mine")
    there.socket("s1", "p2", token="mine")
    there.socket("s2", "p3", token="theirs")
    here.fanout.kick("signed_out", "You signed out.", token="mine")
    assert (here.closed, there.closed) == (["s0"], ["s1"])
    assert there.heard == [("kick", {"code": "signed_out", "message": "You signed out.", "params": {}}, "s1")]


def test_a_volatile_word_reaches_the_room_at_every_worker(workers: list[Worker]) -> None:
    here, there = workers
    there.fanout.join(there.socket("s1", "till-2"), "cart:a")
    here.fanout.tell("presence", {"s": "cart:a", "who": []}, "cart:a")
    assert here.heard == there.heard == [("presence", {"s": "cart:a", "who": []}, "cart:a")]


def test_a_device_that_was_revoked_is_closed_wherever_it_is(workers: list[Worker]) -> None:
    here, there = workers
    there.socket("s1", "till-1")
    here.fanout.kick("revoked", "Enrol again.", device="till-1")
    assert there.closed == ["s1"]
