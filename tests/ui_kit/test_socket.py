"""The page's socket against a real Flask-SocketIO server: clock, answers, refusals, loss and return."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, disconnect, emit

from ui_kit.blueprint import init_app

Look = Callable[..., Any]
Until = Callable[..., None]
AHEAD_MS = 90_000
CONNECT = """async (auth) => {
  const { connect } = await import('kit/socket.js');
  window.states = [];
  window.link = connect({ app: 'test', auth });
  link.status.subscribe((s) => states.push(s));
}"""
ASK = """([event, payload, options]) => link.emit(event, payload, options)
  .then((a) => ({ a }), (e) => ({ code: e.code, message: e.message, params: e.params }))"""


@pytest.fixture
def page(look: Look, libraries: object, serve_app: Callable[..., str]) -> Any:
    """A page of a served app, its module scripts allowed; not yet connected."""
    app = Flask("socket_app")
    init_app(app, gallery=True)
    answer(SocketIO(app, async_mode="threading"))
    opened = look(serve_app(app) + "/kit")
    opened.page.wait_for_selector(".paper-qr")
    yield opened.page
    opened.page.evaluate("window.link?.close()")


def answer(io: SocketIO) -> None:
    """A server whose clock is ahead, which echoes, refuses, keeps silent and hangs up."""

    @io.on("connect")
    def connected(auth: dict[str, Any]) -> None:
        if auth.get("token") == "old":
            raise Refused("Load the page again.", {"code": "upgrade", "message": "Load the page again."})
        emit("hello", {"proto": auth["proto"][1], "app": auth["app"]})

    io.on_event("tick", lambda t0: {"now": time.time_ns() // 1_000_000 + AHEAD_MS})
    io.on_event("echo", lambda payload: {"echo": payload})
    io.on_event("refuse", lambda _: {"error": {"code": "locked", "message": "Paid at till {n}", "params": {"n": 2}}})

    @io.on("kick_me")
    def kick_me(code: str) -> None:
        emit("kick", {"code": code})
        disconnect()


def online(page: Any, until: Until) -> None:
    page.evaluate(CONNECT, {})
    until(page, "link.status.value === 'online' && link.hello.value")


def test_the_page_learns_the_server_s_time(page: Any, until: Until) -> None:
    online(page, until)
    until(page, "link.skew.value !== 0")
    assert abs(page.evaluate("link.now() - Date.now()") - AHEAD_MS) < 1000
    assert page.evaluate("link.hello.value") == {"proto": 1, "app": "test"}
    assert page.evaluate("states")[0] == "connecting"


def test_an_answer_comes_or_a_reason_does(page: Any, until: Until) -> None:
    online(page, until)
    assert page.evaluate(ASK, ["echo", {"n": 1}, {}]) == {"a": {"echo": {"n": 1}}}
    refused = page.evaluate(ASK, ["refuse", {}, {}])
    assert refused == {"code": "locked", "message": "Paid at till {n}", "params": {"n": 2}}
    assert page.evaluate(ASK, ["nobody_hears", {}, {"timeout_ms": 50}])["code"] == "timeout"
    page.evaluate("link.close()")
    assert page.evaluate(ASK, ["echo", {}, {}])["code"] == "offline"


def test_a_hung_up_page_comes_back_by_itself(page: Any, until: Until) -> None:
    online(page, until)
    page.evaluate(ASK, ["kick_me", "slow", {"timeout_ms": 50}])
    until(page, "states.includes('offline') && link.status.value === 'online'")
    assert page.evaluate("link.kicked.value") == "slow"


@pytest.mark.parametrize("code", ["revoked", "upgrade"])
def test_a_revoked_page_stays_away_and_says_why(page: Any, until: Until, code: str) -> None:
    online(page, until)
    page.evaluate(ASK, ["kick_me", code, {"timeout_ms": 50}])
    until(page, "link.status.value === 'offline'")
    assert page.evaluate("link.kicked.value") == code


def test_a_refused_page_keeps_the_reason(page: Any, until: Until) -> None:
    page.evaluate(CONNECT, {"token": "old"})
    until(page, "link.refused.value")
    assert page.evaluate("link.refused.value.code") == "upgrade"
    assert page.evaluate("link.status.value") == "offline"
