"""What a page hears and may say, over a real socket."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import socketio
from till_bench import CASHIER, PIECES, Bench, scan_text

from retail.replica import applied

KEYS = {
    *("kind", "phase", "language", "store", "terminal", "staff", "people", "shopper", "lines", "totals", "taxes"),
    *(
        "hints",
        "coupons",
        "asking",
        "approval",
        "payment",
        "paying",
        "on_phone",
        "last_sale",
        "returning",
        "last_return",
        "credit",
        "cards",
        "ask",
        "set_up",
        "departments",
        "link",
        "needs_you",
        "devices",
        "notice",
        "sound",
        "idle",
        "demo",
    ),
}


@pytest.fixture
def page(alone: Bench) -> Iterator[socketio.SimpleClient]:
    client = socketio.SimpleClient(handle_sigint=False)
    client.connect(alone.terminal.serving.url, transports=["websocket"])
    yield client
    client.disconnect()


def test_a_page_gets_the_whole_state_and_then_only_changes(alone: Bench, page: socketio.SimpleClient) -> None:
    name, whole = page.receive(timeout=10)
    assert name == "view" and set(whole["state"]) == KEYS
    v, state = whole["v"], whole["state"]
    text, aim = scan_text(PIECES[0])
    answer = page.call("do", {"id": "a", "command": "scan", "text": text, "aim": aim}, timeout=10)
    while v < answer["v"]:
        name, event = page.receive(timeout=10)
        assert (name, event["p"]) == ("ev", v)
        v, state = event["v"], applied(state, event["changes"])
    fresh = page.call("view", timeout=10)
    assert (state, v) == (fresh["state"], fresh["v"]) or fresh["v"] > v
    assert answer["result"]["line"] in state["lines"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not an object", "message.malformed"),
        ({"command": "lock"}, "message.malformed"),
        ({"id": "x", "command": "fly"}, "command.unknown"),
        ({"id": "x", "command": "add", "item": "p-0001", "quantity": 1.5}, "message.malformed"),
        ({"id": "x", "command": "add", "item": "p-0001", "quantity": -1}, "message.malformed"),
        ({"id": "x", "command": "add", "item": "no-such-item"}, "catalogue.unknown_item"),
        ({"id": "x", "command": "lock", "extra": 1}, "message.malformed"),
    ],
)
def test_what_is_not_of_the_protocol_is_refused_by_name(page: socketio.SimpleClient, message: Any, code: str) -> None:
    assert page.call("do", message, timeout=10)["error"]["code"] == code


def test_an_event_that_nobody_knows_is_answered(page: socketio.SimpleClient) -> None:
    assert page.call("fly", {}, timeout=10)["error"]["code"] == "message.unknown_event"


def test_two_pages_show_the_same(alone: Bench, page: socketio.SimpleClient) -> None:
    other = socketio.SimpleClient(handle_sigint=False)
    other.connect(alone.terminal.serving.url, transports=["websocket"])
    text, aim = scan_text(PIECES[0])
    page.call("do", {"id": "a", "command": "scan", "text": text, "aim": aim}, timeout=10)
    assert other.call("view", timeout=10)["state"]["lines"] == page.call("view", timeout=10)["state"]["lines"]
    other.disconnect()


def test_search_and_quick_keys(page: socketio.SimpleClient) -> None:
    found = page.call("do", {"id": "1", "command": "search", "q": PIECES[0].names["ru"]}, timeout=10)["result"]
    assert found["products"][0]["id"] == PIECES[0].id
    body = {"id": "2", "command": "browse", "department": PIECES[0].department, "limit": 1}
    keys = page.call("do", body, timeout=10)["result"]
    assert len(keys["products"]) == 1 and keys["total"] > 1


def test_a_page_from_another_name_does_not_reach_the_till(alone: Bench) -> None:
    url = alone.terminal.serving.url
    with httpx.Client(trust_env=False) as client:
        assert client.get(url + "healthz").json()["terminal"] == "till-1"
        assert client.get(url + "healthz", headers={"Host": "evil.example"}).status_code == 403
        page = client.get(url)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"] and "/cashier/main.js" in page.text


def test_a_socket_from_another_name_does_not_reach_the_till(alone: Bench) -> None:
    page = socketio.SimpleClient(handle_sigint=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        page.connect(alone.terminal.serving.url, headers={"Host": "evil.example"}, transports=["websocket"])


def test_a_picture_is_kept_when_it_was_seen_once(bench: Bench) -> None:
    with httpx.Client(trust_env=False) as client:
        url = bench.terminal.serving.url + "pictures/apple.svg"
        assert client.get(url).status_code == 200
        bench.hub.stop()
        assert client.get(url).text == "<svg>apple</svg>"
        assert client.get(bench.terminal.serving.url + "pictures/pear.svg").status_code == 404


def test_a_pin_is_in_no_state_and_no_answer(alone: Bench) -> None:
    assert CASHIER.pin not in str(alone.view["people"]) and "pin" not in str(alone.view)
