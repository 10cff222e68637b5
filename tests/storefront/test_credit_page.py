"""The page of store credit: what can be spent, until when, and where each number comes from."""

import pytest
from memory_shop import MemoryShop
from playwright.sync_api import Page, expect
from protocol_hub import ProtocolHub
from test_phone import Phone, sign_in

NOON = 1_767_268_800_000
"""1 January 2026."""


@pytest.fixture
def page(phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub) -> Page:
    entry = {"at": NOON, "number": "", "sale": ""}
    entries = [
        entry | {"key": "c", "kind": "capture", "amount": 300, "available": 0, "number": "01-01-000009", "sale": "s-9"},
        entry | {"key": "b", "kind": "hold", "amount": 300, "available": -300},
        entry | {"key": "a", "kind": "refund", "amount": 1000, "available": 1000, "number": "R1", "sale": "s-7"},
    ]
    account = {"id": "credit-1", "currency": "EUR", "available": 700, "held": 0, "expires_at": 0, "blocked": False}
    hub.credit = [account | {"entries": entries}]
    made = phone()
    sign_in(made, address, shop, "/credit")
    return made


def test_the_balance_opens_to_its_entries_and_an_entry_leads_to_its_receipt(page: Page) -> None:
    expect(page.locator(".points-figure")).to_have_text("€7.00")
    rows = page.locator(".entries li")
    expect(rows).to_contain_text(["Paid with it", "Held at the till", "Given back for returned goods"])
    expect(rows.locator("b")).to_have_text(["€3.00", "\u2212€3.00", "+€10.00"])
    expect(rows.nth(2).locator("a")).to_have_attribute("href", "/orders/s-7")


def test_without_credit_the_page_says_where_it_would_come_from(page: Page, hub: ProtocolHub) -> None:
    hub.credit = []
    page.reload()
    expect(page.get_by_text("No store credit")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Details need a connection.")).to_be_visible()
    hub.credit = [
        {"id": "x", "currency": "EUR", "available": 1, "held": 0, "expires_at": 0, "blocked": True, "entries": []}
    ]
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Blocked. Ask in the shop.")).to_be_visible()
