"""What the page says: messages, plurals, amounts, quantities and ages, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

FORMAT = "async ([name, ...given]) => (await import('kit/format.js'))[name](...given)"
WORDS = "async ([name, ...given]) => (await import('kit/i18n.js'))[name](...given)"
IN_ZONE = """async ([zone, ms]) => {
  const { setZone, time } = await import('kit/format.js');
  setZone(zone);
  try { return time(ms); } finally { setZone(''); }
}"""
MINUTE = 60_000


@pytest.fixture(scope="module")
def ask(browser: Browser, gallery_url: str) -> Callable[..., Any]:
    """`ask(lang, script, [function, arguments...])` evaluates on a page of that language; spaces come out plain."""
    pages: dict[str, Page] = {}

    def evaluate(lang: str, script: str, given: list[Any]) -> Any:
        if lang not in pages:
            pages[lang] = browser.new_page()
            pages[lang].goto(f"{gallery_url}?lang={lang}")
            pages[lang].wait_for_selector(".paper-qr")
        return pages[lang].evaluate(script, given).replace("\u00a0", " ").replace("\u202f", " ")

    return evaluate


@pytest.mark.parametrize(
    ("amount", "currency", "english", "russian"),
    [
        (941, "EUR", "€9.41", "9,41 €"),
        (5, "EUR", "€0.05", "0,05 €"),
        (-250, "EUR", "\u2212€2.50", "\u22122,50 €"),
        (1500, "JPY", "¥1,500", "1500 ¥"),
        (12345, "KWD", "KWD 12.345", "12,345 KWD"),
        (9007199254740991, "EUR", "€90,071,992,547,409.91", "90 071 992 547 409,91 €"),
    ],
)
def test_amounts_come_out_to_the_last_minor_unit(
    ask: Callable[..., Any], amount: int, currency: str, english: str, russian: str
) -> None:
    value = {"amount": amount, "currency": currency}
    assert ask("en", FORMAT, ["money", value]) == english
    assert ask("ru", FORMAT, ["money", value]).replace("1 500", "1500") == russian


@pytest.mark.parametrize(
    ("given", "english", "russian"),
    [
        ([2000], "2", "2"),
        ([345, "kg"], "0.345 kg", "0,345 кг"),
        ([1000, "kg"], "1 kg", "1 кг"),
        ([1500], "1.5", "1,5"),
        ([12000, "piece"], "12", "12"),
    ],
)
def test_quantities_are_thousandths(ask: Callable[..., Any], given: list[Any], english: str, russian: str) -> None:
    assert ask("en", FORMAT, ["quantity", *given]) == english
    assert ask("ru", FORMAT, ["quantity", *given]) == russian


@pytest.mark.parametrize(
    ("age_ms", "english", "russian"),
    [
        (-5000, "now", "сейчас"),
        (5 * MINUTE, "5 minutes ago", "5 минут назад"),
        (26 * 60 * MINUTE, "yesterday", "вчера"),
    ],
)
def test_ages_are_told_coarsely(ask: Callable[..., Any], age_ms: int, english: str, russian: str) -> None:
    now = 1_790_000_000_000
    assert ask("en", FORMAT, ["ago", now - age_ms, now]) == english
    assert ask("ru", FORMAT, ["ago", now - age_ms, now]) == russian


def test_messages_are_filled_and_fall_back_to_english(ask: Callable[..., Any]) -> None:
    assert ask("ru", WORDS, ["t", "{ms} ms", {"ms": 7}]) == "7 мс"
    assert ask("ru", WORDS, ["t", "No such sentence, {name}", {"name": "Anna"}]) == "No such sentence, Anna"
    assert ask("en", WORDS, ["tn", "{n} line", "{n} lines", 1]) == "1 line"
    assert ask("en", WORDS, ["tn", "{n} line", "{n} lines", 5]) == "5 lines"
    assert ask("ru", WORDS, ["tn", "{n} line", "{n} lines", 5]) == "5 lines"


def test_an_error_is_told_in_the_page_s_language(ask: Callable[..., Any]) -> None:
    error = {"code": "x", "message": "{price} for 1 kg", "params": {"price": "2"}}
    assert ask("ru", WORDS, ["sentence", error]) == "2 за 1 кг"
    assert ask("ru", WORDS, ["sentence", None]).startswith("Что-то пошло не так")


@pytest.mark.parametrize(("zone", "shown"), [("Europe/Tallinn", "01:14"), ("America/New_York", "18:14")])
def test_a_moment_is_told_in_the_stores_time_zone(ask: Callable[..., Any], zone: str, shown: str) -> None:
    sold = 1795302840000  # 21 November 2026, 23:14 UTC
    assert ask("en", IN_ZONE, [zone, sold]) == shown
