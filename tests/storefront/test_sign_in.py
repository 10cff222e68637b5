"""Who gets in, who does not, and where one lands afterwards."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from memory_shop import MemoryShop

from storefront.account import inside


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"login": "vera.lind@lindhaven.example", "password": "wrong"}, 401, "sign_in.refused"),
        ({"login": "nobody@lindhaven.example", "password": "wrong"}, 401, "sign_in.refused"),
        ({"login": "  ", "password": "x"}, 400, "sign_in.incomplete"),
        ({"login": "x", "password": ""}, 400, "sign_in.incomplete"),
        ({"login": "x" * 255, "password": "x"}, 400, "sign_in.incomplete"),
        ({"login": "x", "password": "x" * 257}, 400, "sign_in.incomplete"),
        ({"login": ["x"], "password": {"a": 1}}, 400, "sign_in.incomplete"),
        ([], 400, "sign_in.incomplete"),
        ("a form", 400, "sign_in.incomplete"),
    ],
)
def test_a_form_that_does_not_open_the_door(client: FlaskClient, body: Any, status: int, code: str) -> None:
    answer = client.post("/sign-in", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert "Set-Cookie" not in answer.headers


def test_five_wrong_passwords_make_the_next_try_wait(client: FlaskClient) -> None:
    form = {"login": "slow@lindhaven.example", "password": "wrong"}
    for _ in range(5):
        assert client.post("/sign-in", json=form).status_code == 401
    answer = client.post("/sign-in", json=form)
    assert answer.status_code == 429
    assert answer.json["error"]["params"] == {"seconds": 60}


@pytest.mark.parametrize("login", ["email", "phone"])
def test_a_right_password_gives_a_cookie_that_no_script_reads(
    client: FlaskClient, shop: MemoryShop, login: str
) -> None:
    answer = client.post("/sign-in", json={"login": getattr(shop.demo, login), "password": shop.demo.password})
    assert answer.status_code == 200
    assert answer.json["shopper"]["id"] == shop.demo.id
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("omnitill_session=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=3600" in cookie and "Path=/" in cookie


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_of_another_site_is_not_heard(client: FlaskClient, shop: MemoryShop, path: str) -> None:
    form = {"login": shop.demo.email, "password": shop.demo.password}
    foreign = client.post(path, json=form, headers={"Origin": "https://elsewhere.example"})
    as_form = client.post(path, data=form)
    for answer in (foreign, as_form):
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "sign_in.foreign_page")
    assert client.post(path, json=form, headers={"Origin": "http://localhost"}).status_code == 200


def test_signing_out_ends_the_session_here_and_at_the_hub(client: FlaskClient, shop: MemoryShop) -> None:
    client.post("/sign-in", json={"login": shop.demo.email, "password": shop.demo.password})
    cookie = client.get_cookie("omnitill_session")
    assert cookie is not None
    assert shop.shopper(cookie.value) is not None
    client.post("/sign-out", json={})
    assert client.get_cookie("omnitill_session") is None
    assert shop.shopper(cookie.value) is None


def test_who_is_signed_in_needs_no_form(client: FlaskClient, shop: MemoryShop) -> None:
    client.post("/sign-in", json={"login": shop.demo.email, "password": shop.demo.password})
    answer = client.get("/sign-in?next=/cart")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cart")


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("/cart", "/cart"),
        ("/search?q=milk&page=2", "/search?q=milk&page=2"),
        ("", "/"),
        ("cart", "/"),
        ("//elsewhere.example/x", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/cart\r\nX: y", "/"),
        ("///elsewhere.example", "/"),
    ],
)
def test_after_signing_in_nobody_is_led_out_of_the_shop(wanted: str, address: str) -> None:
    assert inside(wanted) == address
