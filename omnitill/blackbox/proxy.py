"""A TCP proxy that fails on purpose: one for each client, between it and the hub.

TCP itself neither reorders nor doubles bytes, so no proxy can. Messages that come twice or late come from the retries
after a cut, which this one causes; lost, doubled and overtaking messages by themselves are the simulation's.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

READ_BYTES = 65_536
CUT_AFTER_BYTES_MAX = 6_000
BYTE_PAUSE_S = 0.0005
LOSSY_SHARE = 0.3
DELAY_MAX_S = 2.0
CALL_TIMEOUT_S = 10
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time at all: the kernel answers with RST, as a broken middle box does."""

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Weather:
    """How one client's network is just now.

    `held` directions keep their bytes back until the weather changes (a partition that ends); `trickle` sends a byte at
    a time; `split` cuts what it read into pieces; of new connections a `lossy` share is cut at a random byte.
    """

    delay_s: float = 0.0
    held: frozenset[Direction] = frozenset()
    trickle: bool = False
    split: bool = False
    lossy: float = 0.0


CALM = Weather()


class _Connection:
    """One client's connection: two pumps. `deaf` swallows everything from now on and never says so (half-open)."""

    def __init__(self, proxy: "Proxy", client: asyncio.StreamWriter, hub: asyncio.StreamWriter) -> None:
        self._proxy, self._ends = proxy, (client, hub)
        self.deaf = False
        lossy = proxy.random.random() < proxy.weather.lossy
        self._left = proxy.random.randint(1, CUT_AFTER_BYTES_MAX) if lossy else -1

    async def pump(self, direction: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        proxy = self._proxy
        while data := await reader.read(READ_BYTES):
            for piece in self._pieces(data):
                if proxy.weather.delay_s:
                    await asyncio.sleep(proxy.random.uniform(0, proxy.weather.delay_s))
                elif proxy.weather.trickle:
                    await asyncio.sleep(BYTE_PAUSE_S)
                while direction in proxy.weather.held and not self.deaf:
                    await proxy.changed()
                if self.deaf:
                    continue
                if self._left >= 0:
                    self._left -= len(piece)
                    if self._left < 0:
                        proxy.faults["cut_at_a_byte"] += 1
                        self.reset()
                        return
                writer.write(piece)
                await writer.drain()
        if self.deaf:
            # Neither end may learn from a close that the other is gone.
            await proxy.never.wait()

    def _pieces(self, data: bytes) -> list[bytes]:
        weather = self._proxy.weather
        if weather.trickle:
            return [data[at : at + 1] for at in range(len(data))]
        if not weather.split:
            return [data]
        cuts = sorted({0, *(self._proxy.random.randrange(len(data)) for _ in range(3))})
        return [data[start:end] for start, end in zip(cuts, [*cuts[1:], len(data)], strict=True)]

    def reset(self) -> None:
        for end in self._ends:
            sock = end.get_extra_info("socket")
            if sock is not None and not end.is_closing():
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.transport.abort()


class Proxy:
    """Listens on a port of its own; `target` says where the hub is. All but `port` and `faults` lives in the loop."""

    def __init__(self, net: "Network", name: str, target: Callable[[], int], seed: int) -> None:
        self.name, self.port = name, 0
        self.random = Random(f"{seed} {name}")
        self.weather = CALM
        self.faults = net.faults
        self._target = target
        self._bell = asyncio.Event()
        # The loop knows its tasks weakly: who waits for something that nobody else holds is collected, and hung up on.
        self.never = asyncio.Event()
        self._open: set[_Connection] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Hang up on everybody, and listen no longer."""
        self._server.close()
        self.reset_all()

    async def changed(self) -> None:
        await self._bell.wait()

    def set(self, weather: Weather) -> None:
        self.weather = weather
        self._bell.set()
        self._bell = asyncio.Event()

    def reset_all(self) -> int:
        for connection in list(self._open):
            connection.reset()
        return len(self._open)

    def half_open(self) -> int:
        """Every connection of now is dead, and nobody is told."""
        for connection in self._open:
            connection.deaf = True
        self.set(self.weather)
        return len(self._open)

    async def _accepted(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            hub_reader, hub = await asyncio.open_connection("127.0.0.1", self._target())
        except OSError:
            client.transport.abort()
            return
        for end in (client, hub):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(self, client, hub)
        self._open.add(connection)
        pumps = [
            asyncio.ensure_future(connection.pump("up", reader, hub)),
            asyncio.ensure_future(connection.pump("down", hub_reader, client)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # The end of the run. Whoever opened the connection for us would say that as an error.
            return
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._open.discard(connection)
            client.close()
            hub.close()


class Network:
    """All proxies of a run, on one event loop in a thread of its own. The methods may be called from any thread."""

    def __init__(self, seed: int) -> None:
        self.faults: Counter[str] = Counter()
        self._seed = seed
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()
        self.proxies: dict[str, Proxy] = {}

    def proxy(self, name: str, target: Callable[[], int]) -> Proxy:
        made = self.proxies[name] = Proxy(self, name, target, self._seed)
        asyncio.run_coroutine_threadsafe(made.listen(), self._loop).result(CALL_TIMEOUT_S)
        return made

    def weather(self, name: str, **changes: object) -> None:
        """Change some of one client's weather; without changes it is calm."""
        proxy = self.proxies[name]
        self._call(lambda: proxy.set(replace(proxy.weather, **changes) if changes else CALM))  # type: ignore[arg-type]

    def reset(self, name: str) -> int:
        return self._call(self.proxies[name].reset_all)

    def half_open(self, name: str) -> int:
        return self._call(self.proxies[name].half_open)

    def _call(self, act: Callable[[], int | None]) -> int:
        done: Future[int] = Future()

        def carry_out() -> None:
            try:
                done.set_result(act() or 0)
            except Exception as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(carry_out)
        return done.result(CALL_TIMEOUT_S)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(CALL_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_TIMEOUT_S)
        self._loop.close()

    async def _end(self) -> None:
        for proxy in self.proxies.values():
            proxy.close()
        # Somebody may have been let in while the others were shown out.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
