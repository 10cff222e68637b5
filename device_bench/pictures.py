"""Codes as they stand on paper, drawn as SVG."""

from __future__ import annotations

import io

import segno
from barcode.charsets import code128  # type: ignore[import-untyped]  # it has no type information
from segno import DataOverflowError

QR_LIMIT_CHARS = 2000
BARCODE_LIMIT_CHARS = 48
BAR_HEIGHT_MODULES = 34
QUIET_MODULES = 10
START_B = 104
FINAL_BAR = "11"


def qr_svg(text: str) -> str | None:
    """A QR code as SVG; None where the text is too long."""
    if not text or len(text) > QR_LIMIT_CHARS:
        return None
    out = io.BytesIO()
    try:
        segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False, dark="#22211f")
    except DataOverflowError:
        return None
    return out.getvalue().decode()


def code128_svg(text: str) -> str | None:
    """A Code 128 in code set B as SVG; None where a character is not printable ASCII."""
    if not text or len(text) > BARCODE_LIMIT_CHARS or not all(" " <= ch <= "~" for ch in text):
        return None
    values = [START_B, *(ord(ch) - 32 for ch in text)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    modules = "".join(code128.CODES[value] for value in [*values, check]) + code128.STOP + FINAL_BAR
    bars = "".join(
        f'<rect x="{QUIET_MODULES + at}" width="1.02" height="{BAR_HEIGHT_MODULES}"/>'
        for at, module in enumerate(modules)
        if module == "1"
    )
    width = len(modules) + 2 * QUIET_MODULES
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {BAR_HEIGHT_MODULES}" fill="#22211f"'
        f' shape-rendering="crispEdges">{bars}</svg>'
    )
