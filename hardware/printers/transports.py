"""Bytes to a printer over TCP: deadlines on everything, partial writes visible, one connection for one job."""

from __future__ import annotations

import select
import socket
import time

from hardware.errors import DeviceGone, TransferError

# Below the two seconds in which a spool that is stopped must end.
CONNECT_TIMEOUT_S = 1.5
SEND_TIMEOUT_S = 15.0
LINGER_TIMEOUT_S = 0.5
CHUNK_BYTES = 4096
PORT_DEFAULT = 9100


class TcpLink:
    """PrinterLink over one TCP connection. Raises DeviceGone from the constructor where nobody answers."""

    def __init__(self, device: str, host: str, port: int, connect_timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        self._device = device
        try:
            self._socket = socket.create_connection((host, port), timeout=connect_timeout_s)
        except OSError as error:
            raise DeviceGone(device=device, why=error.strerror or str(error)) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def send(self, data: bytes, timeout_s: float = SEND_TIMEOUT_S) -> None:
        """Hand over all bytes. The deadline starts anew with every byte taken: a slow printer is not a dead one."""
        sent, deadline = 0, time.monotonic() + timeout_s
        while sent < len(data):
            try:
                _, writable, _ = select.select([], [self._socket], [], max(0.0, deadline - time.monotonic()))
                if not writable:
                    raise TransferError(device=self._device, why="it takes no more", sent_bytes=sent)
                taken = self._socket.send(data[sent : sent + CHUNK_BYTES])
            except OSError as error:
                why = error.strerror or str(error)
                raise TransferError(device=self._device, why=why, sent_bytes=sent) from error
            sent += taken
            deadline = time.monotonic() + timeout_s

    def receive(self, wait_s: float) -> bytes:
        """Answer bytes within `wait_s` seconds, or b"". Raises DeviceGone when the printer closed the connection."""
        try:
            readable, _, _ = select.select([self._socket], [], [], max(0.0, wait_s))
            if not readable:
                return b""
            data = self._socket.recv(CHUNK_BYTES)
        except OSError as error:
            raise DeviceGone(device=self._device, why=error.strerror or str(error)) from error
        if not data:
            raise DeviceGone(device=self._device, why="it closed the connection")
        return data

    def close(self) -> None:
        """Say goodbye and wait for the printer's, so that it never sees a reset in place of our last bytes."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(LINGER_TIMEOUT_S)
            while self._socket.recv(CHUNK_BYTES):
                pass
        except OSError:
            # The other side is gone already; there is nothing left to save.
            pass
        finally:
            self._socket.close()
