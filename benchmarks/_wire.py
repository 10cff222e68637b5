"""A Socket.IO client with no more in it than a crowd needs: one asyncio protocol, text frames, acks and pongs.

Thousands of them fit into one process and leave the processors to the server that is measured.
"""

import asyncio
import os
import resource
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

ANSWER_TIMEOUT_S = 60
NO_MASK = b"\0\0\0\0"
"""A mask of zeros is a mask: the bytes stay as they are, and the crowd spends nothing on them."""

Heard = Callable[[str, Any], None]


def many_files() -> None:
    """Raise the soft limit of open files as far as the machine allows: a socket is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Wire(asyncio.Protocol):
    """One socket; `call` is a message with its answer. What the server pushes goes to `heard`, unread without one."""

    def __init__(self, heard: Heard | None = None) -> None:
        self._heard = heard
        self._buffer = bytearray()
        self._upgraded = False
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._last = 0
        self._open: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._let_in: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._transport: Any = None
        self.pushed = 0
        self.lost = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        gone = ConnectionResetError("the server hung up")
        for waiting in (self._open, self._let_in, *self._answers.values()):
            if not waiting.done():
                waiting.set_exception(gone)
                waiting.exception()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if not self._upgraded:
            head, found, _ = buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self._open.set_exception(ConnectionRefusedError(head.decode("latin-1")[:200]))
                return
            del buffer[: len(head) + 4]
            self._upgraded = True
        while (frame := self._frame()) is not None:
            self._packet(frame)

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        text = bytes(buffer[start : start + size])
        kind = buffer[0] & 0x0F
        del buffer[: start + size]
        return text if kind in (0, 1) else b""

    def _packet(self, text: bytes) -> None:
        match text[:2]:
            case b"42":
                self.pushed += 1
                if self._heard is not None:
                    name, *rest = orjson.loads(text[2:])
                    self._heard(name, rest[0] if rest else None)
            case b"43":
                number, _, rows = text[2:].partition(b"[")
                answer = self._answers.pop(int(number), None)
                if answer is not None and not answer.done():
                    answer.set_result(orjson.loads(b"[" + rows)[0])
            case b"40":
                self._let_in.set_result(None)
            case b"44":
                self._let_in.set_exception(ConnectionRefusedError(text.decode()))
            case _ if text[:1] == b"2":
                self.send(b"3")
            case _ if text[:1] == b"0":
                self._open.set_result(None)

    def send(self, text: bytes) -> None:
        size = len(text)
        head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
        self._transport.write(head + NO_MASK + text)

    def emit(self, event: str, payload: Any) -> None:
        self.send(b"42" + orjson.dumps([event, payload]))

    def ask(self, event: str, payload: Any) -> asyncio.Future[Any]:
        """Send a message; the future of its answer."""
        self._last += 1
        answer = self._answers[self._last] = asyncio.get_running_loop().create_future()
        self.send(b"42%d" % self._last + orjson.dumps([event, payload]))
        return answer

    async def call(self, event: str, payload: Any) -> Any:
        return await asyncio.wait_for(self.ask(event, payload), ANSWER_TIMEOUT_S)

    def close(self) -> None:
        self._transport.abort()


async def connect(
    url: str, auth: Mapping[str, Any] | None = None, cookie: str = "", heard: Heard | None = None
) -> Wire:
    """A socket that the server has let in."""
    at = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(lambda: Wire(heard), at.hostname or "", at.port or 80)
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {at.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    wire._transport.write("\r\n".join([*lines, "", ""]).encode())
    await asyncio.wait_for(wire._open, ANSWER_TIMEOUT_S)
    wire.send(b"40" + (orjson.dumps(auth) if auth else b""))
    await asyncio.wait_for(wire._let_in, ANSWER_TIMEOUT_S)
    return wire
