"""A network that lets no WebSocket through, a browser that keeps nothing: the shop works, and says what does not."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hub_process import HubProcess, Listener
from network import Wire
from phones import ITEM, Phone, count, more, quantity_at_hub, settled, stays
from playwright.sync_api import expect
from talking_device import FIRST, PIECES

pytestmark = pytest.mark.timeout(180)
OpenPhone = Callable[..., Phone]
SECONDS_MS = 3000
NO_DATABASE = """const refuse = () => { throw new DOMException('no', 'SecurityError'); };
  Object.defineProperty(globalThis, 'indexedDB', { value: { open: refuse } });"""
SLOW_DATABASE = """if (location.pathname.startsWith('/products')) {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener = () => {};
    return request;
  }; }"""
PRESSES_STAY = "Storage.prototype.removeItem = () => {};"
NO_ROOM = "IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); };"


class NoSockets(Wire):
    """A proxy that answers every request for another protocol with 403."""

    refused = 0

    def lets_in(self, head: bytes) -> bool:
        if b"upgrade: websocket" in head.lower():
            self.refused += 1
            return False
        return True


@pytest.fixture
def proxy(hub: HubProcess) -> Iterator[NoSockets]:
    made = NoSockets(hub.port)
    yield made
    made.close()


def scan(till: Listener, item: Any, visit: str) -> None:
    assert till.do("cart.add", visit, line=uuid.uuid4().hex, item=item.id, quantity=1000)["status"] == "ok"


def test_where_no_websocket_comes_through_a_scan_stands_on_the_phone_within_seconds(
    hub: HubProcess, till: Listener, phone: OpenPhone, proxy: NoSockets
) -> None:
    visit = uuid.uuid4().hex
    till.do("cart.attach", visit, card=FIRST.card)
    one = phone(proxy.url)
    expect(one.page.locator(".empty-title")).to_have_text("Your cart is empty")
    for item in PIECES[1:4]:
        scan(till, item, visit)
        expect(one.page.locator(".line").filter(has_text=item.names["en"])).to_be_visible(timeout=SECONDS_MS)
    expect(one.page.locator("#strip")).to_be_empty()
    assert stays(one.page)
    one.adds()
    more(one.page).click()
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    assert quantity_at_hub(hub) == 2
    assert proxy.refused >= 2
    proxy.cut()
    expect(one.page.locator("#strip")).to_contain_text("No connection")
    more(one.page).click()
    expect(count(one.page)).to_have_text("3")
    proxy.mend()
    expect(one.page.locator("#strip")).to_be_empty()
    settled(one.page)
    assert quantity_at_hub(hub) == 3


def test_who_is_signed_out_elsewhere_is_told_so_also_without_a_websocket(
    hub: HubProcess, phone: OpenPhone, proxy: NoSockets
) -> None:
    one = phone(proxy.url)
    expect(one.page.locator(".empty-title")).to_have_text("Your cart is empty")
    expect(one.page.locator("#strip")).to_be_empty()
    one.context.clear_cookies()
    expect(one.page.locator("#strip")).to_contain_text("You are signed out here")


@pytest.mark.parametrize("script", [NO_DATABASE, NO_ROOM], ids=["no database", "no room"])
def test_a_browser_that_keeps_nothing_says_so_and_works_while_there_is_a_connection(
    hub: HubProcess, phone: OpenPhone, till: Listener, script: str
) -> None:
    one = phone(script=script)
    item = {"item": ITEM.id, "names": ITEM.names, "unit": "piece", "unit_price": ITEM.price, "quantity": 1000}
    assert one.page.evaluate("async (item) => (await import('shop/live.js')).add(item)", item)
    expect(count(one.page)).to_have_text("1")
    expect(one.page.locator("#strip")).to_contain_text("This browser keeps nothing for the shop.")
    more(one.page).click()
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    assert quantity_at_hub(hub) == 2
    hub.kill()
    till.wait("gone")
    expect(one.page.locator("#strip")).to_contain_text("No connection.")
    more(one.page).click()
    expect(one.page.locator(".toast")).to_contain_text("Nothing was changed")
    expect(count(one.page)).to_have_text("2")


def test_who_leaves_a_page_before_a_press_could_be_kept_has_it_all_the_same(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone(script=SLOW_DATABASE)
    one.page.goto(f"{one.url}/products/{ITEM.id}")
    one.page.locator("article.product [data-add]").click()
    one.opens_cart(one.page)
    expect(count(one.page)).to_have_text("1")
    settled(one.page)
    assert quantity_at_hub(hub) == 1


def test_a_press_that_was_kept_and_stayed_noted_is_done_once(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone(script=PRESSES_STAY)
    one.adds()
    assert one.page.evaluate("localStorage.getItem('omnitill-pressed') !== null")
    for _ in range(2):
        one.opens_cart(one.page)
        expect(count(one.page)).to_have_text("1")
        settled(one.page)
    # What comes after it in the same order was carried out, so the one before it was answered.
    more(one.page).click()
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    expect(one.page.locator(".toast")).to_have_count(0)
    assert quantity_at_hub(hub) == 2
