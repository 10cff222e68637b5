"""A receipt as data, and its layout into lines of a fixed number of columns. Pure.

The same document is rendered to ESC/POS, to the e-receipt and to plain text. JSON shape:
`{"columns": 42, "lang": "ru", "blocks": [{"t": "row", "left": "Tea", "right": "3.20"}, {"t": "cut"}]}`.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from hardware.errors import HardwareError

COLUMNS_LIMIT = 96
BLOCKS_LIMIT = 2000
TEXT_LIMIT_CHARS = 2000
QR_LIMIT_BYTES = 700
BARCODE_LIMIT_CHARS = 40
FEED_LIMIT_LINES = 20

Align = Literal["left", "center", "right"]
Kind = Literal["text", "qr", "barcode", "feed", "cut"]


class DocumentError(HardwareError):
    """A receipt document that cannot be printed. Params: why."""

    code = "print.document_invalid"
    template = "The receipt cannot be printed: {why}."


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; it wraps at words. `size` 2 is twice as wide and high."""

    s: str
    align: Align = "left"
    bold: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A label and an amount at the right edge. A long label wraps and never eats the amount."""

    left: str
    right: str
    bold: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code with text."""

    data: str


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 barcode of printable ASCII."""

    data: str
    kind: Literal["code128"] = "code128"


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    n: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The knife."""


