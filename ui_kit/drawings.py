"""Codes as SVG paths, so that a page can draw them without a library of its own."""

from typing import Any

import segno
from barcode import Code128  # type: ignore[import-untyped]

QR_QUIET_ZONE = 4
"""Modules that stay light around a QR code, by ISO/IEC 18004; with less, a dark page runs into the code."""
BARS_QUIET_ZONE = 2


def qr_path(data: str) -> tuple[str, int]:
    """A QR code as the `d` of an SVG path and the side of its square view box, quiet zone included."""
    rows = segno.make(data, error="m", micro=False).matrix
    runs = [_runs(row, QR_QUIET_ZONE, y + QR_QUIET_ZONE, 1) for y, row in enumerate(rows)]
    return "".join(runs), len(rows) + 2 * QR_QUIET_ZONE


def code128_path(data: str) -> tuple[str, int]:
    """A Code 128 as the `d` of an SVG path 20 units high, and its width."""
    bars = [int(bit) for bit in Code128(data).build()[0]]
    return _runs(bars, BARS_QUIET_ZONE, 0, 20), len(bars) + 2 * BARS_QUIET_ZONE


def drawn(document: dict[str, Any]) -> dict[str, Any]:
    """A paper document with `svg_path` and `svg_size` added to its `qr` and `barcode` blocks; the rest as it was."""
    return {**document, "blocks": [_drawn_block(block) for block in document["blocks"]]}


def _drawn_block(block: dict[str, Any]) -> dict[str, Any]:
    draw = {"qr": qr_path, "barcode": code128_path}.get(block["t"])
    if draw is None:
        return block
    path, size = draw(block["data"])
    return {**block, "svg_path": path, "svg_size": size}


def _runs(row: Any, quiet: int, y: int, height: int) -> str:
    """Rectangles over the runs of dark modules: one for each run, so no seams show between neighbours."""
    parts, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start + quiet} {y}h{x - start}v{height}h{start - x}z")
            start = None
    return "".join(parts)
