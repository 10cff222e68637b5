"""One process that serves: alone, or as one of the workers that share a port."""

import fcntl
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from sync_server.config import Settings
from sync_server.db import Database

LOCK_NAME = "hub.lock"
SAMPLE_PRODUCTS = 400
SWITCH_INTERVAL_S = 0.0005
"""The writers are threads beside the loop of all sockets; with Python's own 5 ms one may wait so long for the other."""

Refuse = Callable[[str, str], int]
"""Says why the hub does not start: `(code, sentence) -> exit code`."""


def hold(folder: Path, refuse: Refuse) -> IO[str]:
    """Let no second hub serve this folder: neither would hear the other's events."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_NAME).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(refuse("hub.twice", f"Another hub serves {folder} already. Stop it, or name another --data folder."))
    except OSError as error:
        sys.exit(refuse("store.unavailable", f"The hub's data in {folder} cannot be opened: {error.strerror}."))
    return lock


def prepare(settings: Settings, db: Database) -> None:
    """Fill an empty hub with the sample shop where that was asked for."""
    from sync_server.app import now_ms
    from sync_server.seed import is_empty, seed, seed_programme

    if settings.seed_sample and db.read(is_empty):
        seed(db, products=SAMPLE_PRODUCTS, now=now_ms())
        seed_programme(db, now_ms())


def run(settings: Settings, db: Database, listener: Any, shared: bool = False) -> None:
    """Serve until a signal ends it. `shared`: other workers listen at the same socket."""
    from sync_server.app import create_hub, start_background
    from sync_server.bus import LocalBus
    from sync_server.draining import Handler
    from sync_server.redis_bus import RedisBus
    from sync_server.server import Server

    _allow_many_sockets()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    bus = RedisBus(settings.bus, settings.bus_name) if settings.bus else LocalBus()
    hub = create_hub(settings, db, bus=bus)
    start_background(hub, alone=not settings.bus)
    server = Server(listener, hub.app, log=None, error_log=None, handler_class=Handler)
    server.flights = hub.drain.flights
    server.start()
    _end_on_signal(lambda: hub.drain.begin(server))
    if shared:
        _end_with_parent(lambda: hub.drain.begin(server))
    # What is there from the start stays until the end: a collection that looks through all of it stops every scan for
    # a tenth of a second.
    gc.freeze()
    say_ready(settings, listener.getsockname()[1])
    hub.drain.done.wait()
    bus.close()
    db.close()
    # Greenlets of open sockets would hold the process for as long as their phones stay.
    os._exit(0)


def _allow_many_sockets() -> None:
    """Each open page is a file descriptor; what the machine lets us have is often more than a process starts with."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end_on_signal(end: Callable[[], None]) -> None:
    import gevent

    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, end)


def _end_with_parent(end: Callable[[], None]) -> None:
    """The parent holds the other end of our standard input: when it is gone, however that happened, so are we."""
    import gevent
    from gevent.os import tp_read

    def watch() -> None:
        while tp_read(0, 1):
            pass
        end()

    gevent.spawn(watch)


def say_ready(settings: Settings, port: int, **more: Any) -> None:
    """The one line on standard output."""
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    url = f"http://{host}:{port}/"
    line = {"ready": "hub", "url": url, "shop": url, "dashboard": f"{url}manage", "port": port, "pid": os.getpid()}
    print(json.dumps(line | more), flush=True)
