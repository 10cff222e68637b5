"""The page `/kit`: every component in all its states, in both themes and both languages."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from ui_kit.blueprint import EXTENSION, SURFACES, page
from ui_kit.drawings import drawn
from ui_kit.importmap import Shelf
from ui_kit.locales import current_locale
from ui_kit.vendor import KIT


def gallery_blueprint() -> Blueprint:
    """The gallery's one page and its shelf of modules."""
    made = Blueprint("kit_gallery", __name__)
    made.add_url_rule("/kit", "gallery", gallery)

    @made.record_once
    def add_shelf(state: Any) -> None:
        state.app.extensions[EXTENSION].shelves["gallery"] = Shelf("gallery", KIT / "static" / "gallery")

    return made


def gallery() -> Response:
    """`?surface=` chooses how large things are."""
    wanted = request.args.get("surface", "")
    surface = wanted if wanted in SURFACES else "dashboard"
    translate = current_app.extensions[EXTENSION].catalogues.gettext
    return page(
        title=translate(current_locale(), "Design system"),
        module="gallery/main.js",
        surface=surface,
        styles=["gallery/gallery.css"],
        boot={"surfaces": SURFACES, "paper": drawn(SAMPLES[current_locale()])},
    )


def _sample(lang: str, shop: str, rows: list[tuple[str, str]], total: tuple[str, str], thanks: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [
        {"t": "text", "s": shop, "align": "center", "bold": True, "size": 2},
        {"t": "text", "s": "14:32  S1-T1-000042", "align": "center"},
        {"t": "rule"},
        *({"t": "row", "left": left, "right": right} for left, right in rows),
        {"t": "rule"},
        {"t": "row", "left": total[0], "right": total[1], "bold": True, "size": 2},
        {"t": "qr", "data": "S1-T1-000042"},
        {"t": "barcode", "data": "S1T1000042", "kind": "code128"},
        {"t": "text", "s": thanks, "align": "center"},
        {"t": "feed", "n": 1},
        {"t": "cut"},
    ]
    return {"columns": 42, "lang": lang, "blocks": blocks}


SAMPLES = {
    "en": _sample(
        "en",
        "Harbour Stores",
        [("2 x Oat milk 1 l", "€3.78"), ("0.345 kg Apples", "€0.83"), ("Tea towel, spring −20%", "€4.80")],
        ("TOTAL", "€9.41"),
        "Thank you. See you soon.",
    ),
    "ru": _sample(
        "ru",
        "Лавка у пристани",
        [("2 x Молоко овсяное 1 л", "3,78 €"), ("0,345 кг Яблоки", "0,83 €"), ("Полотенце, весна −20%", "4,80 €")],
        ("ИТОГО", "9,41 €"),
        "Спасибо за покупку. До встречи.",
    ),
}
