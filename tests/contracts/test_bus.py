"""The bus between workers: each word is heard by those who follow its topic, and never by the one that said it."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from omnitill.servers import RedisServer
from retail.cart import Actor
from sync_server.bus import ALL, BACK, BODY_BYTES_MAX, Bus, LocalBus
from sync_server.inbox.service import Device
from sync_server.outbox.service import LEFT, TOLD
from sync_server.realtime.connection import Connection, Connections
from sync_server.realtime.fanout import Fanout
from sync_server.redis_bus import RedisBus

WAIT_S = 15


class Ears:
    """Keeps what one member of the bus hears."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self.heard = bus, list[Any]()
        self._news = threading.Condition()
        for kind in ("word", "end", BACK):
            bus.on(kind, lambda body, kind=kind: self._hear(kind, body))

    def _hear(self, kind: str, body: Any) -> None:
        with self._news:
            self.heard.append(body if kind == "word" else kind)
            self._news.notify_all()

    def wait(self, last: Any) -> list[Any]:
        """All that was heard, once this was."""
        with self._news:
            assert self._news.wait_for(lambda: last in self.heard, WAIT_S), self.heard
            return list(self.heard)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


Join = Callable[[], Ears]


@pytest.fixture(params=["local", "redis"])
def join(request: pytest.FixtureRequest) -> Iterator[Join]:
    """Opens one more member of the same bus, of each kind that we have."""
    opened: list[Bus] = []
    exchange: list[LocalBus] = []

    def one_more() -> Ears:
        if request.param == "local":
            opened.append(LocalBus(exchange))
        else:
            opened.append(RedisBus(request.getfixturevalue("redis_server").url, request.node.name))
            until(lambda: opened[-1].state == "up")
        return Ears(opened[-1])

    yield one_more
    for bus in list(opened):
        bus.close()


def test_a_word_reaches_the_others_that_follow_its_topic_and_not_its_author(join: Join) -> None:
    one, two, three = join(), join(), join()
    for ears in (one, two):
        ears.bus.follow("cart:a")
    assert one.bus.publish("cart:a", "word", {"n": 1})
    assert one.bus.publish(ALL, "word", {"n": 2})
    assert two.wait({"n": 2}) == [{"n": 1}, {"n": 2}]
    assert three.wait({"n": 2}) == [{"n": 2}]
    two.bus.unfollow("cart:a")
    # Nobody waits for the end of a topic; but what is followed next is confirmed behind it.
    two.bus.follow("cart:b")
    assert one.bus.publish("cart:a", "word", {"n": 3})
    assert one.bus.publish(ALL, "end", {})
    assert two.wait("end") == [{"n": 1}, {"n": 2}, "end"]
    assert one.heard == []


def test_words_of_one_member_keep_their_order(join: Join) -> None:
    one, two = join(), join()
    two.bus.follow("cart:a")
    for n in range(500):
        assert one.bus.publish(ALL if n % 2 else "cart:a", "word", n)  # type: ignore[arg-type]
    assert two.wait(499) == list(range(500))


def test_a_word_that_is_too_large_is_not_rung_and_says_so(join: Join) -> None:
    one, two = join(), join()
    assert not one.bus.publish(ALL, "word", {"text": "x" * BODY_BYTES_MAX})
    assert one.bus.publish(ALL, "word", {"text": "x"})
    assert two.wait({"text": "x"}) == [{"text": "x"}]


def test_a_word_that_one_listener_cannot_bear_is_still_heard_by_the_next(join: Join) -> None:
    one, two = join(), join()
    heard = threading.Event()
    two.bus.on("hard", lambda body: body["nothing"])
    two.bus.on("hard", lambda body: heard.set())
    one.bus.publish(ALL, "hard", {})
    assert heard.wait(WAIT_S)


def test_a_redis_that_was_killed_and_came_back_empty_is_met_again_and_all_is_followed_as_before() -> None:
    server = RedisServer()
    one, two = Ears(RedisBus(server.url)), Ears(RedisBus(server.url))
    try:
        until(lambda: one.bus.state == two.bus.state == "up")
        two.bus.follow("cart:a")
        server.stop()
        until(lambda: one.bus.state == two.bus.state == "away")
        assert not one.bus.publish(ALL, "word", "lost")  # type: ignore[arg-type]
        two.bus.follow("cart:b")
        server.start()
        two.wait(BACK)
        one.wait(BACK)
        assert one.bus.publish("cart:a", "word", {"n": 1})
        assert one.bus.publish("cart:b", "word", {"n": 2})
        assert two.wait({"n": 2}) == [BACK, {"n": 1}, {"n": 2}]
        with server.client() as client:
            client.flushall()
        assert one.bus.publish("cart:a", "word", {"n": 3})
        two.wait({"n": 3})
    finally:
        one.bus.close()
        two.bus.close()
        server.remove()


def test_a_strangers_word_on_the_channel_harms_nobody(redis_server: RedisServer) -> None:
    one = Ears(RedisBus(redis_server.url, "strangers"))
    try:
        until(lambda: one.bus.state == "up")
        with redis_server.client() as client:
            for nonsense in (b"", b"\xff\x00", b"[]", b"[1]", b"{}", b'["x","word",null,4]'):
                client.publish("strangers:all", nonsense)
            client.publish("strangers:all", b'["x","word",{"n":1}]')
        assert one.wait({"n": 1}) == [{"n": 1}]
    finally:
        one.bus.close()


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
