"""The bench's page and its HTTP doors, for this computer only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from device_bench.errors import BenchError, OrderUnreadable
from device_bench.goods import drawing, shelf
from device_bench.orders import Bench
from device_bench.pictures import code128_svg, qr_svg
from ui_kit.blueprint import page
from ui_kit.locales import current_locale

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
ORDER_LIMIT_BYTES = 64 * 1024
PICTURE_KEPT_S = 24 * 3600


def make_blueprint(bench: Bench) -> Blueprint:
    """All routes. Orders are JSON from our own origin, so that no other page in the browser can press a button."""
    made = Blueprint("bench", __name__)
    made.before_request(refuse_strangers)
    made.register_error_handler(BenchError, _refused)

    @made.get("/")
    def counter_page() -> Response:
        terminals = [{"id": c.terminal.id, "names": c.terminal.names} for c in bench.counters.values()]
        boot = {"terminals": terminals, "plug": {"in": bench.plug.is_in, "works": bench.plug.works}}
        return page(title=_title(), module="bench/main.js", surface="bench", boot=boot, styles=["bench/bench.css"])

    @made.get("/api/shelf")
    def goods() -> Response:
        return jsonify(shelf())

    @made.get("/api/devices")
    def devices() -> Response:
        return jsonify({name: counter.addresses() | counter.devices() for name, counter in bench.counters.items()})

    @made.get("/api/paper")
    def paper() -> Response:
        return jsonify(bench.counter(request.args.get("terminal")).receipts())

    @made.get("/api/drawer")
    def drawer() -> Response:
        counter = bench.counter(request.args.get("terminal"))
        return jsonify({"terminal": counter.terminal.id, "open": counter.printer.sensors.drawer_open})

    @made.post("/api/<name>")
    def order(name: str) -> Response:
        if name not in bench.orders:
            abort(404)
        return jsonify(bench.orders[name](read_order()))

    made.add_url_rule("/picture/<name>.svg", "picture", lambda name: _svg(drawing(name)))
    made.add_url_rule("/code/qr.svg", "qr", lambda: _svg(qr_svg(request.args.get("data", ""))))
    made.add_url_rule("/code/code128.svg", "code128", lambda: _svg(code128_svg(request.args.get("data", ""))))
    return made


def refuse_strangers() -> None:
    """403 for another host name (DNS rebinding) and for another origin's page."""
    if is_stranger():
        abort(403)


def is_stranger() -> bool:
    """Whether this request is meant for another host name, or comes from another origin's page."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != request.host_url.rstrip("/")
    return foreign or urlsplit(f"//{request.host}").hostname not in LOOPBACK_NAMES


def read_order() -> dict[str, Any]:
    """The JSON object of this request. Raises OrderUnreadable."""
    if not request.is_json or (request.content_length or 0) > ORDER_LIMIT_BYTES:
        raise OrderUnreadable(why="it is not JSON of at most 64 KB")
    order = request.get_json(silent=True)
    if not isinstance(order, dict):
        raise OrderUnreadable(why="it is not a JSON object")
    return order


def _refused(error: BenchError) -> tuple[Response, int]:
    return jsonify(error.as_json()), error.status


def _title() -> str:
    return {"ru": "Стенд устройств"}.get(current_locale(), "Device bench")


def _svg(text: str | None) -> Response:
    if text is None:
        abort(404)
    headers = {
        "Cache-Control": f"public, max-age={PICTURE_KEPT_S}",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(text, mimetype="image/svg+xml", headers=headers)
