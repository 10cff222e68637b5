"""A manager at the real dashboard, and pages of Chromium whose consoles are watched."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from real_shop import SHOP

WAIT_MS = 20_000
MANAGER = next(member for member in SHOP.staff if member.role == "manager" and member.store == SHOP.stores[0].id)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`opened(address)` is a page at it, `upright=True` on a kiosk's screen; what it says in its console is a fault."""
    contexts, troubles = [], list[str]()

    def open_page(address: str, upright: bool = False) -> Page:
        size: Any = {"width": 1080, "height": 1920} if upright else {"width": 1280, "height": 800}
        contexts.append(browser.new_context(viewport=size, has_touch=upright, locale="en"))
        contexts[-1].set_default_timeout(WAIT_MS)
        page = contexts[-1].new_page()
        page.on("console", lambda said: said.type in ("error", "warning") and troubles.append(said.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Before a manager signs in, the dashboard asks who is there and hears that nobody is.
    assert [text for text in troubles if "401" not in text and "403" not in text] == []


def a_code(manager: Page, terminal: str = "Till 1") -> str:
    """What the manager reads off the dashboard."""
    if manager.locator("input[type=password]").count():
        manager.locator("form input").first.fill(MANAGER.number)
        manager.locator("input[type=password]").fill(MANAGER.pin)
        manager.keyboard.press("Enter")
        manager.get_by_role("tab", name="Sync").click()
        manager.locator("tbody tr").filter(has_text=terminal).first.click()
    manager.get_by_role("button", name="Make a code").click()
    expect(manager.locator(".set-up-picture")).to_be_visible()
    return manager.locator(".set-up-code").inner_text()
