"""A keyboard-wedge scanner is heard without focus; ordinary typing is left alone."""

from collections.abc import Callable
from typing import Any

import pytest

Look = Callable[..., Any]
READ = """async (keys) => {
  const { createReader } = await import('kit/wedge_reader.js');
  const reader = createReader();
  let at = 1000;
  return keys.map(([code, shift, gap]) => { at += gap; return reader.press({ code, shift, at }); });
}"""
LISTEN = """async () => {
  const { listen } = await import('kit/wedge.js');
  window.scans = [];
  window.stop = listen((text) => window.scans.push(text));
}"""
PRESSES = """async ({ keys, gap }) => {
  for (const [code, key, shiftKey] of keys) {
    const target = document.activeElement;
    const event = new KeyboardEvent('keydown', { code, key, shiftKey, bubbles: true, cancelable: true });
    if (target.dispatchEvent(event) && key.length === 1 && 'value' in target) target.value += key;
  }
}"""


def key(char: str) -> str:
    """The physical code of a character of the texts below."""
    named = {"]": "BracketRight", "-": "Minus", "\n": "Enter"}
    return named.get(char) or (f"Digit{char}" if char.isdigit() else f"Key{char.upper()}")


def typed(text: str, gap_ms: int) -> list[tuple[str, bool, int]]:
    return [(key(char), char.isupper(), gap_ms) for char in text]


@pytest.fixture
def page(look: Look, gallery_url: str) -> Any:
    opened = look(gallery_url).page
    opened.wait_for_selector(".paper-qr")
    return opened


@pytest.mark.parametrize(
    ("text", "gap_ms", "scan"),
    [
        ("]E09520000000011\n", 80, "]E09520000000011"),
        ("9520000000011\n", 8, "9520000000011"),
        ("9520000000011\n", 120, None),
        ("]E09520000000011\n", 400, None),
        ("12\n", 8, None),
        ("4711\n", 2, None),
        ("\n", 8, None),
    ],
)
def test_prefix_first_and_timing_second_tell_a_scan_from_typing(
    page: Any, text: str, gap_ms: int, scan: str | None
) -> None:
    answers = page.evaluate(READ, typed(text, gap_ms))
    assert answers[-1] == {"swallow": scan is not None, "scan": scan}


def test_nothing_of_slow_typing_is_swallowed(page: Any) -> None:
    answers = page.evaluate(READ, typed("oat milk".replace(" ", "") + "\n", 140))
    assert not any(answer["swallow"] for answer in answers)


def test_a_scan_longer_than_the_limit_is_not_a_scan(page: Any) -> None:
    answers = page.evaluate(READ, typed("1" * 513 + "\n", 5))
    assert answers[-1]["scan"] is None


def test_a_russian_layout_reads_the_same(page: Any) -> None:
    page.evaluate(LISTEN)
    russian = {"]": "ъ", "E": "У"}
    text = "]E09520000000011"
    keys = [(key(char), russian.get(char, char), char.isupper()) for char in text] + [("Enter", "Enter", False)]
    page.evaluate(PRESSES, {"keys": keys, "gap": 0})
    assert page.evaluate("window.scans") == [text]


def test_a_scan_over_a_field_leaves_the_field_as_it_was(page: Any) -> None:
    page.evaluate(LISTEN)
    field = page.get_by_label("E-mail")
    field.click()
    field.fill("anna")
    keys = [(key(char), char, False) for char in "9520000000011"] + [("Enter", "Enter", False)]
    page.evaluate(PRESSES, {"keys": keys, "gap": 0})
    assert page.evaluate("window.scans") == ["9520000000011"]
    assert field.input_value() == "anna"


def test_a_scan_presses_no_button_and_typing_goes_on_in_a_dialog(page: Any) -> None:
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Open a dialog").click()
    keys = [(key(char), char, False) for char in "9520000000011"] + [("Enter", "Enter", False)]
    page.evaluate(PRESSES, {"keys": keys, "gap": 0})
    assert page.evaluate("window.scans") == ["9520000000011"]
    assert page.get_by_role("dialog").is_visible()
    page.evaluate("window.stop()")
    page.evaluate(PRESSES, {"keys": keys, "gap": 0})
    assert len(page.evaluate("window.scans")) == 1


def test_a_quick_hand_in_a_field_loses_no_letter(page: Any) -> None:
    page.evaluate(LISTEN)
    field = page.get_by_label("E-mail")
    field.click()
    keys = [(key(char), char, False) for char in "annabella"]
    page.evaluate(PRESSES, {"keys": keys, "gap": 0})
    assert field.input_value() == "annabella"
    assert page.evaluate("window.scans") == []
