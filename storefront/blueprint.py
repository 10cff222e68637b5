"""The composition root of the shop's pages.

The host calls `ui_kit.blueprint.init_app(app, translations=[TRANSLATIONS, ...], shelves={**SHELVES, ...})` and
registers `storefront_blueprint(shop)` at the root of the site: the app's service worker and its addresses stand there.
"""

from pathlib import Path

from flask import Blueprint

from retail.catalogue import Names
from storefront import account, pages, receipts, worker
from storefront.ports import Shop

ROOM = Path(__file__).parent
TRANSLATIONS = ROOM / "translations"
SHELVES = {"shop": ROOM / "static" / "shop"}
BRAND: Names = {"en": "Lindhaven Market", "ru": "Линдхавен Маркет"}


def storefront_blueprint(shop: Shop, *, brand: Names = BRAND) -> Blueprint:
    """The pages of the shop over `shop`, under `brand` as its name in each language."""
    blueprint = Blueprint("shop", __name__, template_folder="templates")
    frame = pages.Frame(shop, brand)
    pages.add_routes(blueprint, frame)
    account.add_routes(blueprint, frame)
    receipts.add_routes(blueprint, frame)
    worker.add_routes(blueprint, brand)
    return blueprint
