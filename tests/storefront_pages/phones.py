"""A phone of the first shopper of the sample shop, and what the hub's database has of it."""

import sqlite3
from contextlib import closing
from typing import Any

from hub_process import HubProcess
from playwright.sync_api import BrowserContext, Locator, Page, expect
from talking_device import FIRST, PIECES

ITEM = PIECES[0]
MARK = "window.not_loaded_again = true"


class Phone:
    def __init__(self, context: BrowserContext, hub: HubProcess, url: str) -> None:
        self.context, self.hub, self.url = context, hub, url
        self.page = context.new_page()

    def signs_in(self) -> None:
        token = self.hub.sign_in_shopper()
        self.context.add_cookies([{"name": "omnitill_session", "value": token, "url": self.url}])
        self.opens_cart(self.page)

    def tab(self) -> Page:
        """One more tab with the cart."""
        page = self.context.new_page()
        self.opens_cart(page)
        return page

    def opens_cart(self, page: Page) -> None:
        page.goto(f"{self.url}/cart")
        expect(page.locator("#app h1")).to_have_text("Cart")
        page.evaluate(MARK)

    def adds(self, item: str = ITEM.id) -> None:
        """By the product's own page, then back to the cart."""
        self.page.goto(f"{self.url}/products/{item}")
        self.page.locator("article.product [data-add]").click()
        expect(self.page.locator(".toast")).to_be_visible()
        self.opens_cart(self.page)
        settled(self.page)


def more(page: Page) -> Locator:
    return page.get_by_role("button", name="More").first


def count(page: Page) -> Locator:
    """The quantity in the stepper of the one line that was chosen online."""
    return page.locator(".stepper output")


def settled(page: Page) -> None:
    """Nothing is shown as pending, and something is shown."""
    expect(page.locator(".line").first).to_be_visible()
    expect(page.locator(".line.pending")).to_have_count(0)


def stays(page: Page) -> bool:
    """Whether the page was never loaded again."""
    return bool(page.evaluate("window.not_loaded_again === true"))


def rows(hub: HubProcess, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{hub.folder / 'hub.sqlite'}?mode=ro", uri=True)) as connection:
        return list(connection.execute(query, values))


def phone_numbers(hub: HubProcess) -> list[tuple[Any, ...]]:
    """`(dev, inc, seq)` of all that phones had done, in order."""
    return rows(hub, "SELECT dev, inc, seq FROM operations WHERE dev LIKE 'phone-%' ORDER BY dev, inc, seq")


def quantity_at_hub(hub: HubProcess, item: str = ITEM.id) -> int:
    query = "SELECT coalesce(sum(quantity), 0) FROM cart_lines JOIN carts ON carts.id = cart"
    ((found,),) = rows(hub, f"{query} WHERE shopper = ? AND opened_by = '' AND item = ?", FIRST.id, item)
    return int(found) // 1000
