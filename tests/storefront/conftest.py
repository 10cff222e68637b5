"""A shop in memory, the pages over it, and a hub that speaks no more than the protocol."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent))

from memory_shop import MemoryShop
from protocol_hub import ProtocolHub
from shop_site import site

from ui_kit.vendor import KIT, fill

WAIT_MS = 15_000


@pytest.fixture(scope="session")
def shop() -> MemoryShop:
    return MemoryShop()


@pytest.fixture
def client(shop: MemoryShop) -> FlaskClient:
    return site(shop).test_client()


@pytest.fixture
def hub(shop: MemoryShop) -> ProtocolHub:
    fill(KIT.parent, dev=True)
    return ProtocolHub(site(shop), shop)


@pytest.fixture
def address(hub: ProtocolHub, serve_app: Callable[..., str]) -> str:
    return serve_app(hub.app)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`phone(width=390, height=844, locale="en-GB", theme="light")` is a fresh phone; anything on its console fails
    the test at the end, except what a lost connection itself writes there."""
    contexts, troubles = [], []

    def fresh(*, width: int = 390, height: int = 844, locale: str = "en-GB", theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=theme, has_touch=True
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
        return page

    yield fresh
    for context in contexts:
        context.close()
    lost = ("net::ERR_", "WebSocket", "401", "404", "Failed to fetch")
    assert not [text for text in troubles if not any(word in text for word in lost)]
