"""The catalogue as plain pages: made by the server, read by people, search engines and a phone without a network."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from retail.catalogue import Names, Product
from storefront.ports import Offer, Shop, Shopper
from storefront.structured import product_data
from storefront.wording import filters, in_language, title_of
from ui_kit.blueprint import kit, page
from ui_kit.locales import LANGUAGES, current_locale

COOKIE = "omnitill_session"
TOKEN_LENGTH_MAX = 256
SEARCH_LENGTH_MAX = 80
PAGE_NUMBER_MAX = 10_000
PICTURE_AGE_S = 24 * 3600
SITEMAP_GOODS_MAX = 5000


class Frame:
    """What every page of the shop shares: who is signed in, the navigation, the languages."""

    def __init__(self, shop: Shop, brand: Names) -> None:
        self.shop = shop
        self.brand = brand

    def token(self) -> str:
        return request.cookies.get(COOKIE, "")[:TOKEN_LENGTH_MAX]

    def shopper(self) -> Shopper | None:
        token = self.token()
        return self.shop.shopper(token) if token else None

    def show(
        self,
        template: str,
        *,
        title: str,
        module: str,
        place: str = "",
        status: int = 200,
        boot: Mapping[str, Any] | None = None,
        **context: Any,
    ) -> Response:
        """A page; `place` is the item of the navigation that it belongs to, `boot` what its module gets."""
        locale, stores, shopper = current_locale(), self.shop.stores(), self.shopper()
        brand = in_language(self.brand, locale)
        known = {
            "shopper": shopper and {"id": shopper.id, "names": shopper.names, "card": shopper.card},
            "made_at": int(time.time() * 1000),
        }
        answer = page(
            title=f"{title} – {brand}" if title != brand else brand,
            module=f"shop/{module}",
            surface="phone",
            styles=["shop/shop.css"],
            template=f"shop/{template}",
            boot={**known, **(boot or {})},
            brand=brand,
            place=place,
            shopper=shopper,
            stores=stores,
            canonical=canonical(),
            alternates={language: canonical(lang=language) for language in LANGUAGES},
            **{**filters(locale, stores[0].currency), **context},
        )
        answer.status_code = status
        return answer

    def missing(self) -> Response:
        """The page for what is not there."""
        return self.show("missing.html", title=say("Not found"), module="page.js", place="shop", status=404)


def say(msgid: str) -> str:
    """A sentence of this room in the language of the request."""
    return kit().catalogues.gettext(current_locale(), msgid)


def _(msgid: str) -> str:
    return say(msgid)


def canonical(**extra: str) -> str:
    """The one address of this page: what changes its content stays, the rest of the query goes."""
    kept = {name: request.args[name] for name in ("q", "page") if request.args.get(name)} | extra
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{request.url_root.rstrip('/')}{request.path}{query}"


def page_number() -> int:
    wanted = request.args.get("page", "1")
    if not (wanted.isascii() and wanted.isdecimal()) or not 0 < int(wanted[:9]) <= PAGE_NUMBER_MAX:
        abort(404)
    return int(wanted)


def add_routes(blueprint: Blueprint, frame: Frame) -> None:
    """The front page, departments, search, products and their pictures."""
    _add_listings(blueprint, frame)

    @blueprint.get("/products/<id>")
    def product(id: str) -> Response:
        offer = frame.shop.product(id)
        if offer is None:
            return frame.missing()
        return show_product(frame, offer)

    @blueprint.get("/products/<id>.svg")
    def picture(id: str) -> AnyResponse:
        drawing = frame.shop.picture(id)
        if drawing is None:
            abort(404)
        answer = Response(drawing, mimetype="image/svg+xml")
        answer.headers["Cache-Control"] = f"public, max-age={PICTURE_AGE_S}"
        answer.add_etag()
        return answer.make_conditional(request)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        own = ("/cart", "/card", "/coupons", "/points", "/credit", "/orders", "/me", "/sign-in")
        closed = "".join(f"Disallow: {path}\n" for path in own)
        sitemap = url_for("shop.sitemap", _external=True)
        return Response(f"User-agent: *\n{closed}Sitemap: {sitemap}\n", mimetype="text/plain")

    @blueprint.get("/sitemap.xml")
    def sitemap() -> Response:
        """All departments, and goods up to a limit: a robot must not keep the tills waiting."""
        addresses = [url_for("shop.home", _external=True)]
        for aisle in frame.shop.departments():
            addresses.append(url_for("shop.department", id=aisle.department.id, _external=True))
        for good in frame.shop.goods(SITEMAP_GOODS_MAX):
            addresses.append(url_for("shop.product", id=good, _external=True))
        rows = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
        return Response(
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>',
            mimetype="application/xml",
        )


def _add_listings(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/")
    def home() -> Response:
        listing = frame.shop.products("", "", 1, current_locale())
        return frame.show(
            "home.html",
            title=in_language(frame.brand, current_locale()),
            module="page.js",
            place="shop",
            aisles=frame.shop.departments(),
            listing=listing,
            address=lambda number: url_for("shop.search", page=number),
        )

    @blueprint.get("/departments/<id>")
    def department(id: str) -> Response:
        aisles = frame.shop.departments()
        found = next((aisle.department for aisle in aisles if aisle.department.id == id), None)
        if found is None:
            return frame.missing()
        title = in_language(found.names, current_locale())
        listing = frame.shop.products(id, "", page_number(), current_locale())
        return frame.show(
            "listing.html",
            title=title,
            module="page.js",
            place="shop",
            heading=title,
            aisles=aisles,
            current=id,
            listing=listing,
            address=lambda number: url_for("shop.department", id=id, page=number),
        )

    @blueprint.get("/search")
    def search() -> AnyResponse:
        words = " ".join(request.args.get("q", "").split())[:SEARCH_LENGTH_MAX]
        if not words and "page" not in request.args:
            return redirect(url_for("shop.home"))
        listing = frame.shop.products("", words, page_number(), current_locale())
        return frame.show(
            "listing.html",
            title=words or _("All goods"),
            module="page.js",
            place="shop",
            heading=words or _("All goods"),
            aisles=frame.shop.departments(),
            current="",
            search=words,
            listing=listing,
            address=lambda number: url_for("shop.search", page=number, q=words or None),
        )


def show_product(frame: Frame, offer: Offer) -> Response:
    """A product's own page."""
    product, locale = offer.product, current_locale()
    department = next((a.department for a in frame.shop.departments() if a.department.id == product.department), None)
    image = url_for("shop.picture", id=product.id, _external=True)
    return frame.show(
        "product.html",
        title=in_language(product.names, locale),
        module="page.js",
        place="shop",
        offer=offer,
        product=product,
        department=department,
        image=image,
        choices=choices(offer),
        data=product_data(offer, frame.shop.stores(), canonical(), image, locale),
        heading=title_of(product, locale),
    )


def choices(offer: Offer) -> list[tuple[str, list[tuple[Names, Product | None, bool]]]]:
    """For each attribute its values, each with the variant it leads to (None where there is none) and whether it is
    the present one. The other attributes stay as they are where that variant exists."""
    found = []
    for name in offer.product.attributes:
        values: dict[str, tuple[Names, Product | None, bool]] = {}
        for variant in offer.variants:
            value = variant.attributes.get(name)
            if value is None or value["en"] in values:
                continue
            here = value == offer.product.attributes[name]
            values[value["en"]] = (value, _with(offer, name, value), here)
        found.append((name, list(values.values())))
    return found


def _with(offer: Offer, name: str, value: Names) -> Product | None:
    wanted = {**offer.product.attributes, name: value}
    exact = (variant for variant in offer.variants if variant.attributes == wanted)
    alike = (variant for variant in offer.variants if variant.attributes.get(name) == value)
    return next(exact, None) or next(alike, None)
