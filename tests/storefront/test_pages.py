"""The catalogue's pages as people, search engines and links meet them."""

import json
import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from memory_shop import MemoryShop

from ui_kit.messages import missing
from ui_kit.vendor import KIT

DATA = re.compile(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', re.DOTALL)
BOOT = re.compile(r'<script type="application/json" id="boot"[^>]*>(.*?)</script>', re.DOTALL)


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/", 200, "Lindhaven Market"),
        ("/?lang=ru", 200, "Линдхавен Маркет"),
        ("/departments/bakery", 200, "Bakery – Lindhaven Market"),
        ("/departments/bakery?lang=ru", 200, "Хлеб и выпечка – Линдхавен Маркет"),
        ("/departments/nothing", 404, "Not found – Lindhaven Market"),
        ("/departments/bakery?page=0", 404, "404 Not Found"),
        ("/departments/bakery?page=x", 404, "404 Not Found"),
        ("/search?q=croissant", 200, "croissant – Lindhaven Market"),
        ("/search?page=2", 200, "All goods – Lindhaven Market"),
        ("/products/p-0001", 200, "Red apples – Lindhaven Market"),
        ("/products/p-0001?lang=ru", 200, "Яблоки красные – Линдхавен Маркет"),
        ("/products/p-9999", 404, "Not found – Lindhaven Market"),
        ("/sign-in", 200, "Sign in – Lindhaven Market"),
        ("/cart", 200, "Cart – Lindhaven Market"),
        ("/card", 200, "Card – Lindhaven Market"),
        ("/points", 200, "Points – Lindhaven Market"),
        ("/orders", 200, "Orders – Lindhaven Market"),
        ("/orders/unknown", 200, "Order – Lindhaven Market"),
        ("/me?lang=ru", 200, "Профиль – Линдхавен Маркет"),
        ("/offline", 200, "Lindhaven Market"),
    ],
)
def test_each_address_answers_in_the_language_asked_for(
    client: FlaskClient, path: str, status: int, title: str
) -> None:
    assert f"<title>{title}</title>" in page(client, path, status)


def test_a_product_page_says_price_tax_and_the_stock_of_each_shop(client: FlaskClient, shop: MemoryShop) -> None:
    product = shop.sample.products[80]
    text = page(client, f"/products/{product.id}")
    assert product.names["en"].replace("’", "&#39;")[:12] in text
    assert f"€{product.price // 100}.{product.price % 100:02d}" in text
    assert text.count("In stock:") + text.count("Sold out") == len(shop.sample.stores)
    for store in shop.sample.stores:
        assert store.address["en"] in text


def test_a_search_engine_reads_each_product_with_its_price_in_each_shop(client: FlaskClient, shop: MemoryShop) -> None:
    for product in shop.sample.products[::23]:
        found = DATA.search(page(client, f"/products/{product.id}"))
        assert found
        data = json.loads(found[1])
        assert data["@type"] == "Product"
        assert data["name"] == product.names["en"]
        assert data.get("gtin14", "") == product.gtin
        assert data["image"].endswith(f"/products/{product.id}.svg")
        for offer, store in zip(data["offers"], shop.sample.stores, strict=True):
            assert offer["price"] == f"{product.price // 100}.{product.price % 100:02d}"
            assert offer["priceCurrency"] == store.currency
            there = shop.sample.stock[store.id, product.id] > 0
            assert offer["availability"].endswith("/InStock" if there else "/OutOfStock")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/products/p-0001?utm=x", "/products/p-0001"),
        ("/departments/dairy?page=2&ref=y", "/departments/dairy?page=2"),
        ("/search?q=oat+milk", "/search?q=oat+milk"),
    ],
)
def test_a_page_has_one_canonical_address(client: FlaskClient, path: str, canonical: str) -> None:
    assert f'<link rel="canonical" href="http://localhost{canonical}">' in page(client, path)


def test_a_family_stands_in_a_listing_once_and_leads_to_its_variants(client: FlaskClient, shop: MemoryShop) -> None:
    shoe = next(product for product in shop.sample.products if product.department == "shoes")
    family = [product for product in shop.sample.products if product.family == shoe.family]
    listing = page(client, "/departments/shoes")
    assert sum(f'href="/products/{variant.id}"' in listing for variant in family) == 1
    own = page(client, f"/products/{shoe.id}")
    sizes = {variant.id for variant in family if variant.attributes["colour"] == shoe.attributes["colour"]}
    assert all(f'href="/products/{id}"' in own for id in sizes)


def test_words_that_nobody_sells_are_answered_kindly_and_shown_as_text(client: FlaskClient) -> None:
    text = page(client, "/search?q=<script>alert(1)</script>")
    assert "Nothing found" in text
    assert "<script>alert" not in text


def test_pictures_are_served_with_a_tag_and_asked_for_again_cheaply(client: FlaskClient) -> None:
    first = client.get("/products/p-0001.svg")
    assert first.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(first.data).get("viewBox") == "0 0 96 96"
    again = client.get("/products/p-0001.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/products/p-9999.svg").status_code == 404


def test_the_sitemap_names_every_department_and_product_once(client: FlaskClient, shop: MemoryShop) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    addresses = [element.text or "" for element in root.iter() if element.tag.endswith("loc")]
    assert len(addresses) == len(set(addresses))
    assert sum("/departments/" in address for address in addresses) == len(shop.sample.departments)
    families = {product.family or product.id for product in shop.sample.products}
    assert sum("/products/" in address for address in addresses) == len(families)
    assert "Disallow: /cart" in client.get("/robots.txt").text


def test_a_page_of_a_shopper_gives_away_no_more_than_the_page_needs(client: FlaskClient, shop: MemoryShop) -> None:
    client.post("/sign-in", json={"login": shop.demo.email, "password": shop.demo.password})
    text = page(client, "/me")
    boot = BOOT.search(text)
    assert boot
    assert json.loads(boot[1])["shopper"] == {"id": shop.demo.id, "names": shop.demo.name, "card": shop.demo.card}
    assert shop.demo.email not in text


def test_the_card_is_drawn_by_the_server(client: FlaskClient, shop: MemoryShop) -> None:
    client.post("/sign-in", json={"login": shop.demo.phone, "password": shop.demo.password})
    boot = BOOT.search(page(client, "/card"))
    assert boot
    codes = json.loads(boot[1])["codes"]
    assert codes["qr"][0].startswith("M") and codes["bars"][0].startswith("M")


def test_nobody_reads_the_order_of_somebody_else(client: FlaskClient, shop: MemoryShop) -> None:
    receipt = {"columns": 42, "lang": "en", "blocks": [{"t": "qr", "data": "x"}]}
    shop.orders = {shop.sample.shoppers[1].id: {"sale-1": {"id": "sale-1", "number": "0101-1", "receipt": receipt}}}
    client.post("/sign-in", json={"login": shop.demo.email, "password": shop.demo.password})
    assert client.get("/orders/sale-1").status_code == 404
    other = shop.sample.shoppers[1]
    client.post("/sign-in", json={"login": other.email, "password": other.password})
    boot = BOOT.search(page(client, "/orders/sale-1"))
    assert boot
    assert json.loads(boot[1])["order"]["receipt"]["blocks"][0]["svg_path"]


def test_every_sentence_of_the_shop_is_there_in_russian() -> None:
    assert missing(KIT.parent / "storefront") == []
