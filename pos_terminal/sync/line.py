"""The till's end of the socket to the hub: of Engine.IO 4 and Socket.IO 5 what docs/protocol.md needs, and no more.

python-socketio's client begins a thread for each message that comes, so that two of them may change places, and hands
what is said to one more thread, which a scan would have to wait for. Here whoever says something writes it, and one
thread hands over what came, in order.
"""

import contextlib
import itertools
import json
import queue
import select
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from websocket import WebSocket, WebSocketException

CONNECT_TIMEOUT_S = 5
STOP_LIMIT_S = 1.0
OFFER_BYTES_MAX = 4096
"""So much goes into the buffer of any socket that says it takes something."""

LOST = object()
"""Comes in the place of an answer that cannot come any more."""

Heard = Callable[[str, Any], None]
"""Gets each event with its body, in order."""

Ended = Callable[[object], None]
"""Gets the reason, once, when nothing more will come."""


class LinkBroken(Exception):
    """The hub did not answer as the protocol says, or the line is gone; the link is made anew."""


class NotLetIn(Exception):
    """The hub is there and said no: `told` is `{code, message, params}` where it said why."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told)
        self.told = told


class Asked:
    """A question whose answer is on its way."""

    def __init__(self) -> None:
        self._box: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.hear = self._box.put

    def answer(self, limit_s: float) -> Any:
        """Wait for it. Raises `LinkBroken` where it does not come."""
        try:
            found = self._box.get(timeout=limit_s)
        except queue.Empty:
            raise LinkBroken(f"no answer within {limit_s} s") from None
        if found is LOST:
            raise LinkBroken("the line was lost before the answer")
        return found


class Line:
    """One connection. After `connect` any thread may speak; what cannot be said raises `LinkBroken`."""

    def __init__(self, heard: Heard, on_end: Ended) -> None:
        self._heard, self._on_end = heard, on_end
        self._socket: Any = WebSocket(enable_multithread=True)
        self._writing = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Callable[[Any], None]] = {}
        self._ended = False
        self._reader = threading.Thread(target=self._read, name="line", daemon=True)

    def connect(self, hub: str, hail: Mapping[str, Any]) -> None:
        """Be let in at the hub's address. Raises `NotLetIn`, or `LinkBroken` where there is no hub."""
        at = urlsplit(hub)
        scheme = "wss" if at.scheme == "https" else "ws"
        try:
            self._socket.settimeout(CONNECT_TIMEOUT_S)
            url = f"{scheme}://{at.netloc}/socket.io/?EIO=4&transport=websocket"
            # Over a socket of ours, because the library would go through a proxy that the environment names, and
            # nothing else of the terminal does.
            self._socket.connect(url, socket=_opened(scheme, at.hostname or "", at.port))
            opened = json.loads(self._until("0"))
            self._write("40" + json.dumps(hail))
            self._until("40")
            self._socket.settimeout((opened["pingInterval"] + opened["pingTimeout"]) / 1000)
        except (WebSocketException, OSError, ValueError, KeyError, TypeError) as error:
            self.hang_up()
            raise LinkBroken(f"no connection: {error!r}") from error
        except (LinkBroken, NotLetIn):
            self.hang_up()
            raise
        self._reader.start()

    def _until(self, kind: str) -> str:
        """What follows the first packet of this kind; nothing that comes before it is lost."""
        while text := str(self._socket.recv()):
            if text.startswith(kind):
                return text[len(kind) :]
            self._packet(text)
        raise LinkBroken("the hub hung up")

    def say(self, name: str, body: Any, hear: Callable[[Any], None] | None = None) -> None:
        """Say something; `hear` gets the answer, or `LOST`, in the thread that reads."""
        text = json.dumps([name, body])
        self._write(self._head(hear) + text)

    def ask(self, name: str, body: Any) -> Asked:
        asked = Asked()
        self.say(name, body, asked.hear)
        return asked

    def call(self, name: str, body: Any, limit_s: float) -> Any:
        """Ask, and wait for the answer."""
        return self.ask(name, body).answer(limit_s)

    def offer(self, name: str, body: Any) -> Asked | None:
        """Ask without ever waiting for the network; None where that cannot be done just now, and nothing was said."""
        if not self._writing.acquire(blocking=False):
            return None
        try:
            text = json.dumps([name, body])
            if self._ended or len(text) > OFFER_BYTES_MAX or not _takes_now(self._socket.sock):
                return None
            asked = Asked()
            self._socket.send(self._head(asked.hear) + text)
            return asked
        except (WebSocketException, OSError, ValueError):
            # It was closed this moment. The thread that reads notices as well, and the link is made anew.
            return None
        finally:
            self._writing.release()

    def hang_up(self) -> None:
        """Leave at once: a polite close would wait for the other side's, half a minute on a dead line."""
        self._ended = True
        # Looked at once: somebody else may hang up at the same moment.
        sock = self._socket.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            if self._reader.ident is not None and self._reader is not threading.current_thread():
                self._reader.join(STOP_LIMIT_S)
            self._socket.shutdown()

    def _head(self, hear: Callable[[Any], None] | None) -> str:
        """What an event begins with: the number of the answer where somebody waits for one."""
        if hear is None:
            return "42"
        number = next(self._numbers)
        self._waiting[number] = hear
        return f"42{number}"

    def _write(self, text: str) -> None:
        with self._writing:
            if self._ended:
                raise LinkBroken("the line is closed")
            try:
                self._socket.send(text)
            except (WebSocketException, OSError, ValueError) as error:
                raise LinkBroken(f"the line was lost: {error!r}") from error

    def _read(self) -> None:
        reason: object = "the hub hung up"
        try:
            while text := str(self._socket.recv()):
                self._packet(text)
        except (WebSocketException, OSError, LinkBroken, NotLetIn, ValueError, TypeError, AttributeError) as error:
            reason = error
        self._ended = True
        for number in list(self._waiting):
            self._waiting.pop(number)(LOST)
        self._on_end(reason)

    def _packet(self, text: str) -> None:
        if text.startswith("42"):
            name, *rest = json.loads(text[text.index("[") :])
            self._heard(name, rest[0] if rest else None)
        elif text.startswith("43"):
            number, _, rest = text[2:].partition("[")
            hear, values = self._waiting.pop(int(number), None), json.loads(f"[{rest}")
            if hear is not None:
                hear(values[0] if values else None)
        elif text.startswith("44"):
            raise NotLetIn(_why(json.loads(text[2:] or "{}")))
        elif text.startswith("2"):
            self._write(f"3{text[1:]}")
        elif text.startswith(("1", "41")):
            raise LinkBroken("the hub hung up")


def _why(told: Any) -> Mapping[str, Any]:
    row = told.get("data", told) if isinstance(told, dict) else {}
    return row if isinstance(row, dict) else {}


def _opened(scheme: str, host: str, port: int | None) -> socket.socket:
    """A connection to the hub, without Nagle's delay; over TLS its certificate has been checked."""
    made = socket.create_connection((host, port or (443 if scheme == "wss" else 80)), CONNECT_TIMEOUT_S)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return ssl.create_default_context().wrap_socket(made, server_hostname=host) if scheme == "wss" else made
    except BaseException:
        made.close()
        raise


def _takes_now(sock: Any) -> bool:
    """Whether there is room in the socket's buffer."""
    if sock is None:
        return False
    look = select.poll()
    look.register(sock, select.POLLOUT)
    return [event for _, event in look.poll(0)] == [select.POLLOUT]
