"""A manager makes a code on the dashboard, a terminal takes it on its own page: a real hub, a real till, Chromium."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from at_the_dashboard import WAIT_MS, a_code
from click.testing import CliRunner
from playwright.sync_api import Page, expect
from real_shop import CASHIER, GOODS, SHOP, Hub, Till

from pos_terminal import copies
from sample_shop import scan_text

TYPING_MS = 60
GOODS_SCANNED = scan_text(GOODS, None)
SHOPPER = SHOP.shoppers[0]
NAMED = SHOPPER.name if isinstance(SHOPPER.name, str) else SHOPPER.name["en"]
WAITS = "SELECT shopper, item, origin FROM cart_lines JOIN carts ON carts.id = cart WHERE owner = 'hub'"
SALES = "SELECT count(*), count(DISTINCT id), count(DISTINCT number) FROM sales"


def types(page: Page, text: str, button: str) -> None:
    """Somebody with nothing but a keyboard types it and presses Enter."""
    expect(page.locator(".set-up")).to_be_visible()
    page.keyboard.type(text, delay=TYPING_MS)
    page.keyboard.press("Enter")


def taps(page: Page, text: str, button: str) -> None:
    """Somebody with nothing but a finger."""
    expect(page.locator(".set-up")).to_be_visible()
    for key in text.replace(" ", ""):
        page.locator(".set-up .keypad").get_by_role("button", name=key, exact=True).tap()
    page.get_by_role("button", name=button, exact=True).tap()


def sells(till: Till, page: Page) -> None:
    """A cashier signs in by keyboard and sells the scanned goods for cash."""
    expect(page.locator(".people")).to_be_visible(timeout=WAIT_MS)
    page.keyboard.type(CASHIER.number, delay=TYPING_MS)
    page.keyboard.press("Enter")
    page.keyboard.type(CASHIER.pin, delay=TYPING_MS)
    page.keyboard.press("Enter")
    expect(page.locator(".till.selling")).to_be_visible()
    till.ok("scan", text=GOODS_SCANNED[0], aim=GOODS_SCANNED[1])
    page.keyboard.press("Enter")
    expect(page.locator(".till.paying")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".sale-done")).to_be_visible()
    till.all_sent()
    assert till.hub.rows(SALES) == [(1, 1, 1)]


def serves(kiosk: Till, page: Page) -> None:
    """A shopper touches, scans goods and card, and goes to a till, where the basket waits."""
    page.get_by_role("button", name="Touch to start").tap()
    kiosk.ok("scan", text=GOODS_SCANNED[0], aim=GOODS_SCANNED[1])
    expect(page.locator(".mine .line")).to_have_count(1)
    page.get_by_role("button", name="Pay", exact=True).tap()
    kiosk.ok("scan", text=SHOPPER.card, aim="]E0")
    page.get_by_role("button", name="I am going to the till").tap()
    expect(page.get_by_text(f"Thank you, {NAMED}")).to_be_visible()
    kiosk.all_sent()
    assert kiosk.hub.rows(WAITS) == [(SHOPPER.id, GOODS.id, "kiosk")]


@pytest.mark.parametrize(
    ("kind", "name", "enters", "works"),
    [("till", "Till 1", types, sells), ("kiosk", "Kiosk 1", taps, serves)],
    ids=["a till by keyboard", "a kiosk by touch"],
)
def test_a_fresh_terminal_takes_a_managers_code_on_its_page_loads_and_works(
    one_hub: Hub, tmp_path: Path, opened: Callable[..., Page], kind: Any, name: str, enters: Any, works: Any
) -> None:
    hub, till = one_hub, Till(tmp_path / f"{kind}-1", one_hub, kind)
    till.start()
    assert till.terminal is not None
    manager, page = opened(f"{hub.url}/manage"), opened(till.terminal.serving.url, upright=kind == "kiosk")
    expect(manager.locator("input[type=password]")).to_be_visible()
    code = a_code(manager, name)
    page.get_by_role("button", name="Change the address").click()
    page.get_by_label("Address of the hub").fill(f"{hub.url}/manage#sync")
    enters(page, "", "Use this address")
    enters(page, "1111 1111", "Set up")
    expect(page.locator(".set-up-said")).to_contain_text("This code is not right.", timeout=WAIT_MS)
    page.reload()
    # What was typed is still there.
    expect(page.get_by_label("Code from the manager's page")).to_have_value("1111 1111")
    page.get_by_role("button", name="Clear").click()
    enters(page, code, "Set up")
    works(till, page)
    till.stop()


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_till_in_quarantine_is_set_up_anew_from_its_screen_and_each_sale_is_there_once(
    hub: Hub, till: Till, tmp_path: Path, opened: Callable[..., Page]
) -> None:
    till.sell()
    till.all_sent()
    backup = ["--data", str(till.folder)]
    assert CliRunner().invoke(copies.main, ["backup", str(tmp_path / "old.sqlite"), *backup]).exit_code == 0
    highest = till.sell()
    till.all_sent()
    till.stop()
    assert CliRunner().invoke(copies.main, ["restore", str(tmp_path / "old.sqlite"), *backup]).exit_code == 0
    till.start()
    till.wait(lambda view: view["link"]["set_up_anew"])
    till.sell()
    assert till.terminal is not None
    page = opened(till.terminal.serving.url)
    # The hub is asked for a code as the command line does it: the dashboard's button has its own test above.
    page.get_by_role("button", name="Set up anew").click()
    expect(page.get_by_text("1 sale that the hub has not heard stays here")).to_be_visible()
    types(page, hub.code("till-1"), "Set up")
    expect(page.locator(".set-up")).to_have_count(0, timeout=WAIT_MS)
    till.all_sent()
    above = till.sell()
    till.all_sent()
    assert till.view["link"]["refused"] is None and above > highest
    # The number that both copies gave is that of a case for a person, and not of a lost sale.
    assert hub.rows("SELECT kind FROM exceptions ORDER BY kind") == [("fork",), ("rejected",)]
    assert hub.rows(SALES) == [(3, 3, 3)]
    at_the_hub = str(hub.rows("SELECT id FROM sales") + hub.rows("SELECT detail FROM exceptions"))
    ours = till.rows("SELECT id FROM sales")
    assert len(ours) == 3 and all(sale in at_the_hub for (sale,) in ours)
    till.stop()
