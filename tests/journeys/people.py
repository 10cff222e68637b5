"""The people of the journeys: a cashier with a keyboard, a shopper with a phone, hands at the device bench."""

import re
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from running_shop import CASHIER, SAMPLE

from sample_shop import StaffMember


class Cashier:
    """Works at the till's page by keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.in_hand = page.locator(".in-hand .lines > li")
        self.from_app = page.locator(".elsewhere .lines > li")
        self.total = page.locator(".totals .total .amount")
        self.message = page.locator(".message")
        self.stopwatch = page.locator(".stopwatch")

    def keys(self, text: str) -> None:
        """Types as a person does: slower than any keyboard wedge."""
        self.page.keyboard.type(text, delay=60)

    def names(self, who: StaffMember) -> None:
        """Types somebody's number; the till asks for the PIN."""
        expect(self.page.locator(".sign-in .people")).to_be_visible()
        self.keys(who.number)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".pin-dots")).to_be_visible()

    def signs_in(self, who: StaffMember = CASHIER) -> None:
        self.names(who)
        self.keys(who.pin)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".till.selling")).to_be_visible()

    def pays_cash(self, given: str = "") -> None:
        """Enter, the amount, Enter; the change is read off the screen."""
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".till.paying")).to_be_visible()
        if given:
            self.keys(given)
        self.page.keyboard.press("Enter")

    def line(self, name: str) -> Locator:
        return self.in_hand.filter(has_text=name)


class Shopper:
    """A phone in a hand."""

    def __init__(self, page: Page, place: int) -> None:
        self.page, self.one = page, SAMPLE.shoppers[place]
        self.stopwatch = page.locator(".stopwatch")

    def signs_in(self) -> None:
        self.page.goto(f"{self._origin}/sign-in")
        self.page.locator("input[name=login]").fill(self.one.email)
        self.page.locator("input[name=password]").fill(self.one.password)
        self.page.locator("form.sign-in button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.goes("/cart")

    @property
    def _origin(self) -> str:
        return "/".join(self.page.url.split("/")[:3])

    def goes(self, path: str) -> None:
        self.page.goto(f"{self._origin}{path}")

    def finds(self, name: str) -> None:
        """Searches the shop and opens the product's page."""
        self.goes(f"/search?q={quote(name)}")
        self.page.locator(".goods-link").filter(has_text=name).first.click()
        expect(self.page.locator("article.product")).to_be_visible()

    def points(self) -> int:
        """What the card's page says."""
        self.goes("/card")
        figure = self.page.locator(".points-figure")
        expect(figure).to_have_text(re.compile(r"\d"))
        return int(re.sub(r"\D", "", figure.inner_text()))

    def place(self, name: str) -> Locator:
        """The group of lines in the cart under this heading: "At Till 1, Main Street" or "Chosen online"."""
        return self.page.get_by_role("region", name=name)


class BenchPage:
    """The device bench's own page, used with a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.receipts = page.locator(".b-sheet.done")
        self.drawer = page.locator(".b-tray")
        self.plug = page.get_by_role("switch", name="Network")

    def holds(self, name: str) -> None:
        """Search the shelf, click: it is before the scanner."""
        self.page.locator(".b-shelf [role=tab]").first.click()
        self.page.locator(".b-find input").fill(name)
        self.page.locator(".b-good").filter(has_text=name).first.click()

    def looks_at_everything(self) -> None:
        """The whole shelf again."""
        self.page.locator(".b-find input").fill("")
        self.page.locator(".b-find input").blur()
        self.page.mouse.move(0, 0)

    def holds_card(self, name: str) -> None:
        self.page.locator(".b-shelf [role=tab]").last.click()
        self.page.locator(".b-find input").fill(name)
        self.page.locator(".b-card").filter(has_text=name).first.click()
