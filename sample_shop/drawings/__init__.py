"""Pictures of the goods, drawn by code: the name of a picture is its kind and its hue or colour, such as `apple-92`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from retail.catalogue import Product
from sample_shop.drawings import fresh, packs, things, toys, wear
from sample_shop.drawings.ink import Ink, ink_of_hue, ink_of_paint, oval, rect
from sample_shop.tables import colours

if TYPE_CHECKING:
    from sample_shop.shop import SampleShop

DEFAULT_HUE = 205
VIVID = {"apple", "banana", "citrus", "grapes", "peach", "tomato", "carrot", "pepper", "berries", "bouquet"} | {
    *("duck", "car", "ball", "blocks", "boat", "bunny")
}
"""What is bright in life too."""


def kinds() -> dict[str, Callable[[Ink], str]]:
    """Every kind of picture by its name."""
    return {
        name: drawing
        for module in (fresh, packs, wear, things, toys)
        for name, drawing in vars(module).items()
        if callable(drawing) and drawing.__module__ == module.__name__ and not name.startswith("_")
    }


def picture(wanted: Product | str, shop: "SampleShop | None" = None) -> str:
    """SVG text of a product's picture, or of a picture by name; a kind that nobody draws becomes a plain box.

    The shop is asked only for the hue of the department, where a name carries none.
    """
    name = wanted if isinstance(wanted, str) else wanted.picture
    kind, _, tone = name.partition("-")
    drawing = kinds().get(kind, packs.box)
    paints = {colour.id: colour.paint for colour in colours()}
    if tone in paints:
        ink = ink_of_paint(paints[tone])
    else:
        ink = ink_of_hue(int(tone) if tone.isdecimal() else _department_hue(wanted, shop), kind in VIVID)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        + rect(0, 0, 96, 96, 14, ink.tile)
        + oval(48, 83, 32, 4.5, ink.ground)
        + drawing(ink)
        + "</svg>"
    )


def _department_hue(wanted: Product | str, shop: "SampleShop | None") -> int:
    if shop is None or isinstance(wanted, str):
        return DEFAULT_HUE
    return next((department.hue for department in shop.departments if department.id == wanted.department), DEFAULT_HUE)
