"""What an app gets from the kit: the shell, hashed addresses, languages, headers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from ui_kit import importmap
from ui_kit.blueprint import Kit, init_app, page


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "screens"
    folder.mkdir()
    (folder / "main.js").write_text("export {};")
    (folder / ".hidden").write_text("secret")
    return folder


@pytest.fixture
def app(shelf: Path, libraries: Path) -> Flask:
    made = Flask("test_app")
    init_app(made, shelves={"screens": shelf})
    made.add_url_rule(
        "/", "home", lambda: page(title="A <b>", module="screens/main.js", surface="till", boot={"x": "</script>"})
    )
    made.add_url_rule("/words", "words", lambda: render_template_string('{{ _("Close") }} {{ kit_icon("x") }}'))
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, url: str, **given: Any) -> Any:
    # Buffered, so that the file behind an answer is closed.
    return client.get(url, buffered=True, **given)


def kit_of(app: Flask) -> Kit:
    found = app.extensions["ui_kit"]
    assert isinstance(found, Kit)
    return found


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "lang"),
    [
        ("", None, None, "en"),
        ("", None, "ru-RU,ru;q=0.9,en;q=0.5", "ru"),
        ("", None, "de, fr;q=0.5", "en"),
        ("", "ru", "en", "ru"),
        ("?lang=en", "ru", "ru", "en"),
        ("?lang=xx", "ru", None, "ru"),
        ("", "<script>", None, "en"),
    ],
)
def test_the_language_is_asked_of_address_then_cookie_then_browser(
    client: FlaskClient, query: str, cookie: str | None, accept: str | None, lang: str
) -> None:
    if cookie:
        client.set_cookie("lang", cookie)
    body = get(client, f"/{query}", headers={"Accept-Language": accept} if accept else {}).text
    assert f'<html lang="{lang}" data-surface="till">' in body


def test_the_policy_has_no_unsafe_word_and_a_new_nonce_each_time(client: FlaskClient) -> None:
    answers = [get(client, "/") for _ in range(2)]
    policies = [answer.headers["Content-Security-Policy"] for answer in answers]
    nonces = [re.search(r"'nonce-([^']+)'", policy)[1] for policy in policies]  # type: ignore[index]
    assert nonces[0] != nonces[1]
    assert "unsafe" not in policies[0]
    assert "frame-ancestors 'none'" in policies[0]
    assert "connect-src 'self' ws://localhost wss://localhost" in policies[0]
    assert answers[0].text.count(f'nonce="{nonces[0]}"') == len(re.findall("<script", answers[0].text))


def test_a_strange_host_never_reaches_the_policy(client: FlaskClient) -> None:
    answer = get(client, "/", headers={"Host": "evil;script-src *"})
    assert "evil" not in answer.headers.get("Content-Security-Policy", "")


def test_page_data_cannot_end_its_script(client: FlaskClient) -> None:
    body = get(client, "/").text
    found = re.search(r'id="boot" nonce="[^"]+">(.*?)</script>', body)
    assert found
    assert json.loads(found[1])["x"] == "</script>"
    assert "<title>A &lt;b&gt;</title>" in body


def test_every_address_of_the_import_map_is_kept_for_ever(client: FlaskClient) -> None:
    found = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', get(client, "/").text)
    assert found
    imports = json.loads(found[1])["imports"]
    assert {"preact", "preact/hooks", "htm", "htm/preact", "@preact/signals", "idb", "kit/", "screens/"} <= set(imports)
    for name, url in imports.items():
        answer = get(client, url if not name.endswith("/") else url + ("ui.js" if name == "kit/" else ""))
        if name.endswith("/") and name != "kit/":
            continue
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.mimetype == "text/javascript"


def test_a_changed_file_has_a_new_address_and_an_old_address_is_not_kept(
    app: Flask, client: FlaskClient, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importmap, "CHECK_EVERY_S", 0)
    old = kit_of(app).url("screens/main.js")
    assert "immutable" in get(client, old).headers["Cache-Control"]
    (shelf / "main.js").write_text("export const changed = true;")
    assert kit_of(app).url("screens/main.js") != old
    assert get(client, old).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["screens/../../etc/passwd", "nowhere/x.js", "screens/missing.js", "screens/.hidden"])
def test_only_files_of_a_shelf_are_served(client: FlaskClient, path: str) -> None:
    assert get(client, f"/kit/static/{path}").status_code == 404


def test_messages_are_served_hashed_and_only_in_known_languages(app: Flask, client: FlaskClient) -> None:
    answer = get(client, kit_of(app).messages_url("ru"))
    assert answer.json is not None
    assert answer.json["Close"] == "Закрыть"
    assert "immutable" in answer.headers["Cache-Control"]
    assert get(client, "/kit/messages/ru.json").headers["Cache-Control"] == "no-cache"
    assert get(client, "/kit/messages/xx.json").status_code == 404


def test_templates_speak_the_language_and_draw_icons(client: FlaskClient) -> None:
    text = get(client, "/words?lang=ru").text
    assert text.startswith("Закрыть")
    assert '/icons.svg#x"' in text


def test_a_service_worker_gets_the_list_of_addresses(app: Flask, client: FlaskClient) -> None:
    urls = kit_of(app).asset_urls("kit", "screens")
    assert kit_of(app).url("screens/main.js") in urls
    assert all(get(client, url).status_code == 200 for url in urls)


def test_an_unknown_surface_is_refused(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(ValueError, match="surface is one of"):
        page(title="x", module="screens/main.js", surface="watch")
