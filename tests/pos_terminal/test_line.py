"""The till's end of the socket: in order, whole, never waiting where it said that it would not."""

import base64
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pos_terminal.sync import line as lines
from pos_terminal.sync.line import Line, LinkBroken, NotLetIn

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
WAIT_S = 10
NARROW_BYTES = 8 * 1024
EVENTS = 500


class ScriptedHub:
    """A WebSocket that says what it is told to, and reads only what it is asked to."""

    def __init__(self, letting_in: str) -> None:
        self._letting_in = letting_in
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        self._wire = self._listener.accept()[0]
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._wire.recv(4096)
        key = next(row for row in head.split(b"\r\n") if row.lower().startswith(b"sec-websocket-key")).split()[1]
        proof = base64.b64encode(hashlib.sha1(key + GUID).digest())
        answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._wire.sendall(answer + b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n")
        self.say('0{"sid":"x","pingInterval":10000,"pingTimeout":10000}', self._letting_in)
        self.ready.set()

    def say(self, *texts: str) -> None:
        """Packets, all in one piece of the network."""
        frames = b""
        for text in texts:
            body = text.encode()
            head = bytes((0x81, len(body))) if len(body) < 126 else b"\x81\x7e" + len(body).to_bytes(2, "big")
            frames += head + body
        self._wire.sendall(frames)

    def hang_up(self) -> None:
        assert self.ready.wait(WAIT_S)
        self._wire.close()

    def close(self) -> None:
        self._thread.join(WAIT_S)
        self._wire.close()
        self._listener.close()


class Till:
    """A line and what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.ended: list[object] = []
        self.news = threading.Condition()
        self.line = Line(
            lambda name, body: self._note(self.heard, (name, body)), lambda why: self._note(self.ended, why)
        )

    def _note(self, where: list[Any], what: Any) -> None:
        with self.news:
            where.append(what)
            self.news.notify_all()

    def wait(self, met: Callable[[], Any]) -> None:
        with self.news:
            assert self.news.wait_for(met, WAIT_S)


Linked = Callable[..., tuple[ScriptedHub, Till]]


@pytest.fixture
def linked() -> Iterator[Linked]:
    made: list[tuple[ScriptedHub, Till]] = []

    def make(letting_in: str = '40{"sid":"y"}') -> tuple[ScriptedHub, Till]:
        made.append((ScriptedHub(letting_in), Till()))
        hub, till = made[-1]
        till.line.connect(hub.url, {"dev": "till-1"})
        return hub, till

    yield make
    for hub, till in made:
        till.line.hang_up()
        hub.close()


def test_what_the_hub_says_in_one_breath_is_heard_in_its_order(linked: Linked) -> None:
    hub, till = linked()
    hub.say(*(f'42["ev",{{"v":{n}}}]' for n in range(EVENTS)))
    till.wait(lambda: len(till.heard) == EVENTS)
    assert [body["v"] for _, body in till.heard] == list(range(EVENTS))


def test_each_answer_comes_to_its_question(linked: Linked) -> None:
    hub, till = linked()
    first, second = till.line.ask("tick", 1), till.line.ask("tick", 2)
    hub.say('432[{"now":22}]', '42["heads",{}]', '431[{"now":11}]')
    assert (first.answer(WAIT_S), second.answer(WAIT_S)) == ({"now": 11}, {"now": 22})


def test_who_waits_for_an_answer_is_told_at_once_that_the_line_is_lost(linked: Linked) -> None:
    hub, till = linked()
    asked = till.line.ask("ops", {})
    hub.hang_up()
    with pytest.raises(LinkBroken, match="lost"):
        asked.answer(10 * WAIT_S)
    till.wait(lambda: till.ended)
    assert len(till.ended) == 1
    with pytest.raises(LinkBroken):
        till.line.say("status", {})


def test_a_hub_that_says_no_says_why(linked: Linked) -> None:
    told = {"code": "revoked", "message": "Not any more.", "params": {}}
    with pytest.raises(NotLetIn) as refused:
        linked(f"44{json.dumps({'message': 'Not any more.', 'data': told})}")
    assert refused.value.told == told


def test_what_is_offered_is_never_waited_with(linked: Linked) -> None:
    _, till = linked()
    assert till.line.offer("ops", {"n": 1}) is not None
    assert till.line.offer("ops", {"n": "x" * lines.OFFER_BYTES_MAX}) is None, "who knows whether that fits"
    talking = threading.Thread(target=talk_until_lost, args=(till.line,))
    talking.start()
    # Nobody reads: sooner or later one word fills the network, and whoever said it waits.
    deadline = time.monotonic() + WAIT_S
    while till.line.offer("ops", {"n": 2}) is not None:
        assert time.monotonic() < deadline
    till.line.hang_up()
    talking.join(WAIT_S)
    assert not talking.is_alive() and till.line.offer("ops", {"n": 3}) is None


def test_what_is_offered_to_a_socket_that_is_closed_this_moment_is_declined(linked: Linked) -> None:
    _, till = linked()
    till.line._socket.sock.close()
    assert till.line.offer("ops", {"n": 1}) is None


def test_the_line_goes_straight_to_the_hub_whatever_proxy_the_environment_names(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        # Bound and not listening: who goes there is refused.
        nobody.bind(("127.0.0.1", 0))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "elsewhere.example")
        hub, till = linked()
        hub.say('42["heads",{}]')
        till.wait(lambda: till.heard == [("heads", {})])


def talk_until_lost(line: Line) -> None:
    with pytest.raises(LinkBroken):
        while True:
            line.say("status", {"pad": "x" * 100_000})
