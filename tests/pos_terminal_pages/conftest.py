"""A watched page of a till that is played by a double (till_double.py)."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

# Test modules are imported by path, so what they share has to be found by name.
sys.path.insert(0, str(Path(__file__).parent))

from till_double import TillDouble

from ui_kit.vendor import KIT, fill

WAIT_MS = 15_000
# Every key of a fast scanner, in one go: a test machine is sometimes slower than a scanner.
BURST = """(text) => { for (const char of [...text, "Enter"]) {
  const code = { "]": "BracketRight", Enter: "Enter" }[char] ?? (/[0-9]/.test(char) ? `Digit${char}` : `Key${char}`);
  const press = { key: char, code, shiftKey: /[A-Z]/.test(char), bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", press));
} }"""
STILL = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished))"""


@dataclass
class Seen:
    """A page under watch: `troubles` are console errors, page errors, foreign requests and failed answers."""

    page: Page
    double: TillDouble
    troubles: list[str] = field(default_factory=list)

    def wedge(self, text: str) -> None:
        """A keyboard-wedge scanner types `text` and Enter; without an AIM identifier only its speed tells it."""
        self.page.evaluate(BURST, text)

    def still(self) -> None:
        """Waits until nothing moves any more."""
        self.page.evaluate(STILL)

    def commands(self) -> list[str]:
        return [message["command"] for message in self.double.heard]

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)


@pytest.fixture(scope="session")
def libraries() -> Path:
    """The folder of node modules, development ones included."""
    fill(KIT.parent, dev=True)
    return KIT.parent / "node_modules"


@pytest.fixture
def look(browser: Browser, serve_app: Callable[..., str], libraries: Path) -> Iterator[Callable[..., Seen]]:
    """`look("till", language="ru", width=…, height=…, theme=…, touch=…, path=…)` opens a watched page of its own."""
    contexts = []

    def open_page(
        kind: str,
        *,
        language: str = "en",
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        touch: bool = False,
        path: str = "/",
    ) -> Seen:
        double = TillDouble(kind, language)
        origin = serve_app(double.app)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale=language, has_touch=touch
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        seen = Seen(context.new_page(), double)
        seen.page.on("console", lambda m: m.type in ("error", "warning") and seen.troubles.append(m.text))
        seen.page.on("pageerror", lambda error: seen.troubles.append(str(error)))
        seen.page.on("request", lambda r: r.url.startswith(origin) or seen.troubles.append(f"foreign: {r.url}"))
        seen.page.on("response", lambda r: r.status >= 400 and seen.troubles.append(f"{r.status}: {r.url}"))
        seen.page.goto(origin + path)
        expect(seen.page.locator("#app > *").first).to_be_visible()
        expect(seen.page.locator("#app > .alone .loading")).to_have_count(0)
        return seen

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def selling(look: Callable[..., Seen]) -> Callable[..., Seen]:
    """As `look("till")`, with a cashier signed in already."""

    def open_page(**options: Any) -> Seen:
        seen = look("till", **options)
        seen.double.put(phase="selling", staff={"id": "s", "number": "1001", "name": "Anna Holm", "role": "cashier"})
        expect(seen.page.locator(".tile").first).to_be_visible()
        return seen

    return open_page
