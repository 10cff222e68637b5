"""A crowd of cheap clients: bare WebSockets that say hello, answer pings and come back at once when cut off."""

import asyncio
import json
import os
import resource
import threading
from collections.abc import Callable
from typing import Any

HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SPARE_DESCRIPTORS = 500
ENTER_LIMIT_S = 120
AGAIN_S = 0.5


async def frame(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(2)
    size = head[1] & 0x7F
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    return await reader.readexactly(size)


def masked(text: bytes) -> bytes:
    mask = os.urandom(4)
    size = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
    return b"\x81" + size + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(text))


class Crowd:
    """So many clients in one thread. `inside` is how many are let in now."""

    def __init__(self, port: int, count: int, hail: dict[str, Any]) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + SPARE_DESCRIPTORS)), hard))
        self._port, self._count, self._hail = port, count, b"40" + json.dumps(hail).encode()
        self.inside, self.entered = 0, 0
        self._news, self._over = threading.Condition(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)
        self._thread.start()

    async def _all(self) -> None:
        clients = [asyncio.create_task(self._one()) for _ in range(self._count)]
        while not self._over.is_set():
            await asyncio.sleep(0.05)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _one(self) -> None:
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(HANDSHAKE % self._port)
                await reader.readuntil(b"\r\n\r\n")
                await frame(reader)
                writer.write(masked(self._hail))
                while not (await frame(reader)).startswith(b"40"):
                    pass
                self._moved(1)
                try:
                    while True:
                        if await frame(reader) == b"2":
                            writer.write(masked(b"3"))
                finally:
                    self._moved(-1)
            except (OSError, asyncio.IncompleteReadError):
                # Nobody waits but a moment: this is the worst that clients can do.
                await asyncio.sleep(AGAIN_S)
            finally:
                if writer is not None:
                    writer.close()

    def _moved(self, by: int) -> None:
        with self._news:
            self.inside += by
            self.entered += by > 0
            self._news.notify_all()

    def wait(self, true: Callable[["Crowd"], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: true(self), ENTER_LIMIT_S), (self.inside, self.entered)

    def close(self) -> None:
        self._over.set()
        self._thread.join(ENTER_LIMIT_S)
