"""The watch over the journeys' pages is itself tested: a page that complains or wanders off must be noticed."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser
from watched_pages import Watch

POLICY = "default-src 'self'; script-src 'nonce-a'; img-src *"


@pytest.mark.parametrize(
    ("body", "noticed"),
    [
        ("<script nonce=a>console.error('the till is on fire')</script>", "the till is on fire"),
        ("<script nonce=a>throw new Error('nobody caught me')</script>", "nobody caught me"),
        ("<script>1</script>", "Content Security Policy"),
        ("<img src='http://127.0.0.1:9/far.png'>", "asked for http://127.0.0.1:9/far.png"),
    ],
)
def test_what_a_page_must_not_do_is_noticed(
    serve_app: Callable[[Flask], str], browser: Browser, body: str, noticed: str
) -> None:
    app = Flask("complaining")
    app.add_url_rule("/", "page", lambda: (f"<link rel=icon href=data:,>{body}", {"Content-Security-Policy": POLICY}))
    watch = Watch()
    watch.open(browser, serve_app(app))
    assert noticed in " ".join(watch.close())
