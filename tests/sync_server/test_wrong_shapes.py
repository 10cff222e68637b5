"""Messages of every wrong shape, made from right ones: always an answer with a code, no trace, and no dead hub."""

import json
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from bent_messages import BODIES, bent
from hub_process import WAIT_S, HubProcess, Listener, open_frames, phone_of, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from talking_device import operation

from retail import schemas
from retail.messages import STREAMS_PER_SUB_MAX, Batch, Hail, Position, Presence, Shown, Status

pytestmark = pytest.mark.usefixtures("quiet")
EXAMPLES = 120
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
MANY = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=CHECKS)
SEEDS = st.integers(0, 2**32)
FEW = settings(MANY, max_examples=EXAMPLES // 4)
"""A refused handshake costs a connection each."""

POSITION = {"s": "cart:none", "e": 1, "v": 0}


def is_wrong(model: Any, message: Any) -> bool:
    try:
        TypeAdapter(model).validate_python(message)
    except ValidationError:
        return True
    return False


@pytest.fixture(autouse=True)
def no_fault(hub: HubProcess) -> Iterator[None]:
    """The hub's log holds no exception in its own form either."""
    start = len(hub.log())
    yield
    assert '"exception":' not in hub.log()[start:], hub.log()[start:]


@pytest.fixture(params=["till", "phone"])
def client(request: pytest.FixtureRequest, hub: HubProcess, connect: Callable[..., Listener]) -> Listener:
    """Whoever speaks: a terminal in hand, a stranger's browser with a cookie."""
    return connect(hub) if request.param == "till" else phone_of(hub, connect, uuid.uuid4().hex)


def is_refused(answer: Any) -> bool:
    return bool(answer.get("error", {}).get("code", "").strip()) and answer["error"]["code"] != "hub.fault"


def hailed(hub: HubProcess, auth: Any) -> str:
    """What the hub says first to this handshake."""
    frames = open_frames(hub, None)
    frames.send("40" + json.dumps(auth))
    said = str(frames.recv())
    frames.shutdown()
    return said


def test_every_kind_of_operation_is_bent() -> None:
    assert set(BODIES) == set(schemas.OPERATIONS)


def test_operations_of_a_wrong_shape_are_refused_alone_with_a_code(client: Listener) -> None:
    @MANY
    @given(kind=st.sampled_from(sorted(BODIES)), seed=SEEDS)
    def each(kind: str, seed: int) -> None:
        sent = bent(operation(kind, uuid.uuid4().hex, **BODIES[kind]), random.Random(seed))
        answer = client.call("ops", {"seq0": client.next_seq(), "ops": [sent]})
        assert "results" in answer, answer
        [result] = answer["results"]
        if is_wrong(schemas.OPERATIONS[kind], sent):
            assert result["status"] == "rejected" and is_refused(result), (sent, result)
        else:
            assert result["status"] == "ok" or is_refused(result), (sent, result)

    each()


def test_batches_of_a_wrong_shape_are_refused_whole(client: Listener) -> None:
    @MANY
    @given(seed=SEEDS)
    def each(seed: int) -> None:
        before = client.next_seq()
        sent = bent({"seq0": before, "ops": [operation("audit.note", action="note")]}, random.Random(seed))
        answer = client.call("ops", sent)
        if is_wrong(Batch, sent):
            assert is_refused(answer), (sent, answer)
            assert client.next_seq() == before
        else:
            assert len(answer["results"]) == len(sent["ops"]), (sent, answer)

    each()


def test_positions_of_a_wrong_shape_are_refused(client: Listener) -> None:
    shapes: dict[str, tuple[Any, Any]] = {
        "sub": (list[Position], [POSITION, POSITION]),
        "unsub": (list[str], ["cart:none", "cart:x"]),
        "pull": (Position, POSITION),
    }

    @MANY
    @given(event=st.sampled_from(sorted(shapes)), seed=SEEDS)
    def each(event: str, seed: int) -> None:
        model, right = shapes[event]
        sent = bent(right, random.Random(seed))
        answer = client.call(event, sent)
        if is_wrong(model, sent) or (event == "sub" and len(sent) > STREAMS_PER_SUB_MAX):
            assert is_refused(answer), (sent, answer)
        elif event == "sub":
            assert len(answer["streams"]) == len(sent), (sent, answer)
        assert "now" in client.call("tick", sent)

    each()


def test_a_handshake_of_a_wrong_shape_is_refused_with_a_code(hub: HubProcess, client: Listener) -> None:
    right = {
        "proto": [1, 1],
        "app": "till",
        "version": "1",
        "dev": "till-2",
        "inc": 1,
        "token": "token-till-2",
        "t0": 0,
    }

    @FEW
    @given(seed=SEEDS)
    def each(seed: int) -> None:
        found = bent(right, random.Random(seed))
        # Socket.IO itself takes nothing but an object here; what is none stands in test_bad_frames.
        sent = found if isinstance(found, dict) else {**right, "proto": found}
        answer = hailed(hub, sent)
        if is_wrong(Hail, sent):
            assert answer.startswith("44") and '"code":"message.malformed"' in answer, (sent, answer)
        else:
            assert answer.startswith(('44{"message":', '40{"sid":')), (sent, answer)

    each()
    assert "now" in client.call("tick", 0)


def test_words_of_a_wrong_shape_are_refused(client: Listener) -> None:
    status = {"unsent": 1, "oldest_unsent": 0, "last_seq": 3, "through": 2, "skew_ms": -5, "version": "1", "free_mb": 9}
    status |= {"devices": [{"kind": "printer", "name": "front", "state": "online"}]}
    shapes: dict[str, tuple[Any, Any]] = {"status": (Status, status), "shown": (Shown, [1, 2, 3])}
    shapes["presence"] = (Presence, {"s": "cart:none", "doing": "look"})

    @MANY
    @given(event=st.sampled_from(sorted(shapes)), seed=SEEDS)
    def each(event: str, seed: int) -> None:
        model, right = shapes[event]
        sent = bent(right, random.Random(seed))
        answer = client.call(event, sent)
        mine = event == ("status" if client.dev.startswith("till") else "shown")
        if mine and not is_wrong(model, sent):
            assert answer == {}, (sent, answer)
        else:
            assert is_refused(answer), (sent, answer)

    each()


def test_every_query_of_a_wrong_shape_is_refused_with_a_code(hub: HubProcess) -> None:
    """The doors over HTTP take numbers and names as texts, and any browser can write any text."""
    paths = ["/v1/streams", "/v1/streams/cart:none", "/v1/streams/%00", "/v1/hello", "/v1/time"]
    texts = st.sampled_from(["0", "1", "-1", "9" * 30, "1.0", "true", "", "till", "phone", "1-2", "cart:none", "../x"])
    names = st.sampled_from(["s", "e", "v", "wait", "app", "dev", "inc", "proto", "token", "t0", "more", "version"])
    queries = st.lists(st.tuples(names, texts | st.text(max_size=9)), max_size=5)

    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:

        @MANY
        @given(path=st.sampled_from(paths), query=queries.filter(is_utf8), token=st.booleans())
        def each(path: str, query: list[tuple[str, str]], token: bool) -> None:
            headers = {"Authorization": "Bearer token-till-2"} if token else {}
            answer = client.get(path, params=query, headers=headers)
            assert answer.status_code in (200, 400, 401, 403, 404), (path, query, answer.text)
            assert answer.status_code == 200 or is_refused(answer.json()), (path, query, answer.text)

        each()


def is_utf8(query: list[tuple[str, str]]) -> bool:
    return all(sign < "\ud800" or sign > "\udfff" for _, text in query for sign in text)


def test_operations_over_http_of_a_wrong_shape_are_refused(hub: HubProcess, connect: Callable[..., Listener]) -> None:
    kiosk = connect(hub, dev="kiosk-1")

    @FEW
    @given(seed=SEEDS)
    def each(seed: int) -> None:
        right = {"dev": "kiosk-1", "inc": 1, "seq0": kiosk.next_seq(), "ops": [operation("audit.note", action="note")]}
        sent = bent(right, random.Random(seed))
        response = post(hub, "/v1/ops", sent, Authorization="Bearer token-kiosk-1")
        if response.status_code == 200:
            assert len(response.json()["results"]) == len(sent["ops"])
        else:
            # 401: it names a device that is not that of the token.
            assert response.status_code in (400, 401, 403, 409) and is_refused(response.json()), (sent, response.text)

    each()
