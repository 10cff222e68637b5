"""Points pay at a till whose hub is away: as many as were allowed before, taken once when the hub is back."""

from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, expect
from running_shop import SAMPLE, RunningShop, last_number
from watched_pages import Watch

SHOPPER = 4
CAKE = "Carrot cake 1 kg"


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


@pytest.mark.long
def test_points_pay_without_the_hub_and_are_taken_once_when_it_is_back(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper], watch: Watch
) -> None:
    one = SAMPLE.shoppers[SHOPPER]
    before = shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions")
    phone = phone_of(SHOPPER)
    phone.signs_in()
    had = phone.points()
    cashier.signs_in()
    bench_page.holds_card(one.name["en"])
    bench_page.holds(CAKE)
    expect(cashier.line(CAKE)).to_be_visible()
    # What the till may let her spend is set aside, and her phone says so.
    expect(phone.page.locator(".points-figure")).to_have_text(f"{had - min(had, 1000):,}")
    page = cashier.page
    with watch.outage():
        bench_page.plug.click()
        expect(cashier.message).to_contain_text("No link to the hub")
        page.keyboard.press("Enter")
        expect(page.locator(".without-hub")).to_contain_text("Without the hub")
        page.keyboard.press("F10")
        expect(page.locator(".tenders li")).to_contain_text("point")
        page.keyboard.press("Enter")
        expect(page.locator(".till.done")).to_be_visible()
        bench_page.plug.click()
        expect(page.locator(".unsent")).to_have_text("0 unsent")
    [(sale, earned)] = shop.rows("hub.sqlite", "SELECT id, points FROM sales WHERE number = ?", last_number(shop))
    spent = "SELECT sum(points) FROM points_entries WHERE source = ? AND dst = 'spent'"
    [(used,)] = shop.rows("hub.sqlite", spent, sale)
    assert used == min(had, 1000)
    assert shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions") == before
    expect(phone.page.locator("#strip")).not_to_contain_text("No connection")
    assert phone.points() == had - used + earned
