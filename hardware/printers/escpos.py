"""The ESC/POS protocol: documents to bytes, and answers to meaning. Pure: no socket, no clock.

Written directly and not through python-escpos, whose state does not survive `ESC @`: its second receipt prints in
the wrong code page, its page order puts the euro on the Greek page, and control bytes in a name reach the printer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from hardware.printers.code_pages import DEFAULT_PAGES, PAGE_NUMBERS, page_of, printable
from hardware.printers.document import Document, DocumentError, StyledLine, layout
from hardware.printers.raster import raster_line

ESC, GS, DLE, FS = b"\x1b", b"\x1d", b"\x10", b"\x1c"
INITIALIZE = ESC + b"@"
SINGLE_BYTE_MODE = FS + b"."
BARRIER = GS + b"r\x01"
QUERY_PRINTER, QUERY_OFFLINE, QUERY_ERROR, QUERY_PAPER = (DLE + b"\x04" + bytes([n]) for n in (1, 2, 3, 4))
CUT = GS + b"V\x42\x00"
FEED_BEFORE_CUT_LINES = 1
COPY_WORDS = {"en": "COPY", "ru": "КОПИЯ"}
QR_MODULE_DOTS = 6
BARCODE_HEIGHT_DOTS = 80
PULSE_ON_MS, PULSE_OFF_MS = 100, 200
RASTER_DOTS_PER_COLUMN = 12


class Trouble(StrEnum):
    """Why a printer does not print, from DLE EOT; the words are stable reasons of jobs and states."""

    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    CUTTER = "cutter_error"
    ERROR = "printer_error"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Status:
    """What DLE EOT 1, 2 and 4 said. `trouble` None means that it prints; `drawer_pin_high` is pin 3 of the socket."""

    trouble: Trouble | None
    near_end: bool
    drawer_pin_high: bool


def encode_document(document: Document, pages: tuple[str, ...] = DEFAULT_PAGES, copy: bool = False) -> bytes:
    """The whole job of a receipt, from `ESC @` to the barrier `GS r 1`. A copy says so at its top."""
    writer = _Writer(pages, document.columns)
    if copy:
        word = COPY_WORDS.get(document.lang.split("-")[0], COPY_WORDS["en"])
        title = f"*** {word} ***".center(document.columns // 2).rstrip()
        writer.line(StyledLine("text", title, bold=True, size=2))
    for line in layout(document):
        writer.line(line)
    return bytes(writer.out + BARRIER)


def encode_drawer(payload: str) -> bytes:
    """The whole job of a drawer pulse. Payload: JSON `{"pin": 2}` or 5. Raises DocumentError."""
    try:
        pin = json.loads(payload or "{}").get("pin", 2)
    except (ValueError, AttributeError) as error:
        raise DocumentError(why="it is not a drawer order") from error
    if pin not in (2, 5):
        raise DocumentError(why="a drawer is on pin 2 or pin 5")
    connector = b"\x00" if pin == 2 else b"\x01"
    return ESC + b"p" + connector + bytes([PULSE_ON_MS // 2, PULSE_OFF_MS // 2]) + BARRIER


class _Writer:
    """Keeps the page that the printer is on, so that a page is sent when it changes and after every `ESC @`."""

    def __init__(self, pages: tuple[str, ...], columns: int) -> None:
        self.pages, self._columns, self._page = pages, columns, pages[0]
        self._style = (False, 1)
        self.out = bytearray(INITIALIZE + SINGLE_BYTE_MODE + self._select(pages[0]))

    def line(self, line: StyledLine) -> None:
        if line.kind == "text":
            self._text_line(line)
        elif line.kind == "feed":
            self.out += ESC + b"d" + bytes([line.n])
        elif line.kind == "cut":
            self.out += ESC + b"d" + bytes([FEED_BEFORE_CUT_LINES]) + CUT
        else:
            code = _qr(line.data) if line.kind == "qr" else _code128(line.data)
            self.out += ESC + b"a\x01" + code + ESC + b"a\x00"

    def _text_line(self, line: StyledLine) -> None:
        text, faithful = printable(line.text, self.pages)
        drawn = None if faithful else raster_line(line, self._columns * RASTER_DOTS_PER_COLUMN)
        if drawn is not None:
            self.out += drawn
            return
        if (line.bold, line.size) != self._style:
            self._style = (line.bold, line.size)
            self.out += ESC + b"E" + bytes([line.bold]) + GS + b"!" + bytes([0x11 if line.size == 2 else 0])
        for ch in text:
            self._sign(ch)
        self.out += b"\n"

    def _sign(self, ch: str) -> None:
        try:
            encoded = ch.encode(self._page)
        except UnicodeEncodeError:
            page = page_of(ch, self.pages)
            assert page is not None, "printable() left only signs that a page has"
            self.out += self._select(page)
            encoded = ch.encode(page)
        self.out += encoded

    def _select(self, page: str) -> bytes:
        self._page = page
        return ESC + b"t" + bytes([PAGE_NUMBERS[page]])


def _qr(data: str) -> bytes:
    raw = data.encode("utf-8")
    length = (len(raw) + 3).to_bytes(2, "little")
    head = GS + b"(k"
    return b"".join(
        (
            head + b"\x04\x00\x31\x41\x32\x00",
            head + b"\x03\x00\x31\x43" + bytes([QR_MODULE_DOTS]),
            head + b"\x03\x00\x31\x45\x31",
            head + length + b"\x31\x50\x30" + raw,
            head + b"\x03\x00\x31\x51\x30",
        )
    )


def _code128(data: str) -> bytes:
    if not data or not all(" " <= ch <= "~" for ch in data):
        raise DocumentError(why="a Code 128 barcode takes printable ASCII only")
    # Code set B; the protocol doubles a brace, because a single one begins a command of its own.
    content = b"{B" + data.replace("{", "{{").encode("ascii")
    setup = GS + b"h" + bytes([BARCODE_HEIGHT_DOTS]) + GS + b"w\x02" + GS + b"H\x02"
    return setup + GS + b"k\x49" + bytes([len(content)]) + content


def is_barrier_answer(byte: int) -> bool:
    """Whether a byte is the answer to `GS r 1` (bits 4 and 7 are off), and not one of DLE EOT (0xx1xx10)."""
    return byte & 0x90 == 0


def is_realtime_answer(byte: int) -> bool:
    """Whether a byte is an answer to DLE EOT."""
    return byte & 0x93 == 0x12


def read_status(printer: int, offline: int, paper: int) -> Status:
    """The meaning of the answers to DLE EOT 1, 2 and 4."""
    trouble = None
    if offline & 0x04:
        trouble = Trouble.COVER_OPEN
    elif offline & 0x20 or paper & 0x60:
        trouble = Trouble.PAPER_OUT
    elif offline & 0x40:
        trouble = Trouble.ERROR
    elif printer & 0x08:
        trouble = Trouble.OFFLINE
    return Status(trouble, bool(paper & 0x0C), bool(printer & 0x04))
