"""The hub is switched off, or a process dies in the middle of a cart: selling goes on and nothing happens twice."""

import re
from collections.abc import Callable

import pytest
from people import BenchPage, Cashier, Shopper
from playwright.sync_api import Browser, Page, expect
from running_shop import CASHIER, MANAGER, SAMPLE, TILL, RunningShop, code, last_number
from watched_pages import Watch

LOAF, MUSHROOMS, BASIL = "Wholegrain loaf 750 g", "Brown mushrooms 400 g", "Basil in a pot"
CAKE, BUN, PIE = "Carrot cake 1 kg", "Vanilla bun", "Cherry cake 1 kg"
AT_TILL = "At Till 1, Main Street"

PhoneOf = Callable[..., Shopper]


@pytest.fixture
def bench_page(shop: RunningShop, browser: Browser, watch: Watch) -> BenchPage:
    return BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}))


def test_the_plug_is_pulled_selling_goes_on_and_everything_arrives_once(
    shop: RunningShop, cashier: Cashier, bench_page: BenchPage, phone_of: PhoneOf, watch: Watch
) -> None:
    phone = shopping(shop, cashier, phone_of, 0, LOAF)
    phone.finds(BASIL)
    phone.page.locator("article.product [data-add]").click()
    expect(cashier.from_app.filter(has_text=BASIL)).to_be_visible()
    phone.goes("/cart")
    chosen = phone.place("Chosen online")
    expect(chosen.get_by_text(BASIL)).to_be_visible()
    mark(phone.page)
    points = points_of(shop, 0)

    with watch.outage():
        bench_page.plug.click()
        expect(bench_page.plug).to_have_attribute("aria-checked", "false")
        expect(cashier.message).to_contain_text("No link to the hub. Selling, cash and receipts go on")
        expect(phone.page.locator("#strip")).to_contain_text("No connection.")
        chosen.get_by_role("button", name=re.compile("more", re.I)).click()

        numbers = []
        for name, change in ((MUSHROOMS, "€4.92"), (CAKE, "€6.05")):
            shop.bench.scan(TILL, code(name))
            expect(cashier.line(name)).to_be_visible()
            cashier.pays_cash("10" if name == MUSHROOMS else "20")
            expect(cashier.page.locator(".done-change")).to_contain_text(change)
            numbers.append(last_number(shop))
            expect(bench_page.receipts.filter(has_text=numbers[-1])).to_be_visible()
            expect(cashier.page.locator(".till.selling")).to_be_visible()
        expect(cashier.message).to_contain_text("2 sales wait to be sent")
        expect(cashier.page.locator(".unsent")).to_have_text(f"{waiting(shop)} unsent")

        bench_page.plug.click()
        expect(bench_page.plug).to_have_attribute("aria-checked", "true")
        expect(cashier.page.locator(".unsent")).to_have_text("0 unsent")
        expect(phone.page.locator("#strip")).not_to_contain_text("No connection")
        expect(phone.place(AT_TILL)).to_have_count(0)
        # What the phone wanted while it was alone came to the hub once, too.
        expect(chosen.get_by_role("listitem")).to_contain_text("2.58")
    assert marked(phone.page), "the phone's page was loaded again"
    for number, lines in zip(numbers, (2, 1), strict=True):
        arrived_once(shop, number, lines)
    assert points_of(shop, 0) == points + 5
    assert waiting(shop) == 0


def test_the_till_is_killed_in_the_middle_of_a_cart_and_opens_with_the_same_cart(
    shop: RunningShop, cashier: Cashier, phone_of: PhoneOf, watch: Watch
) -> None:
    phone = shopping(shop, cashier, phone_of, 1, LOAF, CAKE)
    mark(cashier.page)
    with watch.outage():
        heard = shop.kill("till")
        expect(cashier.message).to_contain_text("The till's program does not answer. Nothing was lost")
        shop.wait_back("till", heard)
        expect(cashier.message).not_to_contain_text("does not answer")
    expect(cashier.in_hand).to_have_count(2)
    expect(cashier.page.locator(".who")).to_contain_text(CASHIER.name)
    expect(cashier.page.locator(".shopper.known")).to_contain_text("Mila Hallberg")
    assert marked(cashier.page), "the till's page was loaded again"

    scanned_when_ready(shop, cashier, BUN)
    expect(phone.place(AT_TILL).get_by_role("listitem")).to_have_count(3)
    cashier.pays_cash()
    expect(cashier.page.locator(".sale-done")).to_contain_text("€17.43")
    number = last_number(shop)
    expect(phone.page.get_by_text("Your cart is empty")).to_be_visible()
    expect(cashier.page.locator(".unsent")).to_have_text("0 unsent")
    arrived_once(shop, number, 3)


