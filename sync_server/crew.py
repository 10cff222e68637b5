"""The parent of several workers: they share its port, it starts, watches, renews and ends them.

The parent listens and never serves. Its workers inherit the socket, so those that wait to be accepted belong to no
worker and none of them is lost when a worker ends; a worker is a process of its own, started from the program that is
on the disk at that moment, so `SIGHUP` brings in a new version one worker after the other.
"""

import os
import shutil
import signal
import socket as sockets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import gevent
import structlog
from gevent.event import Event

from sync_server.config import DRAIN_LIMIT_S, Settings
from sync_server.metrics_folder import FOLDER, forget_worker
from sync_server.serving import say_ready

READY_TIMEOUT_S = 60.0
BACKOFF_FIRST_S, BACKOFF_LIMIT_S = 0.2, 10.0
LASTING_S = 30.0
"""A worker that lived so long may be started again at once."""

END_LIMIT_S = DRAIN_LIMIT_S + 2.0
"""A worker that was told to end and is still there after this is killed."""

log = structlog.get_logger()


class Worker:
    """One process that serves."""

    def __init__(self, settings: Settings, fd: int, folder: Path) -> None:
        environment = {
            **os.environ,
            # Not on the command line, where everybody on the machine could read the database's password.
            "OMNITILL_HUB_DATABASE": settings.database,
            "OMNITILL_HUB_BUS": settings.bus,
            "OMNITILL_HUB_BUS_NAME": settings.bus_name,
            "OMNITILL_HUB_DATA": str(settings.data),
            "OMNITILL_HUB_HOST": settings.host,
            "OMNITILL_HUB_STOREFRONT": settings.storefront,
            "OMNITILL_HUB_BEHIND_PROXY": str(settings.behind_proxy),
            "OMNITILL_HUB_WORKERS": "1",
            FOLDER: str(folder),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sync_server", "worker", "--fd", str(fd)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[fd],
            env=environment,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ready(self) -> bool:
        """Wait for its ready line; False where it ended, or took too long."""
        with gevent.Timeout(READY_TIMEOUT_S, False):
            return bool(self.process.stdout and self.process.stdout.readline())
        return False

    def end(self) -> None:
        """Ask it to drain, and kill it where it does not end in time."""
        self.process.terminate()
        try:
            self.process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            log.error("a worker did not end in time and is killed", pid=self.pid)
            self.process.kill()

    def wait(self) -> int:
        code: int = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return code


class Crew:
    """Keeps `settings.workers` workers at one port until it is told to end."""

    def __init__(self, settings: Settings, listener: Any) -> None:
        self._settings, self._listener = settings, listener
        self._folder = Path(tempfile.mkdtemp(prefix="omnitill-figures-"))
        self._places: list[Worker | None] = [None] * settings.workers
        self._ready = [Event() for _ in self._places]
        self._ending, self._renewing = Event(), False

    def run(self) -> int:
        """Returns the exit code when all have ended."""
        for name in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(name, self._ending.set)
        gevent.signal_handler(signal.SIGHUP, lambda: gevent.spawn(self.renew))
        keepers = [gevent.spawn(self._keep, place) for place in range(len(self._places))]
        starting = gevent.spawn(self._announce)
        self._ending.wait()
        starting.kill()
        notify("STOPPING=1")
        log.info("the workers are told to end")
        gevent.joinall([gevent.spawn(worker.end) for worker in self._places if worker is not None])
        gevent.joinall(keepers, timeout=END_LIMIT_S)
        shutil.rmtree(self._folder, ignore_errors=True)
        return 0

    def _announce(self) -> None:
        for ready in self._ready:
            ready.wait()
        say_ready(self._settings, self._listener.getsockname()[1], workers=self.pids)
        notify("READY=1")

    @property
    def pids(self) -> list[int]:
        return [worker.pid for worker in self._places if worker is not None]

    def _start(self) -> Worker | None:
        worker = Worker(self._settings, self._listener.fileno(), self._folder)
        if worker.ready():
            return worker
        worker.process.kill()
        log.error("a worker did not start", pid=worker.pid, code=worker.wait())
        return None

    def _keep(self, place: int) -> None:
        """Have a worker at this place, whatever happens to it."""
        wait_s = BACKOFF_FIRST_S
        while not self._ending.is_set():
            worker = self._places[place] = self._start()
            if worker is not None:
                self._ready[place].set()
                began = gevent.get_hub().loop.now()
                self._watch(place)
                if gevent.get_hub().loop.now() - began > LASTING_S:
                    wait_s = BACKOFF_FIRST_S
            if self._ending.wait(wait_s):
                return
            wait_s = min(BACKOFF_LIMIT_S, wait_s * 2)

    def _watch(self, place: int) -> None:
        """Returns when the worker of this place has died; one that was renewed is followed by the next."""
        while True:
            worker = self._places[place]
            assert worker is not None
            code = worker.wait()
            forget_worker(worker.pid, self._folder)
            if self._places[place] is worker:
                if not self._ending.is_set():
                    log.error("a worker died and is started again", pid=worker.pid, code=code)
                return

    def renew(self) -> None:
        """Replace each worker by a new one, which is ready before the old one is told to end."""
        if self._renewing:
            return
        self._renewing = True
        try:
            log.info("the workers are renewed")
            for place, old in enumerate(list(self._places)):
                new = None if self._ending.is_set() else self._start()
                if new is None or old is None:
                    log.error("the workers stay as they are: the new one did not start")
                    return
                self._places[place] = new
                old.end()
            log.info("the workers were renewed", workers=self.pids)
        finally:
            self._renewing = False


def notify(state: str) -> None:
    """Tell systemd, where it asked for it (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_DGRAM) as told:
        told.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        told.send(state.encode())
