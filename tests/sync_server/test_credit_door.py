"""`GET /v1/credit`: a shopper's own store credit, and nobody else's."""

import httpx
import pytest
from hub_process import WAIT_S, HubProcess
from talking_device import FIRST, SECOND, SHOP
from told_check import check

from sync_server.stored_value import cards, service
from sync_server.stored_value.service import About

NOW = 1_767_268_800_000
STORE = SHOP.stores[0]


def ask(hub: HubProcess, token: str) -> httpx.Response:
    return httpx.get(f"{hub.url}/v1/credit", headers={"Cookie": f"omnitill_session={token}"}, timeout=WAIT_S)


@pytest.fixture
def credited(hub: HubProcess) -> str:
    """The first shopper has 7.00 of credit, of which 2.50 are set aside: the account's id."""
    db = hub.open()

    def give(session: object) -> str:
        account = cards.credit(session, FIRST.id, STORE.currency, STORE.id, "staff-05", NOW)  # type: ignore[arg-type]
        service.adjust(session, account, "given-1", 700, About("sorry", "staff-05", NOW))  # type: ignore[arg-type]
        service.hold(session, account, "held-1", 250, STORE.currency, About("cart-x", "till-1", NOW + 1))  # type: ignore[arg-type]
        return account

    made = db.write(give)
    db.close()
    return made


def test_a_shopper_sees_her_credit_down_to_its_entries_and_a_stranger_none(hub: HubProcess, credited: str) -> None:
    answer = ask(hub, hub.sign_in_shopper(FIRST.id))
    check("credit", answer.json())
    assert answer.headers["Cache-Control"] == "no-store"
    (one,) = answer.json()["accounts"]
    assert (one["id"], one["available"], one["held"]) == (credited, 450, 250)
    assert [(row["kind"], row["available"]) for row in one["entries"]] == [("hold", -250), ("adjust", 700)]
    assert ask(hub, hub.sign_in_shopper(SECOND.id)).json() == {"accounts": []}
    refused = ask(hub, "nobody")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
