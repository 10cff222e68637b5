"""A client that does not read, and one that does not stop speaking: neither costs the hub memory or the others time."""

import contextlib
import json
import socket as sockets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from engineio.packet import MESSAGE, Packet
from flask import Flask
from flask_socketio import SocketIO

from sync_server.realtime import outgoing
from sync_server.realtime.bucket import Buckets
from sync_server.realtime.frames import Wires
from sync_server.server import Server, listen

WAIT_S = 20
BIG = 8 * 1024 * 1024
PAD = "x" * 100_000
EVENTS = 200
STUCK_S = 0.4


class Wired:
    """A server below Socket.IO as the hub has it, in a thread of its own."""

    def __init__(self) -> None:
        self.answered = 0
        self.gone: list[str] = []
        self.news = threading.Condition()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(WAIT_S)

    def _serve(self, ready: threading.Event) -> None:
        app = Flask(__name__)
        socketio = SocketIO(app, async_mode="gevent", async_handlers=False, transports=["websocket"])
        wires = Wires(socketio)
        wires.drained = lambda sid: wires.emit("heads", {"all": 1}, sid)
        server = socketio.server
        server.on("connect", lambda sid, environ, auth=None: None)
        server.on("disconnect", lambda sid, reason: self._note(sid))
        server.on("join", lambda sid: server.enter_room(sid, "all"))
        server.on("ask", lambda sid, size: self._answer(size))
        server.on("tell", lambda sid, count: [wires.emit("ev", {"n": n, "pad": PAD}, "all") for n in range(count)][:0])

        def sweep() -> None:
            while True:
                socketio.sleep(STUCK_S / 4)
                wires.clients.sweep()

        socketio.start_background_task(sweep)
        listener = listen("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self._server = Server(listener, app, log=None, error_log=None)
        self._server.start()
        ready.set()
        self._server._stop_event.wait()

    def _answer(self, size: int) -> str:
        self.answered += 1
        return "y" * size

    def _note(self, sid: str) -> None:
        with self.news:
            self.gone.append(sid)
            self.news.notify_all()

    def client(self, *options: tuple[int, int, int]) -> websocket.WebSocket:
        """Somebody who is in the room that hears all events, and reads when told to."""
        address = f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket"
        client = websocket.create_connection(address, timeout=WAIT_S, sockopt=list(options), skip_utf8_validation=True)
        assert str(client.recv()).startswith("0{")
        client.send("40")
        assert str(client.recv()).startswith("40")
        client.send('421["join"]')
        assert client.recv() == "431[]"
        return client


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    yield Wired()


@pytest.fixture
def open_client(wired: Wired) -> Iterator[Callable[..., websocket.WebSocket]]:
    opened: list[websocket.WebSocket] = []

    def client(*options: tuple[int, int, int]) -> websocket.WebSocket:
        opened.append(wired.client(*options))
        return opened[-1]

    yield client
    for one in opened:
        with contextlib.suppress(OSError):
            one.shutdown()


NARROW = (sockets.SOL_SOCKET, sockets.SO_RCVBUF, 65_536)


def test_a_large_answer_to_a_stalled_reader_stays_whole_with_a_ping_in_between(
    open_client: Callable[..., websocket.WebSocket],
) -> None:
    reader = open_client(NARROW)
    reader.send(f'429["ask",{BIG}]')
    # The answer is stuck half-way now, and the pong has to come after it, not into it.
    reader.ping("between")
    other = open_client()
    other.send('42["tell",1]')
    assert json.loads(str(other.recv())[2:])[0] == "ev"
    opcode, text = reader.recv_data()
    assert (opcode, len(text)) == (websocket.ABNF.OPCODE_TEXT, BIG + len('439[""]'))
    assert text == b'439["' + b"y" * BIG + b'"]'
    kinds = {reader.recv_data(control_frame=True)[0] for _ in range(2)}
    assert kinds == {websocket.ABNF.OPCODE_PONG, websocket.ABNF.OPCODE_TEXT}


def heard(client: websocket.WebSocket) -> tuple[str, Any]:
    name, message = json.loads(str(client.recv())[2:])
    return name, message


def test_a_slow_reader_is_told_no_more_events_and_then_the_heads(
    open_client: Callable[..., websocket.WebSocket],
) -> None:
    slow, other = open_client(NARROW), open_client()
    other.send(f'42["tell",{EVENTS}]')
    assert [heard(other)[1]["n"] for _ in range(3)] == [0, 1, 2]
    numbers = []
    while (said := heard(slow))[0] == "ev":
        numbers.append(said[1]["n"])
    assert said == ("heads", {"all": 1})
    assert numbers == list(range(len(numbers))), "what was told was told in order and without a hole"
    assert outgoing.EVENTS_WAITING_MAX <= len(numbers) < EVENTS
    open_client().send('42["tell",1]')
    assert heard(slow)[1]["n"] == 0, "one that has caught up is told everything again"


@pytest.mark.parametrize("push", ["ev", "heads", "onlookers"])
def test_a_push_is_left_out_where_much_waits_and_an_answer_is_not(push: str) -> None:
    waiting = outgoing.Outgoing()
    for _ in range(outgoing.EVENTS_WAITING_MAX):
        waiting.put(Packet(MESSAGE, f'2["{push}",{{}}]'))
    waiting.put(Packet(MESSAGE, f'2["{push}",{{}}]'))
    assert waiting.qsize() == outgoing.EVENTS_WAITING_MAX
    waiting.put(Packet(MESSAGE, "37[{}]"))
    assert waiting.qsize() == outgoing.EVENTS_WAITING_MAX + 1


def test_a_reader_that_stops_is_hung_up_on_though_it_never_reads(
    wired: Wired, open_client: Callable[..., websocket.WebSocket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "STUCK_S", STUCK_S)
    monkeypatch.setattr(outgoing, "GRACE_S", STUCK_S)
    stalled = open_client(NARROW)
    stalled.send(f'429["ask",{BIG}]')
    with wired.news:
        assert wired.news.wait_for(lambda: wired.gone, WAIT_S)
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
        for _ in range(EVENTS):
            stalled.recv()
    other = open_client()
    other.send('429["ask",3]')
    assert other.recv() == '439["yyy"]'


def test_a_reader_that_wakes_in_time_hears_why_it_is_hung_up_on(
    open_client: Callable[..., websocket.WebSocket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "STUCK_S", STUCK_S)
    monkeypatch.setattr(outgoing, "GRACE_S", float(WAIT_S))
    stalled = open_client(NARROW)
    stalled.send(f'429["ask",{BIG}]')
    watcher = open_client()
    deadline = time.monotonic() + 3 * STUCK_S
    while time.monotonic() < deadline:
        watcher.send('429["ask",0]')
        watcher.recv()
    assert str(stalled.recv()).startswith("439[")
    name, kicked = heard(stalled)
    assert (name, kicked["code"]) == ("kick", "slow")


def test_of_one_who_asks_and_does_not_read_no_more_is_read(
    wired: Wired, open_client: Callable[..., websocket.WebSocket]
) -> None:
    flooding, other = open_client(NARROW), open_client()
    for number in range(EVENTS):
        flooding.send(f'42{number}["ask",{len(PAD)}]')
    for number in range(EVENTS):
        other.send(f'42{number}["ask",1]')
        assert other.recv() == f'43{number}["y"]'
    answered = wired.answered - EVENTS
    assert answered < EVENTS, "the hub worked off all its questions, and keeps the answers"
    assert [str(flooding.recv())[:5] for _ in range(3)] == ['430["', '431["', '432["']
    for _ in range(EVENTS - 3):
        assert str(flooding.recv()).startswith("43")


def test_a_bucket_lets_a_till_pass_and_makes_a_loop_wait() -> None:
    buckets = Buckets(rate_per_s=100, burst=400)
    assert [buckets.take("till-1", 200, 10.0) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert buckets.take("till-2", 200, 10.0) == 0.0
    assert buckets.take("till-1", 1, 12.0) == pytest.approx(0.01)
    assert buckets.take("till-1", 100, 20.0) == 0.0
    assert buckets.take("till-1", 10**6, 20.0) == 5.0, "nobody waits longer, whatever was said"
