"""A wire between a client and the hub that can be cut and mended."""

import contextlib
import socket
import threading

CHUNK_BYTES = 65536


class Wire:
    """Listens on a port of its own and carries bytes to the hub and back, until it is cut."""

    def __init__(self, port: int) -> None:
        self._port, self._open, self._pairs = port, True, list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, name="wire")]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                near.close()
                continue
            self._threads.append(threading.Thread(target=self._begin, args=(near,), name="wire"))
            self._threads[-1].start()

    def lets_in(self, head: bytes) -> bool:
        """Whether a connection that begins so may go on."""
        return True

    def _begin(self, near: socket.socket) -> None:
        self._pairs.append(near)
        with contextlib.suppress(OSError):
            head = near.recv(CHUNK_BYTES)
            if not self.lets_in(head):
                near.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                near.shutdown(socket.SHUT_RDWR)
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            self._pairs.append(far)
            far.sendall(head)
            for source, target in ((near, far), (far, near)):
                self._threads.append(threading.Thread(target=self._carry, args=(source, target), name="wire"))
                self._threads[-1].start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Nothing comes through any more, and new connections are dropped."""
        self._open = False
        for end in self._pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        # Unlike a close it wakes the thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        for end in self._pairs:
            end.close()
