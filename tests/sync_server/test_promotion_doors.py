"""The manager's doors to promotions at a real hub: who may enter, what is refused, and what the audit ledger says."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hub_process import WAIT_S, HubProcess
from manager_page import MANAGER
from sqlalchemy import select
from talking_device import PIECES

from sync_server.staff.tables import audit

DRAFT: dict[str, Any] = {
    "id": "",
    "version": 0,
    "names": {"en": "Tea week", "ru": "Неделя чая"},
    "benefit": {
        "kind": "each_unit",
        "calculator": {"kind": "percent", "hundredths": 1000},
        "on": {"items": [PIECES[0].id], "departments": [], "families": [], "but": []},
        "most": 0,
    },
}


@pytest.fixture
def desk(lone_hub: HubProcess) -> Iterator[httpx.Client]:
    """A manager who is signed in, without a browser."""
    with httpx.Client(base_url=f"{lone_hub.url}/manage", timeout=WAIT_S, trust_env=False) as client:
        answer = client.post("/sign-in", json={"number": MANAGER.number, "pin": MANAGER.pin})
        assert answer.status_code == 200
        yield client


def noted(hub: HubProcess) -> list[tuple[str, str, Any]]:
    """What the audit ledger has of promotions."""
    db = hub.open()
    rows = db.read(lambda session: session.execute(select(audit).order_by(audit.c.id)).all())
    db.close()
    return [(row.action, row.staff, row.detail) for row in rows if row.action.startswith("promotion.")]


def save(desk: httpx.Client, **part: Any) -> httpx.Response:
    return desk.post("/promotions", json={"promotion": DRAFT | part})


def test_a_manager_makes_pauses_ends_and_takes_away_a_promotion_and_each_step_is_in_the_ledger(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    made = save(desk).json()
    assert made == {"id": "tea-week", "version": 1}
    assert save(desk).json()["id"] == "tea-week-2"
    for version, to in ((1, "paused"), (2, "running"), (3, "ended"), (4, "withdrawn")):
        answer = desk.post("/promotions/of/tea-week/switch", json={"version": version, "to": to})
        assert answer.json() == {"id": "tea-week", "version": version + 1}
    listed = {row["id"] for row in desk.get("/promotions").json()["promotions"]}
    assert "tea-week-2" in listed and "tea-week" not in listed
    told = noted(lone_hub)
    assert [action for action, _, _ in told][2:] == [
        f"promotion.{to}" for to in ("paused", "running", "ended", "withdrawn")
    ]
    assert {who for _, who, _ in told} == {MANAGER.id}
    assert told[2][2]["changes"] == [{"what": "paused", "from": False, "to": True}]


def test_of_two_managers_the_second_is_refused_and_told_what_the_first_one_made(desk: httpx.Client) -> None:
    save(desk)
    mine = DRAFT | {"id": "tea-week", "version": 1}
    assert save(desk, **mine, end="2027-01-01T00:00").json()["version"] == 2
    refused = save(desk, **mine, end="2028-01-01T00:00")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "promotion.changed")
    late = desk.post("/promotions/of/tea-week/switch", json={"version": 1, "to": "withdrawn"})
    assert late.json()["error"]["code"] == "promotion.changed"
    history = desk.get("/promotions/of/tea-week").json()
    assert history["body"]["end"] == "2027-01-01T00:00"
    assert history["versions"][0]["by"]["en"] == MANAGER.name


def test_what_no_till_could_read_is_refused_by_the_name_of_its_field(lone_hub: HubProcess, desk: httpx.Client) -> None:
    wrong = DRAFT["benefit"] | {"most": -1}
    refused = save(desk, benefit=wrong).json()["error"]
    assert refused["code"] == "promotion.malformed" and "most" in refused["params"]["reason"]
    assert save(desk, names={"en": " "}).json()["error"]["code"] == "promotion.name"
    assert not noted(lone_hub)


def test_the_doors_are_shut_for_everybody_else(lone_hub: HubProcess) -> None:
    with httpx.Client(base_url=f"{lone_hub.url}/manage", timeout=WAIT_S, trust_env=False) as stranger:
        for path in ("/promotions", "/promotions/words", "/promotions/goods", "/promotions/of/books-3-for-2"):
            assert stranger.get(path).status_code == 403
        assert save(stranger).status_code == 403
        assert stranger.post("/promotions/try", json={"promotion": DRAFT, "lines": []}).status_code == 403


def test_a_cart_is_tried_by_a_door_that_keeps_nothing(lone_hub: HubProcess, desk: httpx.Client) -> None:
    lines = [{"item": PIECES[0].id, "quantity": 3000}]
    told = desk.post("/promotions/try", json={"promotion": DRAFT | {"names": {"en": ""}}, "lines": lines}).json()
    assert told["draft"]["state"] == "given" and told["saved"] == told["draft"]["saved"] > 0
    words = desk.get("/promotions/words").json()
    assert words["currency"] == "EUR" and "main-street" in [one["id"] for one in words["stores"]]
    goods = desk.get("/promotions/goods", params={"q": PIECES[0].names["en"]}).json()["goods"]
    assert PIECES[0].id in [one["id"] for one in goods]
    assert not noted(lone_hub)
