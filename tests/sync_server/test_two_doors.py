"""Socket and HTTP are two doors of one hub: the same words get the same answers, and the same people stay outside."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from doors import DOORS, Door, HttpDoor
from hub_process import WAIT_S, HubProcess, Listener, phone_of, post
from talking_device import FIRST, PIECES, SECOND, operation

from sync_server.customers import service as customers
from sync_server.realtime.http import WAIT_MS_MAX
from sync_server.staff.tables import staff
from sync_server.terminals import service as terminals

pytestmark = pytest.mark.usefixtures("quiet")
Connect = Callable[..., Listener]
ITEM = PIECES[0].id
Open = Callable[[dict[str, str]], Door]


def shopper(hub: HubProcess, shopper: str = FIRST.id, dev: str = "") -> dict[str, str]:
    cookie = f"omnitill_session={hub.sign_in_shopper(shopper)}"
    return {"app": "phone", "dev": dev or f"phone-{uuid.uuid4().hex[:12]}", "cookie": cookie}


def terminal(dev: str = "till-2") -> dict[str, str]:
    return {"app": "kiosk" if dev.startswith("kiosk") else "till", "dev": dev, "token": f"token-{dev}"}


def manager(hub: HubProcess) -> dict[str, str]:
    token = uuid.uuid4().hex
    db = hub.open()
    with db.engine.begin() as connection:
        found = connection.execute(staff.select().where(staff.c.role == "manager")).first()
    assert found is not None
    db.write(lambda session: customers.begin_session(session, "staff", found.id, token, 0, 2 * 10**12))
    db.close()
    return {"app": "dashboard", "dev": "desk", "cookie": f"omnitill_staff={token}"}


@pytest.fixture(params=sorted(DOORS))
def open_door(request: pytest.FixtureRequest, hub: HubProcess, connect: Connect) -> Open:
    return lambda who: DOORS[request.param](hub, connect, who)


def live_cart(door: Door, shopper: str = FIRST.id) -> str:
    [answer] = door.sub({"s": f"shopper:{shopper}"})["streams"]
    return str(answer["state"]["cart"])


def add(cart: str, **more: Any) -> dict[str, Any]:
    return operation("cart.add", cart, **{"line": uuid.uuid4().hex, "item": ITEM, "quantity": 1000} | more)


def test_a_phone_says_the_same_and_hears_the_same_at_both_doors(hub: HubProcess, connect: Connect) -> None:
    told: dict[str, list[Any]] = {}
    me = shopper(hub, SECOND.id)
    for name, make in DOORS.items():
        # The same person, first at one door and then with another phone at the other.
        door = make(hub, connect, me | {"dev": f"{me['dev']}-{name}"})
        cart = live_cart(door, SECOND.id)
        [answer] = door.sub({"s": f"cart:{cart}"})["streams"]
        at, before = {"s": f"cart:{cart}", "e": answer["e"], "v": answer["v"]}, sorted(answer)
        line = uuid.uuid4().hex
        ops = [add(cart, line=line, fulfilment="deliver"), operation("cart.remove", cart, line=line, seen=1000)]
        ops += [operation("cart.explode", cart), add(cart, item="p-none")]
        done = door.ops(1, ops)
        [missed] = door.sub(at)["streams"]
        told[name] = [
            sorted(door.hello()), before, done["last_seq"], [_gist(row) for row in done["results"]],
            [_gist(row) for row in door.ops(1, ops)["results"]], door.ops(9, [ops[0]]),
            [event["v"] - at["v"] for event in missed["events"]], [event["by"][0]["seq"] for event in missed["events"]],
            missed["v"] - at["v"], door.pull(at["s"], at["e"], at["v"]) == missed, sorted(door.tick()),
            sorted(door.sub({"s": at["s"], "e": at["e"] + 1, "v": at["v"]})["streams"][0]),
        ]  # fmt: skip
    assert told["socket"] == told["http"]
    assert told["http"][4] == [{**row, "dup": True} for row in told["http"][3]]


def _gist(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value["code"] if key == "error" else value for key, value in result.items()}


def test_a_terminal_and_a_manager_hear_their_streams_at_both_doors(hub: HubProcess, open_door: Open) -> None:
    till, desk = open_door(terminal()), open_door(manager(hub))
    assert till.hello()["you"] == {"dev": "till-2", "store": "main-street", "shopper": "", "staff": ""}
    assert set(till.pull("store:main-street")["state"]) >= {"reference"}
    visit = uuid.uuid4().hex
    last = till.ops(1, [])["last_seq"]
    assert till.ops(last + 1, [add(visit)])["results"][0]["status"] == "ok"
    assert len(till.pull(f"cart:{visit}")["state"]["lines"]) == 1
    assert till.ops(last + 2, [operation("cart.abandon", visit)])["results"][0]["status"] == "ok"
    assert desk.hello()["you"]["staff"]
    assert "terminals" in desk.pull("dashboard:main-street")["state"]
    assert desk.ops(1, [])["error"]["code"] == "not_allowed"


def test_a_stranger_hears_nothing_and_changes_nothing_at_both_doors(hub: HubProcess, open_door: Open) -> None:
    me, desk, till = open_door(shopper(hub)), open_door(manager(hub)), open_door(terminal("kiosk-1"))
    theirs = live_cart(open_door(shopper(hub, SECOND.id)), SECOND.id)
    secret = [f"cart:{theirs}", f"shopper:{SECOND.id}", "store:main-street", "dashboard:main-street", "cart:none"]
    for name in secret:
        assert me.pull(name)["error"]["code"] == "not_allowed", name
    answers = me.sub({"s": f"shopper:{FIRST.id}"}, *({"s": name} for name in secret))["streams"]
    assert [row.get("error", {}).get("code", "heard") for row in answers] == ["heard"] + ["not_allowed"] * len(secret)
    assert me.ops(1, [add(theirs)])["results"][0]["error"]["code"] == "not_allowed"
    for door, name in ((desk, f"cart:{theirs}"), (desk, f"shopper:{FIRST.id}"), (desk, "store:main-street"),
                       (desk, "dashboard:harbour"), (till, f"cart:{theirs}"), (till, "dashboard:main-street"),
                       (till, f"shopper:{FIRST.id}")):  # fmt: skip
        assert door.pull(name)["error"]["code"] == "not_allowed", name


STATUS = {"unsent": 0, "last_seq": 3, "through": 3}


def test_who_may_say_how_it_stands_and_what_it_showed_is_the_same_at_both_doors(
    hub: HubProcess, open_door: Open
) -> None:
    me, desk, till = open_door(shopper(hub)), open_door(manager(hub)), open_door(terminal())
    assert (till.say("status", STATUS), me.say("shown", [12, 800])) == ({}, {})
    for door, event, payload in ((me, "status", STATUS), (desk, "status", STATUS), (till, "shown", [1]),
                                 (desk, "shown", [1])):  # fmt: skip
        assert door.say(event, payload)["error"]["code"] == "not_allowed", event
    for door, event, wrong in ((till, "status", {"unsent": "x"}), (me, "shown", [-1]), (me, "shown", [1] * 1000),
                               (me, "shown", "x"), (me, "shown", [10**12])):  # fmt: skip
        assert door.say(event, wrong)["error"]["code"] == "message.malformed", wrong


def test_who_looks_at_a_cart_is_told_to_those_who_may_hear_it_at_both_doors(hub: HubProcess, open_door: Open) -> None:
    me, other, desk = open_door(shopper(hub)), open_door(shopper(hub, SECOND.id)), open_door(manager(hub))
    cart = live_cart(me)
    dev = me.hello()["you"]["dev"]
    said = me.say("presence", {"s": f"cart:{cart}", "doing": "look"})
    assert {"dev": dev, "app": "phone", "place": None, "doing": "look"} in said["who"]
    assert dev not in [one["dev"] for one in me.say("presence", {"s": f"cart:{cart}", "doing": "gone"})["who"]]
    for door in (other, desk, open_door(terminal("kiosk-1"))):
        assert door.say("presence", {"s": f"cart:{cart}", "doing": "look"})["error"]["code"] == "not_allowed"
    for wrong in ({}, {"s": f"shopper:{FIRST.id}", "doing": "look"}, {"s": f"cart:{cart}", "doing": "steal"}):
        assert me.say("presence", wrong)["error"]["code"] == "message.malformed", wrong


def enrol(hub: HubProcess, terminal: str, token: str) -> None:
    """Another token for a terminal: the one before is worth nothing from now on."""
    db = hub.open()
    db.write(lambda session: terminals.enrol(session, terminal, token))
    db.close()


@pytest.mark.parametrize("ended", ["expired", "signed out", "withdrawn", "of another kind", "made up"])
def test_a_sign_in_that_counts_no_more_opens_neither_door(hub: HubProcess, open_door: Open, ended: str) -> None:
    who = {"expired": lambda: shopper(hub), "signed out": lambda: shopper(hub), "withdrawn": lambda: terminal("till-3"),
           "of another kind": lambda: shopper(hub), "made up": lambda: terminal()}[ended]()  # fmt: skip
    token = who.get("token") or who["cookie"].partition("=")[2]
    if ended == "made up":
        who["token"] = "somebody else's"
    elif ended == "of another kind":
        # A shopper's cookie under the manager's name, and the reverse.
        who |= {"app": "dashboard", "cookie": f"omnitill_staff={token}"}
    elif ended != "withdrawn":
        db = hub.open()
        db.write(lambda session: customers.end_session(session, token))
        if ended == "expired":
            db.write(lambda session: customers.begin_session(session, "shopper", FIRST.id, token, 0, 1))
        db.close()
    else:
        enrol(hub, "till-3", uuid.uuid4().hex)
    door = open_door(who)
    stream = "dashboard:main-street" if who["app"] == "dashboard" else f"shopper:{FIRST.id}"
    answers = [door.hello(), door.sub({"s": stream}), door.pull(stream), door.ops(1, [])]
    enrol(hub, "till-3", "token-till-3")
    assert [answer["error"]["code"] for answer in answers] == ["unauthorised"] * 4


def test_an_answer_without_news_is_held_back_until_there_are_some(hub: HubProcess, connect: Connect) -> None:
    me = shopper(hub)
    door = HttpDoor(hub, connect, me)
    cart = live_cart(door)
    [seen] = door.sub({"s": f"cart:{cart}"})["streams"]
    at = {"e": seen["e"], "v": seen["v"], "wait": WAIT_MS_MAX}
    heard: list[Any] = []
    asking = threading.Thread(target=lambda: heard.append(door.ask(f"/v1/streams/cart:{cart}", **at)))
    began = time.monotonic()
    asking.start()
    other = phone_of(hub, connect, uuid.uuid4().hex)
    assert other.do("cart.add", cart, line=uuid.uuid4().hex, item=ITEM, quantity=1000)["status"] == "ok"
    asking.join(WAIT_S)
    assert heard and heard[0]["v"] > seen["v"] and heard[0]["events"][0]["by"][0]["dev"].endswith(FIRST.id)
    assert time.monotonic() - began < WAIT_MS_MAX / 1000
    quiet = door.ask(f"/v1/streams/cart:{cart}", e=seen["e"], v=heard[0]["v"], wait=20)
    assert quiet["events"] == []


def test_who_is_signed_out_while_he_waits_hears_nothing_more(hub: HubProcess, connect: Connect) -> None:
    me = shopper(hub)
    door = HttpDoor(hub, connect, me)
    cart = live_cart(door)
    [seen] = door.sub({"s": f"cart:{cart}"})["streams"]
    heard: list[Any] = []
    asked = {"s": f"cart:{cart}", "e": seen["e"], "v": seen["v"], "wait": 5_000}
    asking = threading.Thread(target=lambda: heard.append(door.ask("/v1/streams", **asked)))
    asking.start()
    db = hub.open()
    db.write(lambda session: customers.end_session(session, me["cookie"].partition("=")[2]))
    db.close()
    other = phone_of(hub, connect, uuid.uuid4().hex)
    assert other.do("cart.add", cart, line=uuid.uuid4().hex, item=ITEM, quantity=1000)["status"] == "ok"
    asking.join(WAIT_S)
    assert heard[0]["error"]["code"] == "unauthorised"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/streams", "message.malformed"),
        ("/v1/streams?s=cart:x&e=1", "message.malformed"),
        ("/v1/streams?s=cart:x&e=1&v=x", "message.malformed"),
        ("/v1/streams/cart:x?v=-1", "message.malformed"),
        ("/v1/streams/x", "message.malformed"),
        ("/v1/streams/cart:x?wait=99999999", "message.malformed"),
        ("/v1/streams/cart:x?more=1", "message.malformed"),
        ("/v1/streams/cart:x?app=toaster", "message.malformed"),
        ("/v1/hello?token=token-till-1", "message.malformed"),
        ("/v1/hello?proto=7-8", "upgrade"),
        ("/v1/hello?dev=../etc", "message.malformed"),
        ("/v1/streams?" + "&".join(["s=cart:x&e=0&v=0"] * 21), "message.malformed"),
    ],
)
def test_a_request_of_a_wrong_shape_is_refused_with_a_code(hub: HubProcess, path: str, code: str) -> None:
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
        answer = client.get(path, headers={"Authorization": "Bearer token-till-1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_page_of_another_site_gets_nothing_by_the_cookie(hub: HubProcess) -> None:
    me = shopper(hub)
    headers = {"Cookie": me["cookie"], "Origin": "https://elsewhere.example"}
    batch = {"dev": me["dev"], "inc": 1, "seq0": 1, "ops": []}
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
        answers = [
            client.get(f"/v1/streams/shopper:{FIRST.id}", headers=headers),
            client.get("/v1/hello", headers=headers),
        ]
    answers.append(post(hub, "/v1/ops", batch, **headers))
    assert [(one.status_code, one.json()["error"]["code"]) for one in answers] == [(403, "foreign_page")] * 3
    # What a form can post without being asked first is no JSON.
    form = {"Cookie": me["cookie"], "Content-Type": "text/plain"}
    refused = httpx.post(f"{hub.url}/v1/ops", content='{"dev": "x", "seq0": 1, "ops": []}', headers=form)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "message.malformed")
    own = post(hub, "/v1/ops", batch, **(headers | {"Origin": hub.url}))
    assert (own.status_code, own.json()) == (200, {"last_seq": 0, "results": []})
    assert own.headers["Cache-Control"] == "no-store"


def test_only_a_till_is_told_whose_a_sale_is_and_what_it_cost(hub: HubProcess) -> None:
    def ask(who: dict[str, str], app: str) -> tuple[int, str]:
        headers = {"Cookie": who["cookie"]} if "cookie" in who else {"Authorization": f"Bearer {who['token']}"}
        query = "" if "token" in who else f"?app={app}&dev={who['dev']}"
        answer = httpx.post(
            f"{hub.url}/v1/sold{query}", json={"number": "01-01-999999"}, headers=headers, timeout=WAIT_S
        )
        return answer.status_code, answer.json()["error"]["code"]

    assert ask(terminal("till-2"), "till")[1] == "return.unknown_sale"
    for who in (terminal("kiosk-1"), shopper(hub), manager(hub)):
        assert ask(who, who["app"])[1] == "not_allowed"
