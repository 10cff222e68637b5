"""The manager's doors to batches of coupons and to past sales at a real hub."""

from typing import Any

import httpx
from hub_process import HubProcess
from manager_page import MANAGER
from sqlalchemy import select
from test_promotion_doors import DRAFT, desk, save

from retail.coupons import read_code
from sync_server.staff.tables import audit

__all__ = ["desk"]
BATCH: dict[str, Any] = {"name": "Autumn leaflets", "codes": 1200, "uses": 1, "per_customer": 0}


def begun(desk: httpx.Client, **part: Any) -> dict[str, Any]:
    promotion = save(desk, names={"en": "Autumn"}, coupon=True).json()["id"]
    answer: dict[str, Any] = desk.post("/coupons", json=BATCH | {"promotion": promotion} | part).json()
    return answer


def test_a_batch_is_made_page_by_page_shown_sealed_and_never_shown_again(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    state = begun(desk)
    assert state == {"batch": "autumn-leaflets", "made": 0, "wanted": 1200}
    address = f"/coupons/of/{state['batch']}"
    assert desk.post(f"{address}/seal", json={}).json()["error"]["code"] == "voucher.incomplete"
    seen = []
    while state["made"] < state["wanted"]:
        state = desk.post(f"{address}/page", json={}).json()
        seen.append(state["made"])
    assert seen == [500, 1000, 1200]
    lines = desk.get(f"{address}/codes.csv").text.splitlines()
    assert lines[0] == "number,code" and len(lines) == 1201
    assert len({read_code(line.partition(",")[2]) for line in lines[1:]}) == 1200
    first = desk.get(f"{address}/codes").json()
    assert first["next"] == 500 and f"0,{first['codes'][0]['code']}" == lines[1]
    assert desk.get(f"{address}/codes", params={"first": 1000}).json()["next"] is None
    desk.post("/coupons/block", json={"code": first["codes"][0]["code"].lower()})
    assert len(desk.get(f"{address}/codes.csv").text.splitlines()) == 1200
    assert desk.post(f"{address}/seal", json={}).json() == {"ok": True}
    assert desk.get(f"{address}/codes.csv").json()["error"]["code"] == "voucher.sealed"
    db = lone_hub.open()
    noted = db.read(lambda session: session.execute(select(audit.c.action, audit.c.staff)).all())
    db.close()
    wanted = ["coupons.batch", "coupons.shown", "coupons.shown", "coupons.shown", "coupons.code_blocked"]
    assert [row.action for row in noted if row.action.startswith("coupons.")][:5] == wanted
    assert {row.staff for row in noted if row.action.startswith("coupons.")} == {MANAGER.id}


def test_terms_that_somebody_else_has_changed_meanwhile_are_not_overwritten(desk: httpx.Client) -> None:
    address = f"/coupons/of/{begun(desk)['batch']}/change"
    seen = {"uses": 1, "per_customer": 0, "begins": "", "ends": "", "paused": False}
    assert desk.post(address, json={"seen": seen, "to": seen | {"paused": True}}).json() == {"ok": True}
    refused = desk.post(address, json={"seen": seen, "to": seen | {"uses": 2}}).json()["error"]
    assert refused["code"] == "coupon.batch_changed"
    [row] = desk.get("/coupons").json()["batches"]
    assert (row["paused"], row["uses"], row["used"], row["promotion_names"]["en"]) == (True, 1, 0, "Autumn")


def test_a_promotion_that_asks_for_no_coupon_gets_no_batch(desk: httpx.Client) -> None:
    answer = desk.post("/coupons", json=BATCH | {"promotion": "books-3-for-2"}).json()
    assert answer["error"]["code"] == "coupon.promotion"
    assert desk.get("/coupons").json()["batches"] == []


def test_past_sales_are_looked_at_by_whoever_asked_and_an_empty_past_is_complete_at_once(desk: httpx.Client) -> None:
    begun = desk.post("/replays", json={"promotion": DRAFT, "days": 30, "everywhere": True}).json()
    assert (begun["sales"], begun["done"]) == (0, 0)
    found = desk.get(f"/replays/{begun['id']}").json()
    assert (found["given"], found["cost"], len(found["days"]), found["currency"]) == (0, 0, 30, "EUR")
    assert desk.get("/replays/nothing").status_code == 404
    assert desk.post("/replays", json={"promotion": DRAFT, "days": 0}).status_code == 400
