"""The protocol spoken to a real hub process: what its clients hear, and what it refuses."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import socketio
from hub_process import WAIT_S, HubProcess, Listener, hang_up, phone_of, post
from talking_device import FIRST, PIECES, SECOND, operation

pytestmark = pytest.mark.usefixtures("quiet")
Connect = Callable[..., Listener]
ITEM = PIECES[0].id


def new_id() -> str:
    return uuid.uuid4().hex


def add(cart: str) -> dict[str, Any]:
    return operation("cart.add", cart, line=new_id(), item=ITEM, quantity=1000)


def shopper_cart(hub: HubProcess, connect: Connect, shopper: str = FIRST.id) -> tuple[Listener, str]:
    phone = phone_of(hub, connect, new_id(), shopper)
    [answer] = phone.call("sub", [{"s": f"shopper:{shopper}", "e": 0, "v": 0}])["streams"]
    return phone, str(answer["state"]["cart"])


def test_the_hub_says_hello_with_its_limits_and_who_one_is(hub: HubProcess, connect: Connect) -> None:
    hello = connect(hub).hello
    assert hello["proto"] == 1
    assert hello["limits"] == {
        "ops_batch": 200,
        "batch_bytes": 64 * 1024,
        "message_bytes": 1024 * 1024,
        "cart_lines": 500,
    }
    assert hello["you"] == {"dev": "till-1", "store": "main-street", "shopper": "", "staff": ""}


def test_a_scan_at_the_till_is_heard_by_two_phones_and_names_its_operation(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub)
    phones = [shopper_cart(hub, connect) for _ in range(2)]
    live = phones[0][1]
    for phone, cart in phones:
        assert cart == live
        [answer] = phone.call("sub", [{"s": f"cart:{live}", "e": 0, "v": 0}])["streams"]
        assert answer["state"]["id"] == live
    visit = new_id()
    assert till.do("cart.attach", visit, card=FIRST.card)["result"]["cart"] == live
    scanned = operation("cart.add", visit, line=new_id(), item=ITEM, quantity=1000)
    seq = till.next_seq()
    answer = till.call("ops", {"seq0": seq, "ops": [scanned]})
    assert answer["results"][0]["status"] == "ok"
    for phone, _ in phones:
        event = phone.wait("ev", lambda found: found["by"] == [{"dev": "till-1", "seq": seq}])
        assert (event["s"], event["p"] + 1, event["scan"]) == (f"cart:{live}", event["v"], scanned["at"])
        assert list(event["changes"]["lines"]) == [answer["results"][0]["result"].get("line", scanned["body"]["line"])]
    till.do("cart.abandon", visit)


def test_a_till_and_a_phone_hear_of_one_another_until_the_phone_is_gone(hub: HubProcess, connect: Connect) -> None:
    till, visit = connect(hub), new_id()
    phone, live = shopper_cart(hub, connect)
    stream = f"cart:{live}"
    till.do("cart.attach", visit, card=FIRST.card)
    for client in (till, phone):
        client.call("sub", [{"s": stream, "e": 0, "v": 0}])
    ours = {client.hello["you"]["dev"] for client in (till, phone)}

    def seen(told: dict[str, Any]) -> dict[str, Any]:
        # Phones of this shopper from before are missed only after a while.
        return {one["app"]: one["place"] and one["place"]["kind"] for one in told["who"] if one["dev"] in ours}

    assert seen(till.call("presence", {"s": stream, "doing": "look"})) == {"till": "till"}
    both = {"phone": None, "till": "till"}
    assert seen(phone.call("presence", {"s": stream, "doing": "look"})) == both
    till.wait("onlookers", lambda told: seen(told) == both)
    phone.close()
    till.wait_until(lambda: [seen(told) for name, told in till.heard if name == "onlookers"][-1] == {"till": "till"})
    till.do("cart.abandon", visit)


def test_what_was_missed_is_pulled_as_events_and_too_much_as_a_snapshot(hub: HubProcess, connect: Connect) -> None:
    till, visit = connect(hub, dev="till-2"), new_id()
    for _ in range(3):
        till.do("cart.add", visit, line=new_id(), item=ITEM, quantity=1000)
    stream = f"cart:{visit}"
    [head] = till.call("sub", [{"s": stream, "e": 0, "v": 0}])["streams"]
    assert head["v"] == 3
    missed = till.call("pull", {"s": stream, "e": head["e"], "v": 1})
    assert [event["v"] for event in missed["events"]] == [2, 3]
    assert "state" in till.call("pull", {"s": stream, "e": head["e"] + 1, "v": 3})
    assert till.call("unsub", [stream]) == {}
    assert till.call("pull", {"s": stream, "e": 1, "v": 1})["error"]["code"] == "not_allowed"


def test_tick_tells_the_hubs_time(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub)
    assert till.call("tick", 0)["now"] >= till.hello["now"]


def test_an_unknown_event_and_a_message_of_the_wrong_shape_are_answered(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub)
    assert till.call("dance", {})["error"]["code"] == "message.unknown_event"
    for event, payload in (("ops", "x"), ("ops", {"seq0": 0, "ops": []}), ("sub", {}), ("sub", [1]), ("pull", None)):
        assert till.call(event, payload)["error"]["code"] == "message.malformed", event
    assert till.call("sub", [{"s": f"cart:{n}"} for n in range(21)])["error"]["code"] == "message.malformed"


def test_unknown_kinds_and_versions_are_refused_by_name_in_an_answer(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub)
    ops = [operation("cart.explode", "v"), {**operation("cart.add", "v"), "ver": 9}]
    results = till.call("ops", {"seq0": till.next_seq(), "ops": ops})["results"]
    assert [row["error"]["code"] for row in results] == ["message.unknown_kind", "message.unknown_version"]


def test_a_batch_of_many_is_limited_and_one_large_operation_travels_alone(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub)
    seq = till.next_seq()
    large = [operation("audit.note", action="note", detail={"x": "x" * 40_000}) for _ in range(2)]
    refused = till.call("ops", {"seq0": seq, "ops": large})
    assert refused["error"]["code"] == "message.batch_too_large"
    assert till.next_seq() == seq
    alone = operation("audit.note", action="note", detail={"x": "x" * 100_000})
    assert till.call("ops", {"seq0": seq, "ops": [alone]})["results"][0]["status"] == "ok"


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({"proto": [2, 3]}, "upgrade"),
        ({"token": "somebody else's"}, "unauthorised"),
        ({"token": "token-till-2"}, "unauthorised"),
        ({"app": "kiosk"}, "unauthorised"),
        ({"app": "phone"}, "unauthorised"),
        ({"app": "dashboard"}, "unauthorised"),
        ({"app": "toaster"}, "message.malformed"),
        ({"dev": "../../etc"}, "message.malformed"),
    ],
    ids=str,
)
def test_whom_the_hub_does_not_know_is_refused_with_a_code(hub: HubProcess, auth: dict[str, Any], code: str) -> None:
    client = socketio.Client(reconnection=False)
    reasons: list[Any] = []
    client.on("connect_error", reasons.append)
    hail = {"proto": [1, 1], "app": "till", "dev": "till-1", "inc": 1, "token": "token-till-1"} | auth
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(hub.url, auth=hail, transports=["websocket"], wait_timeout=WAIT_S)
    hang_up(client)
    assert reasons[0]["data"]["code"] == code
    assert {"message", "params"} <= set(reasons[0]["data"])


def test_a_phone_hears_only_its_own_streams(hub: HubProcess, connect: Connect) -> None:
    phone, own = shopper_cart(hub, connect)
    _, theirs = shopper_cart(hub, connect, SECOND.id)
    names = [
        f"cart:{own}",
        f"cart:{theirs}",
        f"shopper:{SECOND.id}",
        "store:main-street",
        "dashboard:main-street",
        "cart:none",
    ]
    answers = phone.call("sub", [{"s": name} for name in names])["streams"]
    assert [answer.get("error", {}).get("code", "heard") for answer in answers] == ["heard"] + ["not_allowed"] * 5
    body = {"line": new_id(), "item": ITEM, "quantity": 1000}
    assert phone.do("cart.add", theirs, **body)["error"]["code"] == "not_allowed"


def test_a_browser_that_names_itself_like_another_device_stays_its_own(hub: HubProcess, connect: Connect) -> None:
    phone = phone_of(hub, connect, "x" * 64)
    assert phone.hello["you"]["dev"].endswith(f".{FIRST.id}")
    assert len(phone.hello["you"]["dev"]) == 64


def test_a_page_of_another_site_is_refused(hub: HubProcess) -> None:
    client = socketio.Client(reconnection=False)
    cookie = f"omnitill_session={hub.sign_in_shopper()}"
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            hub.url,
            auth={"proto": 1, "app": "phone", "dev": "p"},
            transports=["websocket"],
            headers={"Cookie": cookie, "Origin": "https://elsewhere.example"},
            wait_timeout=WAIT_S,
        )
    hang_up(client)


def test_operations_over_http_are_the_same_operations(hub: HubProcess, connect: Connect) -> None:
    till = connect(hub, dev="kiosk-1")
    batch = {"dev": "kiosk-1", "inc": 1, "seq0": till.next_seq(), "ops": [add(new_id())]}
    token = {"Authorization": "Bearer token-kiosk-1"}
    assert post(hub, "/v1/ops", batch, **token).json()["results"][0]["status"] == "ok"
    assert till.call("ops", {"seq0": batch["seq0"], "ops": batch["ops"]})["results"][0]["dup"] is True
    refusals = [
        (post(hub, "/v1/ops", batch, Authorization="Bearer no"), 401, "unauthorised"),
        (post(hub, "/v1/ops", {**batch, "dev": "till-1"}, **token), 401, "unauthorised"),
        (post(hub, "/v1/ops", ["x"], **token), 400, "message.malformed"),
        (post(hub, "/v1/ops", {"x": "x" * 1024 * 1024}, **token), 413, "message.too_large"),
        (post(hub, "/v1/nothing", {}, **token), 404, "not_found"),
    ]
    for response, status, code in refusals:
        assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_reference_data_is_sent_once_for_each_version(hub: HubProcess) -> None:
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
        head = {"Authorization": "Bearer token-till-1"}
        first = client.get("/v1/reference", headers=head)
        assert len(first.json()["products"]) == 60
        again = client.get("/v1/reference", headers=head | {"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/v1/reference").status_code == 401
        bus = "up" if hub.workers > 1 else "alone"
        assert client.get("/readyz").json() == {"ok": True, "stores": 2, "bus": bus}


@pytest.mark.parametrize("path", ["/manage/sign-in", "/manage/sign-out"])
def test_another_site_signs_no_manager_in_or_out(hub: HubProcess, path: str) -> None:
    credentials = {"number": "0000", "pin": "0000"}
    refused = post(hub, path, credentials, Origin="http://elsewhere.example")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "foreign_page")
    own = post(hub, path, credentials, Origin=hub.url)
    assert own.status_code == 200 or own.json()["error"]["code"] == "staff.unknown"


def test_a_till_gets_the_hashes_of_pins_and_a_kiosk_does_not(hub: HubProcess) -> None:
    def reference(terminal: str) -> str:
        with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
            return client.get("/v1/reference", headers={"Authorization": f"Bearer token-{terminal}"}).text

    assert "$argon2id$" in reference("till-1")
    assert "$argon2" not in reference("kiosk-1")
