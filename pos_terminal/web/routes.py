"""The pages, the pictures of goods, and whether the process is well."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from flask import Flask, Response, abort, g, request

import hardware
import retail
import ui_kit.blueprint
from pos_terminal.counter import Counter
from retail.errors import N_
from ui_kit.locales import LANGUAGES, current_locale

HERE = Path(__file__).parent
TRANSLATIONS = [Path(room.__path__[0]) / "translations" for room in (retail, hardware)]
OWN_HOSTS = frozenset({"127.0.0.1", "localhost"})
PICTURE_TIMEOUT_S = 3
PICTURE_BYTES_MAX = 256 * 1024
_PICTURE = re.compile(r"[A-Za-z0-9_-]{1,80}")


def web_app(counter: Counter, hub: Callable[[], str]) -> Flask:
    """The Flask app of one terminal; `hub()` is where its hub is."""
    app = Flask("pos_terminal", static_folder=None, template_folder=str(HERE / "templates"))
    ui_kit.blueprint.init_app(app, [*TRANSLATIONS, HERE.parent / "translations"], shelves={"pos": HERE / "static"})
    main = "cashier" if counter.setting.kind == "till" else "kiosk"

    @app.before_request
    def only_from_here() -> None:
        # A page from elsewhere whose name was made to point here must not reach the till.
        if not from_here():
            abort(403)

    @app.before_request
    def in_the_tills_language() -> None:
        # The till's language is what its cashier chose, whatever this browser would like.
        wanted = request.args.get("lang", "")
        g.kit_locale = wanted if wanted in LANGUAGES else counter.till.language

    @app.get("/")
    def index() -> Response:
        return _page(main, counter.setting.kind)

    @app.get("/display")
    def display() -> Response:
        return _page("display", counter.setting.kind)

    def _page(name: str, surface: str) -> Response:
        setting = counter.setting
        boot = {
            "kind": setting.kind,
            "terminal": setting.device,
            "demo": setting.demo,
            "language": counter.till.language,
        }
        title = {"cashier": N_("Till"), "kiosk": N_("Kiosk"), "display": N_("Display")}[name]
        catalogues = ui_kit.blueprint.kit().catalogues
        return ui_kit.blueprint.page(
            title=catalogues.gettext(current_locale(), title),
            module=f"pos/{name}/main.js",
            surface=surface,
            boot=boot,
            styles=[f"pos/{name}/{name}.css"],
        )

    @app.get("/pictures/<name>.svg")
    def picture(name: str) -> Response:
        return _picture(counter.store.folder / "pictures", hub(), name)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        setting, online = counter.setting, counter.desk.link.online
        return {"ok": True, "kind": setting.kind, "terminal": setting.device, "online": online}

    return app


def from_here() -> bool:
    """Whether this request names this machine as its host."""
    return request.host.rsplit(":", 1)[0] in OWN_HOSTS


def _picture(folder: Path, hub: str, name: str) -> Response:
    """A picture from the disk, or from the hub and then kept."""
    if not _PICTURE.fullmatch(name):
        abort(404)
    file = folder / f"{name}.svg"
    if not file.is_file():
        _fetch_picture(file, f"{hub}/pictures/{name}.svg")
    if not file.is_file():
        abort(404)
    headers = {
        "Cache-Control": "public, max-age=86400",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(file.read_bytes(), mimetype="image/svg+xml", headers=headers)


def _fetch_picture(file: Path, url: str) -> None:
    try:
        with httpx.Client(timeout=PICTURE_TIMEOUT_S, trust_env=False) as client:
            answer = client.get(url)
        if answer.status_code == httpx.codes.OK and len(answer.content) <= PICTURE_BYTES_MAX:
            file.parent.mkdir(exist_ok=True)
            new = file.with_suffix(".new")
            new.write_bytes(answer.content)
            new.replace(file)
    except (httpx.HTTPError, OSError):
        # Goods without a picture are sold all the same.
        return
