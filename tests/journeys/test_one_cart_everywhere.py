"""The walk of a sale: one cart on the till, on every phone of its shopper, on the kiosk, and then on paper."""

import re
from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, Page, expect
from running_shop import KIOSK, MANAGER, RUSSIAN_CASHIER, SAMPLE, TILL, RunningShop, code, last_number
from watched_pages import Watch

LOAF, MUSHROOMS, BASIL = "Wholegrain loaf 750 g", "Brown mushrooms 400 g", "Basil in a pot"
CAKE, RUSKS = "Carrot cake 1 kg", "Larkmoor vanilla rusks 400 g"
AT_TILL = "At Till 1, Main Street"
MEASURED = re.compile(r"^\d+$")
RUSSIAN_SHOPPER = next(place for place, one in enumerate(SAMPLE.shoppers) if one.language == "ru")

PhoneOf = Callable[..., Shopper]


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


def test_what_is_scanned_at_the_till_stands_on_both_phones_and_what_a_phone_adds_stands_at_the_till(
    cashier: Cashier, bench_page: BenchPage, phone_of: PhoneOf
) -> None:
    cashier.signs_in()
    phone = phone_of(0)
    phone.signs_in()

    bench_page.holds(LOAF)
    expect(cashier.line(LOAF).locator(".line-total")).to_have_text("2.79")
    bench_page.holds_card("Vera Lind")
    expect(phone.place(AT_TILL).get_by_text(LOAF)).to_be_visible()
    expect(cashier.page.locator(".shopper.known")).to_contain_text("Vera Lind")

    bench_page.holds(MUSHROOMS)
    expect(cashier.line(MUSHROOMS)).to_be_visible()
    expect(phone.place(AT_TILL).get_by_text(MUSHROOMS)).to_be_visible()
    expect(cashier.stopwatch).to_have_attribute("data-ms", MEASURED)
    expect(phone.stopwatch).to_have_attribute("data-ms", MEASURED)

    second = phone_of(0)
    second.signs_in()
    expect(second.place(AT_TILL).get_by_role("listitem")).to_have_count(2)

    phone.finds(BASIL)
    phone.page.locator("article.product [data-add]").click()
    expect(cashier.from_app.filter(has_text=BASIL)).to_be_visible()
    expect(second.place("Chosen online").get_by_text(BASIL)).to_be_visible()
    expect(cashier.in_hand).to_have_count(2)

    cashier.page.keyboard.press("F6")
    expect(cashier.line(BASIL)).to_be_visible()
    expect(second.place(AT_TILL).get_by_role("listitem")).to_have_count(3)
    expect(cashier.total).to_contain_text("€6.37")


def test_a_sale_in_cash_comes_out_as_paper_as_an_order_with_points_and_on_the_manager_s_page(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: PhoneOf, other_browser: Browser, watch: Watch
) -> None:
    manager = watch.open(other_browser, shop.addresses["dashboard"])
    manager.get_by_label("Staff number").fill(MANAGER.number)
    manager.get_by_label("PIN").fill(MANAGER.pin)
    manager.keyboard.press("Enter")
    expect(manager.get_by_text("2 of")).to_be_visible()
    sales = manager.locator("table").last.locator("tbody tr")
    before = takings(manager)
    phone = phone_of(1)
    phone.signs_in()
    points = phone.points()
    phone.goes("/cart")
    cashier.signs_in()
    bench_page.holds(CAKE)
    bench_page.holds_card("Mila Hallberg")
    expect(phone.place(AT_TILL).get_by_text(CAKE)).to_be_visible()

    cashier.pays_cash("20")
    expect(cashier.page.locator(".done-change")).to_contain_text("€6.05")
    number = last_number(shop)
    paper = bench_page.receipts.filter(has_text=number)
    expect(paper).to_contain_text("€13.95")
    expect(bench_page.drawer).to_have_attribute("data-open", "")
    expect(sales.filter(has_text=number)).to_contain_text("13.95")
    expect(manager.locator(".figures")).to_contain_text(f"€{(before + 1395) / 100:.2f}")

    phone.goes("/orders")
    phone.page.locator(".order-row").filter(has_text="13.95").click()
    expect(phone.page.locator(".paper")).to_contain_text("€13.95")
    expect(phone.page.locator(".order-sum")).to_contain_text("+13 points")
    assert phone.points() == points + 13
    # The till is ready for the next shopper by itself.
    expect(cashier.page.locator(".till.selling")).to_be_visible()


