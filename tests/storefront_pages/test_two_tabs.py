"""Two tabs of one shopper are one device with one count: whatever happens to one of them, the other goes on."""

import signal
from collections.abc import Callable

import pytest
from hub_process import HubProcess
from phones import Phone, count, more, phone_numbers, quantity_at_hub, settled, stays
from playwright.sync_api import Error, Page, expect

pytestmark = pytest.mark.timeout(180)
OpenPhone = Callable[..., Phone]
HOLD = "navigator.locks.request('omnitill-outbox', () => new Promise(() => {})) && true"
TAP_BURST = """(times) => { const one = [...document.querySelectorAll('.stepper button')].at(-1);
  for (let i = 0; i < times; i += 1) one.click(); }"""


def both(first: Page, second: Page, number: int) -> None:
    for page in (first, second):
        expect(count(page)).to_have_text(str(number))
        settled(page)


def test_two_tabs_that_tap_at_once_use_no_number_twice_and_show_the_same(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone()
    one.adds()
    second = one.tab()
    both(one.page, second, 1)
    for _ in range(5):
        one.page.evaluate(TAP_BURST, 2)
        second.evaluate(TAP_BURST, 3)
    both(one.page, second, 26)
    numbers = phone_numbers(hub)
    assert [(inc, seq) for _, inc, seq in numbers] == [(1, seq) for seq in range(1, 27)]
    assert quantity_at_hub(hub) == 26
    assert stays(one.page) and stays(second)


@pytest.mark.parametrize("end", ["closed", "crashed"])
def test_a_tab_that_ends_in_the_middle_of_sending_leaves_its_work_to_the_other(
    hub: HubProcess, phone: OpenPhone, until: Callable[..., None], end: str
) -> None:
    one = phone()
    one.adds()
    second = one.tab()
    both(one.page, second, 1)
    hub.process.send_signal(signal.SIGSTOP)
    try:
        more(one.page).click()
        # It holds the lock and waits for the hub's answer; what comes now waits for the lock.
        until(one.page, "(await navigator.locks.query()).held.length === 1")
        more(second).click()
        expect(count(second)).to_have_text("3")
        if end == "closed":
            one.page.close()
        else:
            crash(one.page)
    finally:
        hub.process.send_signal(signal.SIGCONT)
    expect(count(second)).to_have_text("3")
    settled(second)
    assert quantity_at_hub(hub) == 3
    assert [seq for *_, seq in phone_numbers(hub)] == [1, 2, 3]
    more(second).click()
    expect(count(second)).to_have_text("4")
    settled(second)


def crash(page: Page) -> None:
    """The page's process dies, as of too little memory."""
    with page.expect_event("crash"), pytest.raises(Error):
        page.goto("chrome://crash")


def test_a_tab_that_sleeps_with_the_lock_in_its_hand_stops_nobody(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone()
    one.adds()
    second = one.tab()
    both(one.page, second, 1)
    assert one.page.evaluate(HOLD)
    more(second).click()
    expect(count(second)).to_have_text("2")
    settled(second)
    both(one.page, second, 2)
    assert [seq for *_, seq in phone_numbers(hub)] == [1, 2]


def test_a_refusal_of_what_one_tab_wanted_is_taken_back_in_both(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone()
    one.adds()
    second = one.tab()
    both(one.page, second, 1)
    item = {"item": "p-none", "names": {"en": "Nothing"}, "unit": "piece", "unit_price": 100, "quantity": 1000}
    one.page.evaluate("async (item) => (await import('shop/live.js')).add(item)", item)
    expect(one.page.locator(".toast").first).to_contain_text("There is no product p-none")
    for page in (one.page, second):
        expect(page.locator(".line")).to_have_count(1)
        settled(page)
    left = "indexedDB.databases().then(() => import('shop/stored.js')).then((s) => s.rows('shopper-01'))"
    assert one.page.evaluate(left) == []
