"""`python -m sync_server change` beside a hub that runs, and what a till and a phone hear of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
from hub_process import WAIT_S, HubProcess, Listener, phone_of
from talking_device import FIRST, PIECES, SHOP

PAGE_ROWS = 1_000


def change(hub: HubProcess, *rows: dict[str, Any] | str) -> subprocess.CompletedProcess[str]:
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    command = [sys.executable, "-m", "sync_server", "change", *hub.where]
    return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60)


def reference(hub: HubProcess, **asked: str) -> httpx.Response:
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as client:
        head = {"Authorization": "Bearer token-till-1"}
        return client.get("/v1/reference", headers=head, params=asked)


def test_every_kind_of_change_reaches_the_till_and_the_phone(
    own_hub: HubProcess, connect: Callable[..., Listener]
) -> None:
    bread, milk = PIECES[0], PIECES[1]
    before = reference(own_hub).json()
    phone = phone_of(own_hub, connect, "phone-1")
    [answer] = phone.call("sub", [{"s": f"shopper:{FIRST.id}", "e": 0, "v": 0}])["streams"]
    cart = answer["state"]["cart"]
    phone.do("cart.add", cart, line="line-1", item=bread.id, quantity=1000)
    [seen] = phone.call("sub", [{"s": f"cart:{cart}", "e": 0, "v": 0}])["streams"]
    member = next(row for row in SHOP.staff if row.store == before["store"]["id"])
    hired = {"id": "staff-eva", "number": "1999", "names": {"en": "Eva", "ru": "Ева"}, "role": "cashier"}
    done = change(
        own_hub,
        {"do": "price", "item": bread.id, "price": 4321},
        {"do": "product", "product": bread.as_dict() | {"id": "p-new", "gtin": "", "plu": "", "family": ""}},
        {"do": "withdraw", "item": milk.id},
        {"do": "tax", "tax": {"code": "C", "names": {"en": "VAT 5%", "ru": "НДС 5%"}, "rate": 500}},
        {"do": "department", "department": {"id": "garden", "names": {"en": "Garden"}, "ordinal": 99, "hue": 1}},
        {"do": "hire", **hired, "store": before["store"]["id"], "language": "en", "pin": "482913"},
        {"do": "leave", "number": member.number},
        {"do": "card", "number": "2999999999", "shopper": FIRST.id},
        {"do": "block", "number": FIRST.card},
    )
    assert (done.returncode, json.loads(done.stdout)) == (0, {"changed": 9}), done.stderr
    told = reference(own_hub, since=str(before["version"]), e=str(before["e"])).json()
    assert told["version"] == before["version"] + 9 and not told["whole"] and told["next"] == ""
    assert told["prices"] == [{"item": bread.id, "price": 4321}]
    assert [row["id"] for row in told["products"]] == ["p-new"]
    assert [row["number"] for row in told["staff"]] == ["1999"]
    gone = {kind: keys for kind, keys in told["gone"].items() if keys}
    assert gone == {"products": [milk.id], "staff": [member.number], "cards": [FIRST.card]}
    # The phone heard nothing by itself, because another process changed it: `heads` and `pull` bring it.
    fresh = phone.call("pull", {"s": f"cart:{cart}", "e": seen["e"], "v": seen["v"]})
    assert fresh["state"]["totals"]["total"] == 4321


def test_a_line_that_cannot_be_read_stops_everything(own_hub: HubProcess) -> None:
    before = reference(own_hub).json()["version"]
    good = {"do": "price", "item": PIECES[0].id, "price": 1}
    for wrong, sentence in (
        ("nonsense", "Line 2 cannot be read"),
        ({"do": "dance"}, "Line 2 cannot be read"),
        ({"do": "price", "item": "no-such", "price": 1}, "There is no product no-such."),
        ({"do": "price", "item": PIECES[0].id, "price": -1}, "-1 is no price"),
    ):
        done = change(own_hub, good, wrong)
        assert done.returncode == 1 and sentence in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    assert reference(own_hub).json()["version"] == before


def test_pages_travel_packed_to_whoever_takes_them_so(hub: HubProcess) -> None:
    packed = reference(hub)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(packed.content) / 2
    assert len(packed.json()["products"]) == 60 < PAGE_ROWS
