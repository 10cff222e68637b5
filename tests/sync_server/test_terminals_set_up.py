"""A manager sets a terminal up with a code, and withdraws it: both at the hub's own doors."""

import httpx
import pytest
from flask import Flask
from hub_process import WAIT_S, HubProcess, Listener, post
from talking_device import SHOP, operation

from retail.chain import Signer, link, origin
from sync_server.dashboard.set_up import scanned

PLACES = [
    ("http://127.0.0.1:8400", "12345678"),
    ("http://localhost:8400", "12345678"),
    ("http://[::1]:8400", "12345678"),
    ("http://192.168.1.20:8400", "http://192.168.1.20:8400 12345678"),
    ("https://shop.example", "https://shop.example 12345678"),
]
MANAGER = next(member for member in SHOP.staff if member.role == "manager" and member.store == SHOP.stores[0].id)
SIGNER = Signer(b"k" * 32)


def test_a_terminal_is_set_up_with_a_managers_code_speaks_signed_and_is_withdrawn_at_once(own_hub: HubProcess) -> None:
    assert post(own_hub, "/manage/terminals/till-1/code", {}).status_code == 403
    with httpx.Client(base_url=own_hub.url, timeout=WAIT_S, trust_env=False) as manager:
        manager.post("/manage/sign-in", json={"number": MANAGER.number, "pin": MANAGER.pin}).raise_for_status()
        made = manager.post("/manage/terminals/till-1/code").json()
        assert manager.post("/manage/terminals/till-9/code").status_code == 404
        given = {"code": made["code"], "public_key": SIGNER.public}
        answer = post(own_hub, "/v1/enrol", given).json()
        assert (answer["terminal"], answer["kind"], answer["inc"]) == ("till-1", "till", 1)
        assert post(own_hub, "/v1/enrol", given).json() == answer
        other = post(own_hub, "/v1/enrol", given | {"public_key": Signer(b"o" * 32).public})
        assert (other.status_code, other.json()["error"]["code"]) == (403, "enrol.code_used")
        start = origin("till-1", 1)
        till = Listener(own_hub, token=answer["token"], auth={"inc": 1, "last_seq": 0, "chain": start})
        said = operation("audit.note", action="drawer.opened", staff="", detail={})
        batch = {"seq0": 1, "ops": [said], "prev": start}
        signature = SIGNER.sign("till-1", 1, 1, link(start, said))
        assert till.call("ops", batch)["error"]["code"] == "device.bad_signature"
        assert till.call("ops", batch | {"signature": signature})["results"][0]["status"] == "ok"
        assert manager.post("/manage/terminals/till-1/withdraw").status_code == 200
        assert till.wait("kick")["code"] == "revoked"
        till.wait("gone")
        till.close()
    refused = post(own_hub, "/v1/ops", {}, Authorization=f"Bearer {answer['token']}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorised")


@pytest.mark.parametrize(("place", "text"), PLACES)
def test_the_picture_beside_a_code_names_the_hub_where_others_know_it_by_that_name(place: str, text: str) -> None:
    with Flask("dashboard").test_request_context("/", base_url=place):
        assert scanned("12345678") == text
