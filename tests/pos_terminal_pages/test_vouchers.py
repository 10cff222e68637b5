"""Coupons and gift cards on the pages of till and kiosk."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Seen
from playwright.sync_api import expect
from till_double import PEOPLE, PIECES, SHOPPER
from voucher_double import MANAGER_PIN

CODE = "7KQ4-M0XD-9TR7"
NAMES = {"en": "Autumn: a fifth off", "ru": "Осень: скидка 20 %"}
GIVEN = {"claim": "c-1", "names": NAMES, "off": 240, "state": "given"}
IDLE = {
    "claim": "c-2",
    "names": {"en": "Second coat half price", "ru": "Второе пальто за полцены"},
    "off": 0,
    "state": "not_met",
    "fails": "units",
    "measure": "units",
    "missing": 2,
}
TENDERS = [{"n": 1, "kind": "gift_card", "amount": 100, "points": 0, "hint": "…9993"}]


def heard(seen: Seen, command: str) -> dict[str, Any]:
    return seen.double.hears(command)


def test_a_coupon_is_typed_into_its_window_and_stands_in_the_cart(selling: Callable[..., Seen]) -> None:
    seen = selling()
    seen.double.scan(PIECES[3])
    seen.page.keyboard.press("F5")
    seen.page.get_by_role("dialog").get_by_label("Code").fill(CODE)
    seen.page.keyboard.press("Enter")
    assert heard(seen, "coupon")["code"] == CODE
    expect(seen.page.get_by_role("dialog")).to_have_count(0)
    seen.double.put(coupons=[GIVEN, IDLE], asking=None)
    rows = seen.page.locator(".coupons li")
    expect(rows.nth(0)).to_contain_text("Autumn")
    expect(rows.nth(1)).to_contain_text("2 pieces more")
    rows.nth(1).get_by_role("button").click()
    assert heard(seen, "coupon_remove")["claim"] == "c-2"


def test_a_gift_card_and_points_pay_beside_cash(selling: Callable[..., Seen]) -> None:
    seen = selling()
    seen.double.scan(PIECES[3])
    seen.double.do_attach(SHOPPER.card)
    seen.double.do_pay_begin()
    seen.page.get_by_role("button", name="Gift card").click()
    window = seen.page.get_by_role("dialog")
    window.get_by_label("Code").fill("9999 9999 9999 9993")
    window.get_by_label("PIN").fill("123456")
    window.get_by_role("button", name="Pay with it").click()
    asked = heard(seen, "pay_from")
    assert (asked["kind"], asked["pin"]) == ("gift_card", "123456")
    seen.double.pay(seen.double.state["payment"]["due"], TENDERS)
    expect(seen.page.locator(".tenders li")).to_contain_text("Gift card …9993")
    seen.page.keyboard.press("F10")
    expect(seen.page.locator(".tenders li")).to_have_count(1)
    assert [one["kind"] for one in seen.double.heard if one["command"] == "pay_from"] == ["gift_card", "points"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_on_a_gift_card_is_told_without_a_sale(selling: Callable[..., Seen], language: str) -> None:
    seen = selling(language=language)
    seen.page.keyboard.press("F8")
    seen.page.locator(".more button", has=seen.page.locator("use[href$='#wallet']")).click()
    window = seen.page.get_by_role("dialog")
    window.locator("input").first.fill("9999999999999993")
    seen.page.keyboard.press("Enter")
    expect(window.locator(".found-card")).to_contain_text("…9993")
    expect(window.locator(".found-card")).to_contain_text("25")


def test_the_kiosk_shows_coupons_too(look: Callable[..., Seen]) -> None:
    seen = look("kiosk")
    seen.double.do_start()
    seen.double.scan(PIECES[3])
    seen.double.put(coupons=[GIVEN], asking="coupon")
    expect(seen.page.locator(".coupons li")).to_have_count(2)


MANAGER = next(one for one in PEOPLE if one.role == "manager")
APPROVAL = {"number": 42, "points": 1200, "amount": 1200, "until": 0, "by_manager": False}


def test_points_wait_for_the_phone_in_a_window_and_a_manager_may_vouch(selling: Callable[..., Seen]) -> None:
    seen = selling()
    seen.double.scan(PIECES[3])
    seen.double.do_attach(SHOPPER.card)
    seen.double.do_pay_begin()
    seen.double.put(asking="points", approval=APPROVAL)
    window = seen.page.get_by_role("alertdialog")
    expect(window).to_contain_text("1,200 points (€12.00)")
    expect(window.locator("output")).to_have_text("42")
    seen.page.keyboard.press("F2")
    expect(seen.page.get_by_role("dialog")).to_contain_text("A manager allows the points")
    for pin in ("0000", MANAGER_PIN):
        seen.page.keyboard.type(pin, delay=60)
        expect(seen.page.locator(".pin-dots .filled")).to_have_count(4)
        seen.page.keyboard.press("Enter")
        if pin != MANAGER_PIN:
            expect(seen.page.locator(".wrong-pin")).to_contain_text("not right")
    expect(window.get_by_role("button", name="Manager's PIN")).to_be_disabled()
    assert heard(seen, "points_approve")["number"] == MANAGER.number
    seen.page.keyboard.press("Escape")
    expect(window).to_have_count(0)
    expect(seen.page.locator(".till.paying")).to_be_visible()
