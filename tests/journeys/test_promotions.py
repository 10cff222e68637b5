"""A promotion on every screen of one sale: what is missing, what was given, the paper, and the hub's own figures."""

from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, expect
from running_shop import SAMPLE, RunningShop, last_number
from watched_pages import Watch

from retail.promotions.benefits import Multibuy

OFFER = next(one for one in SAMPLE.promotions if isinstance(one.benefit, Multibuy) and one.benefit.take == 3)
BOOKS = [one for one in SAMPLE.products if OFFER.benefit.targets[0].matches(one)][:3]
SHOPPER = 3
HINT = f"1 more for “{OFFER.names['en']}”"


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


def euros(cents: int) -> str:
    return f"{cents / 100:.2f}"


def test_three_for_two_is_seen_on_till_and_phone_printed_and_derived_by_the_hub(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    before = shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions WHERE kind = 'discrepancy'")
    phone = phone_of(SHOPPER)
    phone.signs_in()
    cashier.signs_in()
    bench_page.holds_card(SAMPLE.shoppers[SHOPPER].name["en"])
    for book in BOOKS[:2]:
        bench_page.holds(book.names["en"])
        expect(cashier.line(book.names["en"])).to_be_visible()
    expect(cashier.page.locator(".left > .hint")).to_have_text(HINT)
    expect(phone.page.locator(".hint")).to_have_text(HINT)

    bench_page.holds(BOOKS[2].names["en"])
    expect(cashier.page.locator(".in-hand .line-reasons")).to_have_count(3)
    expect(cashier.page.locator(".left > .hint")).to_have_count(0)
    full, saved = sum(book.price for book in BOOKS), min(book.price for book in BOOKS)
    expect(cashier.total).to_contain_text(euros(full - saved))
    expect(phone.page.locator(".line-reasons")).to_have_count(3)
    expect(phone.page.locator(".saved")).to_have_text(f"You save €{euros(saved)}")
    expect(phone.page.locator(".hint")).to_have_count(0)

    cashier.pays_cash()
    expect(cashier.page.locator(".till.done")).to_be_visible()
    paper = bench_page.receipts.last
    expect(paper).to_contain_text(OFFER.names["en"])
    expect(paper).to_contain_text("You saved")
    expect(phone.page.locator(".line-reasons")).to_have_count(0)
    number = last_number(shop)
    phone.goes("/orders")
    expect(phone.page.get_by_text(euros(full - saved)).first).to_be_visible()
    assert shop.rows("hub.sqlite", "SELECT total FROM sales WHERE number = ?", number) == [(full - saved,)]
    assert shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions WHERE kind = 'discrepancy'") == before
