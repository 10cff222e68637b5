"""From a stream of scanner bytes to complete codes. Pure: no port, no clock; any split of the bytes gives the same.

A code ends at CR, LF, CRLF or ETX (or TAB when the address says so); STX and a configured prefix begin it. An AIM
symbology identifier (`]E0`, `]C1`, `]d2`, `]Q3`) is split off. Bytes that are no code become a FramingFault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hardware.errors import N_

LINE_LIMIT_BYTES = 4096
RAW_SHOWN_BYTES = 64

STX, ETX, TAB, CR, LF = 0x02, 0x03, 0x09, 0x0D, 0x0A
# A scanner set up for CR but sending CRLF (or the reverse) must still work: the line ends are taken as a family.
ENDINGS: dict[str, frozenset[int]] = {
    "crlf": frozenset({CR, LF, ETX}),
    "cr": frozenset({CR, LF, ETX}),
    "lf": frozenset({CR, LF, ETX}),
    "etx": frozenset({ETX}),
    "tab": frozenset({TAB, CR, LF, ETX}),
}
AIM_IDENTIFIER = re.compile(r"\]([A-Za-z][0-9A-Za-z])")
# GS1 codes carry FNC1 as GS, and DataMatrix envelopes carry RS and EOT; every other control character is noise.
ALLOWED_CONTROLS = frozenset("\x1d\x1e\x04")

FAULT_SENTENCES = {
    "scan.too_long": N_("The scanner sent a code that is too long. Nothing was added. Scan again."),
    "scan.garbage": N_("The scanner sent a code that cannot be read. Nothing was added. Scan again."),
    "scan.incomplete": N_("The scanner sent half a code. Nothing was added. Scan again."),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One complete code as text, with its AIM identifier ("E0") or None."""

    text: str
    aim: str | None


@dataclass(frozen=True, slots=True)
class FramingFault:
    """Bytes that are no code: `code` is a key of FAULT_SENTENCES, `raw` the first of the bytes."""

    code: str
    raw: bytes

    @property
    def sentence(self) -> str:
        """The English sentence for people; it is the gettext msgid."""
        return FAULT_SENTENCES[self.code]


class Framer:
    """Keeps the half line between reads.

    `prefix` is taken off where a line has it; `suffix` is a key of ENDINGS; `aim` False leaves identifiers in.
    """

    def __init__(self, prefix: bytes = b"", suffix: str = "crlf", aim: bool = True) -> None:
        self._prefix = prefix
        self._endings = ENDINGS[suffix]
        self._aim = aim
        self._line = bytearray()
        self._overflown = False

    @property
    def half_line(self) -> bytes:
        """What came since the last line end."""
        return bytes(self._line)

    def feed(self, data: bytes) -> list[Frame | FramingFault]:
        """Take bytes; give the codes and faults that they complete, in order."""
        found: list[Frame | FramingFault] = []
        for byte in data:
            if byte in self._endings:
                found.extend(self._finish())
            elif byte == STX:
                found.extend(self.abandon())
            elif not self._overflown:
                self._line.append(byte)
                if len(self._line) > LINE_LIMIT_BYTES:
                    found.append(FramingFault("scan.too_long", bytes(self._line[:RAW_SHOWN_BYTES])))
                    self._line.clear()
                    self._overflown = True
        return found

    def abandon(self) -> list[FramingFault]:
        """Give up the half line, because its end will not come any more; says so where there was one."""
        self._overflown = False
        if not self._line:
            return []
        raw = bytes(self._line[:RAW_SHOWN_BYTES])
        self._line.clear()
        return [FramingFault("scan.incomplete", raw)]

    def _finish(self) -> list[Frame | FramingFault]:
        line, self._overflown = bytes(self._line), False
        self._line.clear()
        body = line.removeprefix(self._prefix)
        return [self._read(body)] if body else []

    def _read(self, body: bytes) -> Frame | FramingFault:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return FramingFault("scan.garbage", body[:RAW_SHOWN_BYTES])
        identifier = AIM_IDENTIFIER.match(text) if self._aim else None
        aim = identifier.group(1) if identifier else None
        code = text[3:] if identifier else text
        if not code.strip() or any((ch < " " and ch not in ALLOWED_CONTROLS) or "\x7f" <= ch <= "\x9f" for ch in code):
            return FramingFault("scan.garbage", body[:RAW_SHOWN_BYTES])
        return Frame(code, aim)
