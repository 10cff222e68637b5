"""`GET /v1/points`: a shopper's own account, and nobody else's."""

import httpx
import pytest
from hub_process import WAIT_S, HubProcess
from talking_device import FIRST, SECOND
from told_check import check

pytestmark = pytest.mark.usefixtures("quiet")


def ask(hub: HubProcess, token: str, query: str = "") -> httpx.Response:
    return httpx.get(f"{hub.url}/v1/points{query}", headers={"Cookie": f"omnitill_session={token}"}, timeout=WAIT_S)


def test_a_shopper_sees_her_own_points_and_a_stranger_none(hub: HubProcess) -> None:
    for shopper in (FIRST, SECOND):
        answer = ask(hub, hub.sign_in_shopper(shopper.id))
        check("points", answer.json())
        assert (answer.status_code, answer.json()["points"]["active"]) == (200, shopper.points)
        assert answer.headers["Cache-Control"] == "no-store"
    refused = ask(hub, "nobody")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("query", ["?before=-5", "?before=many", "?lot=" + "x" * 500, "?before=99999999999999999999"])
def test_a_query_that_names_nothing_is_answered_all_the_same(hub: HubProcess, query: str) -> None:
    answer = ask(hub, hub.sign_in_shopper(FIRST.id), query)
    assert answer.status_code == 200
    check("points", answer.json())
