"""The protocol's own description: whole, without loose ends, open on the hub's side and closed on the client's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from retail import schemas, states
from retail.messages import BODIES
from retail.outcomes import RESULTS
from retail.replica import difference

LINE = {
    "id": "l1",
    "item": "p-0001",
    "names": {"en": "Milk", "ru": "Молоко"},
    "quantity": 1000,
    "unit": "piece",
    "weighed": False,
    "owner": "hub",
    "origin": "online",
    "place": None,
    "fulfilment": "collect",
    "unit_price": 189,
    "total": 189,
    "picture": "milk",
    "n": 1,
    "at": 0,
}


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def at(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    for step in reference[2:].split("/"):
        document = document[step]
    return document


def test_every_schema_stands_alone_under_its_own_address() -> None:
    listed = schemas.index()["schemas"]
    assert list(listed) == sorted(schemas.documents())
    for name, document in schemas.documents().items():
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert listed[name] == document["$id"] == f"/v1/schemas/{name}.json"
        assert all(at(document, reference) for reference in references(document))
        assert json.loads(json.dumps(document)) == document


def test_every_operation_has_its_body_its_result_and_its_place_in_a_batch() -> None:
    assert set(schemas.OPERATIONS) == set(BODIES) == set(RESULTS)
    batch = schemas.documents()["ops"]["properties"]["ops"]["items"]
    assert set(batch["discriminator"]["mapping"]) == set(BODIES)


def test_the_asyncapi_document_names_every_event_and_has_no_loose_end() -> None:
    document = schemas.asyncapi()
    assert set(document["operations"]) == set(schemas.EVENTS)
    for reference in references(document):
        assert at(document, reference)
    for name, event in schemas.EVENTS.items():
        said = document["operations"][name]
        assert said["action"] == {"client": "receive", "hub": "send"}[event.said_by]
        assert ("reply" in said) == (event.answer is not None or name == "connect")
    used = {reference.rpartition("/")[2] for reference in references(document) if "/schemas/" in reference}
    assert used == set(document["components"]["schemas"])


def closed(name: str) -> bool:
    document = schemas.documents()[name]
    return '"additionalProperties": false' in json.dumps(document)


def test_what_a_hub_says_may_grow_and_what_a_client_says_may_not() -> None:
    for name, event in schemas.EVENTS.items():
        if name not in ("unsub", "shown", "tick"):
            assert closed(name) == (event.said_by == "client"), name
    assert not [name for name in schemas.documents() if name.endswith("-answer") and closed(name)]


def test_changes_name_any_key_and_null_for_a_row_that_is_gone() -> None:
    changes = TypeAdapter(schemas.changes_of(states.CartState))
    totals = {"total": 189, "in_hand": 0, "virtual": 189, "tax": 17, "currency": "EUR", "count": 1, "points": 1}
    old = {"id": "c", "status": "open", "moved_to": "", "shopper": "", "lines": {}, "totals": totals}
    new = old | {"lines": {"l1": LINE}}
    for before, after in ((old, new), (new, old), (new, new)):
        changes.validate_python(difference(before, after), extra="forbid")
    for wrong in ({"lines": None}, {"lines": {"l1": {}}}, {"status": None}, {"colour": "red"}):
        with pytest.raises(ValidationError):
            changes.validate_python(wrong, extra="forbid")


@pytest.mark.parametrize("wrong", [{"quantity": 1.0}, {"quantity": "1"}, {"quantity": True}, {"unit": "litre"}])
def test_a_line_of_the_wrong_kind_is_no_line(wrong: dict[str, Any]) -> None:
    states.Line.model_validate(LINE)
    with pytest.raises(ValidationError):
        states.Line.model_validate(LINE | wrong)
