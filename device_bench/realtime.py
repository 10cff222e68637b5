"""The page's socket: what happens on the counters, and orders with their answers."""

from __future__ import annotations

import time
from typing import Any

from flask_socketio import ConnectionRefusedError, SocketIO, emit

from device_bench.errors import BenchError, OrderUnreadable
from device_bench.orders import Bench
from device_bench.routes import is_stranger


def attach(socketio: SocketIO, bench: Bench) -> None:
    """Register the socket's handlers. Events out: snapshot, line, torn, wire, devices, plug."""

    def connected(auth: Any = None) -> None:
        if is_stranger():
            raise ConnectionRefusedError("The bench talks only to pages of its own machine.")
        counters = {name: counter.snapshot() for name, counter in bench.counters.items()}
        plug = {"in": bench.plug.look(), "works": bench.plug.works}
        emit("snapshot", {"counters": counters, "plug": plug})

    def tick(_: Any = None) -> dict[str, Any]:
        return {"now": time.time_ns() // 1_000_000}

    def order(message: Any = None) -> dict[str, Any]:
        try:
            name = message.get("do") if isinstance(message, dict) else None
            if name not in bench.orders:
                raise OrderUnreadable(why="the order is unknown")
            return bench.orders[name](message)
        except BenchError as error:
            return error.as_json()

    for event, handler in (("connect", connected), ("tick", tick), ("order", order)):
        socketio.on_event(event, handler)
