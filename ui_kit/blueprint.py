"""What a Flask app gets from the kit: static files, the page shell, languages, security headers.

An app calls `init_app(app, translations=[...], shelves={"till": folder})` once, and its pages are
`return page(title=..., module="till/main.js", surface="till", boot={...})`.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import adler32

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, send_file
from markupsafe import Markup
from werkzeug.security import safe_join

from ui_kit.importmap import Shelf, import_map, standard_shelves
from ui_kit.locales import LANGUAGES, current_locale
from ui_kit.messages import Catalogues
from ui_kit.security import add_headers, nonce
from ui_kit.vendor import KIT

FOREVER_S = 365 * 24 * 3600
SURFACES = ("phone", "till", "kiosk", "dashboard", "bench")
THEMES = ("light", "dark")
STYLES = ("vendor/inter.css", "kit/tokens.css", "kit/base.css", "kit/components.css")
EXTENSION = "ui_kit"


class Kit:
    """What `init_app` keeps for an app: its shelves and its message catalogues."""

    def __init__(self, translations: Sequence[Path], shelves: Mapping[str, Path]) -> None:
        self.shelves = standard_shelves() | {name: Shelf(name, Path(folder)) for name, folder in shelves.items()}
        self.catalogues = Catalogues([KIT / "translations", *translations])

    def url(self, path: str) -> str:
        """The cacheable address of `SHELF/FILE`; an address that starts with `/` is returned as it is."""
        if path.startswith("/"):
            return path
        name, _, rest = path.partition("/")
        return self.shelves[name].url(rest)

    def messages_url(self, locale: str) -> str:
        """The cacheable address of the messages of `locale`."""
        return f"/kit/messages/{locale}.json?h={self.catalogues.version}"

    def asset_urls(self, *shelves: str) -> list[str]:
        """Addresses of all files of the shelves named (all, where none is), for a service worker's list."""
        chosen = [self.shelves[name] for name in shelves] if shelves else list(self.shelves.values())
        return [shelf.url(p.relative_to(shelf.folder).as_posix()) for shelf in chosen for p in shelf.files()]


def kit() -> Kit:
    """The `Kit` of the current app."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Kit)
    return found


def init_app(
    app: Flask,
    translations: Sequence[Path] = (),
    *,
    shelves: Mapping[str, Path] | None = None,
    gallery: bool = False,
) -> Kit:
    """Give `app` the kit.

    `translations` are folders that hold `ru.po`; `shelves` maps a name to a folder of static files, importable as
    `NAME/file.js`; `gallery=True` adds the page `/kit`, which shows every component.
    """
    made = Kit(translations, shelves or {})
    app.extensions[EXTENSION] = made
    app.register_blueprint(kit_blueprint())
    app.after_request(add_headers)
    app.jinja_env.globals.update(
        import_map=lambda: Markup(json.dumps(import_map(made.shelves))),
        nonce=nonce,
        kit_head=kit_head,
        kit_url=made.url,
        kit_icon=kit_icon,
        locale=current_locale,
        theme=theme,
        boot_data=boot_data,
        _=lambda msgid, **params: made.catalogues.gettext(current_locale(), msgid, **params),
        ngettext=lambda one, many, n, **params: made.catalogues.ngettext(current_locale(), one, many, n, **params),
    )
    if gallery:
        from ui_kit.gallery import gallery_blueprint

        app.register_blueprint(gallery_blueprint())
    return made


def kit_blueprint() -> Blueprint:
    """The blueprint at `/kit`: static files of all shelves and the message catalogues."""
    made = Blueprint("kit", __name__, url_prefix="/kit", template_folder=str(KIT / "templates"))
    made.add_url_rule("/static/<shelf>/<path:file>", "static_file", static_file)
    made.add_url_rule("/messages/<locale>.json", "messages", messages)
    return made


def static_file(shelf: str, file: str) -> Response:
    """A file of a shelf; kept for ever where the address carries the right hash, else checked each time."""
    name, _, version = shelf.partition("@")
    found = kit().shelves.get(name)
    if found is None or any(part.startswith(".") for part in file.split("/")):
        abort(404)
    path = safe_join(str(found.folder.resolve()), file)
    if path is None or not Path(path).is_file():
        abort(404)
    # Read at once: these files are small, and a browser that goes away in the middle leaves no open file behind.
    changed, content = Path(path).stat().st_mtime, BytesIO(Path(path).read_bytes())
    etag = f"{adler32(content.getbuffer())}-{len(content.getbuffer())}"
    response = send_file(content, download_name=file, last_modified=changed, etag=etag, conditional=True)
    if file.endswith(".js"):
        response.mimetype = "text/javascript"
    return _cached(response, fresh=bool(version) and version == found.version)


def messages(locale: str) -> Response:
    """The messages of one language as JSON: msgid to a text, or to a list of plural forms."""
    if locale not in LANGUAGES:
        abort(404)
    catalogues = kit().catalogues
    body = json.dumps(catalogues.for_page(locale), ensure_ascii=False, sort_keys=True)
    response = Response(body, mimetype="application/json")
    return _cached(response, fresh=request.args.get("h") == catalogues.version)


def _cached(response: Response, *, fresh: bool) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable" if fresh else "no-cache"
    return response


def theme() -> str:
    """`light` or `dark` where the device chose one, else an empty string: the system decides."""
    wanted = request.cookies.get("theme", "")
    return wanted if wanted in THEMES else ""


def page(
    *,
    title: str,
    module: str,
    surface: str,
    boot: Mapping[str, Any] | None = None,
    styles: Sequence[str] = (),
    template: str = "kit/shell.html",
    **context: Any,
) -> Response:
    """A whole page: the shell with `module` (such as `till/main.js`), for one of `SURFACES`.

    `boot` is JSON-ready data for the page (`import { boot } from "kit/boot.js"`); `styles` are `SHELF/FILE` names
    after the kit's own; `context` goes to the template, which may extend the shell.
    """
    if surface not in SURFACES:
        raise ValueError(f"surface is one of {', '.join(SURFACES)}, not {surface}")
    html = render_template(
        template, title=title, module=module, surface=surface, boot=dict(boot or {}), styles=list(styles), **context
    )
    return Response(
        html, mimetype="text/html", headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
    )


def kit_head(title: str, module: str | None, surface: str, styles: Sequence[str] = ()) -> Markup:
    """The part of `<head>` that every page shares: title, styles, import map, the page's module."""
    made = kit()
    parts = [Markup("<title>{}</title>").format(title)]
    parts += [Markup('<link rel="stylesheet" href="{}">').format(made.url(name)) for name in (*STYLES, *styles)]
    if module:
        mapping = Markup(json.dumps(import_map(made.shelves)))
        parts.append(Markup('<script type="importmap" nonce="{}">{}</script>').format(nonce(), mapping))
        parts.append(Markup('<script type="module" nonce="{}" src="{}"></script>').format(nonce(), made.url(module)))
    return Markup("\n").join(parts)


def kit_icon(name: str) -> Markup:
    """An icon for a page made by the server; decoration only, so a word stands beside it."""
    sprite = kit().url("vendor/icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)


def boot_data(boot: Mapping[str, Any], surface: str) -> Markup:
    """The page's data as JSON that is safe inside `<script>`: `<`, `>` and `&` are written as escapes."""
    made, locale = kit(), current_locale()
    whole = {
        **boot,
        "locale": locale,
        "languages": LANGUAGES,
        "surface": surface,
        "messages_url": made.messages_url(locale),
        "icons_url": made.url("vendor/icons.svg"),
    }
    text = json.dumps(whole, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
