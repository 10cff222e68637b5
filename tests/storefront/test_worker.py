"""What makes the shop an app: the service worker's list, the manifest, the icons."""

import io
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_shop import MemoryShop
from PIL import Image
from shop_site import site

from storefront.blueprint import SHELVES

VERSION = re.compile(r'^const VERSION = "([0-9a-f]{12})";')


def version(app: Flask) -> str:
    found = VERSION.match(app.test_client().get("/sw.js").text)
    assert found
    return found[1]


def test_the_worker_has_a_new_version_when_any_file_changed_and_only_then(shop: MemoryShop, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(SHELVES["shop"], folder)
    before = version(site(shop, folder))
    assert version(site(shop, folder)) == before
    (folder / "cart.js").write_text((folder / "cart.js").read_text() + "\n// Changed.\n")
    assert version(site(shop, folder)) != before


def test_everything_that_the_worker_keeps_is_there(shop: MemoryShop) -> None:
    client = site(shop).test_client()
    text = client.get("/sw.js").text
    files = re.findall(r'"(/[^"]+)"', text.split("\n", 2)[1])
    assert {"/offline", "/icons/shop.svg"} < set(files)
    assert any(file.endswith("shop/cart.js") or "/cart.js" in file for file in files)
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200, file
        answer.close()


@pytest.mark.parametrize("path", ["/v1/ops", "/sign-in", "/socket.io/?EIO=4", "/manage", "/sitemap.xml", "/sign-out"])
def test_the_worker_leaves_alone_what_must_always_be_fresh(client: FlaskClient, path: str) -> None:
    patterns = re.findall(r"^const \w+ = /(\^.*)/;$", client.get("/sw.js").text, re.MULTILINE)
    assert len(patterns) == 4
    # The same expressions mean the same in both languages; only the slash needs no escape here.
    assert not any(re.search(pattern.replace(r"\/", "/"), path.partition("?")[0]) for pattern in patterns)


def test_the_manifest_makes_an_app_with_icons_that_exist(client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest").json
    assert (manifest["id"], manifest["start_url"], manifest["display"]) == ("/", "/", "standalone")
    assert manifest["name"] == "Lindhaven Market"
    assert client.get("/manifest.webmanifest?lang=ru").json["name"] == "Линдхавен Маркет"
    for icon in manifest["icons"]:
        answer = client.get(icon["src"])
        assert answer.mimetype == icon["type"]
        if icon["type"] == "image/png":
            image = Image.open(io.BytesIO(answer.data))
            assert f"{image.width}x{image.height}" == icon["sizes"]
    assert client.get("/icons/shop-77.png").status_code == 404
