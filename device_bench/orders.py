"""Orders that the page, the tests and the demonstration give to the bench: one handler each for HTTP and socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from device_bench.counter import Counter
from device_bench.errors import OrderUnreadable, ScannerUnplugged, TerminalUnknown
from device_bench.plug import NetworkPlug
from hardware.emulators.escpos_printer import FAULTS

TEXT_LIMIT_CHARS = 5000
BURST_LIMIT_CODES = 50
CUT_AFTER_BYTES = 160
LINES_TO_PAPER_END = 6
SAMPLE_CODE = "9521234567893"


class Bench:
    """All counters and the network plug. Each order takes the JSON object that came and returns one to answer."""

    def __init__(self, counters: Mapping[str, Counter], plug: NetworkPlug, publish: Callable[[str, Any], None]) -> None:
        self.counters, self.plug, self._publish = counters, plug, publish
        self.orders: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "scan": self.scan,
            "fault": self.fault,
            "drawer": self.drawer,
            "tear": self.tear,
            "plug": self.switch_plug,
        }

    def counter(self, terminal: object) -> Counter:
        """The counter of a terminal. Raises TerminalUnknown."""
        found = self.counters.get(terminal) if isinstance(terminal, str) else None
        if found is None:
            raise TerminalUnknown(terminal=str(terminal)[:40])
        return found

    def scan(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{terminal, text, aim?}`: a code before the scanner; `aim` like "E0", null for a scanner without; left
        out, it is guessed from the text."""
        counter, text, aim = self.counter(order.get("terminal")), _text(order), _aim(order)
        if not counter.scanner.scan(text, aim):
            raise ScannerUnplugged
        return {"ok": True, "sent": text}

    def fault(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{terminal, device, fault, on?}`; devices and faults are those of SCANNER_FAULTS and PRINTER_FAULTS."""
        counter = self.counter(order.get("terminal"))
        device, name, on = order.get("device"), order.get("fault"), order.get("on", True)
        if not isinstance(on, bool):
            raise OrderUnreadable(why="on is true or false")
        if device == "scanner":
            self._scanner_fault(counter, name, on, order)
        elif device == "printer" and name == "line_cut":
            counter.printer.cut_after_bytes = CUT_AFTER_BYTES if on else None
        elif device == "printer" and name == "paper_ends":
            counter.printer.paper_runs_out_after(LINES_TO_PAPER_END)
        elif device in ("printer", "drawer") and name in FAULTS:
            counter.printer.set_fault(str(name), on)
        else:
            raise OrderUnreadable(why=f"there is no fault {name} of {device}")
        counter.tell_devices()
        return {"ok": True, "devices": counter.devices()}

    def drawer(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{terminal}`: push the drawer shut."""
        counter = self.counter(order.get("terminal"))
        counter.printer.close_drawer()
        return {"ok": True, "devices": counter.devices()}

    def tear(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{terminal}`: take the paper away."""
        self.counter(order.get("terminal")).tear_off()
        return {"ok": True}

    def switch_plug(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{in: bool}`: the network plug; answers with what the demonstration's supervisor said."""
        into = order.get("in")
        if not isinstance(into, bool):
            raise OrderUnreadable(why="in is true or false")
        said = self.plug.switch(into)
        self._publish("plug", {"in": self.plug.is_in, "works": self.plug.works})
        return {"ok": True, "in": self.plug.is_in, "said": said}

    def _scanner_fault(self, counter: Counter, name: object, on: bool, order: dict[str, Any]) -> None:
        scanner = counter.scanner
        if name == "unplugged":
            return scanner.unplug() if on else scanner.plug()
        text, aim = _text({"text": SAMPLE_CODE} | order), _aim(order)
        actions: dict[object, Callable[[], bool]] = {
            "half_line": lambda: scanner.half_line(text, aim),
            "double": lambda: scanner.double(text, aim),
            "burst": lambda: scanner.burst([text] * BURST_LIMIT_CODES, aim),
            "noise": scanner.noise,
        }
        if name not in actions:
            raise OrderUnreadable(why=f"there is no fault {name} of scanner")
        if not actions[name]():
            raise ScannerUnplugged
        return None


def _text(order: dict[str, Any]) -> str:
    text = order.get("text")
    if not isinstance(text, str) or not text or len(text) > TEXT_LIMIT_CHARS:
        raise OrderUnreadable(why=f"text is 1 to {TEXT_LIMIT_CHARS} characters")
    return text


def _aim(order: dict[str, Any]) -> str | None:
    text = order.get("text")
    # What a scanner would say of such a code: thirteen digits are an EAN-13, anything else came from a Code 128.
    likely = "E0" if isinstance(text, str) and len(text) == 13 and text.isdigit() else "C0"
    aim = order.get("aim", likely)
    if aim is not None and not (isinstance(aim, str) and len(aim.removeprefix("]")) == 2 and aim.isascii()):
        raise OrderUnreadable(why="aim is like E0")
    return aim
