"""The page of points: until when they count, the level, and where each number comes from."""

from typing import Any

import pytest
from memory_shop import MemoryShop
from playwright.sync_api import Page, expect
from protocol_hub import ProtocolHub
from test_phone import Phone, sign_in

DAY_MS = 86_400_000
NOON = 1_767_268_800_000
"""1 January 2026."""


def lot(name: str, **more: Any) -> dict[str, Any]:
    row = {"lot": name, "number": "", "pending": 0, "active": 0, "held": 0, "active_from": NOON, "expires_at": None}
    return row | more


def entry(name: str, key: str, **more: Any) -> dict[str, Any]:
    row = {"key": key, "at": NOON, "kind": "earn", "lot": name, "src": "", "dst": "active", "points": 9}
    return row | {"source": name, "number": "", "line": "", "rule": "base", "more": 1} | more


@pytest.fixture
def page(phone: Phone, address: str, shop: MemoryShop, hub: ProtocolHub) -> Page:
    made = phone()
    midnight = NOON - NOON % DAY_MS + 31 * DAY_MS
    hub.account |= {
        "lots": [lot("sale-1", active=9, number="01-01-000007", expires_at=midnight), lot("gift", active=30)],
        "entries": [
            entry("sale-1", "b", number="01-01-000007"),
            entry("gift", "a", kind="adjust", points=40),
            entry("gift", "c", kind="burn", src="active", dst="held", points=10),
        ],
        "outlook": {
            "metric": "spend",
            "value": 12_000,
            "floor": 10_000,
            "next": {"en": "Gold", "ru": "Золотой"},
            "next_floor": 50_000,
            "to_reach": 38_000,
            "to_keep": 0,
            "keep_until": 0,
        },
    }
    sign_in(made, address, shop, "/points")
    return made


def test_a_lot_opens_to_its_entries_and_an_entry_leads_to_its_receipt(page: Page) -> None:
    rows = page.locator(".orders .lot")
    # The first moment that does not count is midnight; what is told is the day before.
    expect(rows).to_contain_text(["count until Jan 31, 2026", "count for ever"])
    rows.nth(0).click()
    expect(page.locator(".entries li")).to_contain_text(["Earned"])
    expect(page.locator(".entries a")).to_have_attribute("href", "/orders/sale-1")
    rows.nth(1).click()
    expect(page.locator(".entries li")).to_contain_text(["Given by the shop", "Set aside at the till"])
    expect(page.locator(".entries b")).to_have_text(["+40", "\u221210"])
    rows.nth(1).click()
    expect(page.locator(".entries")).to_have_count(0)


def test_everything_that_happened_is_one_tap_away_and_the_way_to_the_next_level_is_told(page: Page) -> None:
    expect(page.locator(".level")).to_contain_text("€380.00 more for Gold")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "12000")
    page.locator(".lots .lot").click()
    expect(page.locator(".entries li")).to_have_count(3)


def test_points_that_change_while_one_looks_are_asked_for_again(page: Page, hub: ProtocolHub) -> None:
    expect(page.locator(".orders .lot")).to_have_count(2)
    hub.account["lots"] = hub.account["lots"][:1]
    hub.points = 4321
    hub.publish(hub.shopper_stream)
    expect(page.locator(".points-figure")).to_have_text("4,321")
    expect(page.locator(".orders .lot")).to_have_count(1)


def test_without_a_connection_the_balance_stays_and_the_page_says_what_is_missing(page: Page, hub: ProtocolHub) -> None:
    expect(page.locator(".orders .lot")).to_have_count(2)
    page.context.set_offline(True)
    hub.account["lots"] = []
    page.locator(".orders .lot").first.click()
    expect(page.get_by_text("Details need a connection.")).to_be_visible()
    expect(page.locator(".points-figure")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Details need a connection.")).to_have_count(0)