Block = Text | Row | Rule | Qr | Barcode | Feed | Cut
BLOCK_TYPES: dict[str, type[Block]] = {
    "text": Text, "row": Row, "rule": Rule, "qr": Qr, "barcode": Barcode, "feed": Feed, "cut": Cut,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One receipt. `columns` of normal characters; `lang` is an IETF tag ("en", "ru")."""

    blocks: tuple[Block, ...]
    columns: int = 42
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class StyledLine:
    """One line of paper. Text is padded to its place already; `data` is the content of a code, `n` lines of feed."""

    kind: Kind
    text: str = ""
    bold: bool = False
    size: int = 1
    data: str = ""
    n: int = 0


def to_json(document: Document) -> str:
    """The document as JSON text, as it is stored in a print job."""
    names = {block_type: name for name, block_type in BLOCK_TYPES.items()}
    blocks = [{"t": names[type(block)], **asdict(block)} for block in document.blocks]
    return json.dumps({"columns": document.columns, "lang": document.lang, "blocks": blocks}, ensure_ascii=False)


def from_json(text: str) -> Document:
    """Read a document. Raises DocumentError naming the block that is wrong."""
    try:
        data = json.loads(text)
        blocks, columns, lang = data["blocks"], data.get("columns", 42), str(data.get("lang", "en"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentError(why="it is not a receipt document") from error
    if not isinstance(columns, int) or not 16 <= columns <= COLUMNS_LIMIT:
        raise DocumentError(why=f"columns must be 16 to {COLUMNS_LIMIT}")
    if not isinstance(blocks, list) or len(blocks) > BLOCKS_LIMIT:
        raise DocumentError(why=f"blocks must be a list of at most {BLOCKS_LIMIT}")
    return Document(tuple(_block(index, item) for index, item in enumerate(blocks)), columns, lang)


def _block(index: int, item: Any) -> Block:
    block_type = BLOCK_TYPES.get(item.get("t", "")) if isinstance(item, dict) else None
    if block_type is None:
        raise DocumentError(why=f"block {index} is of an unknown kind")
    values = {name: value for name, value in item.items() if name != "t"}
    try:
        block = block_type(**values)
    except TypeError as error:
        raise DocumentError(why=f"block {index} has wrong fields") from error
    for field in fields(block):
        _check(index, field.name, getattr(block, field.name))
    return block


def _check(index: int, name: str, value: object) -> None:
    limits = {"s": TEXT_LIMIT_CHARS, "left": TEXT_LIMIT_CHARS, "right": COLUMNS_LIMIT, "data": QR_LIMIT_BYTES}
    choices: dict[str, tuple[object, ...]] = {
        "align": ("left", "center", "right"), "kind": ("code128",), "size": (1, 2), "bold": (True, False),
    }  # fmt: skip
    if name in limits:
        good = isinstance(value, str) and len(value.encode("utf-8", "replace")) <= limits[name] * 4
        good = good and len(str(value)) <= limits[name]
    elif name == "n":
        good = isinstance(value, int) and 1 <= value <= FEED_LIMIT_LINES
    else:
        good = value in choices[name]
    if not good:
        raise DocumentError(why=f"block {index}: {name} is not allowed")


def layout(document: Document) -> list[StyledLine]:
    """The lines of paper in order. Text lines have their final spaces, so their text is what the paper shows."""
    lines: list[StyledLine] = []
    for block in document.blocks:
        lines.extend(_lines(block, document.columns))
    return lines


def as_text(document: Document) -> list[str]:
    """The receipt as plain lines, as a person reads it; codes stand in brackets."""
    shown: list[str] = []
    for line in layout(document):
        if line.kind == "text":
            shown.append(line.text)
        elif line.kind == "feed":
            shown.extend([""] * line.n)
        elif line.kind != "cut":
            shown.append(f"[{line.kind} {line.data}]")
    return shown


def _lines(block: Block, columns: int) -> list[StyledLine]:
    if isinstance(block, Text):
        width = columns // block.size
        indent = len(block.s) - len(block.s.lstrip(" ")) if block.align == "left" else 0
        parts = wrap(block.s, max(1, width - indent))
        return [_text(" " * indent + _aligned(part, width - indent, block.align), block) for part in parts]
    if isinstance(block, Row):
        return _row_lines(block, columns // block.size)
    if isinstance(block, Rule):
        return [StyledLine("text", "─" * columns)]
    if isinstance(block, Qr):
        return [StyledLine("qr", data=block.data)]
    if isinstance(block, Barcode):
        return [StyledLine("barcode", data=block.data[:BARCODE_LIMIT_CHARS])]
    if isinstance(block, Feed):
        return [StyledLine("feed", n=block.n)]
    return [StyledLine("cut")]


def _text(text: str, block: Text | Row) -> StyledLine:
    return StyledLine("text", text, block.bold, block.size)


def _row_lines(block: Row, width: int) -> list[StyledLine]:
    amount = " ".join(without_controls(block.right).split())
    room = width - cells(amount) - 1
    if room < width // 4:
        # The amount needs the line for itself; the label goes above it.
        above = [_text(part, block) for part in wrap(block.left, width)]
        return [*above, _text(_aligned(amount, width, "right"), block)]
    parts = wrap(block.left, room)
    last = parts[-1] + " " * (width - cells(parts[-1]) - cells(amount)) + amount
    return [*(_text(part, block) for part in parts[:-1]), _text(last, block)]


def cells(text: str) -> int:
    """How many columns a text takes: wide signs take two, combining marks none."""
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def without_controls(text: str) -> str:
    """The text without control bytes: a product name must never reach the printer as a command."""
    # A letter typed with a separate accent is in no code page; the same letter as one sign is.
    spaced = unicodedata.normalize("NFC", text).replace("\t", " ").replace("\u00a0", " ").replace("\u202f", " ")
    return "".join(ch for ch in spaced if unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


def wrap(text: str, width: int) -> list[str]:
    """Break a text at spaces into parts of at most `width` columns; a word that is longer is cut. Never empty."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in without_controls(paragraph).split():
            if line and cells(line) + 1 + cells(word) <= width:
                line += " " + word
                continue
            if line:
                lines.append(line)
            line = word
            while cells(line) > width:
                head = _head(line, width)
                lines.append(head)
                line = line[len(head) :]
        lines.append(line)
    return lines


def _head(text: str, width: int) -> str:
    used = 0
    for position, ch in enumerate(text):
        used += cells(ch)
        if used > width and position:
            return text[:position]
    return text


def _aligned(text: str, width: int, align: Align) -> str:
    free = max(0, width - cells(text))
    left = {"left": 0, "center": free // 2, "right": free}[align]
    return " " * left + text
