"""Who looks at a cart: each worker knows the same, for 30 seconds, and no stranger gets to hear of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from talking_device import FIRST, SECOND, Talker, live_cart, phone, terminal
from told_check import check

from retail.errors import RetailError
from retail.messages import PRESENCE_LIVES_MS, Presence
from sync_server.bus import LocalBus
from sync_server.carts import onlookers
from sync_server.carts.onlookers import Onlooker, Onlookers
from sync_server.db import Database, open_database
from sync_server.inbox.service import Device
from sync_server.realtime.connection import Connection, Connections
from sync_server.realtime.fanout import Fanout
from sync_server.realtime.looking import Looking


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


class Worker:
    """A worker's presence, with what its sockets hear."""

    def __init__(self, db: Database, bus: LocalBus, clock: Clock) -> None:
        self.told: list[tuple[str, list[str]]] = []
        self.connections = Connections()
        self.fanout = Fanout(self._hear, lambda sid, room: None, self.connections, bus)
        self.looking = Looking(db, self.fanout, clock)

    def _hear(self, event: str, message: Any, room: str) -> None:
        assert (event, message["s"]) == ("onlookers", room)
        check("onlookers", message)
        self.told.append((room, [f"{one['app']} {one['doing']}" for one in message["who"]]))

    def socket(self, sid: str, device: Device, app: str, *streams: str) -> Connection:
        connection = Connection(sid, device, app)
        self.connections.add(connection)
        for stream in streams:
            self.fanout.join(connection, stream)
        return connection

    def say(self, connection: Connection, stream: str, doing: str) -> list[str]:
        answer = self.looking.said(connection, Presence(s=stream, doing=doing))  # type: ignore[arg-type]
        check("presence-answer", answer)
        return [f"{one['app']} {one['doing']}" for one in answer["who"]]


@pytest.fixture
def sqlite_db(sqlite_shop: str) -> Iterator[Database]:
    # Nothing of it is stored, so one database is as good as the other.
    made = open_database(sqlite_shop)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workers(sqlite_db: Database, clock: Clock) -> list[Worker]:
    exchange: list[LocalBus] = []
    return [Worker(sqlite_db, LocalBus(exchange), clock) for _ in range(2)]


@pytest.fixture
def cart(sqlite_db: Database) -> str:
    """The first shopper's live cart, which till-1 has open."""
    Talker(sqlite_db, terminal("till-1")).ok("cart.attach", card=FIRST.card)
    return f"cart:{live_cart(sqlite_db, FIRST.id)}"


def test_a_till_and_a_phone_see_one_another_at_whichever_worker_they_are(workers: list[Worker], cart: str) -> None:
    one, two = workers
    till, shopper = one.socket("a", terminal("till-1"), "till", cart), two.socket("b", phone(FIRST.id), "phone", cart)
    assert one.say(till, cart, "look") == ["till look"]
    assert two.say(shopper, cart, "look") == ["phone look", "till look"]
    assert one.say(till, cart, "pay") == ["till pay", "phone look"]
    assert one.told[-1] == two.told[-1] == (cart, ["till pay", "phone look"])
    two.say(shopper, cart, "gone")
    assert one.told[-1] == two.told[-1] == (cart, ["till pay"])


def test_a_worker_that_begins_to_hear_of_a_cart_learns_who_is_there(workers: list[Worker], cart: str) -> None:
    one, two = workers
    one.say(one.socket("a", terminal("till-1"), "till", cart), cart, "look")
    late = two.socket("b", phone(FIRST.id), "phone", cart)
    assert two.say(late, cart, "look") == ["phone look", "till look"]


def test_the_place_of_a_till_is_told_by_its_names_and_a_phone_has_none(workers: list[Worker], cart: str) -> None:
    one = workers[0]
    one.say(one.socket("a", phone(FIRST.id), "phone", cart), cart, "look")
    answer = one.looking.said(one.socket("b", terminal("till-1"), "till", cart), Presence(s=cart, doing="look"))
    assert [one["place"] and sorted(one["place"]) for one in answer["who"]] == [
        None, ["device", "kind", "names", "store"]
    ]  # fmt: skip


