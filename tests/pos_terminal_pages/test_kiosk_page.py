"""The kiosk's page in a real browser, upright as it stands in the shop."""

from collections.abc import Callable

import pytest
from conftest import Seen
from playwright.sync_api import expect
from till_double import PIECES, SHOPPER, WEIGHED, now_ms

Look = Callable[..., Seen]
UPRIGHT = {"width": 1080, "height": 1920, "touch": True}
BREAD, MILK, SOAP = PIECES[3], PIECES[20], PIECES[200]


def test_a_shopper_scans_weighs_and_goes_to_the_till(look: Look) -> None:
    seen = look("kiosk", **UPRIGHT)
    seen.page.get_by_role("button", name="Touch to start").tap()
    seen.wedge("]E0" + BREAD.gtin[1:])
    expect(seen.page.locator(".hero-name")).to_have_text(BREAD.names["en"])
    seen.button("Without bars").tap()
    seen.page.get_by_role("button", name="Fruit and vegetables").tap()
    seen.page.locator(".good", has_text=WEIGHED.names["en"]).tap()
    for digit in "345":
        seen.page.get_by_role("dialog").get_by_role("button", name=digit, exact=True).tap()
    seen.page.get_by_role("dialog").get_by_role("button", name="Add").tap()
    expect(seen.page.locator(".mine .line")).to_have_count(2)
    seen.button("Pay").tap()
    expect(seen.page.get_by_text("Scan your card, so that the till finds your basket")).to_be_visible()
    seen.wedge("]E0" + SHOPPER.card)
    seen.page.get_by_role("button", name="I am going to the till").tap()
    expect(seen.page.get_by_text("Thank you, Vera Lind")).to_be_visible()
    expect(seen.page.get_by_text("2 lines kept")).to_be_visible()
    assert seen.commands()[-1] == "pay_at_till"
    assert seen.troubles == []


def test_the_countdown_is_ended_by_a_touch(look: Look) -> None:
    seen = look("kiosk", **UPRIGHT)
    seen.double.do_scan(BREAD.gtin)
    seen.double.put(idle={"ends_at": now_ms() + 9000, "seconds": 10})
    expect(seen.page.get_by_role("timer")).to_be_visible()
    seen.page.get_by_role("button", name="I am still here").tap()
    expect(seen.page.get_by_role("timer")).to_be_hidden()
    assert "touch" in seen.commands()


def test_giving_up_is_asked_first(look: Look) -> None:
    seen = look("kiosk", **UPRIGHT)
    seen.double.do_scan(BREAD.gtin)
    seen.button("Start over").tap()
    assert "start_over" not in seen.commands()
    seen.button("Empty it").tap()
    expect(seen.page.get_by_role("button", name="Touch to start")).to_be_visible()


def test_goods_from_the_app_stand_in_the_basket_too(look: Look) -> None:
    seen = look("kiosk", **UPRIGHT)
    seen.double.do_scan(BREAD.gtin)
    seen.double.virtual(SOAP)
    seen.button("I have it").tap()
    expect(seen.page.locator(".mine .line")).to_have_count(2)


def test_a_scan_leads_back_to_the_basket(look: Look) -> None:
    seen = look("kiosk", **UPRIGHT)
    seen.double.do_scan(BREAD.gtin)
    seen.button("Without bars").tap()
    expect(seen.page.locator(".departments")).to_be_visible()
    seen.wedge("]E0" + MILK.gtin[1:])
    expect(seen.page.locator(".mine .line")).to_have_count(2)


@pytest.mark.parametrize("place", ["attract", "basket", "shelves", "card"])
def test_everything_to_touch_lies_in_the_lower_two_thirds(look: Look, place: str) -> None:
    seen = look("kiosk", **UPRIGHT)
    if place != "attract":
        seen.double.do_scan(BREAD.gtin)
        expect(seen.page.locator(".mine .line")).to_have_count(1)
    if place == "shelves":
        seen.button("Without bars").tap()
    if place == "card":
        seen.button("I have a card").tap()
    expect(seen.button("Help")).to_be_visible()
    tops = seen.page.evaluate(
        "() => [...document.querySelectorAll('button, a, input')].filter((one) => one.checkVisibility())"
        ".map((one) => [one.textContent, one.getBoundingClientRect().top])"
    )
    assert tops
    assert [(text, top) for text, top in tops if top < 640] == []
