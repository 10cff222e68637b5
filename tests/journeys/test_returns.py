"""Goods come back at the till: the receipt is found by its number, the shopper's phone shows what was given back."""

from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, expect
from running_shop import SAMPLE, RunningShop, last_number
from watched_pages import Watch

SHOPPER = 5
GOODS = next(one for one in SAMPLE.products if not one.weighed and one.gtin and one.price > 500)


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


def test_what_comes_back_at_the_till_is_on_the_phone(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    phone = phone_of(SHOPPER)
    phone.signs_in()
    had = phone.points()
    cashier.signs_in()
    page = cashier.page
    bench_page.holds_card(SAMPLE.shoppers[SHOPPER].name["en"])
    for _ in range(2):
        bench_page.holds(GOODS.names["en"])
    expect(cashier.line(GOODS.names["en"])).to_contain_text("2")
    cashier.pays_cash()
    expect(page.locator(".till.done")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".till.selling")).to_be_visible()
    number = last_number(shop)
    [(sale, total)] = shop.rows("till-1/till.sqlite", "SELECT id, total FROM sales WHERE number = ?", number)

    page.keyboard.press("F10")
    expect(page.locator(".receipt-row")).to_have_count(1)
    cashier.keys(number)
    page.keyboard.press("Enter")
    expect(page.locator(".till.returning")).to_be_visible()
    expect(page.locator(".back-line")).to_contain_text("2 bought")
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.locator(".back-line.chosen")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".till.returned")).to_be_visible()
    expect(bench_page.receipts.last).to_contain_text("R000001")
    [(state, back)] = shop.rows("till-1/till.sqlite", "SELECT state, cash FROM returns")
    assert (state, back) == ("given", total // 2)
    assert shop.rows("hub.sqlite", "SELECT quantity, sold FROM returned_lines") == [(1000, 2000)]

    phone.goes(f"/orders/{sale}")
    expect(phone.page.locator(".came-back")).to_contain_text(GOODS.names["en"])
    assert phone.points() > had

    # The rest, for something else: what is given back pays it.
    page.keyboard.press("Enter")
    expect(page.locator(".till.selling")).to_be_visible()
    page.keyboard.press("F10")
    page.locator(".receipt-row").filter(has_text=number).click()
    expect(page.locator(".back-line")).to_contain_text("2 bought, 1 left")
    page.keyboard.press("F2")
    expect(page.locator(".back-line.chosen")).to_have_count(1)
    page.keyboard.press("F6")
    expect(page.locator(".till.returned")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".credit")).to_be_visible()
    bench_page.holds(GOODS.names["en"])
    expect(cashier.line(GOODS.names["en"])).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".tenders li")).to_contain_text("From return")
    page.keyboard.press("Enter")
    expect(page.locator(".till.done")).to_be_visible()
    assert phone.points() >= had
    expect(phone.page.locator("body")).to_be_visible()
    assert shop.rows("hub.sqlite", "SELECT kind FROM exceptions") == []
