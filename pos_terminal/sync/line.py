"""The wire below the socket to the hub."""

import contextlib
import socket

import socketio

STOP_LIMIT_S = 1.0


def hang_up(client: socketio.Client) -> None:
    """Leave at once. A polite close waits for a frame that the reading thread takes: half a minute on a dead line."""
    line = client.eio.ws
    if line is not None and line.sock is not None:
        with contextlib.suppress(OSError):
            line.sock.shutdown(socket.SHUT_RDWR)
        reader = client.eio.read_loop_task
        if reader is not None:
            reader.join(STOP_LIMIT_S)
        line.shutdown()
