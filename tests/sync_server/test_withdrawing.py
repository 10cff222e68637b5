"""Withdrawing a terminal on the manager's page: it takes effect at once, so the page asks before it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_process import HubProcess, Listener
from manager_page import SERIOUS
from playwright.sync_api import Page, expect

TOUCH_PX = 48
WHAT_HAPPENS = "Till 1 at Main Street stops syncing at once, and what it has not sent stays on it."


def question(page: Page) -> Any:
    return page.get_by_role("alertdialog")


def asked(page: Page, name: str = "Till 1") -> Any:
    """Opens a till by keyboard and asks for the end of it; the button that asks."""
    page.locator("tbody[role] tr").filter(has_text=name).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    button = page.locator(".set-up .button.danger")
    button.focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_visible()
    return button


def test_a_terminal_is_withdrawn_after_a_question_that_says_what_happens_and_not_by_a_slip(
    lone_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    till, page = connect(lone_hub), manager(lone_hub)
    button = asked(page)
    expect(question(page)).to_have_accessible_name("Withdraw Till 1?")
    expect(question(page)).to_have_accessible_description(WHAT_HAPPENS)
    # Who goes on pressing Enter keeps it, and so does Escape; the drawer below stays open.
    keep = question(page).get_by_role("button", name="Keep it")
    for key in ("Enter", "Escape"):
        expect(keep).to_be_focused()
        page.keyboard.press(key)
        expect(question(page)).to_have_count(0)
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
    assert till.call("tick", 1)
    expect(keep).to_be_focused()
    page.keyboard.press("Tab")
    expect(question(page).get_by_role("button", name="Withdraw it")).to_be_focused()
    page.keyboard.press("Enter")
    assert till.wait("kick")["code"] == "revoked"
    expect(page.locator(".toasts")).to_contain_text("Withdrawn. Its sales are kept.")
    expect(question(page)).to_have_count(0)
    expect(button).to_be_focused()
    # A hub that does not answer has withdrawn nothing, and the page says so.
    lone_hub.kill()
    page.keyboard.press("Enter")
    question(page).get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".set-up [role=alert]")).to_have_text(
        "The hub does not answer. Check the network and try again."
    )
    expect(question(page)).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize(
    ("size", "locale", "theme"),
    [
        ("phone", "ru", "dark"),
        ("desk", "en", "light"),
        pytest.param("phone", "en", "light", marks=pytest.mark.long),
        pytest.param("desk", "ru", "dark", marks=pytest.mark.long),
    ],
)
def test_the_question_is_whole_at_every_size_in_both_languages_and_lights(
    sqlite_hub: HubProcess,
    manager: Callable[..., Page],
    libraries: Path,
    tmp_path: Path,
    size: str,
    locale: str,
    theme: str,
) -> None:
    page = manager(sqlite_hub, size, locale, theme)
    asked(page, "Till 1" if locale == "en" else "Касса 1")
    page.screenshot(path=tmp_path / f"{size}-{locale}.png", animations="disabled")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in question(page).get_by_role("button").all():
        place = button.bounding_box()
        assert place is not None
        if size == "phone":
            assert min(place["width"], place["height"]) >= TOUCH_PX
    page.evaluate((libraries / "axe-core" / "axe.min.js").read_text() + "; void 0")
    assert page.evaluate(SERIOUS) == []
