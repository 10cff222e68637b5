"""What the hub does for every socket it does in turns, and a scan may pass in between."""

from collections.abc import Callable
from typing import Any

from retail.cart import Actor
from sync_server.db import Database
from sync_server.inbox.service import Device
from sync_server.outbox.service import Cause, record
from sync_server.realtime.connection import Connection, Connections
from sync_server.realtime.fanout import Fanout
from sync_server.realtime.handlers import CONNECTIONS_AT_ONCE, REVOKED, Handlers
from sync_server.terminals.presence import Presence

SOCKETS = 2 * CONNECTIONS_AT_ONCE + 20
TURNS = [CONNECTIONS_AT_ONCE, 2 * CONNECTIONS_AT_ONCE, SOCKETS]
NOW = 1_770_000_000_000


class Sockets:
    """In the place of Flask-SocketIO: what was told, and how much of it whenever others could pass."""

    def __init__(self) -> None:
        self.server = self
        self.told: list[tuple[str, Any, str]] = []
        self.passed: list[int] = []

    def on(self, name: str, handler: Callable[..., Any]) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "with nothing to wait for, some loops let nobody pass"
        self.passed.append(len(self.told))


def a_busy_hub(db: Database, stream: str) -> tuple[Handlers, Sockets]:
    sockets, connections = Sockets(), Connections()
    fanout = Fanout(lambda *word: sockets.told.append(word), lambda *_: None, connections)
    for n in range(SOCKETS):
        one = Connection(f"s{n}", Device(f"till-{n}", 1, Actor(f"till-{n}", "till")), "till", token=f"stranger-{n}")
        one.streams.add(stream)
        connections.add(one)
    presence = Presence(db, lambda: NOW)
    return Handlers(sockets, db, connections, fanout, presence, lambda: NOW), sockets  # type: ignore[arg-type]


def test_heads_reach_every_socket_and_others_pass_in_between(db: Database) -> None:
    db.write(lambda session: record(session, "cart:a", {"n": 1}, Cause("till-1", 1), NOW))
    handlers, sockets = a_busy_hub(db, "cart:a")
    handlers.send_heads()
    assert sockets.told == [("heads", {"cart:a": 1}, f"s{n}") for n in range(SOCKETS)]
    assert sockets.passed == TURNS


def test_a_stream_in_which_nothing_happened_has_no_head(db: Database) -> None:
    handlers, sockets = a_busy_hub(db, "cart:never")
    handlers.send_heads()
    assert sockets.told == []


def test_all_whose_sign_in_counts_no_more_are_shown_out(db: Database) -> None:
    handlers, sockets = a_busy_hub(db, "cart:a")
    handlers.show_out()
    assert sockets.told == [("kick", REVOKED.as_dict(), f"s{n}") for n in range(SOCKETS)]
    assert sockets.passed == TURNS
