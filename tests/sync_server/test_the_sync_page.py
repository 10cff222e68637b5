"""What has not synced, on the manager's page: live, in both languages, at every size, and with what to do about it."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_process import HubProcess, Listener, phone_of, post
from manager_page import MANAGER, SERIOUS, SIZES, cell, row
from playwright.sync_api import Page, expect
from talking_device import PIECES, SHOP

from sync_server.dashboard.tables import latency_minutes
from sync_server.db import open_database, sqlite_url
from sync_server.inbox.service import open_exception
from sync_server.terminals.reports import LOST_MS

MINUTE_MS = 60_000
DAY_MS = 86_400_000
MISSED_WITHIN_MS = LOST_MS + 15_000
PRINTER = {"kind": "printer", "name": "printer", "state": "online", "reason": ""}
WELL: dict[str, Any] = {
    "unsent": 0, "oldest_unsent": 0, "last_seq": 0, "through": 0, "skew_ms": 120, "version": "0.3.0", "free_mb": 52_000,
    "devices": [{"kind": "scanner", "name": "front", "state": "online", "reason": ""}, PRINTER,
                {"kind": "drawer", "name": "drawer", "state": "shut", "reason": ""}],
}  # fmt: skip
SIDEWAYS = "[...document.querySelectorAll('.table-frame')].filter((one) => one.scrollWidth > one.clientWidth).length"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def refuse(till: Listener) -> None:
    """Something that cannot be carried out yet: the goods are not in the book."""
    assert till.do("cart.set", f"visit-{uuid.uuid4().hex}", line="nothing", to=1000, seen=0)["status"] == "rejected"


def test_a_till_that_loses_its_link_shows_what_it_has_not_sent_until_it_has(
    own_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    page = manager(own_hub)
    expect(cell(page, "Till 1", "State")).to_contain_text("Not seen yet")
    till = connect(own_hub)
    till.call("status", WELL)
    expect(cell(page, "Till 1", "State")).to_contain_text("In step")
    till.call("status", WELL | {"unsent": 3, "oldest_unsent": now_ms() - 5 * MINUTE_MS, "last_seq": 3})
    expect(cell(page, "Till 1", "Unsent")).to_have_text("3")
    till.close()
    expect(cell(page, "Till 1", "State")).to_contain_text("Away, sells on")
    expect(cell(page, "Till 1", "Oldest unsent")).to_have_text("5 min")
    expect(cell(page, "Till 1", "Lag")).to_have_text("3")
    expect(page.locator(".store-tile").filter(has_text="Main Street")).to_contain_text("Needs a look")
    back = connect(own_hub)
    visit = f"visit-{uuid.uuid4().hex}"
    for _ in range(3):
        back.do("cart.add", visit, line=uuid.uuid4().hex, item=PIECES[0].id, quantity=1000)
    back.call("status", WELL | {"last_seq": 3, "through": 3})
    expect(cell(page, "Till 1", "State")).to_contain_text("In step")
    expect(cell(page, "Till 1", "Unsent")).to_have_text("0")
    expect(cell(page, "Till 1", "Acknowledged")).to_have_text("3")
    row(page, "Till 1").click()
    expect(page.get_by_role("dialog")).to_contain_text("Lost once in six hours.")
    expect(page.get_by_role("dialog")).to_contain_text("The last of these numbers that the hub has stored for good.")


def test_a_clock_that_is_a_day_wrong_and_paper_that_is_out_are_said_in_words(
    own_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    page = manager(own_hub)
    out = [PRINTER | {"state": "fault", "reason": "paper_out"}]
    connect(own_hub).call("status", WELL | {"skew_ms": -2 * DAY_MS - 1000, "devices": out})
    expect(cell(page, "Till 1", "State")).to_contain_text("Clock is wrong")
    expect(cell(page, "Till 1", "Clock")).to_have_text("2 days behind")
    # By keyboard, as well.
    row(page, "Till 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("paper is out")
    expect(page.get_by_role("dialog")).to_contain_text("Set its clock")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_refused_operation_is_tried_again_and_closed_on_every_manager_s_page(
    own_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    page, other = manager(own_hub), manager(own_hub, locale="ru")
    till = connect(own_hub)
    visit, line = f"visit-{uuid.uuid4().hex}", uuid.uuid4().hex
    assert till.do("cart.set", visit, line=line, to=2000, seen=1000)["status"] == "rejected"
    case = page.locator(".exception")
    expect(case).to_contain_text("till-1/1/1 sent something that was refused")
    # It comes first, and the tab counts it.
    expect(page.locator(".manage-stack > section").first).to_contain_text("Needs a person")
    expect(page.get_by_role("tab", name="Sync")).to_contain_text("1")
    case.get_by_role("button", name="Carry out again").click()
    expect(page.locator(".toasts")).to_contain_text("This line is no longer in the cart")
    expect(case.locator(".tried")).to_contain_text("tried again at")
    expect(other.locator(".tried")).to_contain_text("повтор")
    # What was missing is there now.
    till.do("cart.add", visit, line=line, item=PIECES[0].id, quantity=1000)
    case.get_by_role("button", name="Carry out again").click()
    expect(page.locator(".exceptions .exception-actions")).to_have_count(0)
    expect(other.locator(".exceptions .exception-actions")).to_have_count(0)
    page.locator(".settled summary").click()
    expect(page.locator(".settled")).to_contain_text("Carried out again.")
    expect(page.locator(".settled")).to_contain_text(MANAGER.name)


def test_scans_that_phones_have_shown_draw_the_line(
    own_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    page = manager(own_hub)
    expect(page.get_by_text("No scan was shown on a phone yet")).to_be_visible()
    phone = phone_of(own_hub, connect, "phone-1")
    phone.call("shown", [12] * 99 + [480])
    figures = page.locator("section").filter(has_text="Scan to phone").locator(".figure")
    expect(figures.first).to_contain_text(re.compile(r"1[23] ms"))
    expect(figures.first).to_contain_text("in the minute from")
    expect(figures.last).to_contain_text("100 scans counted")
    expect(page.locator(".latency-dot, .latency-line")).to_have_count(2)


def test_a_stranger_s_report_is_refused_and_nobody_reports_for_another(
    own_hub: HubProcess, connect: Callable[..., Listener]
) -> None:
    till, phone = connect(own_hub, dev="till-2"), phone_of(own_hub, connect, "phone-1")
    assert till.call("status", WELL | {"dev": "till-1"})["error"]["code"] == "message.malformed"
    assert till.call("status", {"unsent": "many"})["error"]["code"] == "message.malformed"
    assert phone.call("status", WELL)["error"]["code"] == "not_allowed"
    assert till.call("shown", [1])["error"]["code"] == "not_allowed"
    assert phone.call("shown", [-1])["error"]["code"] == "message.malformed"
    assert phone.call("shown", [1] * 101)["error"]["code"] == "message.malformed"
    [refused] = phone.call("sub", [{"s": "company:all"}])["streams"]
    assert refused["error"]["code"] == "not_allowed"
    assert post(own_hub, "/manage/exceptions/1/replay", {}).status_code == 403


def test_a_hub_that_was_away_is_followed_on_without_loading_the_page_again(
    own_hub: HubProcess, connect: Callable[..., Listener], manager: Callable[..., Page]
) -> None:
    page = manager(own_hub)
    connect(own_hub).call("status", WELL)
    expect(cell(page, "Till 1", "State")).to_contain_text("In step")
    page.evaluate("window.marked = true")
    own_hub.kill()
    expect(page.locator(".strip")).to_contain_text("No connection to the hub. What you see is as of")
    own_hub.start(own_hub.port)
    expect(page.locator(".strip")).to_have_count(0)
    # Of several workers each may have the terminal, so it is missed only when none has said so for a while.
    expect(cell(page, "Till 1", "State")).to_contain_text("Away", timeout=MISSED_WITHIN_MS)
    connect(own_hub).call("status", WELL | {"unsent": 1, "oldest_unsent": now_ms()})
    expect(cell(page, "Till 1", "Unsent")).to_have_text("1")
    assert page.evaluate("window.marked")


@pytest.fixture(scope="module")
def eventful(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub at which something of everything is going on."""
    hub = HubProcess(tmp_path_factory.mktemp("eventful"), sqlite_template)
    db = open_database(sqlite_url(hub.folder))
    minute = now_ms() - now_ms() % MINUTE_MS

    def past(session: Any) -> None:
        for back in range(170, 0, -1):
            if back % 41 > 5:
                figures = {"p50": 14 + back % 7, "p99": 60 + (back * 37) % 190, "count": 20 + back % 9}
                session.execute(
                    latency_minutes.insert().values(
                        store=SHOP.stores[0].id, at=minute - back * MINUTE_MS, buckets={}, **figures
                    )
                )
        open_exception(session, SHOP.stores[0].id, "paid_twice", "s-1", {"number": "01-02-000044"}, minute)

    db.write(past)
    db.close()
    clients = [Listener(hub), Listener(hub, dev="till-2"), Listener(hub, dev="kiosk-1")]
    clients[0].call("status", WELL)
    clients[1].call("status", WELL | {"unsent": 42, "oldest_unsent": now_ms() - 40 * MINUTE_MS, "last_seq": 44})
    broken = [PRINTER | {"state": "degraded", "reason": "near_end"}]
    clients[2].call("status", WELL | {"skew_ms": DAY_MS, "devices": broken})
    refuse(clients[0])
    clients[1].close()
    yield hub
    for client in (clients[0], clients[2]):
        client.close()
    hub.stop()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("locale", "theme"), [("en", "light"), ("ru", "dark")])
def test_the_page_is_whole_at_every_size_in_both_languages_and_lights(
    eventful: HubProcess,
    manager: Callable[..., Page],
    libraries: Path,
    tmp_path: Path,
    size: str,
    locale: str,
    theme: str,
) -> None:
    page = manager(eventful, size, locale, theme)
    expect(page.locator(".exception")).to_have_count(2)
    expect(page.locator(".latency-line")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SIDEWAYS) == 0
    page.screenshot(path=tmp_path / f"{size}-{locale}.png", full_page=True, animations="disabled")
    page.evaluate((libraries / "axe-core" / "axe.min.js").read_text() + "; void 0")
    assert page.evaluate(SERIOUS) == []
    page.locator("tbody[role] tr").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.screenshot(path=tmp_path / f"{size}-{locale}-open.png", animations="disabled")
    assert page.evaluate(SERIOUS) == []
    assert "Traceback" not in eventful.log()
