"""The network that fails: what it holds back arrives, what it cuts is cut, and half-open says nothing."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from omnitill.blackbox.proxy import Network, Proxy

PATIENCE_S = 5.0
SILENCE_S = 0.2
TEXT = bytes(range(256)) * 8


class Echo:
    """Sends back what it gets."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                came, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(came,), daemon=True).start()

    def _echo(self, came: socket.socket) -> None:
        with came:
            try:
                while data := came.recv(4096):
                    came.sendall(data)
            except OSError:
                return

    def close(self) -> None:
        # Unlike a close it wakes the thread that accepts.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.fixture
def net() -> Iterator[Network]:
    network = Network(seed=1)
    yield network
    network.close()


@pytest.fixture
def proxy(net: Network) -> Iterator[Proxy]:
    echo = Echo()
    yield net.proxy("till-1", lambda: echo.port)
    echo.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as made:
        yield made


def said(client: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        found += client.recv(count - len(found))
    return found


@pytest.mark.parametrize("bad", [{"trickle": True}, {"split": True}, {"delay_s": 0.05}, {"lossy": 0.0}])
def test_bad_weather_changes_no_byte(net: Network, client: socket.socket, bad: dict[str, object]) -> None:
    net.weather("till-1", **bad)
    client.sendall(TEXT)
    assert said(client, len(TEXT)) == TEXT


def test_what_a_partition_held_back_arrives_when_it_ends(net: Network, client: socket.socket) -> None:
    net.weather("till-1", held=frozenset({"down"}))
    client.sendall(b"a scan")
    client.settimeout(SILENCE_S)
    with pytest.raises(TimeoutError):
        client.recv(1)
    net.weather("till-1")
    client.settimeout(PATIENCE_S)
    assert said(client, 6) == b"a scan"


def test_a_half_open_connection_swallows_all_and_a_new_one_works(
    net: Network, proxy: Proxy, client: socket.socket
) -> None:
    client.sendall(b"x")
    assert said(client, 1) == b"x"
    assert net.half_open("till-1") == 1
    client.sendall(b"a sale")
    client.settimeout(SILENCE_S)
    with pytest.raises(TimeoutError):
        client.recv(1)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as another:
        another.sendall(b"y")
        assert said(another, 1) == b"y"


def test_a_reset_is_a_reset(net: Network, client: socket.socket) -> None:
    client.sendall(b"x")
    assert said(client, 1) == b"x"
    assert net.reset("till-1") == 1
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_a_lossy_line_is_cut_at_some_byte_sooner_or_later(net: Network, proxy: Proxy) -> None:
    net.weather("till-1", lossy=1.0)
    deadline = time.monotonic() + PATIENCE_S
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as doomed, pytest.raises(OSError):
        while time.monotonic() < deadline:
            doomed.sendall(TEXT)
            if not doomed.recv(4096):
                raise ConnectionResetError
    assert net.faults["cut_at_a_byte"] == 1


def test_who_calls_while_the_hub_is_down_is_refused(net: Network) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    down = net.proxy("phone-1", lambda: port)
    with (
        socket.create_connection(("127.0.0.1", down.port), timeout=PATIENCE_S) as client,
        pytest.raises(ConnectionResetError),
    ):
        client.sendall(b"x")
        if client.recv(1) == b"":
            raise ConnectionResetError
