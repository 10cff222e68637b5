"""Phones in a real Chromium before a real hub: two tabs, long sleep, no WebSocket, a hub from an old copy."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
sys.path.insert(0, str(Path(__file__).parents[1] / "sync_server"))
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

import hub_fixtures
from hub_process import HubProcess, Listener
from phones import Phone

from ui_kit.vendor import KIT, fill

sqlite_template = hub_fixtures.sqlite_template
SHOP = "storefront.blueprint:storefront_blueprint"
WAIT_MS = 25_000
expect.set_options(timeout=WAIT_MS)


@pytest.fixture
def hub(sqlite_template: Path, tmp_path: Path) -> Iterator[HubProcess]:
    fill(KIT.parent, dev=True)
    process = HubProcess(tmp_path, sqlite_template, storefront=SHOP)
    yield process
    process.stop()
    assert "Traceback" not in process.log()


@pytest.fixture
def till(hub: HubProcess) -> Iterator[Listener]:
    listener = Listener(hub)
    yield listener
    listener.close()


@pytest.fixture
def phone(browser: Browser, hub: HubProcess) -> Iterator[Callable[..., Phone]]:
    """`phone(url)` is a phone with the first shopper signed in, its cart open; what its console says fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def fresh(url: str = "", script: str = "", **options: object) -> Phone:
        look = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "has_touch": True} | options
        context = browser.new_context(**look)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        if script:
            context.add_init_script(script)
        contexts.append(context)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        found = Phone(context, hub, url or hub.url)
        found.signs_in()
        return found

    yield fresh
    for context in contexts:
        context.close()
    assert not troubles, troubles