def test_who_is_silent_for_thirty_seconds_is_gone_and_who_speaks_again_is_not(
    workers: list[Worker], cart: str, clock: Clock
) -> None:
    one, two = workers
    till, shopper = one.socket("a", terminal("till-1"), "till", cart), two.socket("b", phone(FIRST.id), "phone", cart)
    one.say(till, cart, "look")
    two.say(shopper, cart, "look")
    clock.now += PRESENCE_LIVES_MS - 1
    one.say(till, cart, "look")
    said = len(one.told)
    clock.now += 1
    # A worker that was killed says nothing more: each of the others misses its people by itself.
    for worker in workers:
        worker.looking.sweep()
        assert worker.told[-1] == (cart, ["till look"])
    assert len(one.told) == said + 1
    clock.now += PRESENCE_LIVES_MS
    one.looking.sweep()
    assert one.told[-1] == (cart, [])


def test_nobody_is_told_again_what_everybody_knows(workers: list[Worker], cart: str, clock: Clock) -> None:
    one = workers[0]
    till = one.socket("a", terminal("till-1"), "till", cart)
    for _ in range(3):
        clock.now += 10_000
        one.say(till, cart, "look")
        one.looking.sweep()
    assert one.told == [(cart, ["till look"])]


def test_who_hangs_up_or_leaves_the_cart_is_gone_at_once(workers: list[Worker], cart: str) -> None:
    one, two = workers
    till, shopper = one.socket("a", terminal("till-1"), "till", cart), two.socket("b", phone(FIRST.id), "phone", cart)
    one.say(till, cart, "look")
    two.say(shopper, cart, "look")
    one.fanout.part(till, cart)
    assert two.told[-1] == (cart, ["phone look"])
    two.fanout.gone(shopper)
    assert two.told[-1] == (cart, [])


def test_two_tabs_of_one_phone_are_one_and_it_is_there_until_both_are_gone(workers: list[Worker], cart: str) -> None:
    one = workers[0]
    tabs = [one.socket(sid, phone(FIRST.id), "phone", cart) for sid in ("a", "b")]
    for tab in tabs:
        assert one.say(tab, cart, "look") == ["phone look"]
    one.fanout.gone(tabs[0])
    assert one.told[-1] == (cart, ["phone look"])
    one.fanout.gone(tabs[1])
    assert one.told[-1] == (cart, [])


@pytest.mark.parametrize("who", ["another shopper", "another till", "a manager"])
def test_a_stranger_is_refused_and_shown_to_nobody(workers: list[Worker], cart: str, who: str) -> None:
    one = workers[0]
    device, app = {
        "another shopper": (phone(SECOND.id), "phone"),
        "another till": (terminal("till-2"), "till"),
        "a manager": (Device("desk", 1, terminal("till-1").actor, store="main-street"), "dashboard"),
    }[who]
    with pytest.raises(RetailError) as refused:
        one.say(one.socket("x", device, app), cart, "look")
    assert refused.value.code == "not_allowed" and one.told == []


def test_who_asks_over_http_is_followed_from_worker_to_worker(workers: list[Worker], cart: str) -> None:
    one, two = workers
    asking = Connection("", phone(FIRST.id), "phone")
    one.say(asking, cart, "look")
    two.say(asking, cart, "look")
    assert one.say(asking, cart, "look") == ["phone look"]
    one.say(asking, cart, "gone")
    # Nothing is left behind that a worker would follow for ever.
    assert [worker.fanout._heard[cart] for worker in workers] == [0, 0]


def test_a_cart_and_a_hub_take_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Onlookers()
    for n in range(onlookers.ONLOOKERS_PER_CART_MAX + 5):
        table.note("cart:a", f"s{n}", Onlooker(f"d{n:03}", "phone", None, "look"), 0)
    assert len(table.of("cart:a", 0)) == onlookers.ONLOOKERS_PER_CART_MAX
    monkeypatch.setattr(onlookers, "ONLOOKERS_MAX", onlookers.ONLOOKERS_PER_CART_MAX)
    table.note("cart:b", "new", Onlooker("new", "phone", None, "look"), 1)
    assert [one["dev"] for one in table.of("cart:b", 1)] == ["new"]
    assert "d000" not in [one["dev"] for one in table.of("cart:a", 1)]
