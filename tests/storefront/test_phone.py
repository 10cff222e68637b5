"""The phone's screens in a real Chromium against a server that speaks the protocol, with the network pulled."""

import time
from collections.abc import Callable

import pytest
from memory_shop import MemoryShop
from playwright.sync_api import Page, expect
from protocol_hub import ProtocolHub

from ui_kit.vendor import KIT

pytestmark = pytest.mark.timeout(120)
Phone = Callable[..., Page]
WAIT_MS = 15_000
AXE = KIT.parent / "node_modules" / "axe-core"
expect.set_options(timeout=WAIT_MS)


def sign_in(page: Page, address: str, shop: MemoryShop, then: str = "/cart") -> None:
    page.goto(f"{address}/sign-in?next={then}")
    fill_in(page, shop.demo.email, shop.demo.password)
    page.wait_for_url(address + then)


def fill_in(page: Page, login: str, password: str) -> None:
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")


def ready(page: Page) -> None:
    """Until this phone's operations and the hub's snapshot have met: the cart is shown, empty or not."""
    expect(page.locator("#app h1")).to_be_visible()
    expect(page.locator(".group, .empty").first).to_be_visible()


def test_a_visitor_browses_wants_something_and_finds_it_in_the_cart_after_signing_in(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    page.goto(address)
    page.locator(".aisle-tiles a").nth(1).click()
    page.locator(".goods-link").first.click()
    name = page.locator("h1").inner_text()
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/sign-in?next=*")
    fill_in(page, shop.demo.email, "not this one")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    fill_in(page, shop.demo.email, shop.demo.password)
    expect(page.locator(".toast")).to_contain_text("Added to the cart")
    assert page.locator("h1").inner_text() == name
    page.goto(f"{address}/cart")
    expect(page.locator(".line-title")).to_have_text([name.replace("\u00a0", " ")])
    assert len(hub.accepted) == 1


def test_a_scan_at_the_till_stands_on_the_phone_and_the_phone_cannot_touch_it(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    sign_in(page, address, shop)
    expect(page.locator(".empty-title")).to_have_text("Your cart is empty")
    expect(page.locator("#app h1")).to_have_text("Cart")
    hub.scan("p-0002", 345)
    expect(page.locator(".group-head h2")).to_have_text("At Till 1, Main Street")
    expect(page.locator(".line-total")).to_have_text(["1.00"])
    expect(page.locator(".stopwatch[data-ms]")).to_be_visible()
    assert page.locator(".group button").count() == 0
    hub.scan("p-0045")
    expect(page.locator(".line")).to_have_count(2)
    order = {"id": "s-1", "number": "0101-000001", "at": int(time.time() * 1000), "store": shop.stores()[0].names}
    receipt = {"columns": 42, "lang": "en", "blocks": [{"t": "row", "left": "TOTAL", "right": "2.29"}]}
    lines = [{"names": {"en": "x", "ru": "x"}}]
    hub.pay(
        {**order, "channel": "till", "total": 229, "currency": "EUR", "points": 2, "lines": lines, "receipt": receipt}
    )
    expect(page.locator(".empty-title")).to_have_text("Your cart is empty")
    expect(page.locator(".toast")).to_contain_text("Paid: €2.29 · +2 points")
    page.get_by_role("link", name="Orders").locator("visible=true").click()
    page.locator(".order-row").click()
    expect(page.locator(".paper")).to_contain_text("TOTAL")


def test_the_stepper_changes_what_was_chosen_online_and_the_hub_says_what_it_costs(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    sign_in(page, address, shop, "/products/p-0045")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{address}/cart")
    price = shop.sample.products[44].price
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="More").click()
    expect(page.locator(".line-total")).to_have_text([f"{3 * price / 100:.2f}"])
    expect(page.locator(".line.pending")).to_have_count(0)
    page.get_by_role("button", name="Less").click()
    expect(page.locator(".line-total")).to_have_text([f"{2 * price / 100:.2f}"])
    page.get_by_role("button", name="Less").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".empty-title")).to_have_text("Your cart is empty")
    hub.until(lambda cart: not cart.lines)


def test_what_is_added_without_a_connection_is_kept_shown_and_sent_once(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    sign_in(page, address, shop)
    hub.scan("p-0045")
    expect(page.locator(".line")).to_have_count(1)
    page.goto(f"{address}/products/p-0002")
    page.goto(f"{address}/products/p-0082")
    page.goto(f"{address}/cart")
    expect(page.locator(".line")).to_have_count(1)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    keep_seen(page, address, "/products/p-0002")
    page.context.set_offline(True)
    page.goto(f"{address}/products/p-0002")
    expect(page.locator("#strip")).to_contain_text("No connection")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".toast")).to_contain_text("Kept")
    page.goto(f"{address}/cart")
    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator(".line.pending")).to_have_count(1)
    expect(page.locator("#strip")).to_contain_text("1 change waits to be sent")
    assert hub.accepted == []
    page.goto(f"{address}/card")
    expect(page.locator(".card-number")).to_be_visible()
    page.goto(f"{address}/departments/toys")
    expect(page.locator(".empty-title")).to_have_text("No connection")
    page.context.set_offline(False)
    page.goto(f"{address}/cart")
    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator(".line.pending")).to_have_count(0)
    expect(page.locator("#strip")).to_be_empty()
    assert len(hub.accepted) == 1


