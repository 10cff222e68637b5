"""What is set aside at the hub and taken once: a coupon and a gift card in one sale; more points than a card may spend
alone, which pay once the phone or a manager has allowed them."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, Locator, expect
from running_shop import MANAGER, SAMPLE, STORE, RunningShop, last_number
from watched_pages import Watch

from retail.coupons import CouponBatch
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.promotion import LANE_COUPON, Promotion
from retail.promotions.selector import Selector
from sync_server.config import Settings
from sync_server.coupons import batches
from sync_server.db import open_database, sqlite_url
from sync_server.loyalty import queries
from sync_server.loyalty import service as loyalty
from sync_server.promotions import service as promotions
from sync_server.stored_value import cards
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About
from sync_server.vouchers import key as keys

SHOPPER = 3
GOODS = next(one for one in SAMPLE.products if not one.weighed and one.gtin and one.price > 1500)
ON_CARD = 500
HEARD_TIMEOUT_MS = 90_000
CHEAP = next(one for one in SAMPLE.products if not one.weighed and one.gtin and 100 < one.price < 250)
SPENDER = next(n for n, one in enumerate(SAMPLE.shoppers) if n != SHOPPER and one.points >= 2 * CHEAP.price)
ALONE = 50


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


def given_out(shop: RunningShop) -> tuple[str, dict[str, Any]]:
    """A coupon for a tenth off one product, and a gift card with five euros, as a manager gives them out."""
    key, db = keys.load(Settings(data=shop.data)), open_database(sqlite_url(shop.data))
    tenth = EachUnit(Percent(1000), Selector(items=frozenset({GOODS.id})))
    offer = Promotion("tenth", 0, {"en": "A tenth off", "ru": "Скидка 10 %"}, tenth, lane=LANE_COUPON, coupon=True)
    db.write(lambda session: promotions.put(session, offer, "staff-05", 1))
    wanted = batches.Wanted(CouponBatch("journey", "tenth"), "journey", 1)
    db.write(lambda session: batches.begin(session, key, wanted, "staff-05", 1))
    batches.make(db, key, "journey")

    def sell(session: Any) -> dict[str, Any]:
        card = cards.issue(session, key, cards.NewCard(STORE.currency, STORE.id), "staff-05", 1)
        stored_value.load(session, card["account"], "journey-load", ON_CARD, STORE.currency, About("", "till-1", 1))
        return card

    card = db.write(sell)
    [(_, code)] = batches.all_codes(db, key, "journey")
    db.close()
    return code, card


def test_a_coupon_and_a_gift_card_are_taken_once_by_one_sale(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    code, card = given_out(shop)
    before = shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions")
    phone = phone_of(SHOPPER)
    phone.signs_in()
    cashier.signs_in()
    bench_page.holds_card(SAMPLE.shoppers[SHOPPER].name["en"])
    bench_page.holds(GOODS.names["en"])
    expect(cashier.line(GOODS.names["en"])).to_be_visible()
    page = cashier.page
    page.keyboard.press("F5")
    page.get_by_role("dialog").get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator(".coupons li")).to_contain_text("A tenth off")
    # The promotion is as new as its coupon: it counts once the till has heard of it.
    expect(page.locator(".in-hand .line-reasons")).to_contain_text("A tenth off", timeout=HEARD_TIMEOUT_MS)
    expect(phone.page.locator(".coupons-link")).to_contain_text("1 coupon")
    expect(phone.page.locator(".line-reasons")).to_have_count(1)

    page.keyboard.press("Enter")
    expect(page.locator(".till.paying")).to_be_visible()
    page.keyboard.press("F9")
    page.get_by_role("dialog").get_by_label("Code").fill(card["code"])
    page.keyboard.press("Enter")
    expect(page.locator(".tenders li")).to_contain_text("Gift card")
    page.keyboard.press("Enter")
    expect(page.locator(".till.done")).to_be_visible()
    expect(bench_page.receipts.last).to_contain_text("Gift card")
    expect(phone.page.locator(".line-reasons")).to_have_count(0)
    number = last_number(shop)
    [(total,)] = shop.rows("hub.sqlite", "SELECT total FROM sales WHERE number = ?", number)
    assert 0 < total < GOODS.price
    assert shop.rows("hub.sqlite", "SELECT state FROM coupon_slots") == [("used",)]
    balance = "SELECT available, held FROM stored_values WHERE id = ?"
    assert shop.rows("hub.sqlite", balance, card["account"]) == [(0, 0)]
    assert shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions") == before


@pytest.fixture(scope="module")
def limit(shop: RunningShop) -> None:
    """A card alone spends fifty points a day, and nothing is set aside for when the hub is away."""
    db, now = open_database(sqlite_url(shop.data)), int(time.time() * 1000)
    before = db.read(lambda session: queries.programme(session, now))
    programme = replace(before, version=before.version + 1, approve_above=ALONE, allowance_points_max=0)
    db.write(lambda session: loyalty.set_programme(session, programme.as_dict(), now - 1, MANAGER.id, now))
    db.close()


def asks(cashier: Cashier, phone: Shopper) -> Locator:
    """The cashier takes points: till and phone show the same number. The phone's question."""
    cashier.page.keyboard.press("F10")
    number = cashier.page.get_by_role("alertdialog").locator("output")
    expect(number).to_have_text(re.compile(r"^\d\d$"))
    question = phone.page.get_by_role("alertdialog")
    expect(question).to_contain_text(number.inner_text())
    expect(question).to_contain_text(f"{CHEAP.price} points")
    return question


