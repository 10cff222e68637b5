"""The server's end of a WebSocket (RFC 6455), read in its caller's greenlet and written whole.

simple-websocket reads in a greenlet of its own into a list without a limit and wakes the caller for each message; here
a client is read no faster than its messages are carried out, and the network itself slows it down.
"""

import base64
import contextlib
import hashlib
import socket as sockets
import struct
from collections.abc import Mapping
from typing import Any

import gevent

from sync_server.server import WholeWrites

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
VERSION = "13"
RECEIVE_BYTES = 64 * 1024
CONTROL_BYTES_MAX = 125
CLOSING_S = 1.0
"""So long may the other side take to close, too, before it is hung up on."""

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NORMAL, PROTOCOL_ERROR, UNSUPPORTED_DATA, NOT_UTF8, TOO_BIG = 1000, 1002, 1003, 1007, 1009


class Broken(Exception):
    """The other side does not speak as it should: `code` of RFC 6455, 7.4.1."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


def frame_of(payload: bytes, opcode: int = TEXT) -> bytes:
    """One unmasked frame, whole."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """What the client masked; as one large number, because Python's loops over bytes are slow."""
    size = len(payload)
    pattern = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")


def accept(environ: Mapping[str, Any]) -> WholeWrites | None:
    """Answer the handshake and give the socket; None where it is no handshake of this version."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION or not key:
        return None
    body = environ["wsgi.input"]
    found: WholeWrites = getattr(body, "rfile", body).raw._sock
    proof = base64.b64encode(hashlib.sha1(key.encode("latin-1") + GUID).digest())
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    found.send(answer + proof + b"\r\n\r\n")
    return found


class WebSocket:
    """One open WebSocket."""

    def __init__(self, sock: WholeWrites, message_bytes_max: int) -> None:
        self.sock, self._limit = sock, message_bytes_max
        self._buffer = bytearray()
        self._closing = False

    def receive(self) -> str | bytes | None:
        """The next message; None once the connection has ended."""
        try:
            return self._message()
        except Broken as broken:
            self.close(broken.code, broken.reason)
        except OSError:
            self._closing = True
        self._until_gone()
        return None

    def _message(self) -> str | bytes | None:
        kind, parts, size = CONTINUATION, list[bytes](), 0
        while not self._closing:
            final, opcode, payload = self._frame(self._limit - size)
            if opcode >= CLOSE:
                self._control(final, opcode, payload)
                continue
            if (opcode == CONTINUATION) == (kind == CONTINUATION) or opcode > BINARY:
                raise Broken(PROTOCOL_ERROR, "The frames do not follow one another.")
            kind = opcode or kind
            parts.append(payload)
            size += len(payload)
            if final:
                return _read(kind, b"".join(parts) if len(parts) > 1 else payload)
        self._until_gone()
        return None

    def _frame(self, limit: int) -> tuple[bool, int, bytes]:
        first, second = self._take(2)
        if first & 0x70 or not second & 0x80:
            raise Broken(PROTOCOL_ERROR, "A frame is not as it should be.")
        opcode, size = first & 0x0F, second & 0x7F
        if size == 126:
            size = int.from_bytes(self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(self._take(8), "big")
        if opcode >= CLOSE and size > CONTROL_BYTES_MAX:
            raise Broken(PROTOCOL_ERROR, "A control frame is too long.")
        if size > limit:
            raise Broken(TOO_BIG, "The message is too big.")
        mask = self._take(4)
        return bool(first & 0x80), opcode, unmasked(self._take(size), mask)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = self.sock.recv(RECEIVE_BYTES)
            if not data:
                raise ConnectionResetError
            self._buffer += data
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def _control(self, final: bool, opcode: int, payload: bytes) -> None:
        if not final or opcode > PONG:
            raise Broken(PROTOCOL_ERROR, "A control frame is not as it should be.")
        if opcode == PING:
            self.sock.send(frame_of(payload, PONG))
        elif opcode == CLOSE:
            self.close(int.from_bytes(payload[:2], "big") if len(payload) >= 2 else NORMAL)

    def send(self, text: str) -> None:
        """Write one text message whole; waits while the network does not take it."""
        self.sock.send(frame_of(text.encode()))

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Say that it ends; the reader waits until the other side has heard it, for a moment."""
        if self._closing:
            return
        self._closing = True
        gevent.spawn_later(CLOSING_S, self.hang_up)
        with contextlib.suppress(OSError):
            self.sock.send(frame_of(struct.pack("!H", code) + reason.encode(), CLOSE))
            self.sock.shutdown(sockets.SHUT_WR)

    def hang_up(self) -> None:
        """End it at once, whoever waits to read or to write."""
        self._closing = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(sockets.SHUT_RDWR)

    def _until_gone(self) -> None:
        # A socket that is closed with bytes unread is reset, and the reason would be lost on its way.
        with contextlib.suppress(OSError):
            while self.sock.recv(RECEIVE_BYTES):
                pass


def _read(kind: int, payload: bytes) -> str | bytes:
    if kind == BINARY:
        return payload
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Broken(NOT_UTF8, "The text is no UTF-8.") from None
