"""The manager's doors to the loyalty programme, gift cards and what the shop owes, at a real hub."""

from typing import Any

import httpx
from hub_process import HubProcess
from manager_page import MANAGER
from sqlalchemy import select
from test_promotion_doors import desk

from sync_server.staff.tables import audit

__all__ = ["desk"]
TIERS = {
    "tiers": [{"id": "silver", "names": {"en": "Silver"}, "floor": 50_000}],
    "metric": "spend",
    "window": "rolling",
    "grace_days": 30,
}


def noted(hub: HubProcess, beginning: str) -> list[Any]:
    db = hub.open()
    rows = db.read(lambda session: session.execute(select(audit).order_by(audit.c.id)).all())
    db.close()
    return [row for row in rows if row.action.startswith(beginning)]


def test_a_programme_is_tried_saved_as_the_next_version_and_not_overwritten_by_who_comes_later(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    shown = desk.get("/loyalty").json()
    assert (shown["seen"], shown["versions"]) == (0, [])
    draft = shown["programme"] | {"points": 2, "tiers": TIERS}
    tried = desk.post("/loyalty/try", json={"programme": draft, "seen": 0, "amount": 2_599}).json()
    assert (tried["purchase"]["points"], tried["purchase"]["worth"]) == (51, 51)
    assert [(row["id"], row["now"] > 0, row["then"] > 0) for row in tried["tiers"]] == [
        ("", True, True),
        ("silver", False, False),
    ]
    assert desk.post("/loyalty", json={"programme": draft, "seen": 0}).json() == {"version": 1}
    late = desk.post("/loyalty", json={"programme": draft | {"points": 3}, "seen": 0}).json()["error"]
    assert late["code"] == "loyalty.version"
    begin = {"begin": "2099-01-01T00:00"}
    assert desk.post("/loyalty", json={"programme": draft | {"points": 3}, "seen": 1} | begin).json() == {"version": 2}
    again = desk.get("/loyalty").json()
    assert (again["seen"], again["holds"], again["programme"]["points"]) == (2, 1, 3)
    assert again["versions"][0]["changes"] == [{"what": "points", "from": 2, "to": 3}]
    past = desk.post("/loyalty", json={"programme": draft, "seen": 2, "begin": "2001-01-01T00:00"}).json()["error"]
    assert past["code"] == "loyalty.begin"
    wrong = desk.post("/loyalty", json={"programme": draft | {"per": 0}, "seen": 2}).json()["error"]
    assert wrong["code"] == "loyalty.programme" and "per" in wrong["params"]["reason"]
    assert [(row.action, row.staff) for row in noted(lone_hub, "loyalty.")] == [("loyalty.programme", MANAGER.id)] * 2


def test_a_first_programme_that_begins_later_does_not_hold_yet(lone_hub: HubProcess, desk: httpx.Client) -> None:
    draft = desk.get("/loyalty").json()["programme"]
    later = {"programme": draft, "seen": 0, "begin": "2099-01-01T00:00"}
    assert desk.post("/loyalty", json=later).json() == {"version": 1}
    shown = desk.get("/loyalty").json()
    assert (shown["seen"], shown["holds"], [row["version"] for row in shown["versions"]]) == (1, 0, [1])


def test_a_card_is_given_out_once_found_put_right_blocked_and_replaced_and_the_ledger_says_who(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    made = desk.post("/cards", json={"pin": True}).json()
    address = f"/cards/of/{made['account']}"
    [found] = desk.post("/cards/find", json={"q": made["code"].lower()}).json()["cards"]
    assert found["id"] == made["account"] and made["code"] not in str(desk.get(address).json())
    [by_end] = desk.post("/cards/find", json={"q": made["code"][-4:]}).json()["cards"]
    assert by_end == found
    right = {"key": "right-1", "amount": 5_000, "reason": "gift of the house"}
    assert desk.post(f"{address}/adjust", json=right).json()["available"] == 5_000
    assert desk.post(f"{address}/adjust", json=right).json()["available"] == 5_000
    too_much = desk.post(f"{address}/adjust", json=right | {"key": "right-2", "amount": -5_001}).json()["error"]
    assert too_much["code"] == "stored_value.short"
    assert desk.post(f"{address}/block", json={"blocked": True}).json() == {"ok": True}
    other = desk.post(f"{address}/replace", json={}).json()
    assert other["code"] != made["code"]
    assert desk.post("/cards/find", json={"q": made["code"]}).json()["error"]["code"] == "stored_value.unknown"
    shown = desk.get(address).json()
    assert (shown["card"]["available"], shown["card"]["blocked"]) == (5_000, False)
    assert [(row["kind"], row["source"], row["by"]["en"]) for row in shown["entries"]] == [
        ("adjust", "gift of the house", MANAGER.name)
    ]
    owed = desk.get("/liability").json()
    assert owed["owed"] == [{"kind": "gift_card", "currency": "EUR", "accounts": 1, "amount": 5_000}]
    assert owed["points"]["points"] > 0
    lines = desk.get("/liability.csv").text.splitlines()
    assert lines[0] == "what,kind,currency,until,count,amount" and lines[1].startswith("owed,gift_card,EUR,")
    before = desk.get("/liability", params={"day": "2001-02-03"}).json()
    assert (before["owed"], before["day"]) == ([], "2001-02-03")
    # Of points there is only what is out now: no file says it of a day in the past, or to come.
    old = desk.get("/liability.csv", params={"day": "2001-02-03"}).text.splitlines()
    of_points = [[line for line in some if line.startswith("points,")] for some in (old, lines)]
    assert of_points[0] == of_points[1] != []
    assert desk.get("/liability", params={"day": "9999-12-31"}).json()["day"] == owed["day"]
    assert desk.get("/cards/batches/of/none/codes", params={"first": "9" * 20}).status_code == 400
    wanted = ["issued", "adjusted", "adjusted", "blocked", "replaced"]
    assert [row.action for row in noted(lone_hub, "stored_value.")] == [f"stored_value.{act}" for act in wanted]
    assert {row.staff for row in noted(lone_hub, "stored_value.")} == {MANAGER.id}


def test_a_batch_of_cards_is_made_printed_and_sealed(desk: httpx.Client) -> None:
    begun = desk.post("/cards/batches", json={"name": "Christmas", "codes": 600, "pin": True}).json()
    address = f"/cards/batches/of/{begun['batch']}"
    while begun["made"] < begun["wanted"]:
        begun = desk.post(f"{address}/page", json={}).json()
    printed = desk.get(f"{address}/codes").json()
    assert (len(printed["codes"]), printed["next"]) == (500, 500)
    lines = desk.get(f"{address}/codes.csv").text.splitlines()
    assert len(lines) == 601 and lines[1] == "0,{code},{pin}".format(**printed["codes"][0])
    assert desk.post(f"{address}/seal", json={}).json() == {"ok": True}
    [row] = desk.get("/cards/batches").json()["batches"]
    assert row["sealed"] and row["by"]["en"] == MANAGER.name
    assert desk.post("/cards/find", json={}).json()["cards"] == []
