"""The set-up page and the first load in a real browser: typed, scanned, touched; on a phone as well."""

import contextlib
from collections.abc import Callable
from typing import Any

from conftest import Seen
from playwright.sync_api import expect

Look = Callable[..., Seen]
CODE = "12345678"
LEFT_ALONE_MS = 120_000
PAINTED_MS = 1_000
ROUNDS, ROUND_MS = 20, 500
HUB = "http://10.0.0.5:8400"
SET_UP = {"again": False, "hub": HUB, "busy": False, "error": None, "scanned": None}
REFUSED: dict[str, Any] = {
    "code": "x",
    "message": "This code was used already. Have a manager make a new one.",
    "params": {},
}


def fresh(look: Look, kind: str = "till", **options: Any) -> Seen:
    seen = look(kind, **options)
    seen.double.put(phase="set_up", set_up=SET_UP)
    expect(seen.page.locator(".set-up")).to_be_visible()
    return seen


def asked(seen: Seen) -> tuple[str, str]:
    """Hub and code of what the page last asked for."""
    said = seen.double.hears("set_up")
    return said["hub"], said["code"]


def field(seen: Seen) -> Any:
    return seen.page.locator(".set-up .field input")


def test_a_keyboard_alone_is_enough_and_an_error_leaves_what_was_typed(look: Look) -> None:
    seen = fresh(look)
    expect(seen.button("Set up")).to_be_disabled()
    seen.page.keyboard.type("1234 5678", delay=60)
    expect(field(seen)).to_have_value("1234 5678")
    seen.page.keyboard.press("Enter")
    assert asked(seen) == (HUB, CODE)
    expect(seen.page.get_by_text("Asking the hub at http://10.0.0.5:8400")).to_be_visible()
    seen.double.put(set_up=SET_UP | {"error": REFUSED})
    expect(seen.page.locator(".set-up-said")).to_have_text(REFUSED["message"])
    expect(field(seen)).to_have_value("1234 5678")
    seen.page.keyboard.press("Backspace")
    # Whoever mends the code has read what was wrong with it.
    expect(seen.page.get_by_text(REFUSED["message"])).to_have_count(0)
    # Another language is another page, with the same code on it.
    seen.double.put(language="ru")
    expect(seen.page.get_by_text("Настройка кассы")).to_be_visible()
    expect(field(seen)).to_have_value("1234 567")
    assert seen.troubles == []


def test_fingers_alone_are_enough_on_a_phone_also_for_the_address(look: Look) -> None:
    seen = fresh(look, width=390, height=844, touch=True)
    seen.button("Change the address").tap()
    for _ in HUB:
        seen.button("Delete the last character").tap()
    for key in "10.0.0.9:8400":
        seen.button(key).tap()
    seen.button("Use this address").tap()
    for key in CODE:
        seen.button(key).tap()
    seen.button("Set up").tap()
    assert asked(seen) == ("10.0.0.9:8400", CODE)
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.troubles == []


def test_a_scanned_code_is_used_at_once_and_once_unless_its_picture_names_another_hub(look: Look) -> None:
    seen = fresh(look, "kiosk")
    seen.page.keyboard.type("12", delay=60)
    seen.wedge(CODE)
    assert seen.double.hears("scan")["text"] == CODE
    # The first keys of the scan were taken out again.
    expect(field(seen)).to_have_value("12")
    seen.double.put(set_up=SET_UP | {"scanned": {"n": 1, "hub": "", "code": CODE}})
    assert asked(seen) == (HUB, CODE)
    seen.page.reload()
    expect(seen.page.locator(".set-up")).to_be_visible()
    elsewhere = {"n": 2, "hub": "https://shop.example", "code": "87654321"}
    seen.double.put(set_up=SET_UP | {"scanned": elsewhere})
    expect(seen.page.locator(".set-up-address")).to_have_text("https://shop.example")
    expect(field(seen)).to_have_value("8765 4321")
    assert seen.commands().count("set_up") == 1
    seen.page.keyboard.press("Enter")
    expect(seen.page.get_by_text("Asking the hub at https://shop.example")).to_be_visible()
    assert asked(seen) == ("https://shop.example", "87654321")


