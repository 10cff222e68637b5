"""Whatever comes over a wire is a message of the protocol, or a refusal that lists all its faults."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail import cart
from retail.errors import MessageError
from retail.messages import (
    BODIES,
    FAULT_LENGTH_MAX,
    FAULTS_SHOWN_MAX,
    NUMBER_MAX,
    OPS_BATCH_MAX,
    AttachBody,
    Batch,
    Hail,
    Message,
    Operation,
    Position,
    body_of,
    cart_operation,
    parse,
)

HAIL = {"proto": 1, "app": "till", "dev": "till-1", "inc": 1, "token": "t"}
OPERATION = {
    "id": "01936b2e-7c00-7000-8000-000000000001",
    "kind": "cart.add",
    "ver": 1,
    "at": 1_800_000_000_000,
    "cart": "01936b2e-7c00-7000-8000-0000000000aa",
    "body": {"line": "l-1", "item": "p-0001", "quantity": 1000},
}
GOOD_BODIES: dict[str, dict[str, Any]] = {
    "cart.add": {"line": "l-1", "item": "p-1", "quantity": -1000, "fulfilment": "deliver", "weighed": False},
    "cart.set": {"line": "l-1", "to": 0, "seen": 1000},
    "cart.remove": {"line": "l-1", "seen": 1000},
    "cart.take": {"line": "l-1"},
    "cart.release": {},
    "cart.abandon": {},
    "cart.attach": {"card": "2900000000018", "replace": True},
    "checkout.begin": {"lines": {"l-1": 2000}},
    "checkout.cancel": {},
    "hold.void": {"hold": "h-1", "kind": "gift_card"},
    "sale.commit": {"sale": {"id": "s-1"}, "card": "", "receipt": {}, "fence": 3},
    "sale.return": {"document": {"id": "r-1"}, "given": True},
    "audit.note": {"action": "staff.unlock", "staff": "m-1", "detail": {"of": "c-2"}},
}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=6),
    max_leaves=12,
)


def refused(model: type[Message], value: Any) -> MessageError:
    with pytest.raises(MessageError) as caught:
        parse(model, value)
    return caught.value


def test_a_good_operation_is_read_and_keeps_its_values() -> None:
    operation = parse(Operation, OPERATION)
    assert str(operation.id) == OPERATION["id"]
    body = body_of(operation)
    assert cart_operation("cart.add", body, 0) == cart.Add("l-1", "p-0001", 1000, "carry_out", False)


def test_every_kind_of_the_protocol_has_a_body_here() -> None:
    assert set(GOOD_BODIES) == set(BODIES)


@pytest.mark.parametrize("kind", GOOD_BODIES)
def test_each_kind_reads_its_own_body(kind: str) -> None:
    body = body_of(parse(Operation, OPERATION | {"kind": kind, "body": GOOD_BODIES[kind]}))
    assert isinstance(body, BODIES[kind])


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("cart.set", cart.SetQuantity("l-1", 0, 1000)),
        ("cart.remove", cart.Remove("l-1", 1000)),
        ("cart.take", cart.Take("l-1")),
        ("cart.release", cart.Release()),
        ("cart.abandon", cart.Abandon()),
        ("checkout.begin", cart.Begin({"l-1": 2000}, 7)),
        ("checkout.cancel", cart.Cancel()),
        ("cart.attach", None),
        ("sale.commit", None),
        ("hold.void", None),
        ("sale.return", None),
        ("audit.note", None),
    ],
)
def test_a_body_becomes_the_carts_own_word(kind: str, operation: cart.Operation | None) -> None:
    assert cart_operation(kind, BODIES[kind].model_validate(GOOD_BODIES[kind]), 7) == operation


def test_all_faults_are_listed_at_once() -> None:
    refusal = refused(Hail, {"proto": "1", "app": "toaster", "dev": "", "inc": 0, "extra": 5})
    assert refusal.code == "message.malformed"
    for field in ("proto", "app", "dev", "inc", "extra"):
        assert f"{field}: " in refusal.params["faults"]


def test_beyond_a_screenful_the_faults_are_only_counted() -> None:
    strange = {f"field-{n}": n for n in range(FAULTS_SHOWN_MAX + 7)}
    faults = refused(Hail, HAIL | strange).params["faults"].split("; ")
    assert len(faults) == FAULTS_SHOWN_MAX + 1
    assert faults[-1] == "and 7 more"


def test_a_fault_does_not_repeat_a_megabyte_back() -> None:
    assert len(refused(Hail, HAIL | {"x" * 100_000: 1}).params["faults"]) <= FAULT_LENGTH_MAX


def test_a_fault_with_half_a_surrogate_pair_can_be_sent_back() -> None:
    assert refused(Hail, HAIL | {"\ud800": 1}).sentence.encode()


WRONG = [
    (Hail, HAIL | {"app": "fridge"}, "app"),
    (Hail, HAIL | {"dev": "till 1"}, "dev"),
    (Hail, HAIL | {"dev": "x" * 65}, "dev"),
    (Hail, HAIL | {"inc": True}, "inc"),
    (Hail, HAIL | {"token": "t" * 513}, "token"),
    (Position, {"s": "cart"}, "s"),
    (Position, {"s": "cart:"}, "s"),
    (Position, {"s": "cart:a b"}, "s"),
    (Position, {"s": "cart:a", "v": -1}, "v"),
    (Position, {"s": "cart:a", "v": NUMBER_MAX + 1}, "v"),
    (Position, {"s": "cart:a", "e": 1.0}, "e"),
    (Operation, OPERATION | {"id": "not-a-uuid"}, "id"),
    (Operation, OPERATION | {"id": 7}, "id"),
    (Operation, OPERATION | {"kind": "CART.ADD"}, "kind"),
    (Operation, OPERATION | {"kind": "cart"}, "kind"),
    (Operation, OPERATION | {"at": -1}, "at"),
    (Operation, OPERATION | {"at": 1.5}, "at"),
    (Operation, OPERATION | {"at": "now"}, "at"),
    (Operation, OPERATION | {"cart": "../../etc"}, "cart"),
    (Operation, OPERATION | {"body": []}, "body"),
    (Operation, OPERATION | {"price": 1}, "price"),
    (Batch, {"seq0": 0, "ops": []}, "seq0"),
    (Batch, {"seq0": NUMBER_MAX + 1, "ops": []}, "seq0"),
    (Batch, {"seq0": 1, "ops": {}}, "ops"),
    (Batch, {"seq0": 1, "ops": [OPERATION] * (OPS_BATCH_MAX + 1)}, "ops"),
    (AttachBody, {"card": "12345"}, "card"),
    (AttachBody, {"card": "٢٩٠٠٠٠٠٠٠٠٠١٨"}, "card"),
    (AttachBody, {"card": "2900000000018", "replace": "yes"}, "replace"),
]


@pytest.mark.parametrize(("model", "value", "field"), WRONG)
def test_a_wrong_shape_names_its_field(model: type[Message], value: Any, field: str) -> None:
    assert field in refused(model, value).params["faults"]


@pytest.mark.parametrize("model", [Hail, Position, Operation, Batch])
@pytest.mark.parametrize("value", [None, [], "ops", 7, True])
def test_something_that_is_no_object_is_no_message(model: type[Message], value: Any) -> None:
    assert refused(model, value).params["faults"].startswith("message: ")


def test_a_full_batch_is_taken_and_one_more_is_not() -> None:
    assert len(parse(Batch, {"seq0": 1, "ops": [OPERATION] * OPS_BATCH_MAX}).ops) == OPS_BATCH_MAX


def test_one_bad_operation_does_not_spoil_its_batch() -> None:
    batch = parse(Batch, {"seq0": 1, "ops": [{"kind": "?"}, OPERATION]})
    assert refused(Operation, batch.ops[0]).code == "message.malformed"
    assert parse(Operation, batch.ops[1]).kind == "cart.add"


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(MessageError) as caught:
        body_of(parse(Operation, OPERATION | {"kind": "cart.dance"}))
    assert (caught.value.code, caught.value.params) == ("message.unknown_kind", {"kind": "cart.dance"})


def test_a_newer_version_of_a_known_kind_is_refused_by_name() -> None:
    with pytest.raises(MessageError) as caught:
        body_of(parse(Operation, OPERATION | {"ver": 2}))
    assert caught.value.code == "message.unknown_version"
    assert caught.value.params == {"kind": "cart.add", "version": 2}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("cart.add", {"quantity": cart.LINE_QUANTITY_MAX + 1}, "quantity"),
        ("cart.add", {"quantity": 0.5}, "quantity"),
        ("cart.add", {"fulfilment": "by pigeon"}, "fulfilment"),
        ("cart.add", {"price": 1}, "price"),
        ("cart.set", {"to": -1}, "to"),
        ("cart.remove", {"seen": -1}, "seen"),
        ("cart.take", {"line": ""}, "line"),
        ("cart.release", {"line": "l-1"}, "line"),
        ("sale.commit", {"sale": []}, "sale"),
        ("audit.note", {"action": "x" * 61}, "action"),
    ],
)
def test_a_wrong_body_names_its_field(kind: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(MessageError) as caught:
        body_of(parse(Operation, OPERATION | {"kind": kind, "body": GOOD_BODIES[kind] | change}))
    assert f"{field}: " in caught.value.params["faults"]


@given(st.sampled_from([Hail, Position, Operation, Batch, *BODIES.values()]), JSON_VALUES)
def test_any_json_at_all_is_a_message_or_a_refusal(model: type[Message], value: Any) -> None:
    try:
        assert isinstance(parse(model, value), model)
    except MessageError as refusal:
        assert 0 < len(refusal.params["faults"]) <= (FAULTS_SHOWN_MAX + 1) * (FAULT_LENGTH_MAX + 2)
        json.dumps(refusal.as_dict())


@given(st.sampled_from(sorted(GOOD_BODIES)), st.data())
def test_a_good_body_with_one_strange_field_is_refused_or_read_without_a_crash(kind: str, data: st.DataObject) -> None:
    body = GOOD_BODIES[kind] | {data.draw(st.sampled_from([*GOOD_BODIES[kind], "new"])): data.draw(JSON_VALUES)}
    try:
        body_of(parse(Operation, OPERATION | {"kind": kind, "body": body}))
    except MessageError as refusal:
        assert refusal.code == "message.malformed"
