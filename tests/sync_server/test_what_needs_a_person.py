"""What the hub cannot settle by itself stands on the manager's page until somebody says how it was settled."""

import re
import uuid
from dataclasses import replace
from pathlib import Path

from hub_process import HubProcess, post
from playwright.sync_api import Browser, Page, expect
from talking_device import PIECES, SHOP, Talker, make_sale, rows, terminal

import sync_server
from sync_server.inbox.queries import SENTENCES
from sync_server.inbox.tables import exceptions
from sync_server.staff.tables import audit

MANAGER = next(member for member in SHOP.staff if member.role == "manager" and member.store == SHOP.stores[0].id)


def sell_at_a_wrong_price(hub: HubProcess) -> str:
    """A sale whose only line costs a cent more than the hub's book says; its number."""
    db = hub.open()
    till, visit = Talker(db, terminal("till-1")), uuid.uuid4().hex
    till.ok("cart.add", visit, line=uuid.uuid4().hex, item=PIECES[0].id, quantity=1000)
    sale = make_sale(db, till, visit, 7)
    dearer = replace(sale.lines[0], unit_price=sale.lines[0].unit_price + 1)
    till.ok("sale.commit", visit, sale=replace(sale, lines=(dearer,)).as_dict(), card="", receipt={})
    db.close()
    return sale.number


def manager_page(hub: HubProcess, browser: Browser, locale: str) -> Page:
    page = browser.new_context(locale=locale, viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{hub.url}/manage")
    page.get_by_label("Staff number" if locale == "en" else "Табельный номер").fill(MANAGER.number)
    page.locator("input[type=password]").fill(MANAGER.pin)
    page.locator("button[type=submit]").click()
    expect(page.locator(".figures")).to_be_visible()
    return page


def test_every_kind_of_case_has_a_word_and_says_what_to_do() -> None:
    words = (Path(sync_server.__file__).parent / "dashboard" / "static" / "words.js").read_text(encoding="utf-8")
    cases = words.partition("const CASES = {")[2].partition("};")[0]
    assert set(re.findall(r"^  (\w+): ", cases, re.MULTILINE)) == set(SENTENCES)


def test_a_sale_that_does_not_add_up_waits_for_the_manager_and_is_settled_with_a_reason(
    own_hub: HubProcess, browser: Browser
) -> None:
    own_hub.stop()
    number = sell_at_a_wrong_price(own_hub)
    own_hub.start()
    page, other = manager_page(own_hub, browser, "en"), manager_page(own_hub, browser, "ru")
    row = page.locator(".exception")
    expect(row).to_contain_text(f"Sale {number} does not agree with the hub's own figures")
    expect(other.locator(".exception")).to_contain_text(f"Чек {number}")
    row.get_by_role("button", name="Settle").click()
    page.get_by_role("dialog").get_by_role("button", name="Settle").click()
    expect(page.get_by_role("dialog")).to_contain_text("Say in a few words")
    page.get_by_label("In your words").fill("The shelf label was old; the till was right.")
    page.get_by_role("dialog").get_by_role("button", name="Settle").click()
    # It leaves both managers' pages, and the row and the reason stay in the books.
    expect(page.locator(".exception")).to_have_count(0)
    expect(other.locator(".exception")).to_have_count(0)
    db = own_hub.open()
    [kept] = rows(db, exceptions)
    noted = [row.detail for row in rows(db, audit) if row.action == "exception.closed"]
    db.close()
    assert (kept.closed_by, kept.closed_because) == (MANAGER.id, "The shelf label was old; the till was right.")
    assert noted == [{"id": kept.id, "reason": kept.closed_because}]


def test_nobody_but_a_manager_settles_anything(own_hub: HubProcess) -> None:
    own_hub.stop()
    sell_at_a_wrong_price(own_hub)
    own_hub.start()
    answer = post(own_hub, "/manage/exceptions/1/close", {"reason": "never mind"})
    assert answer.status_code == 403
    db = own_hub.open()
    [kept] = rows(db, exceptions)
    db.close()
    assert kept.closed_at is None
