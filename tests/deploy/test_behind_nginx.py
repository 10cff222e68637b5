"""The shop as it is in service: TLS and nginx in front, two workers behind, PostgreSQL and Redis."""

import concurrent.futures as futures
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import hub_fixtures
import pytest
import socketio
import websocket
from hub_process import WAIT_S, HubProcess, hang_up
from nginx_server import Nginx
from talking_device import FIRST, PIECES, operation

from omnitill.servers import PostgresServer, RedisServer

SHOP = "storefront.blueprint:storefront_blueprint"
COOKIE = "omnitill_session"
CROWD = 32


@pytest.fixture(scope="module")
def hub(
    postgres: PostgresServer,
    postgres_template: str,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HubProcess]:
    shop = hub_fixtures.copy_of(postgres, postgres_template)
    folder = tmp_path_factory.mktemp("crew")
    process = HubProcess(folder, shop, storefront=SHOP, bus=redis_server.url, workers=2, more=["--behind-proxy"])
    yield process
    process.stop()


@pytest.fixture(scope="module")
def nginx(hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    server = Nginx(tmp_path_factory.mktemp("nginx"), hub.port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def outside(nginx: Nginx) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=nginx.url, timeout=WAIT_S, trust_env=False, verify=nginx_trust(nginx)) as client:
        yield client


def nginx_trust(nginx: Nginx) -> Any:
    return ssl.create_default_context(cafile=str(nginx.folder / "fullchain.pem"))


class Device:
    """A Socket.IO client at nginx's door."""

    def __init__(self, url: str, auth: dict[str, Any], **headers: str) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        self.client = socketio.Client(reconnection=False, ssl_verify=False)
        self.client.on("*", self._hear)
        auth = {"proto": [1, 1], "inc": 1} | auth
        self.client.connect(url, auth=auth, headers=headers, transports=["websocket"], wait_timeout=WAIT_S)
        self.wait("hello", lambda _: True)

    def _hear(self, event: str, message: Any = None) -> None:
        with self._news:
            self.heard.append((event, message))
            self._news.notify_all()

    def wait(self, event: str, fits: Callable[[Any], bool]) -> Any:
        def found() -> list[Any]:
            return [message for name, message in self.heard if name == event and fits(message)]

        with self._news:
            assert self._news.wait_for(found, WAIT_S), self.heard
            return found()[0]


def sign_in(outside: httpx.Client) -> str:
    entered = outside.post("/sign-in", json={"login": FIRST.email, "password": FIRST.password})
    assert entered.status_code == 200, entered.text
    cookie = entered.headers["set-cookie"]
    assert "Secure" in cookie, "the hub knows that the shopper came by https"
    return str(entered.cookies[COOKIE])


def test_a_phone_and_a_till_see_the_same_cart_through_nginx_and_two_workers(
    nginx: Nginx, outside: httpx.Client, hub: HubProcess
) -> None:
    token = sign_in(outside)
    # The client names nginx's address as its Origin by itself, as a browser does.
    head = {"Cookie": f"{COOKIE}={token}"}
    # Several of each, so that both workers have some.
    phones = [Device(nginx.url, {"app": "phone", "dev": f"phone-{n}"}, **head) for n in range(4)]
    till = Device(nginx.url, {"app": "till", "dev": "till-1", "token": "token-till-1"})
    visit, seq = uuid.uuid4().hex, 0

    def do(kind: str, **body: Any) -> dict[str, Any]:
        nonlocal seq
        seq += 1
        answer = till.client.call("ops", {"seq0": seq, "ops": [operation(kind, visit, **body)]}, timeout=WAIT_S)
        result: dict[str, Any] = answer["results"][0]
        assert result["status"] == "ok", answer
        return result["result"]  # type: ignore[no-any-return]

    live = do("cart.attach", card=FIRST.card)["cart"]
    for phone in phones:
        [answer] = phone.client.call("sub", [{"s": f"cart:{live}", "e": 0, "v": 0}], timeout=WAIT_S)["streams"]
        assert answer["state"]["id"] == live
    line = uuid.uuid4().hex
    do("cart.add", line=line, item=PIECES[0].id, quantity=2000)
    for phone in phones:
        event = phone.wait("ev", lambda found: line in found["changes"].get("lines", {}))
        assert event["changes"]["lines"][line]["quantity"] == 2000
        assert sum(name == "ev" and message["v"] == event["v"] for name, message in phone.heard) == 1
    # Signing out at one worker closes the sockets of both.
    assert outside.post("/sign-out", json={}, headers={"Cookie": f"{COOKIE}={token}", "Origin": nginx.url}).is_success
    for phone in phones:
        assert phone.wait("kick", lambda _: True)["code"] == "signed_out"
    for device in (*phones, till):
        hang_up(device.client)


def test_a_page_of_another_site_is_refused_behind_nginx_too(nginx: Nginx, outside: httpx.Client) -> None:
    address = f"wss://localhost:{nginx.port}/socket.io/?EIO=4&transport=websocket"
    trust = {"sslopt": {"cert_reqs": ssl.CERT_NONE}, "header": {"X-Forwarded-Host": "elsewhere.example"}}
    for origin in ("https://elsewhere.example", f"http://localhost:{nginx.port}"):
        with pytest.raises(websocket.WebSocketBadStatusException):
            websocket.create_connection(address, timeout=WAIT_S, origin=origin, **trust)
    own = websocket.create_connection(address, timeout=WAIT_S, origin=nginx.url, **trust)
    assert str(own.recv()).startswith("0{")
    own.shutdown()
    foreign = outside.post(
        "/manage/sign-in", json={"number": "1", "pin": "1"}, headers={"Origin": "https://else.example"}
    )
    assert foreign.json()["error"]["code"] == "foreign_page"


def test_what_is_for_the_machine_itself_is_not_reached_from_outside(
    nginx: Nginx, outside: httpx.Client, hub: HubProcess
) -> None:
    assert [outside.get(path).status_code for path in ("/metrics", "/readyz")] == [404, 404]
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as inside:
        assert inside.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
        assert inside.get("/readyz").json() == {"ok": True, "stores": 2, "bus": "up"}
        figures = inside.get("/metrics").text
    assert 'omnitill_operations_total{kind="cart.add",outcome="ok"} 1.0' in figures
    assert "omnitill_scan_to_commit_seconds_count" in figures
    for person in (FIRST.id, FIRST.email, FIRST.card, FIRST.phone):
        assert person not in figures


def test_http_leads_to_https_and_a_crowd_at_the_sign_in_is_held_back(nginx: Nginx, outside: httpx.Client) -> None:
    with httpx.Client(timeout=WAIT_S, trust_env=False) as client:
        moved = client.get(f"http://127.0.0.1:{nginx.plain_port}/x", headers={"Host": "localhost"})
    assert (moved.status_code, moved.headers["location"]) == (301, "https://localhost/x")
    wrong = {"login": "nobody@lindhaven.example", "password": "x"}
    # All at one moment: a machine that is busy would let them through one by one.
    with futures.ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(lambda _: outside.post("/sign-in", json=wrong).status_code, range(CROWD)))
    assert set(answers) == {401, 503}, answers
