"""The manager's doors to customers: found, cards lost and given, points put right, two made one and parted."""

from typing import Any

import httpx
from hub_process import HubProcess
from manager_page import MANAGER
from talking_device import FIRST, SECOND
from test_promotion_doors import desk
from test_value_doors import noted

__all__ = ["desk"]
AT = f"/customers/of/{FIRST.id}"


def found(desk: httpx.Client, text: str) -> list[str]:
    return [row["id"] for row in desk.post("/customers/find", json={"q": text}).json()["customers"]]


def balance(desk: httpx.Client, shopper: str) -> int:
    return int(desk.get(f"/customers/of/{shopper}").json()["account"]["points"]["active"])


def code(answer: httpx.Response) -> Any:
    return answer.json()["error"]["code"]


def test_a_customer_is_found_by_card_phone_mail_and_name_and_by_nothing_else(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    for text in (FIRST.card, FIRST.card[:8], FIRST.phone, FIRST.phone[-6:], FIRST.email.upper()[:6]):
        assert FIRST.id in found(desk, text), text
    for name in FIRST.name.values():
        assert FIRST.id in found(desk, name.split()[0].lower()), name
    assert found(desk, "%") == found(desk, "nobody here") == []
    assert len(found(desk, "")) > 1


def test_a_lost_card_is_blocked_and_a_new_one_has_the_same_points(lone_hub: HubProcess, desk: httpx.Client) -> None:
    before = balance(desk, FIRST.id)
    assert desk.post(f"{AT}/block-card", json={"number": FIRST.card}).json() == {"ok": True}
    assert desk.post(f"{AT}/give-card", json={"number": "7799000000017"}).json() == {"ok": True}
    shown = desk.get(AT).json()
    assert shown["cards"] == [{"number": "7799000000017", "active": True}, {"number": FIRST.card, "active": False}]
    assert shown["account"]["points"]["active"] == before
    assert code(desk.post(f"{AT}/block-card", json={"number": FIRST.card})) == "card.unknown"
    assert code(desk.post(f"{AT}/block-card", json={"number": SECOND.card})) == "card.unknown"
    assert code(desk.post(f"{AT}/give-card", json={"number": SECOND.card})) == "card.number_used"
    assert desk.get(f"/customers/of/{SECOND.id}").json()["cards"] == [{"number": SECOND.card, "active": True}]
    assert [row.action for row in noted(lone_hub, "customer.")] == ["customer.card_blocked", "customer.card_given"]


def test_points_are_put_right_once_with_a_reason_and_a_name(lone_hub: HubProcess, desk: httpx.Client) -> None:
    before = balance(desk, FIRST.id)
    given = {"key": "put-right-1", "points": 250, "reason": "late parcel"}
    assert desk.post(f"{AT}/adjust", json=given).json() == {"free": before + 250}
    assert desk.post(f"{AT}/adjust", json=given).json() == {"free": before + 250}
    assert balance(desk, FIRST.id) == before + 250
    too_many = {"key": "put-right-2", "points": -(before + 251), "reason": "mistake"}
    assert desk.post(f"{AT}/adjust", json=too_many).status_code == 409
    assert code(desk.post("/customers/of/nobody/adjust", json=given | {"key": "put-right-3"})) == "not_found"
    assert code(desk.post(f"{AT}/adjust", json=given | {"reason": ""})) == "message.malformed"
    ((action, by, detail),) = {
        (row.action, row.staff, str(row.detail.get("reason"))) for row in noted(lone_hub, "loyalty.adjusted")
    }
    assert (action, by, detail) == ("loyalty.adjusted", MANAGER.id, "late parcel")


def test_two_customers_are_shown_before_they_are_made_one_and_parted_to_the_point(
    lone_hub: HubProcess, desk: httpx.Client
) -> None:
    before = {who.id: balance(desk, who.id) for who in (FIRST, SECOND)}
    shown = desk.post(f"{AT}/preview", json={"other": SECOND.id}).json()
    assert [one["id"] for one in shown["customers"]] == [FIRST.id, SECOND.id]
    assert shown["together"]["active"] == sum(before.values())
    assert {who: balance(desk, who) for who in before} == before
    merge = {"key": "merge-1", "other": SECOND.id}
    answer = desk.post(f"{AT}/merge", json=merge).json()
    assert answer == {"account": SECOND.id, "free": sum(before.values())}
    assert desk.post(f"{AT}/merge", json=merge).json() == answer
    for who in before:
        assert balance(desk, who) == sum(before.values())
    one = desk.get(AT).json()
    assert (one["merged_into"], [other["id"] for other in one["others"]]) == (SECOND.id, [SECOND.id])
    assert MANAGER.name in one["merged_by"].values()
    assert code(desk.post(f"{AT}/preview", json={"other": SECOND.id})) == "loyalty.merged"
    assert code(desk.post(f"{AT}/merge", json={"key": "merge-2", "other": SECOND.id})) == "loyalty.merged"
    assert code(desk.post(f"/customers/of/{SECOND.id}/part", json={"key": "part-0"})) == "loyalty.not_merged"
    assert desk.post(f"{AT}/part", json={"key": "part-1"}).json() == {"account": FIRST.id, "free": before[FIRST.id]}
    assert {who: balance(desk, who) for who in before} == before
    assert desk.get(AT).json()["others"] == []
    assert code(desk.post(f"{AT}/merge", json={"key": "merge-3", "other": "nobody"})) == "not_found"
    assert code(desk.post(f"{AT}/merge", json={"key": "merge-4", "other": FIRST.id})) == "loyalty.merged"


def test_nobody_but_a_manager_sees_customers(sqlite_hub: HubProcess) -> None:
    with httpx.Client(base_url=f"{sqlite_hub.url}/manage", trust_env=False) as stranger:
        for answer in (stranger.post("/customers/find", json={"q": ""}), stranger.get(AT)):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
