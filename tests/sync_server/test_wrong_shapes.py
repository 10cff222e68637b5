"""Messages of every wrong shape, made from right ones: always an answer with a code, no trace, and no dead hub."""

import copy
import json
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hub_process import HubProcess, Listener, open_frames, phone_of, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from talking_device import FIRST, NOW, PIECES, operation

from retail import schemas
from retail.messages import STREAMS_PER_SUB_MAX, Batch, Hail, Position

pytestmark = pytest.mark.usefixtures("quiet")
EXAMPLES = 120
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
MANY = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=CHECKS)
SEEDS = st.integers(0, 2**32)
FEW = settings(MANY, max_examples=EXAMPLES // 4)
"""A refused handshake costs a connection each."""

ODD: list[Any] = [
    None, True, False, 0, -1, 1.0, 0.5, 1e300, 2**53, -(2**63), 2**64 - 1, "", "x", "x" * 300, "1", " ", "\x00", "ÿ",
    "\u202e", "../..", "cart:", "cart:x", [], {}, [[]], [None], {"": 0}, {"s": {}}, [1, "2"], {"a": {"b": {"c": []}}},
]  # fmt: skip
ITEM = PIECES[0].id
BODIES: dict[str, dict[str, Any]] = {
    "cart.add": {"line": "l", "item": ITEM, "quantity": 1000, "fulfilment": "carry_out", "weighed": False},
    "cart.set": {"line": "l", "to": 2000, "seen": 1000},
    "cart.remove": {"line": "l", "seen": 1000},
    "cart.take": {"line": "l"},
    "cart.release": {},
    "cart.abandon": {},
    "cart.attach": {"card": FIRST.card, "replace": False},
    "sale.commit": {
        "sale": {
            "id": "s",
            "number": "01-01-000001",
            "store": "main-street",
            "terminal": "till-1",
            "cashier": "",
            "cart": "c",
            "shopper": "",
            "lines": [],
            "taxes": [{"code": "A", "rate": 2000, "net": 0, "tax": 0, "gross": 0}],
            "total": 0,
            "tenders": [{"kind": "cash", "amount": 0}],
            "change": 0,
            "points": 0,
            "currency": "EUR",
            "book_version": 1,
            "at": NOW,
        },
        "card": "",
        "receipt": {},
    },
    "audit.note": {"action": "note", "staff": "", "detail": {}},
}
POSITION = {"s": "cart:none", "e": 1, "v": 0}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value inside a message."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*at, key))


def bent(message: Any, chance: random.Random) -> Any:
    """The message with one to three things wrong: a value of another kind, a field gone, a field too many."""
    made = [copy.deepcopy(message)]
    for _ in range(chance.randint(1, 3)):
        *way, last = (0, *chance.choice(list(places(made[0]))))
        held: Any = made
        for step in way:
            held = held[step]
        match chance.randrange(4):
            case 0 if isinstance(held, dict):
                del held[last]
            case 1 if isinstance(held[last], dict):
                held[last][chance.choice(["", "more", "__class__", "s", "line", "x" * 99])] = chance.choice(ODD)
            case 2 if isinstance(held[last], list) and held[last]:
                held[last] = held[last] * chance.choice([0, 2, 30])
            case _:
                held[last] = copy.deepcopy(chance.choice(ODD))
    return made[0]


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
            assert answer.startswith(('44{"message":', '42["hello",')), (sent, answer)

    each()
    assert "now" in client.call("tick", 0)


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
            assert response.status_code in (400, 403, 409) and is_refused(response.json()), (sent, response.text)

    each()
