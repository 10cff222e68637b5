"""Signing in and out, and the pages that belong to a shopper: cart, card, orders, me."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from retail.errors import N_, RetailError
from storefront.pages import COOKIE, Frame, _
from ui_kit.drawings import code128_path, drawn, qr_path

LOGIN_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 256
NEXT_LENGTH_MAX = 512
WAITING = ("wait", "locked")


class SignInIncomplete(RetailError):
    code = "sign_in.incomplete"
    message = N_("Type your e-mail or phone number and your password.")


class ForeignPage(RetailError):
    code = "sign_in.foreign_page"
    message = N_("This came from another site and was not done. Open the shop and try again there.")


def add_routes(blueprint: Blueprint, frame: Frame) -> None:
    """`/sign-in`, `/sign-out`, `/cart`, `/card`, `/coupons`, `/points`, `/credit`, `/orders`, `/orders/<id>`, `/me`."""
    _add_sign_in(blueprint, frame)

    @blueprint.get("/cart")
    def cart() -> Response:
        return frame.show("app.html", title=_("Cart"), module="cart.js", place="cart")

    @blueprint.get("/card")
    def card() -> Response:
        shopper = frame.shopper()
        number = shopper.card if shopper else ""
        codes = {"qr": qr_path(number), "bars": code128_path(number)} if number else None
        return frame.show("app.html", title=_("Card"), module="card.js", place="card", boot={"codes": codes})

    @blueprint.get("/points")
    def points() -> Response:
        return frame.show("app.html", title=_("Points"), module="points.js", place="card")

    @blueprint.get("/credit")
    def credit() -> Response:
        return frame.show("app.html", title=_("Store credit"), module="credit.js", place="card")

    @blueprint.get("/coupons")
    def coupons() -> Response:
        return frame.show("app.html", title=_("Coupons"), module="coupons.js", place="cart")

    @blueprint.get("/orders")
    def orders() -> Response:
        return frame.show("app.html", title=_("Orders"), module="orders.js", place="orders")

    @blueprint.get("/orders/<id>")
    def order(id: str) -> Response:
        found = frame.shop.order(frame.token(), id)
        if found is None and frame.shopper() is not None:
            return frame.missing()
        boot = {"order": with_codes(dict(found)) if found else None, "order_id": id}
        return frame.show("app.html", title=_("Order"), module="order.js", place="orders", boot=boot)

    @blueprint.get("/me")
    def me() -> Response:
        return frame.show("app.html", title=_("Me"), module="me.js", place="me")


def _add_sign_in(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/sign-in")
    def sign_in_page() -> AnyResponse:
        next_page = inside(request.args.get("next", ""))
        if frame.shopper() is not None:
            return redirect(next_page)
        return frame.show("app.html", title=_("Sign in"), module="sign_in.js", place="me", boot={"next": next_page})

    @blueprint.post("/sign-in")
    def sign_in() -> tuple[Response, int]:
        try:
            refuse_foreign()
            login, password = credentials(request.get_json(silent=True))
            session = frame.shop.sign_in(login, password)
        except RetailError as error:
            return jsonify(error=error.as_dict()), status_of(error)
        shopper = session.shopper
        answer = jsonify(shopper={"id": shopper.id, "names": shopper.names, "language": shopper.language})
        answer.set_cookie(
            COOKIE,
            session.token,
            max_age=session.life_s,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
            path="/",
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer, 200

    @blueprint.post("/sign-out")
    def sign_out() -> tuple[Response, int]:
        try:
            refuse_foreign()
        except RetailError as error:
            return jsonify(error=error.as_dict()), status_of(error)
        if frame.token():
            frame.shop.sign_out(frame.token())
        answer = jsonify(address=url_for("shop.home"))
        answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
        return answer, 200


def refuse_foreign() -> None:
    """Refuse a post that another site's page sent. JSON cannot be posted across sites without being asked first; a
    browser that names the page it comes from must name ours."""
    origin = request.headers.get("Origin")
    if not request.is_json or (origin and urlsplit(origin).netloc != request.host):
        raise ForeignPage()


def credentials(body: Any) -> tuple[str, str]:
    """Login and password of a posted form; `SignInIncomplete` where one is missing or too long to be one."""
    login = body.get("login") if isinstance(body, dict) else None
    password = body.get("password") if isinstance(body, dict) else None
    if not isinstance(login, str) or not isinstance(password, str):
        raise SignInIncomplete()
    login = login.strip()
    if not 0 < len(login) <= LOGIN_LENGTH_MAX or not 0 < len(password) <= PASSWORD_LENGTH_MAX:
        raise SignInIncomplete()
    return login, password


def status_of(error: RetailError) -> int:
    """429 where the refusal says to wait, 400 where the form was at fault, else 401."""
    if isinstance(error, SignInIncomplete | ForeignPage):
        return 400
    return 429 if error.code.rpartition(".")[2] in WAITING else 401


def inside(address: str) -> str:
    """An address of this shop to go to after signing in; the front page in place of anything else."""
    parts = urlsplit(address[:NEXT_LENGTH_MAX]) if "\\" not in address and address.isprintable() else None
    # `//elsewhere.example` and `/\elsewhere.example` lead out of the shop although they begin with a slash.
    if parts is None or parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//"):
        return "/"
    return address[:NEXT_LENGTH_MAX]


def with_codes(order: dict[str, Any]) -> dict[str, Any]:
    """The order with the codes of its receipt drawn, so that the page needs no library for them."""
    receipt = order.get("receipt")
    return {**order, "receipt": drawn(receipt)} if receipt and receipt.get("blocks") else order
