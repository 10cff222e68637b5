"""What holds for the till, the kiosk and the shopper's screen alike, in every state."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Seen
from playwright.sync_api import expect
from till_double import PIECES, ROOM, SHOPPER, WEIGHED, now_ms, product

from ui_kit.messages import missing

Look = Callable[..., Seen]
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter((v) => ['serious', 'critical'].includes(v.impact))
  .map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | '))"""
SMALL = """(least) => [...document.querySelectorAll('button, a[href], [role=button], [role=tab]')]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.textContent + (one.getAttribute('aria-label') ?? ''), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && Math.min(box.width, box.height) < least - 0.5)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
SALE = {"id": "s", "number": "01-01-000007", "total": 500, "paid": 1000, "change": 500, "currency": "EUR", "points": 5,
        "at": 0, "lines": 1, "shopper": "", "print": "held", "drawer": "confirmed", "print_reason": ""}  # fmt: skip
SET_UP = {"again": False, "hub": "http://10.0.0.5:8400", "busy": False, "error": None, "scanned": None}
CASHIER = {"id": "s", "number": "1001", "name": "Anna Holm", "role": "cashier"}


def cart(seen: Seen) -> None:
    for i in range(3):
        seen.double.scan(PIECES[3 + 17 * i])
    seen.double.scan(WEIGHED, 345, weighed=True)
    seen.double.do_attach(SHOPPER.card)
    seen.double.virtual(PIECES[200])
    seen.double.virtual(PIECES[120], "kiosk")


def signed_out(seen: Seen) -> None:
    expect(seen.page.locator(".people button").first).to_be_visible()


def locked(seen: Seen) -> None:
    seen.double.put(phase="locked", staff=CASHIER)


def empty(seen: Seen) -> None:
    seen.double.put(phase="selling", staff=CASHIER, last_sale=SALE)
    expect(seen.page.locator(".tile").first).to_be_visible()


def selling(seen: Seen) -> None:
    empty(seen)
    cart(seen)
    expect(seen.page.locator(".elsewhere .line")).to_have_count(2)


def offline(seen: Seen) -> None:
    selling(seen)
    away = {"online": False, "unsent": 9, "unsent_sales": 2, "oldest_unsent_at": now_ms() - 60_000}
    row = {"seq": 1, "kind": "cart.take", "at": now_ms(), "code": "x", "message": "That cannot be done.", "params": {}}
    seen.double.put(link=seen.double.state["link"] | away, needs_you=[row], last_sale=None)


def weighing(seen: Seen) -> None:
    empty(seen)
    seen.double.put(ask={"kind": "weight", "product": product(WEIGHED)})
    expect(seen.page.locator(".weighing")).to_be_visible()


def more(seen: Seen) -> None:
    empty(seen)
    seen.page.keyboard.press("F8")
    expect(seen.page.locator(".more")).to_be_visible()


def paying(seen: Seen) -> None:
    selling(seen)
    seen.double.do_pay_begin()
    seen.double.do_tender("cash", 100)
    expect(seen.page.locator(".tenders li")).to_have_count(1)


def attract(seen: Seen) -> None:
    expect(seen.page.locator(".scene")).to_be_visible()


def basket(seen: Seen) -> None:
    seen.double.do_start()
    cart(seen)
    expect(seen.page.locator(".mine .line")).to_have_count(4)


def shelves(seen: Seen) -> None:
    basket(seen)
    seen.page.locator(".basket-head button").click()
    seen.page.locator(".departments button").first.click()
    expect(seen.page.locator(".good").first).to_be_visible()


def idle(seen: Seen) -> None:
    basket(seen)
    seen.double.put(idle={"ends_at": now_ms() + 60_000, "seconds": 10})
    expect(seen.page.get_by_role("timer")).to_be_visible()


def thanks(seen: Seen) -> None:
    basket(seen)
    seen.double.do_pay_at_till()
    expect(seen.page.locator(".thanks")).to_be_visible()


def fresh(seen: Seen) -> None:
    wrong = {"code": "x", "message": "This code is not right. Look at it again on the manager's page.", "params": {}}
    seen.double.put(phase="set_up", set_up=SET_UP | {"error": wrong})
    expect(seen.page.locator(".set-up-said .strip")).to_be_visible()


def anew(seen: Seen) -> None:
    refused = {"code": "device.forked", "message": "Another copy has spoken to the hub.", "params": {}}
    away = {"online": False, "unsent": 9, "unsent_sales": 3, "refused": refused, "set_up_anew": True}
    seen.double.put(phase="selling", staff=CASHIER, link=seen.double.state["link"] | away)
    # Looked at on its way, because the page behind it is measured with it otherwise.
    button = seen.page.locator(".message .strip button")
    assert button.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1")
    text = seen.page.locator(".message .strip .grow")
    assert text.evaluate("(one) => one.scrollHeight <= one.closest('.message').clientHeight")
    button.click()
    expect(seen.page.locator(".set-up h1")).to_be_visible()


def loading(seen: Seen) -> None:
    come = {"done": 41_000, "total": 100_117, "waits": True}
    seen.double.put(phase="needs_hub", link=seen.double.state["link"] | {"online": False, "loading": come})
    expect(seen.page.get_by_role("progressbar")).to_be_visible()


TILL = [signed_out, locked, empty, selling, offline, weighing, more, paying, fresh, anew, loading]
KIOSK = [attract, basket, shelves, idle, thanks, fresh]
STATES: list[Any] = [pytest.param("till", state, id=f"till {state.__name__}") for state in TILL]
STATES += [pytest.param("kiosk", state, id=f"kiosk {state.__name__}") for state in KIOSK]
STATES += [pytest.param("display", selling_shown, id="display") for selling_shown in (cart,)]
SIZES = {"till": (1024, 768, 56), "kiosk": (1080, 1920, 72), "display": (1024, 600, 56)}


def open_state(look: Look, kind: str, state: Callable[[Seen], None], **options: Any) -> Seen:
    width, height, _least = SIZES[kind]
    path = "/display" if kind == "display" else "/"
    seen = look("till" if kind == "display" else kind, width=width, height=height, path=path, **options)
    state(seen)
    seen.still()
    return seen


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_axe_finds_nothing_serious_and_all_can_be_touched(
    look: Look, libraries: Path, kind: str, state: Callable[[Seen], None]
) -> None:
    seen = open_state(look, kind, state)
    assert seen.page.evaluate(SMALL, SIZES[kind][2]) == []
    # Before axe: it writes styles into the page, which our policy refuses aloud.
    assert seen.troubles == []
    seen.page.evaluate((libraries / "axe-core" / "axe.min.js").read_text() + "; void 0")
    assert seen.page.evaluate(SERIOUS) == []


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_in_russian_and_in_the_dark_nothing_is_cut_off(look: Look, kind: str, state: Callable[[Seen], None]) -> None:
    seen = open_state(look, kind, state, language="ru", theme="dark")
    assert seen.page.locator("html").get_attribute("lang") == "ru"
    wide = seen.page.evaluate(
        "() => [...document.querySelectorAll('button, .strip, .total')].filter((one) => one.checkVisibility()"
        " && one.scrollWidth > one.clientWidth + 1 && !one.closest('.tile')).map((one) => one.textContent)"
    )
    assert wide == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.troubles == []


def test_the_language_of_the_till_is_the_language_of_its_page(look: Look) -> None:
    seen = look("till")
    signed_out(seen)
    seen.double.put(language="ru")
    expect(seen.page.locator("html")).to_have_attribute("lang", "ru")
    expect(seen.page.get_by_text("Кто за кассой?")).to_be_visible()


def test_the_shopper_sees_lines_total_and_change(look: Look) -> None:
    seen = look("till", path="/display")
    expect(seen.page.get_by_text("Welcome")).to_be_visible()
    cart(seen)
    expect(seen.page.locator(".line")).to_have_count(4)
    expect(seen.page.get_by_text("1,240 points")).to_be_visible()
    seen.double.do_pay_begin()
    seen.double.do_tender("cash", 10_000)
    expect(seen.page.get_by_text("Your change")).to_be_visible()
    assert seen.troubles == []


def test_every_sentence_has_its_russian() -> None:
    assert missing(ROOM) == []