def test_in_quarantine_the_way_out_is_on_the_screen_and_back_again(look: Look) -> None:
    seen = look("till")
    away = {"online": False, "unsent": 9, "unsent_sales": 3, "refused": REFUSED, "set_up_anew": True}
    staff = {"id": "s", "number": "1001", "name": "Anna Holm", "role": "cashier"}
    seen.double.put(phase="selling", staff=staff, link=seen.double.state["link"] | away)
    expect(seen.page.get_by_text("Selling goes on, and everything is kept.")).to_be_visible()
    seen.button("Set up anew").click()
    expect(seen.page.get_by_role("heading", name="Set up Till 1 anew")).to_be_visible()
    expect(seen.page.get_by_text("3 sales that the hub has not heard stay here")).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".till.selling")).to_be_visible()


def test_set_up_anew_the_hub_is_shown_and_not_edited_whatever_a_picture_says(look: Look) -> None:
    seen = look("till")
    again = SET_UP | {"again": True}
    seen.double.put(set_up=again)
    expect(seen.page.locator(".set-up-address")).to_have_text(HUB)
    expect(seen.page.get_by_text("Another hub is named where this program is started")).to_be_visible()
    expect(seen.button("Change the address")).to_have_count(0)
    seen.double.put(set_up=again | {"scanned": {"n": 1, "hub": "http://stranger.example", "code": CODE}})
    assert asked(seen) == (HUB, CODE)
    assert seen.troubles == []


def test_a_kiosk_that_was_left_alone_on_this_page_is_for_shoppers_again_also_after_a_try_that_failed(
    look: Look,
) -> None:
    seen = look("kiosk", width=1080, height=1920)
    seen.page.clock.install()
    again = SET_UP | {"again": True}
    seen.double.put(set_up=again)
    expect(seen.page.locator(".set-up")).to_be_visible()
    # Its time begins once it is painted.
    seen.page.clock.run_for(PAINTED_MS)
    seen.double.put(set_up=again | {"busy": True})
    expect(seen.page.get_by_text("Asking the hub at")).to_be_visible()
    seen.page.clock.run_for(LEFT_ALONE_MS)
    seen.double.put(set_up=again | {"error": REFUSED})
    expect(seen.page.locator(".set-up-said")).to_have_text(REFUSED["message"])
    for _ in range(ROUNDS):
        # Its time begins only when the page is painted, which is after this where the machine is slow.
        seen.page.clock.run_for(LEFT_ALONE_MS)
        with contextlib.suppress(AssertionError):
            expect(seen.page.locator(".set-up")).to_have_count(0, timeout=ROUND_MS)
            break
    expect(seen.page.locator(".set-up")).to_have_count(0)


def test_the_bar_says_how_many_of_how_many_and_stays_where_it_is_when_the_load_breaks_off(look: Look) -> None:
    seen = look("kiosk", width=1080, height=1920)
    for done, waits, online in ((41_000, False, True), (41_000, True, False), (62_000, False, True)):
        come = {"done": done, "total": 100_000, "waits": waits}
        seen.double.put(phase="needs_hub", link=seen.double.state["link"] | {"online": online, "loading": come})
        bar = seen.page.get_by_role("progressbar", name="Goods and prices")
        expect(bar).to_have_attribute("aria-valuenow", str(done))
        expect(bar).to_have_attribute("aria-valuemax", "100000")
        expect(bar).to_have_attribute("aria-valuetext", f"{done // 1000},000 of 100,000")
        title = "The load waits for the hub" if waits else "Goods and prices are coming"
        expect(seen.page.get_by_role("heading", name=title)).to_be_visible()
    assert seen.troubles == []