def test_the_manager_sees_a_till_go_away_and_come_back_with_everything(
    shop: RunningShop, cashier: Cashier, other_browser: Browser, watch: Watch
) -> None:
    cashier.signs_in()
    page = watch.open(other_browser, f"{shop.addresses['dashboard']}#sync")
    page.get_by_label("Staff number").fill(MANAGER.number)
    page.get_by_label("PIN").fill(MANAGER.pin)
    page.keyboard.press("Enter")
    row = page.locator("tbody tr").filter(has_text="Till 1")
    expect(row.locator("[data-label='State']")).to_contain_text("In step")
    mark(page)
    with watch.outage():
        heard = shop.kill("till")
        expect(row.locator("[data-label='State']")).to_contain_text("Away, sells on")
        shop.wait_back("till", heard)
        expect(row.locator("[data-label='State']")).to_contain_text("In step")
        expect(cashier.message).not_to_contain_text("does not answer")
    scanned_when_ready(shop, cashier, BUN)
    cashier.pays_cash()
    expect(cashier.page.locator(".sale-done")).to_be_visible()
    number = last_number(shop)
    expect(row.locator("[data-label='Last sale']")).to_have_text(number)
    ((given,),) = shop.rows("till-1/till.sqlite", "SELECT MAX(seq) FROM outbox")
    for label in ("Given", "Acknowledged"):
        expect(row.locator(f"[data-label='{label}']")).to_have_text(f"{given:,}")
    expect(row.locator("[data-label='Unsent']")).to_have_text("0")
    assert marked(page), "the manager's page was loaded again"


def test_the_hub_is_killed_between_scans_and_till_and_phone_agree_again(
    shop: RunningShop, cashier: Cashier, phone_of: PhoneOf, watch: Watch
) -> None:
    phone = shopping(shop, cashier, phone_of, 3, LOAF)
    mark(phone.page)
    at_till = phone.place(AT_TILL).get_by_role("listitem")
    with watch.outage():
        shop.bench.scan(TILL, code(CAKE))
        heard = shop.kill("hub")
        for name in (PIE, CAKE):
            shop.bench.scan(TILL, code(name))
        expect(cashier.line(CAKE).locator(".line-count")).to_have_text("2")
        expect(cashier.in_hand).to_have_count(3)
        shop.wait_back("hub", heard)
        expect(cashier.page.locator(".unsent")).to_have_text("0 unsent")
        expect(at_till).to_have_count(3)
    expect(at_till.filter(has_text=CAKE)).to_contain_text("27.90")
    assert marked(phone.page), "the phone's page was loaded again"

    cashier.pays_cash()
    expect(cashier.page.locator(".sale-done")).to_contain_text("€45.64")
    number = last_number(shop)
    expect(phone.page.get_by_text("Your cart is empty")).to_be_visible()
    arrived_once(shop, number, 3)


def shopping(shop: RunningShop, cashier: Cashier, phone_of: PhoneOf, place: int, *names: str) -> Shopper:
    """A cart under way: the cashier at the till, the card shown, these goods on till and phone."""
    cashier.signs_in()
    phone = phone_of(place)
    phone.signs_in()
    shop.bench.scan(TILL, SAMPLE.shoppers[place].card)
    for name in names:
        shop.bench.scan(TILL, code(name))
        expect(phone.place(AT_TILL).get_by_text(name)).to_be_visible()
    expect(cashier.in_hand).to_have_count(len(names))
    return phone


def scanned_when_ready(shop: RunningShop, cashier: Cashier, name: str) -> None:
    """A person holds it before the scanner once its light is on again."""
    expect(cashier.page.locator(".signs .status.good").filter(has_text="Scanner")).to_have_count(1)
    shop.bench.scan(TILL, code(name))
    expect(cashier.line(name)).to_be_visible()


def mark(page: Page) -> None:
    page.evaluate("window.not_loaded_again = true")


def marked(page: Page) -> bool:
    return bool(page.evaluate("window.not_loaded_again === true"))


def waiting(shop: RunningShop) -> int:
    ((count,),) = shop.rows("till-1/till.sqlite", "SELECT count(*) FROM outbox WHERE status = 'waiting'")
    return int(count)


def points_of(shop: RunningShop, place: int) -> int:
    query = "SELECT coalesce(sum(points), 0) FROM points_entries WHERE customer = ? AND kind = 'earn'"
    ((points,),) = shop.rows("hub.sqlite", query, SAMPLE.shoppers[place].id)
    return int(points)


def arrived_once(shop: RunningShop, number: str, lines: int) -> None:
    """The sale, its goods and its points are at the hub once each, as the till made them, and nobody has to look."""
    ((ours, total),) = shop.rows("till-1/till.sqlite", "SELECT id, total FROM sales WHERE number = ?", number)
    assert shop.rows("hub.sqlite", "SELECT id, total FROM sales WHERE number = ?", number) == [(ours, total)]
    moves = "SELECT item, quantity FROM stock_moves WHERE source = ? ORDER BY item"
    assert shop.rows("hub.sqlite", moves, ours) == shop.rows("till-1/till.sqlite", moves, ours)
    assert len(shop.rows("hub.sqlite", moves, ours)) == lines
    points = "SELECT sum(points) FROM points_entries WHERE source = ? GROUP BY source"
    assert shop.rows("hub.sqlite", points, ours) == shop.rows("till-1/till.sqlite", points, ours)
    assert shop.rows("hub.sqlite", "SELECT kind, detail FROM exceptions") == []
