"""Older versions of operations become the present one; newer ones and forgotten ones wait for a person."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from retail import schemas
from retail.errors import MessageError
from retail.messages import BODIES, AddBody, Message, Operation, body_of
from retail.upcasting import OLD_VERSIONS_READ_DAYS, STEPS, Step, present, served


class FirstAdd(Message):
    """How `cart.add` could have been once: pieces, and no fulfilment."""

    line: str
    product: str
    pieces: int


class SecondAdd(Message):
    line: str
    item: str
    pieces: int


TWICE = {
    ("cart.add", 1): Step(
        FirstAdd, date(2026, 1, 1), lambda body: {"item": body["product"]} | {k: body[k] for k in ("line", "pieces")}
    ),
    ("cart.add", 2): Step(
        SecondAdd,
        date(2026, 3, 1),
        lambda body: {"line": body["line"], "item": body["item"], "quantity": body["pieces"] * 1000},
    ),
}
FIRST = {"line": "l", "product": "p-1", "pieces": 2}
THIRD = AddBody(line="l", item="p-1", quantity=2000)


def written(ver: int, body: dict[str, Any], kind: str = "cart.add") -> Operation:
    return Operation(id=uuid4(), kind=kind, ver=ver, at=0, body=body)


def test_every_older_version_becomes_the_present_one_step_by_step() -> None:
    assert body_of(written(1, FIRST), TWICE) == THIRD
    assert body_of(written(2, {"line": "l", "item": "p-1", "pieces": 2}), TWICE) == THIRD
    assert body_of(written(3, {"line": "l", "item": "p-1", "quantity": 2000}), TWICE) == THIRD
    assert (present("cart.add", TWICE), served("cart.add", TWICE)) == (3, [1, 2, 3])
    assert (present("cart.set", TWICE), served("cart.set", TWICE)) == (1, [1])


@pytest.mark.parametrize(
    ("ver", "body", "code"),
    [
        (4, FIRST, "message.unknown_version"),
        (10**9, FIRST, "message.unknown_version"),
        (1, {**FIRST, "more": 1}, "message.malformed"),
        (1, {"line": "l", "item": "p-1", "pieces": 2}, "message.malformed"),
        (2, FIRST, "message.malformed"),
    ],
)
def test_what_fits_no_version_is_refused_by_name(ver: int, body: dict[str, Any], code: str) -> None:
    with pytest.raises(MessageError) as refused:
        body_of(written(ver, body), TWICE)
    assert refused.value.code == code


def test_a_version_that_is_read_no_more_is_told_from_a_newer_one() -> None:
    steps = {key: step for key, step in TWICE.items() if key != ("cart.add", 1)}
    with pytest.raises(MessageError) as refused:
        body_of(written(1, FIRST), steps)
    assert refused.value.code == "message.old_version"


def test_a_step_says_how_long_it_stays_and_the_schemas_name_each_version() -> None:
    assert (TWICE["cart.add", 1].read_until - date(2026, 1, 1)).days == OLD_VERSIONS_READ_DAYS == 90
    older = schemas.older_operations(TWICE)
    assert sorted(older) == ["cart.add.v1", "cart.add.v2"]
    assert older["cart.add.v1"].model_validate(
        {"id": str(uuid4()), "kind": "cart.add", "ver": 1, "at": 0, "body": FIRST}
    )
    assert schemas.index()["operations"] == {kind: served(kind) for kind in sorted(BODIES)}


def test_the_registry_has_no_holes() -> None:
    for kind in {name for name, _ in STEPS}:
        assert kind in BODIES
        assert served(kind) == list(range(served(kind)[0], present(kind) + 1))
