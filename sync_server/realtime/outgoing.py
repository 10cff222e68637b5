"""What waits for one client: written at once where the network takes it, and never more than a slow reader may owe us.

Events are hints (the log has them), so a client that falls behind is told none for a while and hears, when it has
caught up, at which versions its streams are. One that takes nothing at all is hung up on.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
import orjson
import structlog
from engineio.packet import MESSAGE, Packet
from gevent.event import Event
from gevent.queue import Empty

from retail.errors import N_, MessageError
from sync_server.realtime.websocket import WebSocket, frame_of

EVENTS_WAITING_MAX = 64
WAITING_MAX = 512
ANSWERS_BYTES_MAX = 1024 * 1024
"""While more than this waits for a client nothing more is read from it: each of its questions would add an answer."""

STUCK_S = 10.0
SWEEP_S = 1.0
JOIN_S = 1.0
GRACE_S = 1.0
"""A reader that wakes within this time still hears why it is hung up on."""

PUSHES = ('2["ev"', '2["heads"', '2["onlookers"')
"""What may be left out: whoever misses it asks for it, or hears it again soon."""

SLOW = MessageError(
    "slow", N_("This device reads too slowly; the connection was closed. What it missed is kept: connect again.")
)

log = structlog.get_logger()
Drained = Callable[[str], None]
"""Gets the socket's id once a client that fell behind has taken all that waited."""


class _Rest:
    """What a client's network took only a part of."""

    data = ""

    def encode(self) -> str:
        return ""


class Outgoing:
    """In the place of Engine.IO's queue without end; its writer takes packets with `get` as it always does."""

    def __init__(self) -> None:
        self.sid = ""
        self.wire: WebSocket | None = None
        self.drained: Drained = lambda sid: None
        self._waiting: deque[Any] = deque()
        self._news = Event()
        self._bytes = 0
        self._taken = Event()
        self._behind = self._kicked = False

    def put(self, packet: Any) -> None:
        """Send a packet, or let it wait; None is the end."""
        if self._kicked:
            return
        if packet is not None and self._at_once(packet):
            return
        count = len(self._waiting)
        if packet is not None and count >= EVENTS_WAITING_MAX and str(packet.data).startswith(PUSHES):
            self._behind = True
        elif count >= WAITING_MAX:
            self.kick()
        else:
            self._append(packet)

    def _append(self, packet: Any) -> None:
        self._waiting.append(packet)
        self._bytes += _size(packet)
        self._news.set()

    def _at_once(self, packet: Packet) -> bool:
        """Most packets go straight to the network: no queue, no other greenlet to wake."""
        if self.wire is None or self._waiting or not self.wire.sock.offer(_framed(packet)):
            return False
        if self.wire.sock.unfinished:
            self._append(_Rest())
        return True

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next packet for the writer, one at a time, so that what waits is counted here."""
        if not block:
            raise Empty
        if not self._waiting and self._behind:
            self._behind = False
            gevent.spawn(self.drained, self.sid)
        while not self._waiting:
            self._news.wait()
            self._news.clear()
        packet = self._waiting.popleft()
        self._bytes -= _size(packet)
        self._taken.set()
        return packet

    def wait_for_room(self) -> None:
        """Until the client has taken enough of what it asked for to be asked what else."""
        while (len(self._waiting) >= EVENTS_WAITING_MAX or self._bytes > ANSWERS_BYTES_MAX) and not self._kicked:
            self._taken.clear()
            self._taken.wait()

    def qsize(self) -> int:
        return len(self._waiting)

    def task_done(self) -> None:
        pass

    def join(self) -> None:
        """Wait until all is written, as Engine.IO does before it lets go of a client; not for ever, as it would."""
        with gevent.Timeout(JOIN_S, False):
            while self._waiting:
                self._taken.clear()
                self._taken.wait()

    def kick(self) -> None:
        """Hang up on a client that does not take what it is told."""
        if self._kicked or self.wire is None:
            return
        log.info("client is too slow", code=SLOW.code, sid=self.sid, waiting=len(self._waiting))
        self._kicked = True
        self._waiting.clear()
        self._bytes = 0
        self._taken.set()
        self._append(Packet(MESSAGE, '2["kick",' + orjson.dumps(SLOW.as_dict()).decode() + "]"))
        self._append(None)
        gevent.spawn_later(GRACE_S, self.wire.hang_up)

    def stuck(self, now: float) -> bool:
        """Whether the network has taken nothing for too long of what it should."""
        return self.wire is not None and self.wire.sock.busy and now - self.wire.sock.moved > STUCK_S


class Clients:
    """The sockets of this process that something may wait for."""

    def __init__(self) -> None:
        self._all: set[Outgoing] = set()

    def add(self, one: Outgoing) -> None:
        self._all.add(one)

    def discard(self, one: Outgoing) -> None:
        self._all.discard(one)

    def sweep(self) -> None:
        """Hang up on those that take nothing."""
        now = time.monotonic()
        for one in [one for one in self._all if one.stuck(now)]:
            one.kick()


def _size(packet: Any) -> int:
    return len(packet.data) if packet is not None and isinstance(packet.data, str) else 0


_last: tuple[str, bytes] = ("", b"")


def _framed(packet: Packet) -> bytes:
    """The frame of a packet; the one that was framed last is kept, because a room hears the same packet in a row."""
    global _last
    text = packet.encode()
    if _last[0] is not text:
        _last = (text, frame_of(text.encode()))
    return _last[1]
