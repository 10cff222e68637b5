"""How old a scan was when the phone painted it: told by the phone, summed up by the hub for the manager's chart."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hub_process import WAIT_S, HubProcess, Listener
from phones import Phone
from playwright.sync_api import expect
from talking_device import FIRST, PIECES, operation

from sync_server.customers import service as customers
from sync_server.db import open_database, sqlite_url
from sync_server.staff.tables import staff

pytestmark = pytest.mark.timeout(120)


def test_the_age_of_a_scan_on_the_phone_reaches_the_managers_page(
    hub: HubProcess, till: Listener, phone: Callable[..., Phone]
) -> None:
    visit = uuid.uuid4().hex
    till.do("cart.attach", visit, card=FIRST.card)
    one = phone()
    expect(one.page.locator(".empty-title")).to_have_text("Your cart is empty")
    scanned = operation("cart.add", visit, at=time.time_ns() // 1_000_000, line="l", item=PIECES[1].id, quantity=1000)
    assert till.call("ops", {"seq0": till.next_seq(), "ops": [scanned]})["results"][0]["status"] == "ok"
    expect(one.page.locator(".line")).to_have_count(1)
    desk = manager(hub)
    try:
        stream = "dashboard:main-street"
        [answer] = desk.call("sub", [{"s": stream, "e": 0, "v": 0}])["streams"]
        if not counted(answer["state"].get("latency")):
            desk.wait("ev", lambda event: counted(event["changes"].get("latency")))
    finally:
        desk.close()


def counted(latency: Any) -> bool:
    """Whether a minute has the one sample, and an age that can be."""
    minutes = list((latency or {}).values()) if isinstance(latency, dict) else latency or []
    return any(one and one["count"] == 1 and one["p50"] < WAIT_S * 1000 for one in minutes)


def manager(hub: HubProcess) -> Listener:
    token, db = uuid.uuid4().hex, open_database(sqlite_url(hub.folder))
    with db.engine.begin() as connection:
        found = connection.execute(staff.select().where(staff.c.role == "manager")).first()
    assert found is not None
    db.write(lambda session: customers.begin_session(session, "staff", found.id, token, 0, 2 * 10**12))
    db.close()
    return Listener(hub, dev="desk", app="dashboard", headers={"Cookie": f"omnitill_staff={token}"})
