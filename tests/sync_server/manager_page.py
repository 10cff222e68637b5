"""A manager at the sync page in a real Chromium: signed in, at every size, in both languages and lights."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_process import HubProcess
from playwright.sync_api import Browser, BrowserContext, Page, expect
from talking_device import SHOP

from ui_kit.vendor import KIT, fill

WAIT_MS = 20_000
MANAGER = next(member for member in SHOP.staff if member.role == "manager" and member.store == SHOP.stores[0].id)
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter((v) => ['serious', 'critical'].includes(v.impact))
  .map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | '))"""
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1280, 800), "wall": (1920, 1080)}


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def manager(browser: Browser, contexts: list[BrowserContext]) -> Callable[..., Page]:
    """`manager(hub, size, locale, theme)` signs a manager in and opens the sync page."""

    def open_page(hub: HubProcess, size: str = "desk", locale: str = "en", theme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=theme,  # type: ignore[arg-type]
            is_mobile=size == "phone", has_touch=size in ("phone", "tablet"),
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(f"{hub.url}/manage")
        page.locator("form input").first.fill(MANAGER.number)
        page.locator("input[type=password]").fill(MANAGER.pin)
        page.locator("button[type=submit]").click()
        page.get_by_role("tab", name="Sync" if locale == "en" else "Обмен").click()
        expect(page.locator(".store-map")).to_be_visible()
        return page

    return open_page


def row(page: Page, name: str) -> Any:
    return page.locator("table").filter(has=page.locator("caption", has_text="Terminals")).locator("tbody tr").filter(
        has_text=name
    )  # fmt: skip


def cell(page: Page, name: str, label: str) -> Any:
    return row(page, name).locator(f"[data-label='{label}']")


@pytest.fixture(scope="module")
def libraries() -> Path:
    fill(KIT.parent, dev=True)
    return KIT.parent / "node_modules"
