"""Pages that fail the test for anything a person with open developer tools would be ashamed of."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

WAIT_MS = 20_000
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
# What Chromium itself writes when a server is gone; no page can keep it from doing so. ERR_FAILED is what it says of a
# request that went through the page's service worker.
GONE = re.compile(
    r"ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_FAILED|WebSocket connection to .* failed"
    r"|Connection closed"
)
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
OWN_SCHEMES = ("data", "blob", "about")


class Watch:
    """Everything that went wrong on the pages of one test.

    `outage()` allows what a stopped server causes; `refusals_expected` what a browser writes of an answer like 401.
    """

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.refusals_expected = False
        self._outage = False
        self._contexts: list[BrowserContext] = []

    def open(self, browser: Browser, url: str, **options: Any) -> Page:
        """A page in a context of its own, watched from its first request."""
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}, "locale": "en"} | options))
        self._contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"page error: {error.error}"))
        origin = urlsplit(url).netloc
        context.on("request", lambda request: self._request(request, origin))
        page = context.new_page()
        page.goto(url)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        allowed = (self._outage and GONE.search(message.text)) or (
            self.refusals_expected and REFUSED.search(message.text)
        )
        if allowed or message.type not in ("error", "warning"):
            return
        self.troubles.append(f"console {message.type} on {message.page and message.page.url}: {message.text}")

    def _request(self, request: Request, origin: str) -> None:
        address = urlsplit(request.url)
        if address.scheme not in OWN_SCHEMES and address.netloc != origin:
            self.troubles.append(f"a page of {origin} asked for {request.url}")

    @contextmanager
    def outage(self) -> Iterator[None]:
        """While a server is gone on purpose, the browser's own complaints about that are none of ours."""
        self._outage = True
        yield
        self._outage = False

    def close(self) -> list[str]:
        for context in self._contexts:
            context.close()
        return self.troubles