def keep_seen(page: Page, address: str, path: str) -> None:
    """Visit a page so that the worker, which now controls this phone, has seen it."""
    page.goto(address + path)
    page.evaluate(
        """async (path) => {
          for (let i = 0; i < 100; i += 1) {
            if (await caches.match(path, { ignoreVary: true })) return true;
            await new Promise(requestAnimationFrame);
          }
          throw new Error("never kept");
        }""",
        path,
    )


def test_a_hub_that_was_set_back_gets_what_waits_under_a_new_count(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    sign_in(page, address, shop, "/products/p-0045")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{address}/cart")
    expect(page.locator(".line")).to_have_count(1)
    expect(page.locator(".line.pending")).to_have_count(0)
    hub.seqs.clear()
    hub.results.clear()
    page.get_by_role("button", name="More").click()
    expect(page.locator(".stepper output")).to_have_text("2")
    expect(page.locator(".line.pending")).to_have_count(0)
    expect(page.locator(".line-total")).to_have_text([f"{2 * shop.sample.products[44].price / 100:.2f}"])
    assert {inc for _, inc in hub.seqs} == {2}


def test_an_answer_that_was_lost_on_the_way_does_not_double_what_was_wanted(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    page = phone()
    sign_in(page, address, shop, "/products/p-0045")
    hub.silent = True
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{address}/cart")
    expect(page.locator(".line-total")).to_have_text([f"{shop.sample.products[44].price / 100:.2f}"])
    expect(page.locator(".line.pending")).to_have_count(0)
    page.get_by_role("button", name="More").click()
    expect(page.locator(".line-total")).to_have_text([f"{2 * shop.sample.products[44].price / 100:.2f}"])
    assert len(hub.accepted) == 2
    assert list(hub.seqs.values()) == [2]


def test_a_hub_that_is_newer_says_more_and_the_page_ignores_what_it_does_not_know(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    hub.newer = True
    page = phone()
    sign_in(page, address, shop)
    ready(page)
    hub.scan("p-0045")
    expect(page.locator(".line")).to_have_count(1)
    page.goto(f"{address}/products/p-0002")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{address}/cart")
    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator(".line.pending")).to_have_count(0)


def test_a_hub_that_serves_this_page_no_more_is_said_so_with_what_to_do(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    hub.protos = (2, 3)
    page = phone(locale="ru-RU")
    sign_in(page, address, shop)
    expect(page.locator("#strip")).to_contain_text("Магазин обновился")
    hub.protos = (1, 1)
    page.locator("#strip button").click()
    expect(page.locator("#strip")).to_be_empty()
    ready(page)


def test_two_phones_of_one_shopper_show_the_same_cart(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub
) -> None:
    first, second = phone(), phone(width=360, height=740, locale="ru-RU", theme="dark")
    sign_in(first, address, shop)
    sign_in(second, address, shop)
    ready(second)
    first.goto(f"{address}/products/p-0045")
    first.get_by_role("button", name="Add to cart").click()
    expect(second.locator(".line-title")).to_have_text(["Круассан сливочный"])


@pytest.mark.parametrize(
    "path", ["/", "/departments/grocery", "/products/p-0082", "/cart", "/card", "/coupons", "/points", "/orders", "/me"]
)
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_screen_and_targets_are_large_enough(
    phone: Phone, address: str, shop: MemoryShop, path: str, width: int
) -> None:
    page = phone(width=width, height=740, locale="ru-RU")
    sign_in(page, address, shop, path)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    low = page.evaluate(
        "[...document.querySelectorAll('button, .button, .phone-nav a')]"
        ".filter((one) => one.checkVisibility({contentVisibilityAuto: true}))"
        ".map((one) => one.getBoundingClientRect()).filter((box) => box.height < 48 || box.width < 48).length"
    )
    assert low == 0


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_every_page_meets_the_accessibility_rules(
    phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub, theme: str
) -> None:
    page = phone(theme=theme)
    rules = (AXE / "axe.min.js").read_text()
    found = []
    page.goto(f"{address}/sign-in")
    for path in ("/", "/departments/clothing", "/products/p-0290", "/search?q=zzz", "/sign-in", "/cart", "/me"):
        page.goto(address + path)
        found += violations(page, rules, path)
    sign_in(page, address, shop)
    hub.scan("p-0045")
    expect(page.locator(".line")).to_have_count(1)
    found += violations(page, rules, "/cart")
    for path in ("/card", "/points", "/orders", "/me"):
        page.goto(address + path)
        expect(page.locator("#app h1")).to_be_visible()
        found += violations(page, rules, path)
    assert found == []


def violations(page: Page, rules: str, path: str) -> list[str]:
    """What axe finds wrong on a page, one line for each element."""
    expect(page.locator("main")).to_be_visible()
    page.evaluate(rules)
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [f"{path} {rule['id']}: {node['html'][:160]}" for rule in result["violations"] for node in rule["nodes"]]
