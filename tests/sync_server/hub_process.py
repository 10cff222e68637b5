"""`python -m sync_server serve` as a process, and a client that keeps what it hears."""

import contextlib
import json
import os
import shutil
import signal
import socket as sockets
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import socketio
import websocket
from ready_line import ready_line
from talking_device import FIRST, operation
from told_check import check_answer, check_push

from omnitill.ports import free_ports
from sync_server.db import Database, open_database, sqlite_url
from sync_server.terminals import service as terminals

START_TIMEOUT_S = 90
WAIT_S = 40


class HubProcess:
    """Starts a hub on a copy of the template and waits for its ready line. Every terminal's token is `token-ID`."""

    def __init__(
        self,
        folder: Path,
        shop: Path | str,
        storefront: str = "",
        bus: str = "",
        workers: int = 1,
        more: Sequence[str] = (),
    ) -> None:
        """`shop` is the SQLite file to start from, or the address of a PostgreSQL database."""
        self.folder, self.storefront, self.workers = folder, storefront, workers
        self.where = ["--data", str(folder)]
        if isinstance(shop, Path):
            self.database = sqlite_url(folder)
            shutil.copy(shop, folder / "hub.sqlite")
        else:
            self.database = shop
            self.where += ["--database", shop]
        self.name = uuid.uuid4().hex
        self._serve = ["--bus", bus] * bool(bus) + ["--workers", str(workers)] * (workers > 1) + [*more]
        db = self.open()
        for terminal in ("till-1", "till-2", "kiosk-1", "till-3"):
            db.write(lambda session, terminal=terminal: terminals.enrol(session, terminal, f"token-{terminal}"))
        db.close()
        self.start()

    def start(self, port: int = 0) -> None:
        port = port or free_ports(1)[0]
        with (self.folder / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sync_server", "serve", *self.where, *self._serve, "--port", str(port)],
                stdout=subprocess.PIPE,
                stderr=errors,
                env={
                    **os.environ,
                    "OMNITILL_HUB_STOREFRONT": self.storefront,
                    # One Redis serves the hubs of several tests.
                    "OMNITILL_HUB_BUS_NAME": self.name,
                },
            )
        self.ready = ready_line(self.process, START_TIMEOUT_S, self.folder / "stderr")
        self.port: int = self.ready["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def open(self) -> Database:
        """The hub's database, as another process sees it."""
        return open_database(self.database)

    def log(self) -> str:
        return (self.folder / "stderr").read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        for pid in self.ready.get("workers", []):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self._gone()

    def _gone(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(WAIT_S)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command of the hub on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "sync_server", *words, *self.where],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
        )

    def sign_in_shopper(self, shopper: str = FIRST.id) -> str:
        """A cookie's token, made as the hub makes it."""
        from sync_server.customers import service as customers

        token = uuid.uuid4().hex
        db = self.open()
        now = 2 * 10**12
        db.write(lambda session: customers.begin_session(session, "shopper", shopper, token, 0, now))
        db.close()
        return token


class Refused(socketio.exceptions.ConnectionError):  # type: ignore[misc]
    """The hub did not let a client in; `data` is what it said."""

    def __init__(self, data: Any) -> None:
        super().__init__(str(data))
        self.data = data


class Listener:
    """A client of the protocol; `heard` is everything that the hub pushed, in order.

    All that it hears is held against the schemas that the hub serves, whatever the test is about.
    """

    def __init__(self, hub: HubProcess, dev: str = "till-1", app: str = "", **options: Any) -> None:
        self.hub, self.dev = hub, dev
        self.heard: list[tuple[str, Any]] = []
        self.unschooled: list[Exception] = []
        self._news = threading.Condition()
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", self._hear)
        self.client.on("disconnect", lambda *_: self._hear("gone", None))
        self.client.on("connect_error", lambda reason: self._hear("refused", reason))
        app = app or ("kiosk" if dev.startswith("kiosk") else "till")
        auth = {"proto": [1, 1], "app": app, "version": "test", "dev": dev, "inc": 1, "t0": 0}
        token = f"token-{dev}" if app in ("till", "kiosk") else ""
        auth |= {"token": options.get("token", token)} | options.get("auth", {})
        headers = options.get("headers", {})
        try:
            self.client.connect(hub.url, auth=auth, transports=["websocket"], headers=headers, wait_timeout=WAIT_S)
        except socketio.exceptions.ConnectionError as error:
            hang_up(self.client)
            reasons = [reason for name, reason in self.heard if name == "refused"]
            raise Refused(reasons[0].get("data") if reasons else None) from error
        self.hello = self.wait("hello")

    def _hear(self, event: str, message: Any = None) -> None:
        if event not in ("gone", "refused"):
            try:
                check_push(event, message)
            except Exception as error:
                # Raised in the reader's thread it would be lost; `close` raises it in the test's.
                self.unschooled.append(error)
        with self._news:
            self.heard.append((event, message))
            self._news.notify_all()

    def wait(self, event: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first push of this kind that fits, heard already or soon."""

        def found() -> list[Any]:
            return [message for name, message in self.heard if name == event and fits(message)]

        with self._news:
            assert self._news.wait_for(found, WAIT_S), (event, self.heard, self.hub.log()[-3000:])
            return found()[0]

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Wait for something to be true of what was heard."""
        with self._news:
            assert self._news.wait_for(true, WAIT_S), (self.heard, self.hub.log()[-3000:])

    def call(self, event: str, payload: Any = None) -> Any:
        answer = self.client.call(event, payload, timeout=WAIT_S)
        check_answer(event, payload, answer)
        return answer

    def next_seq(self) -> int:
        return int(self.call("ops", {"seq0": 1, "ops": []})["last_seq"]) + 1

    def do(self, kind: str, cart: str | None = None, /, **body: Any) -> dict[str, Any]:
        answer = self.call("ops", {"seq0": self.next_seq(), "ops": [operation(kind, cart, **body)]})
        result: dict[str, Any] = answer["results"][0]
        return result

    def close(self) -> None:
        """Leave as a phone does whose battery is empty; a polite close waits 3 s for a frame that the reader took."""
        hang_up(self.client)
        assert not self.unschooled, self.unschooled[0]


def hang_up(client: socketio.Client) -> None:
    sock = client.eio.ws.sock if client.eio.ws is not None else None
    if sock is not None:
        with contextlib.suppress(OSError):
            # Unlike a close it wakes the thread that reads.
            sock.shutdown(sockets.SHUT_RDWR)
    client.eio.wait()
    if sock is not None:
        # Where the hub was gone first, the library has let it lie.
        sock.close()


def phone_of(hub: HubProcess, connect: Callable[..., Listener], dev: str, shopper: str = FIRST.id) -> Listener:
    cookie = f"omnitill_session={hub.sign_in_shopper(shopper)}"
    return connect(hub, dev=dev, app="phone", headers={"Cookie": cookie})


def post(hub: HubProcess, path: str, body: Any, **headers: str) -> httpx.Response:
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
        return client.post(path, json=body, headers=headers)


def open_frames(hub: HubProcess, hail: dict[str, Any] | None) -> websocket.WebSocket:
    """A bare WebSocket at the hub, let in by `hail` unless that is None; it reads only when it is told to."""
    address = f"ws://127.0.0.1:{hub.port}/socket.io/?EIO=4&transport=websocket"
    frames = websocket.create_connection(address, timeout=WAIT_S)
    assert str(frames.recv()).startswith("0{")
    if hail is not None:
        frames.send("40" + json.dumps(hail))
        while not str(frames.recv()).startswith('42["hello"'):
            pass
    return frames
