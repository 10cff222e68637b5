"""A line that no code page can hold, drawn as dots and sent as `GS v 0` strips."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from hardware.printers.document import StyledLine, cells, without_controls

STRIP_LIMIT_ROWS = 255
FONT_DOTS = 22
LINE_DOTS = 30
# Fonts that common systems have; the line falls back to substitutes where none is installed.
FONT_PATHS = (
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
)


def raster_line(line: StyledLine, width_dots: int) -> bytes | None:
    """The line as raster strips with its signs in their columns; None where no installed font has all its signs."""
    text = without_controls(line.text)
    font = _font_for(text, FONT_DOTS * line.size)
    if font is None:
        return None
    from PIL import Image, ImageDraw

    image = Image.new("1", (width_dots, LINE_DOTS * line.size), 0)
    draw = ImageDraw.Draw(image)
    cell = width_dots / max(1, width_dots // (12 * line.size))
    column = 0
    for ch in text:
        draw.text((column * cell, 2), ch, fill=1, font=font, stroke_width=1 if line.bold else 0)
        column += cells(ch)
    return strips(image.tobytes(), (width_dots + 7) // 8)


def strips(rows: bytes, row_bytes: int) -> bytes:
    """`GS v 0` commands for rows of dots (1 is black), at most STRIP_LIMIT_ROWS in each."""
    out = bytearray()
    step = row_bytes * STRIP_LIMIT_ROWS
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        out += b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + (len(part) // row_bytes).to_bytes(2, "little") + part
    return bytes(out)


def _font_for(text: str, size: int) -> Any:
    for path in FONT_PATHS:
        font = _font(path, size)
        if font is not None and all(ch == " " or _has(font, ch) for ch in text):
            return font
    return None


@lru_cache(maxsize=16)
def _font(path: str, size: int) -> Any:
    if not Path(path).exists():
        return None
    from PIL import ImageFont

    try:
        return ImageFont.truetype(path, size)
    except OSError:
        return None


def _has(font: Any, ch: str) -> bool:
    # A font draws the same box for every sign that it lacks.
    return bytes(font.getmask(ch)) != bytes(font.getmask("\U0010fffe"))
