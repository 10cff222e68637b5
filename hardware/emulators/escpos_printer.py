"""A receipt printer on a TCP port, one client at a time, with a drawer on its socket and faults on command."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable

from hardware.emulators.escpos_interpreter import REALTIME_QUERY, EscposInterpreter, PaperLine, Sensors

PORT_TRIES = 50
RECEIVE_CHUNK_BYTES = 2048
SLOW_CHUNK_BYTES = 24
SLOW_PAUSE_S = 0.04
POLL_S = 0.25
WAITING_CLIENTS = 4
PAPER_LIMIT_LINES = 5000

FAULTS = ("paper_out", "cover_open", "near_end", "drawer_stuck", "off", "deaf", "slow")


class EscposPrinterEmulator:
    """Listens on 127.0.0.1; a busy port moves to the next, port 0 is any free one.

    Callbacks run on the printer's own thread.
    `paper` holds what was printed, oldest first. `on_wire(direction, bytes)` sees "in" and "out".
    """

    def __init__(
        self,
        port: int = 9100,
        on_line: Callable[[PaperLine], None] = lambda line: None,
        on_change: Callable[[], None] = lambda: None,
        on_wire: Callable[[str, bytes], None] = lambda direction, data: None,
    ) -> None:
        self.paper: list[PaperLine] = []
        self.sensors = Sensors()
        self.cut_after_bytes: int | None = None
        self._flags = {"off": False, "deaf": False, "slow": False}
        self._is_off = False
        self._on_line, self._on_change, self._on_wire = on_line, on_change, on_wire
        self._interpreter = EscposInterpreter(self.sensors, self._printed, lambda pin: None)
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self.port = self._listen(port, PORT_TRIES)
        self._knock_in, self._knock_out = socket.socketpair()
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=f"printer emulator {self.port}", daemon=True)

    @property
    def address(self) -> str:
        """The address that a driver opens."""
        return f"escpos+tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Switch off for good."""
        self._stopping.set()
        self._knock_out.send(b"!")
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._close_listener()
        self._knock_in.close()
        self._knock_out.close()

    def faults(self) -> dict[str, bool]:
        """Each fault of FAULTS and whether it is on."""
        return {name: bool(self._flags.get(name, getattr(self.sensors, name, False))) for name in FAULTS}

    def set_fault(self, name: str, on: bool) -> None:
        """Switch a fault of FAULTS. Raises KeyError for an unknown one."""
        if name not in FAULTS:
            raise KeyError(name)
        with self._lock:
            if name in self._flags:
                self._flags[name] = on
            else:
                setattr(self.sensors, name, on)
            if name == "paper_out" and not on:
                self.sensors.lines_left = None
            if name == "off":
                self._switch(on)
        self._knock_out.send(b"!")
        self._on_change()

    def paper_runs_out_after(self, lines: int) -> None:
        """Fault: the roll ends after so many more lines."""
        with self._lock:
            self.sensors.lines_left = lines

    def close_drawer(self) -> None:
        """Push the drawer shut."""
        with self._lock:
            self.sensors.drawer_open = False
        self._on_change()

    def _switch(self, off: bool) -> None:
        # Off, the port refuses connections and yet stays ours, so that nobody else has it when we are back.
        listener = self._listener
        if listener is None or off == self._is_off:
            return
        self._is_off = off
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0 if off else 1)
        if off:
            listener.shutdown(socket.SHUT_RDWR)
            self._interpreter.power_cycle()
        else:
            listener.listen(WAITING_CLIENTS)

    def _listen(self, first: int, tries: int) -> int:
        # A number that the kernel chose is given back when the printer is off; one that was asked for is kept.
        first = first or _free_port()
        for port in range(first, first + tries):
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
                listener.listen(WAITING_CLIENTS)
            except OSError:
                listener.close()
                continue
            self._listener = listener
            return int(listener.getsockname()[1])
        raise OSError(f"no free port from {first} to {first + tries - 1}")

    def _close_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            listener = self._listener
            try:
                waiting = [self._knock_in]
                if listener is not None and not self._flags["off"]:
                    waiting.append(listener)
                readable, _, _ = select.select(waiting, [], [], POLL_S)
                if self._knock_in in readable:
                    self._knock_in.recv(64)
                    continue
                if listener is None or listener not in readable:
                    continue
                client, _ = listener.accept()
            except (OSError, ValueError):
                # The listener was closed by the switch between two looks at it.
                continue
            with client:
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(1.0)
        received, backlog = 0, b""
        while not self._stopping.is_set() and not self._flags["off"]:
            try:
                readable, _, _ = select.select([client, self._knock_in], [], [], SLOW_PAUSE_S if backlog else None)
                if self._knock_in in readable:
                    self._knock_in.recv(64)
                if client in readable:
                    data = client.recv(self._chunk_bytes(received))
                    if not data:
                        self._work(client, backlog)
                        return
                    received += len(data)
                    self._on_wire("in", data)
                    backlog += self._asked_at_once(client, data) if backlog else data
                step = SLOW_CHUNK_BYTES if self._flags["slow"] else len(backlog)
                self._work(client, backlog[:step])
                backlog = backlog[step:]
            except OSError:
                return
            if self.cut_after_bytes is not None and received >= self.cut_after_bytes:
                self.cut_after_bytes = None
                # A reset and not a goodbye: the plug was pulled.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return

    def _chunk_bytes(self, received: int) -> int:
        if self.cut_after_bytes is None:
            return RECEIVE_CHUNK_BYTES
        return max(1, min(self.cut_after_bytes - received, RECEIVE_CHUNK_BYTES))

    def _asked_at_once(self, client: socket.socket, data: bytes) -> bytes:
        """Answer the status questions in `data` ahead of what still waits to be printed; gives back the rest."""
        for question in REALTIME_QUERY.findall(data):
            self._answer(client, bytes([self.sensors.answer(question[0])]))
        return REALTIME_QUERY.sub(b"", data)

    def _work(self, client: socket.socket, data: bytes) -> None:
        with self._lock:
            drawer = self.sensors.drawer_open
            answers = self._interpreter.feed(data)
            changed = drawer != self.sensors.drawer_open
        self._answer(client, answers)
        if changed:
            self._on_change()

    def _answer(self, client: socket.socket, answers: bytes) -> None:
        if answers and not self._flags["deaf"]:
            self._on_wire("out", answers)
            client.sendall(answers)

    def _printed(self, line: PaperLine) -> None:
        self.paper.append(line)
        del self.paper[:-PAPER_LIMIT_LINES]
        self._on_line(line)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