def test_a_sale_in_russian_prints_its_euro_sign_right_the_second_time_too(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: PhoneOf
) -> None:
    cashier.signs_in(RUSSIAN_CASHIER)
    cashier.page.keyboard.press("F8")
    cashier.page.get_by_role("tab", name="Русский").click()
    expect(cashier.page.locator("html")).to_have_attribute("lang", "ru")
    phone = phone_of(RUSSIAN_SHOPPER, locale="ru")
    phone.signs_in()

    shopper = SAMPLE.shoppers[RUSSIAN_SHOPPER]
    for given, change in (("", "Оплачено без сдачи"), ("5", "3,31")):
        shop.bench.scan(TILL, code(RUSKS))
        expect(cashier.line("Сухари ванильные")).to_be_visible()
        shop.bench.scan(TILL, shopper.card)
        expect(phone.place("Касса 1, Главная улица").get_by_text("Сухари ванильные")).to_be_visible()
        cashier.pays_cash(given)
        expect(cashier.page.locator(".sale-done")).to_contain_text(change)
        paper = bench_page.receipts.filter(has_text=last_number(shop))
        expect(paper).to_contain_text("Сухари ванильные")
        expect(paper).to_contain_text(re.compile(r"1,69\s€"))
        expect(cashier.page.locator(".till.selling")).to_be_visible()
    phone.goes("/orders")
    expect(phone.page.locator(".order-row")).to_have_count(2)


@pytest.mark.parametrize("layout", ["english", "russian"])
def test_a_keyboard_wedge_scans_on_the_till_s_page_whatever_layout_its_keyboard_has(
    cashier: Cashier, layout: str
) -> None:
    cashier.signs_in()
    # A wedge types physical keys; a Russian layout makes other letters of the same ones.
    cashier.page.keyboard.press("F2")
    wedge_types(cashier.page, f"]E0{code(LOAF)}", layout)
    expect(cashier.line(LOAF)).to_be_visible()
    expect(cashier.page.locator(".find input")).to_have_value("")
    expect(cashier.in_hand).to_have_count(1)


def test_a_basket_of_the_kiosk_is_seen_on_the_phone_and_paid_at_the_till(
    shop: RunningShop, cashier: Cashier, phone_of: PhoneOf, browser: Browser, watch: Watch
) -> None:
    kiosk = watch.open(browser, shop.addresses["kiosk"], viewport={"width": 1080, "height": 1920}, has_touch=True)
    cashier.signs_in()
    phone = phone_of(3)
    phone.signs_in()
    shopper = SAMPLE.shoppers[3]

    shop.bench.scan(KIOSK, code(LOAF))
    expect(kiosk.locator(".mine")).to_contain_text(LOAF)
    shop.bench.scan(KIOSK, shopper.card)
    at_kiosk = phone.place("At Kiosk 1, Main Street")
    expect(at_kiosk.get_by_text(LOAF)).to_be_visible()
    shop.bench.scan(KIOSK, code(CAKE))
    expect(at_kiosk.get_by_text(CAKE)).to_be_visible()
    expect(kiosk.locator(".stopwatch")).to_have_attribute("data-ms", MEASURED)

    kiosk.get_by_role("button", name="Pay", exact=True).click()
    kiosk.get_by_role("button", name="I am going to the till").click()
    expect(kiosk.get_by_text("Your basket waits at every till")).to_be_visible()

    shop.bench.scan(TILL, shopper.card)
    expect(cashier.from_app).to_have_count(2)
    cashier.page.keyboard.press("F6")
    expect(cashier.in_hand).to_have_count(2)
    expect(phone.place(AT_TILL).get_by_role("listitem")).to_have_count(2)
    cashier.pays_cash()
    expect(cashier.page.locator(".sale-done")).to_contain_text("16.74")
    expect(phone.page.get_by_text("Your cart is empty")).to_be_visible()


def wedge_types(page: Page, text: str, layout: str) -> None:
    """The keys of a scanner that plays keyboard, Enter at the end, faster than any hand."""
    keys = [{"key": "Enter", "code": "Enter"}]
    for sign in reversed(text):
        physical = {"]": "BracketRight"}.get(sign) or (f"Digit{sign}" if sign.isdigit() else f"Key{sign}")
        made = {"]": "ъ", "E": "У"}.get(sign, sign) if layout == "russian" else sign
        keys.insert(0, {"key": made, "code": physical, "shiftKey": sign.isupper()})
    page.evaluate(
        """(keys) => { for (const key of keys) {
          const target = document.activeElement ?? document.body;
          const options = { ...key, bubbles: true, cancelable: true };
          const goes = target.dispatchEvent(new KeyboardEvent("keydown", options));
          if (goes && key.key.length === 1 && target instanceof HTMLInputElement) {
            target.value += key.key;
            target.dispatchEvent(new Event("input", { bubbles: true }));
          }
          target.dispatchEvent(new KeyboardEvent("keyup", options));
        } }""",
        keys,
    )


def takings(manager: Page) -> int:
    """What the manager's page says of today, in cents."""
    figure = manager.locator(".figures > *").first
    expect(figure).to_contain_text(re.compile(r"€[\d,]+\.\d\d"))
    found = re.search(r"€([\d,]+)\.(\d\d)", figure.inner_text())
    assert found is not None
    return int("".join(found.groups()).replace(",", ""))
