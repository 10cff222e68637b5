"""What every room's tests may use: a real Chromium, and a web app served in a thread."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

# The cases of a property are the same in every everyday run, so that a red run is red because of the change. New ones
# are drawn by `bin/test --all`, and by the simulation with its seeds.
settings.register_profile("everyday", derandomize=True)
if os.environ.get("OMNITILL_CASES") != "new":
    settings.load_profile("everyday")

ROOMS_OF_LONG_FILES = (
    "journeys", "storefront_pages", "pos_terminal_pages", "simulation", "storefront", "omnitill", "deploy", "faults",
    "examples", "blackbox", "device_bench", "ui_kit", "house", "sync_server", "red_team", "contracts",
)  # fmt: skip
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent
STOP_TIMEOUT_S = 10
UNTIL_TIMEOUT_MS = 15_000
UNTIL = """async (timeout_ms) => {
  const end = performance.now() + timeout_ms;
  while (!(%s)) {
    if (performance.now() > end) return false;
    await new Promise((next) => setTimeout(next, 5));
  }
  return true;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rooms whose files last longest come first, so that at the end no worker waits for the other's last file."""
    rank = {room: place for place, room in enumerate(ROOMS_OF_LONG_FILES)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(HERE).parts[0], len(rank)))


def find_chromium(playwright: Playwright) -> str:
    """The Chromium to drive: $OMNITILL_CHROMIUM, one on the PATH, or the one that Playwright fetched.

    A missing browser fails the test and is never a skip: a journey that nobody ran proves nothing.
    """
    named = os.environ.get("OMNITILL_CHROMIUM")
    for candidate in (named, *map(shutil.which, CHROMIUM_NAMES), playwright.chromium.executable_path):
        if candidate and Path(candidate).exists():
            return candidate
    pytest.fail(
        "No Chromium was found. Install it (apt-get install chromium, or python -m playwright install chromium), or set"
        " OMNITILL_CHROMIUM to its path.",
        pytrace=False,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the tests of a file; each test opens its own `browser.new_context()`.

    Not for the whole run: Playwright keeps an event loop running in this thread, and other files have their own.
    """
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=find_chromium(playwright), args=CHROMIUM_ARGS)
        yield found
        found.close()


@pytest.fixture
def serve_app() -> Iterator[Callable[..., str]]:
    """`serve_app(flask_app)` runs an app on a free port of this machine and gives its address, such as `http://127.0.0.1:4711`.

    Flask-SocketIO apps in threading mode work as they are, because SocketIO wraps the app's own `wsgi_app`.
    """
    yield from serving()


@pytest.fixture(scope="module")
def serve_app_to_file() -> Iterator[Callable[..., str]]:
    """`serve_app` for all tests of a file."""
    yield from serving()


def serving() -> Iterator[Callable[..., str]]:
    servers: list[tuple[Any, threading.Thread]] = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="served app", daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(STOP_TIMEOUT_S)
        server.server_close()


@pytest.fixture
def until() -> Callable[..., None]:
    """`until(page, "window.x === 3")` waits for a condition inside the page and fails after a deadline.

    Playwright's own `wait_for_function` needs `unsafe-eval`, which our pages refuse.
    """

    def wait(page: Page, condition: str, timeout_ms: int = UNTIL_TIMEOUT_MS) -> None:
        assert page.evaluate(UNTIL % condition, timeout_ms), f"never came true within {timeout_ms} ms: {condition}"

    return wait
