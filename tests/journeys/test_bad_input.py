"""What people and devices do wrong, as it is seen: a clear sentence in their language, and the till goes on."""

import re
import subprocess
import sys
import time

import pytest
from people import Cashier
from playwright.sync_api import Browser, expect
from running_shop import CASHIER, MANAGER, SAMPLE, TILL, RunningShop, code
from watched_pages import Watch

from omnitill.visitors import TillPage

LOAF = "Wholegrain loaf 750 g"
NAME = {"en": LOAF, "ru": "Хлеб цельнозерновой 750 г"}
UNKNOWN, MISREAD, NO_CARD = "9520000000028", "9524238868475", "2999999999991"
WAITED_FOR_PIN_S = 60.0
EXIT_FOLDER_HELD = 3
SENTENCES = {
    "en": {
        UNKNOWN: "is not in the catalogue. Nothing was added; search for the product by its name.",
        "952423": "is not whole. Scan again or type all of its digits.",
        MISREAD: "does not add up: one digit was misread. Scan again.",
        "HELLO-1": "Code HELLO-1 is of a kind that this shop does not use.",
        NO_CARD: f"Card {NO_CARD} is not known.",
        "half_line": "The scanner sent half a code. Nothing was added. Scan again.",
        "noise": "The scanner sent a code that cannot be read. Nothing was added. Scan again.",
    },
    "ru": {
        UNKNOWN: "нет в каталоге. Ничего не добавлено; найдите товар по названию.",
        "952423": "прочитан не целиком. Отсканируйте ещё раз или введите все цифры.",
        MISREAD: "не сходится с контрольной цифрой",
        "HELLO-1": "Коды такого вида в этом магазине не используются: HELLO-1.",
        NO_CARD: f"Карта {NO_CARD} не найдена.",
        "half_line": "Сканер прислал половину кода. Ничего не добавлено.",
        "noise": "Сканер прислал код, который нельзя прочитать. Ничего не добавлено.",
    },
}


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def speaking(shop: RunningShop, language: str, browser: Browser, watch: Watch) -> Cashier:
    """A cashier at a till in this language."""
    shop.clear_till()
    turned(shop, language)
    return Cashier(watch.open(browser, shop.addresses["till"], locale=language))


def turned(shop: RunningShop, language: str) -> None:
    with TillPage(shop.addresses["till"]) as till:
        till.do("language", language=language)


def test_what_cannot_be_sold_is_said_in_a_sentence_and_the_till_goes_on(
    shop: RunningShop, speaking: Cashier, language: str
) -> None:
    speaking.signs_in()
    for bad, sentence in SENTENCES[language].items():
        if bad in ("half_line", "noise"):
            shop.fault(TILL, "scanner", bad)
        else:
            shop.bench.scan(TILL, bad)
        expect(speaking.message).to_contain_text(sentence)
    expect(speaking.in_hand).to_have_count(0)
    shop.bench.scan(TILL, code(LOAF))
    expect(speaking.line(NAME[language])).to_be_visible()
    # Typing a wrong code by hand is answered in the same way.
    speaking.keys("952423")
    speaking.page.keyboard.press("Enter")
    expect(speaking.message).to_contain_text(SENTENCES[language]["952423"])
    expect(speaking.in_hand).to_have_count(1)


def test_fifty_scans_at_once_are_fifty_pieces(shop: RunningShop, cashier: Cashier) -> None:
    cashier.signs_in()
    shop.fault(TILL, "scanner", "burst", text=code(LOAF))
    expect(cashier.line(LOAF).locator(".line-count")).to_have_text("50")
    expect(cashier.total).to_contain_text("€139.50")


def test_five_wrong_pins_lock_a_name_and_a_manager_opens_it(shop: RunningShop, cashier: Cashier) -> None:
    page = cashier.page
    for left in (4, 3, 2, 1):
        tries_until(cashier, re.compile(rf"That PIN is not right. Tries left: {left}\."))
    tries_until(cashier, re.compile(r"Five wrong PINs: this name is locked\. A manager can unlock it"))
    expect(page.locator(".people").get_by_text("Locked after five wrong PINs")).to_be_visible()

    # The rest in the other language of the shop.
    turned(shop, "ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_text("Закрыто после пяти неверных PIN-кодов")).to_be_visible()
    cashier.keys(CASHIER.number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Кто из менеджеров откроет?")).to_be_visible()
    cashier.names(MANAGER)
    cashier.keys("0000")
    page.keyboard.press("Enter")
    expect(cashier.message).to_contain_text("Неверный PIN-код. Осталось попыток: 4.")
    cashier.keys(MANAGER.pin)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"PIN-код: {CASHIER.name}", exact=True)).to_be_visible()
    expect(page.get_by_text("Закрыто после пяти неверных PIN-кодов")).to_have_count(0)
    cashier.keys(CASHIER.pin)
    page.keyboard.press("Enter")
    expect(page.locator(".till.selling")).to_be_visible()


def tries_until(cashier: Cashier, sentence: re.Pattern[str]) -> None:
    """Types a wrong PIN, again after each "wait", as an impatient person does."""
    end = time.monotonic() + WAITED_FOR_PIN_S
    said = re.compile(rf"{sentence.pattern}|Wait \d+ s before the next try\.")
    while time.monotonic() < end:
        cashier.names(CASHIER)
        cashier.keys("0000")
        cashier.page.keyboard.press("Enter")
        expect(cashier.message).to_contain_text(said)
        if sentence.search(cashier.message.inner_text()):
            break
        # Back to the names, which also puts away what was said.
        cashier.page.keyboard.press("Escape")
    else:
        raise AssertionError(f"never said: {sentence.pattern}")
    cashier.page.keyboard.press("Escape")


def test_a_wrong_password_on_the_phone_is_refused_with_a_sentence(
    shop: RunningShop, other_browser: Browser, watch: Watch
) -> None:
    for language, sentence in (
        ("en", "E-mail, phone or password is not right."),
        ("ru", "Неверная почта, телефон или пароль."),
    ):
        watch.refusals_expected = True
        page = watch.open(other_browser, f"{shop.addresses['shop']}sign-in", locale=language)
        page.locator("input[name=login]").fill(SAMPLE.shoppers[5].email)
        page.locator("input[name=password]").fill("not the password")
        page.locator("form.sign-in button[type=submit]").click()
        expect(page.locator("form.sign-in")).to_contain_text(sentence)


def test_a_second_till_on_the_same_folder_is_refused_and_the_first_goes_on(shop: RunningShop, cashier: Cashier) -> None:
    command = [sys.executable, "-m", "pos_terminal", "--kind", "till", "--data", str(shop.data / "till-1")]
    command += ["--port", "0", "--hub", shop.addresses["shop"].rstrip("/")]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == EXIT_FOLDER_HELD
    assert "Another till works with the data folder" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stdout == ""
    cashier.signs_in()
    shop.bench.scan(TILL, code(LOAF))
    expect(cashier.line(LOAF)).to_be_visible()
