"""The gallery in a real Chromium: every component, each surface, both themes, both languages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

Look = Callable[..., Any]
SIZES = {"phone": (390, 844), "till": (1024, 768), "kiosk": (1080, 1920), "dashboard": (1280, 900)}
TARGETS = {"phone": 48, "till": 56, "kiosk": 72}
SMALLER_THAN_TARGET = """(least) => [...document.querySelectorAll('button, a[href], input, [role=tab], [role=switch]')]
  .filter((e) => e.offsetParent !== null)
  .map((e) => [e.matches('input') ? e.parentElement : e, e])
  .map(([e]) => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.height < least - 0.01 || box.width < least - 0.01)
  .map(([box, e]) => `${e.className} ${e.textContent.trim()} ${box.width}x${box.height}`)"""
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter((v) => ['serious', 'critical'].includes(v.impact))
  .map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html + ' ' + n.failureSummary).join(' | '))"""


@pytest.mark.parametrize("surface", SIZES)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_component_shows_without_a_complaint(look: Look, gallery_url: str, surface: str, lang: str) -> None:
    width, height = SIZES[surface]
    seen = look(f"{gallery_url}?surface={surface}&lang={lang}", width=width, height=height)
    seen.page.wait_for_selector(".paper-qr")
    assert seen.page.locator(".specimen").count() >= 15
    assert seen.page.get_attribute("html", "lang") == lang
    assert seen.page.inner_text("h1") == {"en": "Design system", "ru": "Система оформления"}[lang]
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert seen.troubles == []


@pytest.mark.parametrize("surface", TARGETS)
def test_a_finger_finds_every_target(look: Look, gallery_url: str, surface: str) -> None:
    width, height = SIZES[surface]
    seen = look(f"{gallery_url}?surface={surface}&lang=ru", width=width, height=height)
    seen.page.wait_for_selector(".paper-qr")
    assert seen.page.evaluate(SMALLER_THAN_TARGET, TARGETS[surface]) == []
    assert seen.page.evaluate(SMALLER_THAN_TARGET, 500) != [], "the measure finds nothing at all"


@pytest.mark.parametrize(("theme", "surface"), [("light", "dashboard"), ("dark", "till"), ("dark", "phone")])
def test_axe_finds_nothing_serious(look: Look, gallery_url: str, libraries: Path, theme: str, surface: str) -> None:
    width, height = SIZES[surface]
    seen = look(f"{gallery_url}?surface={surface}", width=width, height=height, theme=theme)
    seen.page.wait_for_selector(".paper-qr")
    # Evaluated by the test's own channel, which the page's policy does not govern; nothing of it is served.
    seen.page.evaluate((libraries / "axe-core" / "axe.min.js").read_text() + "; void 0")
    assert seen.page.evaluate(SERIOUS) == []


def test_the_policy_refuses_foreign_and_inline_code(look: Look, gallery_url: str) -> None:
    seen = look(gallery_url)
    seen.page.wait_for_selector(".paper-qr")
    seen.page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          document.body.append(script);
          document.body.insertAdjacentHTML('beforeend', '<b style="color: red">x</b>');
        }"""
    )
    assert seen.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in seen.troubles)


def test_theme_is_kept_by_the_device_and_drawn_by_the_server(look: Look, gallery_url: str) -> None:
    page = look(gallery_url).page
    page.get_by_role("tab", name="Dark").click()
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert 'data-theme="dark"' in page.evaluate("fetch(location.href).then((a) => a.text())")


def test_language_is_switched_and_kept(look: Look, gallery_url: str) -> None:
    page = look(f"{gallery_url}?lang=en").page
    page.get_by_role("tab", name="Русский").click()
    page.get_by_role("heading", name="Система оформления").wait_for()
    page.reload()
    page.get_by_role("heading", name="Система оформления").wait_for()


def test_a_dialog_takes_focus_and_gives_it_back_on_escape(look: Look, gallery_url: str) -> None:
    page = look(gallery_url).page
    opener = page.get_by_role("button", name="Open a dialog")
    opener.click()
    page.get_by_role("dialog").wait_for()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert opener.evaluate("(element) => element === document.activeElement")


def test_a_line_arrives_with_a_glow_and_nothing_else_moves(look: Look, gallery_url: str) -> None:
    page = look(gallery_url).page
    lines = page.locator(".lines").first.locator(".line")
    lines.first.wait_for()
    tops = "() => [...document.querySelector('.lines').children].slice(0, 4).map((e) => e.getBoundingClientRect().top)"
    page.get_by_role("button", name="A line arrives").scroll_into_view_if_needed()
    before = page.evaluate(tops)
    page.get_by_role("button", name="A line arrives").click()
    page.wait_for_selector("[data-ms]")
    assert lines.count() == 5
    assert page.evaluate(tops) == before
    assert "fresh" in (lines.last.get_attribute("class") or "")
    assert "fresh" not in (lines.first.get_attribute("class") or "")
    longest = lines.last.evaluate("(e) => parseFloat(getComputedStyle(e).animationDuration) * 1000")
    assert 0 < longest <= 150
    assert int(page.get_attribute("[data-ms]", "data-ms") or "-1") >= 0


def test_tables_and_tabs_answer_the_arrow_keys(look: Look, gallery_url: str) -> None:
    page = look(gallery_url).page
    rows = page.locator("tr.openable")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    assert rows.nth(1).evaluate("(e) => e === document.activeElement")
    page.get_by_role("tab", name="Dairy").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Fruit"


def test_a_message_stands_above_an_open_dialog_and_can_be_dismissed(look: Look, gallery_url: str) -> None:
    seen = look(gallery_url)
    page = seen.page
    page.get_by_role("button", name="Open a dialog").click()
    page.evaluate("import('kit/ui.js').then((ui) => ui.toast({ kind: 'trouble', text: 'No paper.' }))")
    page.get_by_text("No paper.", exact=True).wait_for()
    on_top = """() => {
      const box = [...document.querySelectorAll('.toast')].at(-1).getBoundingClientRect();
      const shown = document.querySelector('.toasts').matches(':popover-open');
      return shown && box.bottom <= innerHeight && box.width > 200;
    }"""
    assert page.evaluate(on_top)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_text("No paper.", exact=True).wait_for(state="detached")
    assert seen.troubles == []


def test_tones_sound_and_are_muted_for_this_device(look: Look, gallery_url: str) -> None:
    seen = look(gallery_url)
    page = seen.page
    for name in ("Accepted", "Unknown", "Needs you"):
        page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("button", name="Mute", exact=True).click()
    page.get_by_role("button", name="Unmute").wait_for()
    page.reload()
    page.get_by_role("button", name="Unmute").wait_for()
    assert seen.troubles == []


def test_a_quantity_is_changed_by_keys_and_stops_at_its_floor(look: Look, gallery_url: str) -> None:
    page = look(gallery_url).page
    stepper = page.get_by_role("group", name="Quantity").first
    stepper.get_by_role("button", name="More").press("ArrowUp")
    assert stepper.locator("output").inner_text() == "3"
    for _ in range(3):
        stepper.get_by_role("button", name="More").press("ArrowDown")
    assert stepper.locator("output").inner_text() == "0"
    assert stepper.get_by_role("button", name="Less").is_disabled()


def test_a_device_that_wants_no_motion_gets_none(browser: Browser, gallery_url: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(gallery_url)
    page.get_by_role("button", name="A line arrives").click()
    line = page.locator(".line.fresh")
    assert line.evaluate("(e) => parseFloat(getComputedStyle(e).animationDuration)") <= 0.001
    context.close()
