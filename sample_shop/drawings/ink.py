"""Colours and strokes that all drawings share. Coordinates are in a field of 96 by 96."""

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass


def paint(hue: float, lightness: float, saturation: float) -> str:
    """`#rrggbb` of a hue in degrees; lightness and saturation in percent."""
    parts = hls_to_rgb(hue % 360 / 360, min(max(lightness, 0), 100) / 100, min(max(saturation, 0), 100) / 100)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


@dataclass(frozen=True, slots=True)
class Ink:
    """The tones of one picture: its own hue, light from the upper left."""

    tile: str
    ground: str
    main: str
    dark: str
    deep: str
    light: str
    pale: str
    accent: str
    paper: str = "#fbfaf6"
    cream: str = "#f3e6cb"
    wood: str = "#c79a62"
    green: str = "#5f9a4f"
    leaf: str = "#82b864"
    steel: str = "#b9c2cb"
    soft_steel: str = "#dde3e8"
    black: str = "#3b3f46"


YELLOW = 50
YELLOW_WIDTH = 26


def ink_of_hue(hue: int, vivid: bool = False) -> Ink:
    """The usual tones of a hue. A yellow of the same saturation as a blue looks like mud, so it gets more."""
    nearness = max(0, 1 - abs(hue - YELLOW) / YELLOW_WIDTH)
    return _ink(hue, 56 + 2 * nearness, (78 if vivid else 56) + (6 if vivid else 24) * nearness)


def ink_of_paint(colour: str) -> Ink:
    """For goods that have a colour of their own, written `#rrggbb`."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    return _ink(hue * 360, lightness * 100, saturation * 100)


def _ink(hue: float, lightness: float, saturation: float) -> Ink:
    tint = min(saturation, 48)
    return Ink(
        tile=paint(hue, 92 if lightness < 80 else 84, tint),
        ground=paint(hue, 83 if lightness < 80 else 74, tint * 0.8),
        main=paint(hue, lightness, saturation),
        dark=paint(hue, lightness - 12, saturation),
        deep=paint(hue, lightness - 24, saturation),
        light=paint(hue, lightness + 13, saturation),
        pale=paint(hue, max(lightness + 28, 84), saturation * 0.8),
        accent=paint(hue + 165, 58, 58),
    )


def rect(x: float, y: float, width: float, height: float, round_by: float, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round_by}" fill="{fill}"/>'


def disc(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>'


def oval(x: float, y: float, wide: float, high: float, fill: str, turn: int = 0) -> str:
    turned = f' transform="rotate({turn} {x} {y})"' if turn else ""
    return f'<ellipse cx="{x}" cy="{y}" rx="{wide}" ry="{high}" fill="{fill}"{turned}/>'


def shape(outline: str, fill: str) -> str:
    return f'<path d="{outline}" fill="{fill}"/>'


def line(outline: str, stroke: str, width: float = 2) -> str:
    return (
        f'<path d="{outline}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def glow(x: float, y: float, width: float, height: float) -> str:
    """The light that falls on something smooth."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{min(width, height) / 2}" '
        'fill="#fff" fill-opacity=".35"/>'
    )
