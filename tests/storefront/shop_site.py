"""The shop's pages alone, as a host mounts them."""

from pathlib import Path

from flask import Flask
from memory_shop import MemoryShop

from storefront.blueprint import SHELVES, TRANSLATIONS, storefront_blueprint
from ui_kit.blueprint import init_app
from ui_kit.vendor import KIT

RETAIL_TRANSLATIONS = KIT.parent / "retail" / "translations"


def site(shop: MemoryShop, folder: Path = SHELVES["shop"]) -> Flask:
    """An app with the pages over `shop`; `folder` is where their scripts and styles are."""
    app = Flask("a shop in memory", static_folder=None)
    init_app(app, [RETAIL_TRANSLATIONS, TRANSLATIONS], shelves={"shop": folder})
    app.register_blueprint(storefront_blueprint(shop))
    return app
