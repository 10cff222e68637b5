"""What makes the shop installable: manifest, icons, and the service worker with its list of files."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, url_for

from retail.catalogue import Names
from storefront.icons import PNG_SIZES, icon_png, icon_svg
from storefront.wording import in_language
from ui_kit.blueprint import kit, page
from ui_kit.locales import LANGUAGES, current_locale

WORKER = Path(__file__).parent / "static" / "sw.js"
VERSION_CHARS = 12
DAY_S = 24 * 3600
SHELVES_KEPT = ("kit", "vendor", "shop")
GROUND = "#fafbfc"


def add_routes(blueprint: Blueprint, brand: Names) -> None:
    """`/sw.js`, `/manifest.webmanifest`, `/icons/*` and the page that stands in for one that is out of reach."""

    @blueprint.get("/sw.js")
    def service_worker() -> Response:
        return Response(worker_source(), mimetype="text/javascript", headers={"Cache-Control": "no-cache"})

    @blueprint.get("/manifest.webmanifest")
    def manifest() -> Response:
        body = json.dumps(manifest_of(in_language(brand, current_locale())), ensure_ascii=False)
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}
        return Response(body, mimetype="application/manifest+json", headers=headers)

    @blueprint.get("/icons/shop.svg")
    def icon() -> Response:
        return Response(icon_svg(), mimetype="image/svg+xml", headers={"Cache-Control": f"public, max-age={DAY_S}"})

    @blueprint.get("/icons/shop-<int:side>.png")
    def icon_pixels(side: int) -> Response:
        if side not in PNG_SIZES:
            abort(404)
        headers = {"Cache-Control": f"public, max-age={DAY_S}"}
        return Response(drawn_once(side), mimetype="image/png", headers=headers)

    @blueprint.get("/offline")
    def offline() -> Response:
        return page(
            title=in_language(brand, current_locale()),
            module="shop/page.js",
            surface="phone",
            template="shop/offline.html",
            brand=in_language(brand, current_locale()),
            styles=["shop/shop.css"],
        )


drawn_once = cache(icon_png)


def worker_source() -> str:
    """`sw.js` after the two lines that only the server knows: a version of all content, and the files to keep."""
    made = kit()
    files = made.asset_urls(*SHELVES_KEPT) + [made.messages_url(locale) for locale in LANGUAGES]
    files += [url_for("shop.offline"), url_for("shop.icon")]
    code = WORKER.read_text(encoding="utf-8")
    digest = hashlib.sha256("\n".join([code, *files]).encode()).hexdigest()[:VERSION_CHARS]
    return f"const VERSION = {json.dumps(digest)};\nconst FILES = {json.dumps(files)};\n{code}"


def manifest_of(name: str) -> dict[str, object]:
    """The web app manifest; its `id` never changes, or a phone would install a second app."""
    pixels = [
        {"src": url_for("shop.icon_pixels", side=side), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in PNG_SIZES
    ]
    drawing = {"src": url_for("shop.icon"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}
    return {
        "id": "/",
        "name": name,
        "short_name": name,
        "lang": current_locale(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [drawing, *pixels],
    }
