"""The JSON Schemas that a hub serves say of a message what the hub itself says of it."""

import random
from typing import Any

import pytest
from bent_messages import BODIES, bent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from json_schema import allows
from talking_device import operation

from retail import schemas
from retail.errors import RetailError
from retail.messages import Batch, Hail, Message, Operation, Position, ReturnBody, SaleBody, body_of, parse
from retail.returns import return_from
from retail.sale import sale_from

MANY = settings(max_examples=1500, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)
HAIL = {"proto": [1, 1], "app": "till", "version": "1", "dev": "till-2", "inc": 1, "token": "t", "t0": 0}
MESSAGES: dict[str, tuple[type[Message], Any]] = {
    "connect": (Hail, HAIL),
    "pull": (Position, {"s": "cart:none", "e": 1, "v": 0}),
    "ops": (Batch, {"seq0": 1, "ops": []}),
}


def is_taken(message: Any) -> bool:
    """Whether the hub reads this as an operation of a kind that it knows, to the last field."""
    try:
        body = body_of(parse(Operation, message))
        if isinstance(body, SaleBody):
            sale_from(body.sale)
        if isinstance(body, ReturnBody):
            return_from(body.document)
    except RetailError as error:
        # The one rule about a sale that JSON Schema has no word for.
        return "two lines have the same id" in error.sentence
    return True


@MANY
@given(kind=st.sampled_from(sorted(BODIES)), seed=SEEDS)
def test_an_operation_is_allowed_by_its_schema_where_the_hub_reads_it(kind: str, seed: int) -> None:
    sent = bent(operation(kind, "c", **BODIES[kind]), random.Random(seed))
    assert allows(schemas.documents()[kind], sent) == (is_taken(sent) and sent["kind"] == kind), sent


@MANY
@given(event=st.sampled_from(sorted(MESSAGES)), seed=SEEDS)
def test_a_message_is_allowed_by_its_schema_where_the_hub_reads_it(event: str, seed: int) -> None:
    model, right = MESSAGES[event]
    sent = bent(right, random.Random(seed))
    try:
        parse(model, sent)
        taken = True
    except RetailError:
        taken = False
    if isinstance(sent, dict) and type(sent.get("proto")) is int:
        # A single number stands for both versions; the schema has the one form that new clients write.
        return
    if event == "ops" and isinstance(sent, dict) and sent.get("ops"):
        # Each operation is judged by itself, so that one bad one does not hold up the others.
        return
    assert allows(schemas.documents()[event], sent) == taken, sent


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_right_operation_of_each_kind_is_allowed(kind: str) -> None:
    sent = operation(kind, "c", **BODIES[kind])
    assert is_taken(sent) and allows(schemas.documents()[kind], sent)
    assert allows(schemas.documents()["ops"], {"seq0": 1, "ops": [sent]})
