"""A client in another language, written from docs/protocol.md alone, beside a till that speaks at the same time."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_process import HubProcess, Listener
from network import Wire
from node_client import CLIENT, NodeClient
from talking_device import FIRST, PIECES

ITEMS = [product.id for product in PIECES[:4]]
LINES_MAX = 200
Start = Callable[..., NodeClient]


@pytest.fixture
def wire(hub: HubProcess) -> Iterator[Wire]:
    made = Wire(hub.port)
    yield made
    made.close()


@pytest.fixture
def start(wire: Wire, tmp_path: Path) -> Iterator[Start]:
    running: list[NodeClient] = []

    def make(**options: Any) -> NodeClient:
        running.append(NodeClient(wire.url, tmp_path / "memory.json", **options))
        return running[-1]

    yield make
    for client in running:
        if client.process.poll() is None:
            client.kill()


def attached(till: Listener) -> tuple[str, str]:
    """The shopper shows her card at the till: the visit's id and that of the live cart."""
    visit = uuid.uuid4().hex
    return visit, till.do("cart.attach", visit, card=FIRST.card)["result"]["cart"]


def scan(till: Listener, visit: str, item: str) -> None:
    assert till.do("cart.add", visit, line=uuid.uuid4().hex, item=item, quantity=1000)["status"] == "ok"


def state_of(till: Listener, cart: str) -> dict[str, Any]:
    [answer] = till.call("sub", [{"s": f"cart:{cart}", "e": 0, "v": 0}])["streams"]
    state: dict[str, Any] = answer["state"]
    return state


def items_of(shown: dict[str, Any]) -> dict[str, int]:
    return {line["item"]: line["quantity"] for line in shown["lines"]}


def test_the_client_is_short_and_uses_socket_io_and_node_alone() -> None:
    source = CLIENT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LINES_MAX
    imported = [line.rpartition(" from ")[2].strip('";') for line in source.splitlines() if line.startswith("import ")]
    assert imported and all(name == "socket.io-client" or name.startswith("node:") for name in imported)


def test_it_joins_adds_is_cut_off_adds_returns_and_agrees_while_a_till_scans(
    start: Start, till: Listener, wire: Wire
) -> None:
    client = start()
    visit, cart = attached(till)
    client.wait(lambda shown: shown["online"] and shown["totals"] is not None)
    client.add(ITEMS[0])
    scan(till, visit, ITEMS[1])
    client.wait(lambda shown: items_of(shown) == {ITEMS[0]: 1000, ITEMS[1]: 1000} and not shown["pending"])

    wire.cut()
    client.wait(lambda shown: not shown["online"])
    client.add(ITEMS[0])
    client.add(ITEMS[2], 2000)
    scan(till, visit, ITEMS[3])
    shown = client.wait(lambda shown: len(shown["pending"]) == 2)
    assert items_of(shown) == {ITEMS[0]: 1000, ITEMS[1]: 1000}

    wire.mend()
    client.wait(lambda shown: shown["online"] and not shown["pending"] and len(shown["lines"]) == 4)
    state = state_of(till, cart)
    client.wait(lambda _: client.agreed(state))
    owners = {line["item"]: (line["quantity"], line["owner"]) for line in state["lines"].values()}
    assert owners == {
        ITEMS[0]: (2000, "hub"),
        ITEMS[1]: (1000, "till-1"),
        ITEMS[2]: (2000, "hub"),
        ITEMS[3]: (1000, "till-1"),
    }
    assert client.leave() == ""


def test_a_hub_that_is_killed_and_a_client_that_is_killed_lose_and_double_nothing(
    start: Start, hub: HubProcess, till: Listener
) -> None:
    client = start()
    client.wait(lambda shown: shown["online"] and shown["totals"] is not None)
    client.add(ITEMS[0])
    client.wait(lambda shown: items_of(shown) == {ITEMS[0]: 1000} and not shown["pending"])
    port = hub.port
    hub.kill()
    client.wait(lambda shown: not shown["online"])
    for _ in range(3):
        client.add(ITEMS[0])
    client.wait(lambda shown: len(shown["pending"]) == 3)
    client.kill()
    hub.start(port)
    again = start()
    again.wait(lambda shown: shown["online"] and items_of(shown) == {ITEMS[0]: 4000} and not shown["pending"])
    assert again.leave() == ""


def test_a_refusal_is_told_and_the_queue_goes_on(start: Start) -> None:
    client = start()
    client.wait(lambda shown: shown["online"] and shown["totals"] is not None)
    client.add("p-none")
    client.add(ITEMS[1])
    client.wait(lambda shown: items_of(shown) == {ITEMS[1]: 1000} and not shown["pending"])
    assert [said["refused"] for said in client.said if "refused" in said] == ["catalogue.unknown_item"]


def test_a_wrong_password_stops_it_with_the_hubs_own_words(start: Start) -> None:
    client = start(password="not it")
    said = client.wait(bool, key="stopped")
    assert said["stopped"] == "sign_in.refused"
    client.leave()