def in_cart(phone: Shopper) -> Locator:
    """The count at the cart, on every page of the app; nothing while the cart is empty."""
    return phone.page.locator("[data-cart-count]:visible")


def pays(cashier: Cashier, bench_page: BenchPage) -> None:
    cashier.signs_in()
    bench_page.holds_card(SAMPLE.shoppers[SPENDER].name["en"])
    bench_page.holds(CHEAP.names["en"])
    expect(cashier.line(CHEAP.names["en"])).to_be_visible()
    cashier.page.keyboard.press("Enter")
    expect(cashier.page.locator(".till.paying")).to_be_visible()


def spent(shop: RunningShop) -> int:
    """The points that the newest sale took."""
    query = "SELECT id FROM sales WHERE number = ?"
    [(sale,)] = shop.rows("hub.sqlite", query, last_number(shop))
    taken = "SELECT sum(points) FROM points_entries WHERE source = ? AND dst = 'spent'"
    [(points,)] = shop.rows("hub.sqlite", taken, sale)
    return int(points)


@pytest.mark.usefixtures("limit")
def test_the_phone_allows_points_on_whatever_page_of_the_app_it_is(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    before = shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions")
    phone = phone_of(SPENDER)
    phone.signs_in()
    pays(cashier, bench_page)
    asks(cashier, phone)
    phone.goes("/card")
    question = phone.page.get_by_role("alertdialog")
    expect(in_cart(phone)).to_have_count(1)
    question.get_by_role("button", name="Allow", exact=True).click()
    expect(phone.page.locator(".toast")).to_contain_text("Allowed")
    expect(question).to_have_count(0)
    expect(cashier.page.locator(".till.done, .till.selling")).to_be_visible()
    # The hub has closed the cart with the sale.
    expect(in_cart(phone)).to_have_count(0)
    assert spent(shop) == CHEAP.price
    assert shop.rows("hub.sqlite", "SELECT count(*) FROM exceptions") == before


@pytest.mark.usefixtures("limit")
def test_what_the_phone_refuses_a_manager_may_allow_by_pin(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: Callable[..., Shopper]
) -> None:
    phone = phone_of(SPENDER)
    phone.signs_in()
    pays(cashier, bench_page)
    asks(cashier, phone).get_by_role("button", name="Do not allow").click()
    expect(cashier.message).to_contain_text("did not allow the points")
    expect(cashier.page.get_by_role("alertdialog")).to_have_count(0)
    expect(phone.page.get_by_role("alertdialog")).to_have_count(0)
    question = asks(cashier, phone)
    expect(in_cart(phone)).to_have_count(1)
    cashier.page.keyboard.press("F2")
    expect(cashier.page.locator(".by-manager")).to_be_visible()
    cashier.keys(MANAGER.pin)
    cashier.page.keyboard.press("Enter")
    expect(cashier.page.locator(".till.done, .till.selling")).to_be_visible()
    expect(question).to_have_count(0)
    # The hub has closed the cart with the sale.
    expect(in_cart(phone)).to_have_count(0)
    assert spent(shop) == CHEAP.price
