"""Holds what a hub said to the schemas that it serves, to the letter: no field may come that they do not name."""

from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter

from retail import schemas
from retail.outcomes import RESULTS


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(schemas.shapes()[name])


def check(name: str, value: Any) -> None:
    """Raise where the value is not what the schema of this name says. It is read as the JSON that travels."""
    _adapter(name).validate_json(orjson.dumps(value), strict=True, extra="forbid")


def check_event(event: Any) -> None:
    check("ev", event)
    check(f"{event['s'].partition(':')[0]}-changes", event["changes"])


def check_stream(answer: Any) -> None:
    """The answer about one stream, with the state or the events that it holds."""
    if "state" in answer:
        check(f"{answer['s'].partition(':')[0]}-state", answer["state"])
    for event in answer.get("events", ()):
        check_event(event)


def check_push(event: str, message: Any) -> None:
    """What a hub emitted by itself."""
    if event == "ev":
        check_event(message)
    elif schemas.EVENTS[event].said_by == "hub":
        check(event, message)


def check_answer(event: str, sent: Any, answer: Any) -> None:
    """The acknowledgement of what was sent."""
    if event not in schemas.EVENTS:
        check("error", answer)
        return
    check(f"{event}-answer", answer)
    if "error" in answer:
        return
    if event == "ops":
        check_results(sent["ops"], answer["results"])
    for stream in answer["streams"] if event == "sub" else [answer] if event == "pull" else []:
        check_stream(stream)


def check_results(operations: list[Any], results: list[Any]) -> None:
    """Each result is what operations of its kind give."""
    assert len(operations) == len(results)
    for operation, result in zip(operations, results, strict=True):
        if result["status"] == "ok":
            assert operation["kind"] in RESULTS
            check(f"{operation['kind']}-result", result["result"])
