"""The app's icon, drawn here: bars in a shopping bag, as SVG and as PNG for systems that want pixels."""

import io

from PIL import Image, ImageDraw

BLUE, WHITE = "#2d55c9", "#ffffff"
FIELD = 32
SMOOTHING = 4
PNG_SIZES = (180, 192, 512)
BARS = ((10, 1.6), (13.2, 1.0), (15.6, 2.0), (19, 1.0), (21.4, 1.6))
"""Left edge and width of each bar."""


def icon_svg() -> str:
    """The icon with a full ground, so that a system may cut it to its own shape ("maskable")."""
    bars = "".join(f'<rect x="{x}" y="16.5" width="{width}" height="6" fill="{BLUE}"/>' for x, width in BARS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {FIELD} {FIELD}">'
        f'<rect width="{FIELD}" height="{FIELD}" fill="{BLUE}"/>'
        f'<path d="M12 13v-2a4 4 0 0 1 8 0v2" fill="none" stroke="{WHITE}" stroke-width="1.6"/>'
        f'<rect x="7.5" y="12.5" width="17" height="13" rx="2.5" fill="{WHITE}"/>{bars}</svg>'
    )


def icon_png(side: int) -> bytes:
    """The same in `side` by `side` pixels, drawn larger and made smaller so that its edges are smooth."""
    scale = side * SMOOTHING / FIELD

    def box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
        return x * scale, y * scale, (x + width) * scale, (y + height) * scale

    image = Image.new("RGB", (side * SMOOTHING, side * SMOOTHING), BLUE)
    draw = ImageDraw.Draw(image)
    stroke = round(1.6 * scale)
    draw.arc(box(11.2, 6.2, 9.6, 9.6), 180, 360, fill=WHITE, width=stroke)
    draw.rectangle(box(11.2, 11, 1.6, 2), fill=WHITE)
    draw.rectangle(box(19.2, 11, 1.6, 2), fill=WHITE)
    draw.rounded_rectangle(box(7.5, 12.5, 17, 13), radius=2.5 * scale, fill=WHITE)
    for x, width in BARS:
        draw.rectangle(box(x, 16.5, width, 6), fill=BLUE)
    out = io.BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
