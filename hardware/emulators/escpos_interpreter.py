"""What an ESC/POS printer makes of bytes: paper lines, drawer pulses and answers. Pure: no socket, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.printers.code_pages import PAGE_NUMBERS

PAGE_OF_NUMBER = {number: page for page, number in PAGE_NUMBERS.items()}
REALTIME_QUERY = re.compile(rb"\x10\x04([\x01-\x04])")
PENDING_LIMIT_BYTES = 1 << 20

# Commands whose parameters have a fixed length, by their second byte.
ESC_PARAMETERS = {
    b"@": 0, b"t": 1, b"E": 1, b"G": 1, b"!": 1, b"a": 1, b"d": 1, b"J": 1, b"p": 3, b"-": 1, b"M": 1, b"R": 1,
    b"2": 0, b"3": 1, b" ": 1, b"{": 1, b"V": 1, b"$": 2, b"\\": 2, b"c": 2, b"r": 1, b"U": 1, b"=": 1, b"S": 0,
    b"L": 0, b"T": 1, b"i": 0, b"m": 0,
}  # fmt: skip
GS_PARAMETERS = {
    b"!": 1, b"B": 1, b"h": 1, b"w": 1, b"H": 1, b"f": 1, b"L": 2, b"W": 2, b"r": 1, b"I": 1, b"a": 1, b"P": 2,
    b"\\": 2, b"$": 2, b"/": 1, b"b": 1, b"j": 1,
}  # fmt: skip
FS_PARAMETERS = {b".": 0, b"&": 0, b"!": 1, b"C": 1, b"S": 2, b"W": 1, b"-": 1, b"p": 2}


@dataclass
class Sensors:
    """The printer's body. `lines_left` None is an endless roll; `drawer_stuck` keeps the drawer shut."""

    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    drawer_open: bool = False
    drawer_stuck: bool = False
    lines_left: int | None = None

    @property
    def stands_still(self) -> bool:
        """Whether it keeps bytes without printing."""
        return self.paper_out or self.cover_open

    def answer(self, query: int) -> int:
        """The byte that answers DLE EOT `query` (1 to 4)."""
        base = 0x12
        if query == 1:
            return base | (0x04 if self.drawer_open else 0) | (0x08 if self.stands_still else 0)
        if query == 2:
            return base | (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
        if query == 4:
            return base | (0x0C if self.near_end else 0) | (0x60 if self.paper_out else 0)
        return base


@dataclass(frozen=True, slots=True)
class Span:
    """A run of signs in one style; `wide` and `high` are multiples of a normal character."""

    text: str
    bold: bool
    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One thing on the paper: text (spans), qr, barcode (data), raster (rows of dots, packed) or cut."""

    kind: str
    align: str = "left"
    spans: tuple[Span, ...] = ()
    data: str = ""
    width: int = 0
    rows: bytes = b""

    @property
    def text(self) -> str:
        """The line as plain text."""
        if self.kind == "text":
            return "".join(span.text for span in self.spans)
        return f"[{self.kind} {self.data}]" if self.data else f"[{self.kind}]"


@dataclass
class _Style:
    page: str = "CP437"
    bold: bool = False
    wide: int = 1
    high: int = 1
    align: str = "left"


@dataclass
class EscposInterpreter:
    """Feed it bytes in any pieces; it calls `on_line` and `on_pulse`, and returns what it answers."""

    sensors: Sensors = field(default_factory=Sensors)
    on_line: Callable[[PaperLine], None] = lambda line: None
    on_pulse: Callable[[int], None] = lambda pin: None

    def __post_init__(self) -> None:
        self._pending = b""
        self._style = _Style()
        self._spans: list[Span] = []
        self._qr_data = ""
        self._answers = bytearray()

    @property
    def pending_bytes(self) -> int:
        """Bytes kept but not worked on yet: no paper, or half a command."""
        return len(self._pending)

    def feed(self, data: bytes) -> bytes:
        """Take bytes and work as far as paper and cover allow; call with b"" after a person helped."""
        self._answers.clear()
        if self.sensors.stands_still or (self._pending and REALTIME_QUERY.fullmatch(data[:3])):
            # Status questions are answered at once even where nothing is printed: that is what they are for.
            data = REALTIME_QUERY.sub(self._realtime, data)
        self._pending = (self._pending + data)[:PENDING_LIMIT_BYTES]
        while self._pending and not self.sensors.stands_still:
            used = self._step(self._pending)
            if not used:
                break
            self._pending = self._pending[used:]
        return bytes(self._answers)

    def power_cycle(self) -> None:
        """Switched off and on: what was not printed is lost."""
        self.__post_init__()

    def _realtime(self, match: re.Match[bytes]) -> bytes:
        self._answers.append(self.sensors.answer(match.group(1)[0]))
        return b""

    def _step(self, data: bytes) -> int:
        """Work on one command or run of text at the front; how many bytes it took, 0 where its end is missing."""
        lead = data[0]
        if lead == 0x0A:
            self._end_line()
            return 1
        if lead == 0x1B:
            return self._fixed(data, ESC_PARAMETERS, self._esc) or self._esc_variable(data)
        if lead == 0x1D:
            return self._fixed(data, GS_PARAMETERS, self._gs) or self._gs_variable(data)
        if lead == 0x1C:
            return self._fixed(data, FS_PARAMETERS, lambda command, parameters: None) or self._unknown(data)
        if lead == 0x10:
            return self._dle(data)
        if lead < 0x20:
            return 1
        end = next((at for at, byte in enumerate(data) if byte < 0x20), len(data))
        self._print(data[:end])
        return end

    def _fixed(self, data: bytes, table: dict[bytes, int], act: Callable[[bytes, bytes], None]) -> int:
        command = data[1:2]
        if command not in table or len(data) < 2 + table[command]:
            return 0
        act(command, data[2 : 2 + table[command]])
        return 2 + table[command]

    def _unknown(self, data: bytes) -> int:
        known = ESC_PARAMETERS | GS_PARAMETERS | FS_PARAMETERS
        return 0 if len(data) < 2 or data[1:2] in known else 2

    def _esc(self, command: bytes, parameters: bytes) -> None:
        value = parameters[0] if parameters else 0
        if command == b"@":
            self._style = _Style()
            self._spans.clear()
        elif command == b"t":
            self._style.page = PAGE_OF_NUMBER.get(value, "CP437")
        elif command in (b"E", b"G"):
            self._style.bold = bool(value & 1)
        elif command == b"!":
            self._style.bold = bool(value & 0x08)
            self._style.wide, self._style.high = (2 if value & 0x20 else 1), (2 if value & 0x10 else 1)
        elif command == b"a":
            self._style.align = {0: "left", 1: "center", 2: "right"}.get(value % 48, "left")
        elif command == b"d":
            for _ in range(max(1, value) if self._spans else value):
                self._end_line()
        elif command == b"p":
            self.on_pulse(5 if value % 48 else 2)
            self.sensors.drawer_open = self.sensors.drawer_open or not self.sensors.drawer_stuck
        elif command in (b"i", b"m"):
            self._out(PaperLine("cut"))

    def _gs(self, command: bytes, parameters: bytes) -> None:
        value = parameters[0]
        if command == b"!":
            self._style.wide, self._style.high = (value >> 4 & 7) + 1, (value & 7) + 1
        elif command == b"r" and value in (1, 49):
            self._answers.append((0x03 if self.sensors.near_end else 0) | (0x0C if self.sensors.paper_out else 0))
        elif command == b"r" and value in (2, 50):
            self._answers.append(0x01 if self.sensors.drawer_open else 0)
        elif command == b"I":
            self._answers += b"\x20" if value < 10 else b"_Omnitill\x00"

    def _esc_variable(self, data: bytes) -> int:
        command = data[1:2]
        if command == b"D":
            end = data.find(b"\x00", 2)
            return end + 1 if end > 0 else 0
        if command == b"*":
            if len(data) < 5:
                return 0
            length = 5 + int.from_bytes(data[3:5], "little") * (3 if data[2] in (32, 33) else 1)
            return length if len(data) >= length else 0
        return self._unknown(data)

    def _gs_variable(self, data: bytes) -> int:
        command = data[1:2]
        if command == b"V" and len(data) >= 3:
            length = 3 if data[2] in (0, 1, 48, 49) else 4
            if len(data) < length:
                return 0
            self._out(PaperLine("cut"))
            return length
        if command == b"k" and len(data) >= 4:
            return self._barcode(data)
        if command == b"(" and len(data) >= 5:
            length = 5 + int.from_bytes(data[3:5], "little")
            if len(data) < length:
                return 0
            if data[2:3] == b"k":
                self._symbol(data[5:length])
            return length
        if command == b"v" and len(data) >= 8:
            return self._raster(data)
        return 0 if command in (b"V", b"k", b"(", b"v", b"") else self._unknown(data)

    def _barcode(self, data: bytes) -> int:
        if data[2] < 65:
            end = data.find(b"\x00", 3)
            if end < 0:
                return 0
            content, length = data[3:end], end + 1
        else:
            length = 4 + data[3]
            if len(data) < length:
                return 0
            content = data[4:length]
        text = content.decode("latin-1")
        if data[2] == 73:
            text = re.sub(r"\{([ABC{])", lambda match: "{" if match.group(1) == "{" else "", text)
        self._out(PaperLine("barcode", self._style.align, data=text))
        return length

    def _symbol(self, body: bytes) -> None:
        if body[:2] == b"1P":
            self._qr_data = body[3:].decode("utf-8", "replace")
        elif body[:2] == b"1Q":
            self._out(PaperLine("qr", self._style.align, data=self._qr_data))

    def _raster(self, data: bytes) -> int:
        row_bytes, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        length = 8 + row_bytes * height
        if len(data) < length:
            return 0
        self._out(PaperLine("raster", self._style.align, width=row_bytes * 8, rows=data[8:length]))
        return length

    def _dle(self, data: bytes) -> int:
        if data[1:2] == b"\x04":
            if len(data) < 3:
                return 0
            self._answers.append(self.sensors.answer(data[2]))
            return 3
        if data[1:2] == b"\x14":
            return 5 if len(data) >= 5 else 0
        return 0 if len(data) < 2 else 2

    def _print(self, raw: bytes) -> None:
        style, text = self._style, raw.decode(self._style.page, "replace")
        self._spans.append(Span(text, style.bold, style.wide, style.high))

    def _end_line(self) -> None:
        line = PaperLine("text", self._style.align, _joined(self._spans))
        self._spans.clear()
        self._out(line)

    def _out(self, line: PaperLine) -> None:
        self.on_line(line)
        left = self.sensors.lines_left
        if left is not None:
            self.sensors.lines_left = max(0, left - 1)
            self.sensors.paper_out = self.sensors.paper_out or left <= 1


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Runs in the same style as one: a change of code page is nothing that the eye sees."""
    out: list[Span] = []
    for span in spans:
        if out and (out[-1].bold, out[-1].wide, out[-1].high) == (span.bold, span.wide, span.high):
            span = Span(out.pop().text + span.text, span.bold, span.wide, span.high)
        out.append(span)
    return tuple(out)
