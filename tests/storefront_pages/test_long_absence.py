"""A phone that was away for a day, or whose hub came back from an old copy, catches up without being loaded again."""

import shutil
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from hub_process import HubProcess, Listener
from phones import ITEM, Phone, count, more, phone_numbers, quantity_at_hub, rows, settled, stays
from playwright.sync_api import expect
from talking_device import FIRST, PIECES, Talker, make_sale, operation, terminal

from sync_server.db import open_database, sqlite_url
from sync_server.outbox.service import EVENTS_ANSWERED_MAX

pytestmark = pytest.mark.timeout(180)
OpenPhone = Callable[..., Phone]
DAY_LATER = "(() => { const real = Date.now; Date.now = () => real() + 86_400_000; })()"
BATCH = 100
ANSWERED_UNSEEN = """async (item) => {
  const { settle, keep } = await import('shop/stored.js');
  const { account } = await import('shop/live.js');
  const body = { line: 'again', item, quantity: 1000, fulfilment: 'collect', weighed: false };
  const op = { id: crypto.randomUUID(), kind: 'cart.add', ver: 1, at: Date.now(), cart: account.value.cart, body };
  const { seq } = await keep('shopper-01', op, {});
  await settle('shopper-01', [{ seq }], seq);
}"""


def sale_of(hub: HubProcess, visit: str, cart: str) -> dict[str, Any]:
    """The sale of all that till 1 has in its hand."""
    db = open_database(sqlite_url(hub.folder))
    sale = make_sale(db, Talker(db, terminal("till-1")), cart, 1, FIRST.id)
    db.close()
    return replace(sale, cart=visit).as_dict()


def test_a_page_that_slept_for_a_day_catches_up_without_being_loaded_again(
    hub: HubProcess, till: Listener, phone: OpenPhone
) -> None:
    one = phone()
    one.adds()
    asleep = one.context.new_cdp_session(one.page)
    asleep.send("Page.setWebLifecycleState", {"state": "frozen"})

    visit = uuid.uuid4().hex
    cart = till.do("cart.attach", visit, card=FIRST.card)["result"]["cart"]
    for _ in range(3):
        scans = [operation("cart.add", visit, line="l", item=PIECES[1].id, quantity=1000) for _ in range(BATCH)]
        answer = till.call("ops", {"seq0": till.next_seq(), "ops": scans})
        assert {row["status"] for row in answer["results"]} == {"ok"}
    assert 3 * BATCH > EVENTS_ANSWERED_MAX
    done = till.do("sale.commit", visit, sale=sale_of(hub, visit, cart), card=FIRST.card)
    assert done["status"] == "ok", done
    second = uuid.uuid4().hex
    till.do("cart.attach", second, card=FIRST.card)
    till.do("cart.add", second, line="m", item=PIECES[2].id, quantity=2000)
    port = hub.port
    hub.kill()
    till.wait("gone")
    hub.start(port)

    asleep.send("Page.setWebLifecycleState", {"state": "active"})
    one.page.evaluate(DAY_LATER)
    lines = one.page.locator(".line")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text=PIECES[2].names["en"])).to_contain_text("2 ×")
    assert (
        one.page.evaluate("import('shop/live.js').then((live) => Object.keys(live.account.value.orders).length)") == 1
    )
    expect(one.page.locator("#strip")).to_be_empty()
    more(one.page).click()
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    assert quantity_at_hub(hub) == 2
    assert stays(one.page)


def copy_of(hub: HubProcess) -> Any:
    kept = hub.folder / "old.sqlite"
    with closing(sqlite3.connect(hub.folder / "hub.sqlite")) as now, closing(sqlite3.connect(kept)) as then:
        now.backup(then)
    return kept


def set_back(hub: HubProcess, kept: Any) -> int:
    """Stop the hub and put the old copy in the place of its data."""
    hub.kill()
    for name in ("hub.sqlite-wal", "hub.sqlite-shm"):
        (hub.folder / name).unlink(missing_ok=True)
    shutil.copy(kept, hub.folder / "hub.sqlite")
    return hub.port


def test_a_hub_from_an_old_copy_is_noticed_said_and_nothing_is_done_twice(hub: HubProcess, phone: OpenPhone) -> None:
    one = phone()
    one.adds()
    kept = copy_of(hub)
    for number in (2, 3):
        more(one.page).click()
        expect(count(one.page)).to_have_text(str(number))
        settled(one.page)
    port = set_back(hub, kept)
    expect(one.page.locator("#strip")).to_contain_text("No connection")
    # This one was never answered: it is not lost.
    more(one.page).click()
    expect(count(one.page)).to_have_text("4")
    hub.start(port)
    expect(one.page.locator(".toast")).to_contain_text("2 changes of yours are gone")
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    assert quantity_at_hub(hub) == 2
    assert [(inc, seq) for _, inc, seq in phone_numbers(hub)] == [(1, 1), (2, 1)]
    more(one.page).click()
    expect(count(one.page)).to_have_text("3")
    settled(one.page)
    assert stays(one.page)


def test_what_was_answered_and_not_yet_seen_is_sent_again_to_a_hub_that_forgot_it(
    hub: HubProcess, phone: OpenPhone
) -> None:
    one = phone()
    one.adds()
    kept = copy_of(hub)
    # What the phone has when the answer came, the event did not, and the page was closed in between.
    one.page.evaluate(ANSWERED_UNSEEN, ITEM.id)
    port = set_back(hub, kept)
    hub.start(port)
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    expect(one.page.locator(".toast")).to_have_count(0)
    assert quantity_at_hub(hub) == 2
    one.page.reload()
    expect(count(one.page)).to_have_text("2")
    settled(one.page)
    assert len(rows(hub, "SELECT 1 FROM operations WHERE dev LIKE 'phone-%' AND id IS NOT NULL")) == 2
