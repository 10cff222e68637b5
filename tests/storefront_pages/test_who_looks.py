"""The shopper sees on the phone where the cart is open and where it is being paid, and the till sees the phone."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from hub_process import HubProcess, Listener
from phones import Phone, settled
from playwright.sync_api import expect
from talking_device import FIRST, PIECES, Talker, make_sale, terminal


def phones_seen(till: Listener) -> list[int]:
    return [sum(one["app"] == "phone" for one in told["who"]) for name, told in till.heard if name == "onlookers"]


def test_a_phone_shows_the_till_that_has_the_cart_open_and_takes_the_money(
    hub: HubProcess, till: Listener, phone: Callable[..., Phone]
) -> None:
    shopper, visit = phone(), str(uuid.uuid4())
    page = shopper.page
    live = till.do("cart.attach", visit, card=FIRST.card)["result"]["cart"]
    stream = f"cart:{live}"
    till.call("sub", [{"s": stream, "e": 0, "v": 0}])
    till.call("presence", {"s": stream, "doing": "look"})
    expect(page.locator(".open-at")).to_contain_text("Open at Till 1")
    till.wait_until(lambda: phones_seen(till)[-1:] == [1])

    line = str(uuid.uuid4())
    till.do("cart.add", visit, line=line, item=PIECES[0].id, quantity=1000)
    settled(page)
    # The line says by itself where it lies.
    expect(page.locator(".open-at")).to_have_count(0)
    lease: dict[str, Any] = till.do("checkout.begin", visit, lines={line: 1000})["result"]
    expect(page.locator(".strip.attention")).to_contain_text("Being paid at Till 1")

    db = hub.open()
    sale = make_sale(db, Talker(db, terminal("till-1")), live, 1, FIRST.id)
    db.close()
    done = till.do("sale.commit", visit, sale=json.loads(json.dumps(sale.as_dict())), fence=lease["fence"])
    assert done["status"] == "ok", done
    expect(page.locator(".strip.attention")).to_have_count(0)
    expect(page.locator(".line")).to_have_count(0)


def test_a_page_that_nobody_sees_looks_at_nothing(hub: HubProcess, till: Listener, phone: Callable[..., Phone]) -> None:
    live = till.do("cart.attach", str(uuid.uuid4()), card=FIRST.card)["result"]["cart"]
    till.call("sub", [{"s": f"cart:{live}", "e": 0, "v": 0}])
    page = phone().page
    till.wait_until(lambda: phones_seen(till)[-1:] == [1])
    page.evaluate("""() => { Object.defineProperty(document, "hidden", {value: true, configurable: true});
      document.dispatchEvent(new Event("visibilitychange")); }""")
    till.wait_until(lambda: phones_seen(till)[-1:] == [0])
