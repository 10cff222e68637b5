"""A page of the kit for browser tests, and what each test expects of one: nothing on the console, nothing foreign."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from ui_kit.__main__ import gallery_app
from ui_kit.vendor import KIT, fill

ROOT = KIT.parent
WAIT_MS = 15_000


@dataclass
class Seen:
    """A page under watch: `troubles` are console errors, page errors, foreign requests and failed answers."""

    page: Page
    troubles: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def libraries() -> Path:
    """The folder of node modules, development ones included."""
    fill(ROOT, dev=True)
    return ROOT / "node_modules"


@pytest.fixture(scope="module")
def gallery_url(libraries: Path, serve_app_to_file: Callable[..., str]) -> str:
    """The gallery, served."""
    return serve_app_to_file(gallery_app()) + "/kit"


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Seen]]:
    """`look(url, width=…, height=…, theme=…)` opens a watched page of its own."""
    contexts = []

    def open_page(url: str, *, width: int = 1280, height: int = 900, theme: str = "light") -> Seen:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        seen = Seen(context.new_page())
        origin = "/".join(url.split("/", 3)[:3])
        seen.page.on("console", lambda m: m.type in ("error", "warning") and seen.troubles.append(m.text))
        seen.page.on("pageerror", lambda error: seen.troubles.append(str(error)))
        seen.page.on("request", lambda r: r.url.startswith(origin) or seen.troubles.append(f"foreign: {r.url}"))
        seen.page.on("response", lambda r: r.status >= 400 and seen.troubles.append(f"{r.status}: {r.url}"))
        seen.page.goto(url)
        return seen

    yield open_page
    for context in contexts:
        context.close()
