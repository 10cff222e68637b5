"""The page behind the code on a receipt: how each amount came about, for whoever holds the paper."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, Response, abort, jsonify

from storefront.pages import Frame, _
from storefront.wording import filters
from ui_kit.locales import current_locale

SALE_ID_LENGTH_MAX = 64


def add_routes(blueprint: Blueprint, frame: Frame) -> None:
    """`/r/<id>` and `/r/<id>.json`."""

    @blueprint.get("/r/<id>")
    def receipt(id: str) -> Response:
        found = frame.shop.receipt(id) if len(id) <= SALE_ID_LENGTH_MAX else None
        told: dict[str, Any] = {"found": found, "when": "", "handed": 0, "due": 0}
        if found:
            sale, locale = found["sale"], current_locale()
            moment = datetime.fromtimestamp(sale["at"] // 1000, ZoneInfo(found["zone"]))
            told["when"] = str(format_datetime(moment, "dd.MM.yyyy HH:mm", locale=locale))
            told["handed"] = sum(tender["amount"] for tender in sale["tenders"])
            told["due"] = sale["total"] + sum(load["amount"] for load in sale.get("loads", ()))
            told |= filters(locale, sale["currency"])
        status = 200 if found else 404
        return frame.show("receipt.html", title=_("Receipt"), module="page.js", place="orders", status=status, **told)

    @blueprint.get("/r/<id>.json")
    def receipt_data(id: str) -> Response:
        found = frame.shop.receipt(id) if len(id) <= SALE_ID_LENGTH_MAX else None
        if found is None:
            abort(404)
        answer = jsonify(found["sale"])
        answer.headers["Cache-Control"] = "no-store"
        return answer
