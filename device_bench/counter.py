"""One terminal's counter: a scanner, a printer and its drawer, all emulated, and what went over their wires."""

from __future__ import annotations

import base64
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.emulators.escpos_interpreter import PAGE_OF_NUMBER, PaperLine
from hardware.emulators.escpos_printer import EscposPrinterEmulator
from hardware.emulators.serial_scanner import SerialScannerEmulator

WIRE_LIMIT_ENTRIES = 200
WIRE_SHOWN_BYTES = 96
PAPER_LIMIT_LINES = 2000

Publish = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Terminal:
    """A till or kiosk that has devices on the bench; `names` by language."""

    id: str
    names: dict[str, str]


class Counter:
    """The devices of one terminal. `publish(event, payload)` hears line, wire and devices as they happen."""

    def __init__(self, terminal: Terminal, data: Path, printer_port: int, publish: Publish) -> None:
        self.terminal, self._publish = terminal, publish
        self._lock = threading.Lock()
        self._paper: list[dict[str, Any]] = []
        self._printed = 0
        self._wire: deque[dict[str, Any]] = deque(maxlen=WIRE_LIMIT_ENTRIES)
        self._wired = 0
        self.scanner = SerialScannerEmulator(data / terminal.id / "scanner", self._scanner_sent)
        self.printer = EscposPrinterEmulator(printer_port, self._line_printed, self.tell_devices, self._printer_wire)

    def start(self) -> None:
        """Plug everything in."""
        self.scanner.plug()
        self.printer.start()

    def stop(self) -> None:
        """Unplug everything."""
        self.scanner.close()
        self.printer.stop()

    def addresses(self) -> dict[str, str]:
        """What the terminal's drivers open."""
        return {"scanner": self.scanner.address, "printer": self.printer.address}

    def devices(self) -> dict[str, Any]:
        """How the devices stand: plugged in, faults, drawer."""
        return {
            "terminal": self.terminal.id,
            "plugged": self.scanner.plugged,
            "faults": self.printer.faults(),
            "drawer_open": self.printer.sensors.drawer_open,
            "cut_armed": self.printer.cut_after_bytes is not None,
            "lines_left": self.printer.sensors.lines_left,
        }

    def snapshot(self) -> dict[str, Any]:
        """Everything that a page draws."""
        with self._lock:
            paper, wire = list(self._paper), list(self._wire)
        return {"devices": self.devices(), "paper": paper, "wire": wire}

    def receipts(self) -> dict[str, Any]:
        """The paper as receipts, parted where it was cut: `text` lines as a person reads them, `paper` structured.
        The last one is not cut yet when `cut` is false."""
        with self._lock:
            lines = list(self._paper)
        parts: list[dict[str, Any]] = []
        fresh = True
        for line in lines:
            if fresh:
                parts.append({"text": [], "paper": [], "cut": False})
                fresh = False
            if line["kind"] == "cut":
                parts[-1]["cut"] = fresh = True
            else:
                parts[-1]["text"].append(line["text"])
                parts[-1]["paper"].append(line)
        return {"terminal": self.terminal.id, "receipts": parts, "printed_lines": self._printed}

    def tear_off(self) -> None:
        """Take the paper away."""
        with self._lock:
            self._paper.clear()
        self._publish("torn", {"terminal": self.terminal.id})

    def tell_devices(self) -> None:
        """Publish how the devices stand."""
        self._publish("devices", self.devices())

    def _line_printed(self, line: PaperLine) -> None:
        with self._lock:
            self._printed += 1
            drawn = _as_json(line, self._printed)
            self._paper.append(drawn)
            del self._paper[:-PAPER_LIMIT_LINES]
        self._publish("line", {"terminal": self.terminal.id, "line": drawn})
        if self.printer.sensors.paper_out:
            self.tell_devices()

    def _scanner_sent(self, data: bytes) -> None:
        self._on_wire("scanner", "out", data)

    def _printer_wire(self, direction: str, data: bytes) -> None:
        self._on_wire("printer", direction, data)

    def _on_wire(self, device: str, direction: str, data: bytes) -> None:
        with self._lock:
            self._wired += 1
            shown = data[:WIRE_SHOWN_BYTES]
            entry = {
                "n": self._wired,
                "device": device,
                "direction": direction,
                "size": len(data),
                "hex": shown.hex(" "),
                "text": _readable(shown),
                "at": time.time_ns() // 1_000_000,
            }
            self._wire.append(entry)
        self._publish("wire", {"terminal": self.terminal.id, "entry": entry})


WIRE_PAGE = "CP866"
CONTROL_NAMES = {0x02: "STX", 0x03: "ETX", 0x04: "EOT", 0x0A: "LF", 0x0D: "CR", 0x10: "DLE", 0x1B: "ESC", 0x1C: "FS",
                 0x1D: "GS"}  # fmt: skip


def _readable(data: bytes) -> str:
    """Bytes as a technician reads them: letters, and control bytes by their names. A page that the bytes themselves
    select (`ESC t`) is followed."""
    parts, page = [], WIRE_PAGE
    for at, byte in enumerate(data):
        if data[at - 2 : at] == b"\x1bt" and at >= 2:
            page = PAGE_OF_NUMBER.get(byte, page)
        if 0x20 <= byte < 0x7F:
            parts.append(chr(byte))
        elif byte >= 0x80:
            parts.append(bytes([byte]).decode(page, "replace"))
        else:
            parts.append(f"‹{CONTROL_NAMES[byte]}›" if byte in CONTROL_NAMES else "·")
    return "".join(parts)


def _as_json(line: PaperLine, number: int) -> dict[str, Any]:
    drawn: dict[str, Any] = {"n": number, "kind": line.kind, "align": line.align, "text": line.text}
    if line.kind == "text":
        drawn["spans"] = [{"s": s.text, "b": s.bold, "w": s.wide, "h": s.high} for s in line.spans]
    if line.data:
        drawn["data"] = line.data
    if line.rows:
        drawn |= {"width": line.width, "rows": base64.b64encode(line.rows).decode()}
    return drawn
