"""The colours of tokens.css keep the contrast that they promise, computed from OKLCH here."""

import math
import re
from itertools import product

import pytest

from ui_kit.vendor import KIT

AA_TEXT, AAA_TEXT, AA_SHAPES = 4.5, 7.0, 3.0
GROUNDS = ["ground", "surface", "sunken"]
Rgb = tuple[float, float, float]


def oklch_to_linear(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return tuple(min(1.0, max(0.0, part)) for part in (red, green, blue))  # type: ignore[return-value]


def luminance(colour: Rgb) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens() -> dict[str, tuple[Rgb, Rgb]]:
    """Every colour token as (light, dark)."""
    source = (KIT / "static" / "kit" / "tokens.css").read_text()
    colour = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
    found: dict[str, tuple[Rgb, Rgb]] = {}
    for name, value in re.findall(r"--([a-z-]+): ([^;]+);", source):
        parts = [oklch_to_linear(*map(float, numbers)) for numbers in re.findall(colour, value)]
        if parts and "shadow" not in name:
            found[name] = (parts[0], parts[-1])
    return found


TOKENS = tokens()
TEXTS = ["ink-quiet", "ink-pending", "accent", "good", "attention", "trouble"]
PAIRS = [
    *((text, ground, AA_TEXT) for text, ground in product(TEXTS, GROUNDS)),
    *((text, f"{text}-soft", AA_TEXT) for text in ("accent", "good", "attention", "trouble")),
    *(("ink-quiet", f"{kind}-soft", AA_TEXT) for kind in ("accent", "good", "attention", "trouble")),
    *(("ink", ground, AAA_TEXT) for ground in [*GROUNDS, "pressed", "accent-soft", "attention-soft", "trouble-soft"]),
    ("paper-ink", "paper", AAA_TEXT),
    ("on-accent", "accent-fill", AA_TEXT),
    ("on-accent", "accent-hover", AA_TEXT),
    ("on-trouble", "trouble-fill", AA_TEXT),
    *(("edge", ground, AA_SHAPES) for ground in ("ground", "surface")),
    *(("focus", ground, AA_SHAPES) for ground in GROUNDS),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_what_is_written_can_be_read(front: str, back: str, least: float, theme: str) -> None:
    index = ("light", "dark").index(theme)
    assert contrast(TOKENS[front][index], TOKENS[back][index]) >= least


def test_the_sum_is_right_for_black_on_white() -> None:
    assert contrast(oklch_to_linear(0, 0, 0), oklch_to_linear(1, 0, 0)) == pytest.approx(21, abs=0.01)
    assert luminance(oklch_to_linear(0.6279554, 0.2576833, 29.2338799)) == pytest.approx(0.2126, abs=0.001)
