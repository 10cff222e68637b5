"""Who speaks too fast waits, whatever name it gives itself and at whichever door it stands."""

from pathlib import Path
from typing import Any

import pytest
from talking_device import FIRST, SECOND, live_cart, operation

from sync_server.app import Hub, create_hub
from sync_server.config import Settings
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.realtime.bucket import Buckets

LATER = 2 * 10**12


class Phone:
    """A shopper's phone under a name of its own, at both doors."""

    def __init__(self, hub: Hub, shopper: str, name: str) -> None:
        token = f"{shopper}-{name}"
        hub.db.write(lambda session: customers.begin_session(session, "shopper", shopper, token, 0, LATER))
        self._name, self._cart = name, live_cart(hub.db, shopper)
        cookie = {"Cookie": f"omnitill_session={token}"}
        self._web, self._headers = hub.app.test_client(use_cookies=False), cookie
        hail = {"proto": 1, "app": "phone", "version": "1", "dev": name, "inc": 1, "last_seq": 0, "chain": ""}
        self._socket = hub.socketio.test_client(hub.app, auth=hail, headers=cookie)

    def _three(self) -> dict[str, Any]:
        return {"seq0": 1, "ops": [operation("cart.remove", self._cart, line="x", seen=0) for _ in range(3)]}

    def at_the_socket(self) -> Any:
        return self._socket.emit("ops", self._three(), callback=True)

    def over_http(self) -> Any:
        body = {"dev": self._name, "inc": 1, **self._three()}
        return self._web.post("/v1/ops", json=body, headers=self._headers, query_string={"app": "phone"}).json


@pytest.fixture
def hub(db: Database, tmp_path: Path) -> Hub:
    return create_hub(Settings(data=tmp_path, storefront=""), db, async_mode="threading")


def test_the_phones_of_one_shopper_share_one_pace_at_both_doors(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(hub.socketio, "sleep", waited.append)
    # Six operations, and no more for a long time.
    hub.handlers._buckets = Buckets(rate_per_s=1e-6, burst=6)
    one, renamed, other = Phone(hub, FIRST.id, "one"), Phone(hub, FIRST.id, "renamed"), Phone(hub, SECOND.id, "one")
    assert one.at_the_socket()["results"] and renamed.over_http()["results"]
    assert waited == []
    for number, speaks in enumerate((one.over_http, renamed.at_the_socket, one.at_the_socket, renamed.over_http), 1):
        speaks()
        assert len(waited) == number
    assert other.at_the_socket()["results"] and other.over_http()["results"]
    assert len(waited) == 4
