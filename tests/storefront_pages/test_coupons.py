"""Coupons on the phone: put into the cart with their code, explained, taken out again."""

from collections.abc import Callable
from typing import Any

import pytest
from hub_process import HubProcess
from phones import ITEM, Phone
from playwright.sync_api import expect

from retail.coupons import CouponBatch
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.conditions import Units
from retail.promotions.promotion import LANE_COUPON, Promotion
from retail.promotions.selector import Selector
from sync_server.config import Settings
from sync_server.coupons import batches
from sync_server.promotions import service as promotions
from sync_server.vouchers import key as keys

MISTYPED = "7KQ4-M0XD-9TR5"


@pytest.fixture
def codes(hub: HubProcess) -> list[str]:
    """Coupons for a fifth off, from two pieces on."""
    names = {"en": "Autumn", "ru": "Осень"}
    benefit, two = EachUnit(Percent(2000), Selector()), Units(2)
    offer = Promotion("autumn", 0, names, benefit, (two,), lane=LANE_COUPON, coupon=True)
    key, db = keys.load(Settings(data=hub.folder)), hub.open()
    db.write(lambda session: promotions.put(session, offer, "staff-05", 1))
    db.write(lambda session: batches.begin(session, key, batches.Wanted(CouponBatch("b", "autumn"), "b", 2), "x", 1))
    batches.make(db, key, "b")
    made = [code for _, code in batches.all_codes(db, key, "b")]
    db.close()
    return made


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_coupon_is_put_into_the_cart_explained_and_taken_out(
    phone: Callable[..., Phone], codes: list[str], language: str
) -> None:
    shopper: Any = phone()
    page = shopper.page
    shopper.adds(ITEM.id)
    page.goto(f"{shopper.url}/coupons?lang={language}")
    field, button = page.locator("#app form input"), page.locator("#app form button")
    field.fill(MISTYPED)
    button.click()
    expect(page.locator(".field-error")).to_be_visible()
    field.fill(codes[0].lower())
    button.click()
    row = page.locator(".coupon-row").first
    expect(row).to_contain_text("1 piece more" if language == "en" else "ещё 1 штука")
    page.goto(f"{shopper.url}/products/{ITEM.id}")
    page.locator("article.product [data-add]").click()
    page.goto(f"{shopper.url}/coupons?lang={language}")
    expect(row).to_contain_text("takes" if language == "en" else "скидка")
    row.get_by_role("button").click()
    # Its code waits on this phone, to be used again.
    expect(page.locator(".coupon-row")).to_contain_text(codes[0])
    page.locator(".coupon-row .button").first.click()
    expect(row).to_contain_text("takes" if language == "en" else "скидка")
    page.goto(f"{shopper.url}/cart?lang={language}")
    expect(page.locator(".coupons-link")).to_contain_text("1")
