"""Why this price: asked at the till with a key, and on the phone from the receipt, with another program's word."""

import re
from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, expect
from running_shop import SAMPLE, RunningShop
from watched_pages import Watch

from retail.promotions.benefits import Multibuy

OFFER = next(one for one in SAMPLE.promotions if isinstance(one.benefit, Multibuy) and one.benefit.take == 3)
BOOKS = [one for one in SAMPLE.products if OFFER.benefit.targets[0].matches(one)][:3]
SHOPPER = 3


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


@pytest.mark.long
def test_why_a_price_is_told_at_the_till_on_the_receipt_and_on_the_phone(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    phone = phone_of(SHOPPER)
    phone.signs_in()
    cashier.signs_in()
    bench_page.holds_card(SAMPLE.shoppers[SHOPPER].name["en"])
    for book in BOOKS:
        bench_page.holds(book.names["en"])
        expect(cashier.line(book.names["en"])).to_be_visible()
    cashier.page.keyboard.press("F3")
    dialog = cashier.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Price of the product")
    expect(dialog).to_contain_text(OFFER.names["en"])
    cashier.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    cashier.pays_cash()
    expect(cashier.page.locator(".till.done")).to_be_visible()
    expect(bench_page.receipts.last).to_contain_text("Why these prices")
    phone.goes("/orders")
    phone.page.locator("a[href^='/orders/']").first.click()
    phone.page.get_by_role("link", name="Why these prices").click()
    expect(phone.page).to_have_url(re.compile(r"/r/[0-9a-f-]{36}$"))
    expect(phone.page.locator(".proof .status")).to_have_text(re.compile("every amount agrees to the cent"))
    expect(phone.page.locator(".proof section.why").first).to_contain_text(OFFER.names["en"])
