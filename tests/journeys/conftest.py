"""Journeys: real Chromium before the real processes of the demonstration shop."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from people import Cashier, Shopper
from running_shop import RunningShop
from watched_pages import PHONE, WAIT_MS, Watch

from tests.conftest import CHROMIUM_ARGS, find_chromium

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The shop of one module of journeys."""
    with RunningShop(tmp_path_factory.mktemp("shop") / "data") as shop:
        yield shop
        assert not shop.tracebacks()


@pytest.fixture(scope="module")
def other_browser(browser: Browser) -> Iterator[Browser]:
    """A second Chromium beside the first: another machine, as far as the shop can tell."""
    found = find_chromium(SimpleNamespace(chromium=browser.browser_type))  # type: ignore[arg-type]
    second = browser.browser_type.launch(executable_path=found, args=CHROMIUM_ARGS)
    yield second
    second.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Opens pages and fails the test for what went wrong on any of them."""
    seen = Watch()
    yield seen
    assert not seen.close()


@pytest.fixture
def till_page(shop: RunningShop, browser: Browser, watch: Watch) -> Page:
    """The till's screen in the one browser, nobody signed in."""
    shop.clear_till()
    return watch.open(browser, shop.addresses["till"])


@pytest.fixture
def cashier(till_page: Page) -> Cashier:
    """Somebody at the till who uses the keyboard only."""
    return Cashier(till_page)


@pytest.fixture
def phone_of(shop: RunningShop, other_browser: Browser, watch: Watch) -> Callable[..., Shopper]:
    """`phone_of(place)` opens a phone in the other browser; `place` counts the sample shop's shoppers from 0."""

    def open_phone(place: int, **options: object) -> Shopper:
        return Shopper(watch.open(other_browser, shop.addresses["shop"], **(PHONE | options)), place)

    return open_phone
