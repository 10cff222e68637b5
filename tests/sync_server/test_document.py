"""docs/protocol.md tells the truth: its shapes are the schemas, its tables the code, its conversation takes place."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapes
import websocket
from conversation import BLOCK, Stage, steps
from hub_process import WAIT_S, HubProcess
from pydantic import TypeAdapter
from spoken_codes import codes_of, spoken

from retail import cart, messages, schemas, states
from retail.outcomes import RESULTS
from retail.replica import KEYED
from sync_server.realtime.handlers import STREAMS_HEARD_MAX

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SHOP = "storefront.blueprint:storefront_blueprint"
FRAME = re.compile(r"^([<>]) (\d*)(.*)$")


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    hub = HubProcess(tmp_path, sqlite_template, storefront=SHOP)
    made = Stage(hub)
    yield made
    made.close()
    hub.stop()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    below = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").replace("\\|", "/").split("|")] for line in table[2:]]


def code(cell: str) -> str:
    """What stands first as code in a cell, empty for nothing."""
    found = re.match(r"`([^`]+)`", cell)
    return found[1] if found else ""


def name_of(shape: Any) -> str:
    """A shape as the tables write it."""
    printed: str = shapes.type_of(TypeAdapter(shape).json_schema())
    return shape.__name__ if isinstance(shape, type) and not printed.endswith("[]") else printed


def test_the_conversation_of_the_document_takes_place_word_for_word(stage: Stage) -> None:
    played = list(steps(DOCUMENT))
    assert len(played) > 30
    for step in played:
        stage.play(step)
    assert "Traceback" not in stage.hub.log()


def test_a_conversation_that_goes_otherwise_would_be_noticed(stage: Stage) -> None:
    first, answer, *_ = steps(BLOCK.sub(lambda found: found[0].replace("Vera Lind", "Vera Link"), DOCUMENT))
    stage.play(first)
    with pytest.raises(AssertionError, match="Vera Link"):
        stage.play(answer)


def test_the_frames_of_the_document_are_those_on_the_wire(stage: Stage) -> None:
    blocks = re.findall(r"^```frames\n(.*?)^```", DOCUMENT, re.M | re.S)
    assert len(blocks) == 2
    for block in blocks:
        frames: websocket.WebSocket | None = None
        for line in block.splitlines():
            found = FRAME.match(line)
            assert found, line
            way, digits, body = found.groups()
            if way == ">" and frames is None:
                address = f"ws://127.0.0.1:{stage.hub.port}{body.removeprefix('GET ')}"
                frames = websocket.create_connection(address, timeout=WAIT_S)
            elif way == ">":
                frames.send(digits + body)
            else:
                heard = FRAME.match(f"< {frames.recv()}")
                assert heard and heard[2] == digits, (line, heard and heard[0])
                assert not list(stage.differences(json.loads(body), json.loads(heard[3]), line))
        frames.shutdown()


def test_the_shapes_of_the_document_are_the_schemas() -> None:
    printed = re.search(r"^```shapes\n(.*?)\n```$", DOCUMENT, re.M | re.S)
    assert printed and printed[1] == shapes.block(), f"print this into docs/protocol.md:\n{shapes.block()}"


def test_every_fence_of_the_document_is_closed() -> None:
    fences = re.findall(r"^```(\w*)$", DOCUMENT, re.M)
    assert fences[1::2] == [""] * (len(fences) // 2)
    assert fences[::2].count("shapes") == fences[::2].count("conversation") == 1


def test_the_tables_name_every_event_and_what_it_carries() -> None:
    told_of = {
        code(event): (way == "C>S", code(carries), code(answer)) for way, event, carries, answer in rows("Messages")
    }
    real = {
        name: (event.said_by == "client", name_of(event.carries), name_of(event.answer) if event.answer else "")
        for name, event in schemas.EVENTS.items()
    }
    real["connect"], real["hello"] = (True, "Hail", "hello"), (False, "Hello", "")
    assert told_of == real | {"ops": (True, "Batch", "OpsAnswer")}


def test_the_tables_name_every_operation_with_its_body_and_its_result() -> None:
    told_of = {code(kind): (code(body), code(result)) for kind, body, *_, result in rows("Operations")}
    bodies = {kind: model.model_fields["body"].annotation for kind, model in schemas.OPERATIONS.items()}
    assert told_of == {kind: (name_of(body), RESULTS[kind].__name__) for kind, body in bodies.items()}


def test_the_tables_name_every_stream_and_its_state() -> None:
    told_of = {code(stream).partition(":")[0]: code(state) for stream, _, state in rows("Streams")}
    assert told_of == {kind: model.__name__ for kind, model in states.STATES.items()}
    named = re.search(r"top-level keys (.*?): objects", DOCUMENT)
    assert named and tuple(re.findall(r"`(\w+)`", named[1])) == KEYED


def test_the_table_of_errors_is_what_the_hub_can_say() -> None:
    told_of = [code(row[0]) for row in rows("Errors")]
    assert told_of == sorted(set(told_of))
    assert set(told_of) - spoken() == set(), "in the document, but nobody says it"
    assert spoken() - set(told_of) == set(), "said, but not in the table `Errors` of docs/protocol.md"
    assert {again for _, again, _ in rows("Errors")} == {"yes", "no"}


def test_a_new_code_would_be_noticed() -> None:
    assert list(codes_of('raise CartRefused("cart.upside_down", N_("No."))')) == ["cart.upside_down"]
    assert list(codes_of('class Odd(RetailError):\n    code = "odd"')) == ["odd"]


def test_the_limits_of_the_document_are_those_of_the_code() -> None:
    limits = DOCUMENT.split("\n## Limits\n")[1].split("\n## ")[0]
    for said in (
        f"{messages.OPS_BATCH_MAX} operations or {messages.BATCH_BYTES_MAX // 1024} KB a batch",
        f"{messages.MESSAGE_BYTES_MAX // 1024**2} MB a message",
        f"{cart.CART_LINES_MAX} lines a cart",
        f"{cart.LINE_QUANTITY_MAX // 1000:,} pieces",
        f"{messages.STREAMS_PER_SUB_MAX} streams a `sub`",
        f"{STREAMS_HEARD_MAX} streams a socket",
    ):
        assert said in limits
