"""The page behind the code on a receipt."""

import json
from dataclasses import replace

from flask.testing import FlaskClient
from memory_shop import MemoryShop

from receipt_checker.check import faults
from retail import why
from retail.card_loads import CardLoad
from retail.cart import CartLine
from retail.occasion import Occasion
from retail.pricing import PriceBook, price
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.promotion import Promotion, RuleBook
from retail.sale import Sale, SaleHead, close
from retail.tender import Tender
from retail.wall_clock import local_time
from storefront.wording import money_text


def sold(shop: MemoryShop) -> Sale:
    product, store = shop.sample.products[0], shop.sample.stores[0]
    tenth = Promotion("tenth", 4, {"en": "A tenth off", "ru": "Минус десятая"}, EachUnit(Percent(1000)))
    taxes = {rate.code: rate for rate in shop.sample.taxes}
    book = PriceBook(9, store.currency, {product.id: product}, taxes, RuleBook(2, [tenth]))
    lines = [CartLine("l-1", product.id, 2000, "till-1", "till", 1)]
    priced = price(lines, book, Occasion(local_time("2026-05-29T12:00"), store.id, "till"))
    head = SaleHead("sale-1", "01-01-000001", store.id, "till-1", "anna", "cart-1", "shopper-1", 1_780_000_000_000)
    return close(head, priced, [Tender("cash", priced.total + 5)], book)


def kept(shop: MemoryShop, sale: Sale) -> None:
    store = shop.sample.stores[0]
    shop.receipts[sale.id] = {
        "sale": json.loads(json.dumps(sale.as_dict())),
        "store": store.names,
        "zone": store.zone,
        "lines": [why.of_sale_line(line, sale) for line in sale.lines],
        "faults": faults(sale.as_dict()),
    }


def test_whoever_has_the_receipt_sees_how_each_amount_came_about(client: FlaskClient, shop: MemoryShop) -> None:
    sale = sold(shop)
    kept(shop, sale)
    text = client.get("/r/sale-1").text
    assert "every amount agrees to the cent" in text
    assert "A tenth off" in text and "version 4" in text and "Price of the product" in text
    assert "Минус десятая" in client.get("/r/sale-1?lang=ru").text
    data = client.get("/r/sale-1.json")
    assert data.json == shop.receipts["sale-1"]["sale"] and data.headers["Cache-Control"] == "no-store"


def test_a_gift_card_that_was_sold_is_in_what_was_paid(client: FlaskClient, shop: MemoryShop) -> None:
    sale = replace(sold(shop), loads=(CardLoad("load-1", 100_000, "…4444"),))
    kept(shop, sale)
    text = client.get("/r/sale-1").text
    assert "Gift card …4444" in text and text.count(money_text(sale.due, sale.currency, "en")) == 2
    shop.receipts["sale-1"]["sale"].pop("loads")
    assert money_text(sale.total, sale.currency, "en") in client.get("/r/sale-1").text


def test_a_receipt_that_does_not_agree_says_so_and_one_of_an_older_terminal_too(
    client: FlaskClient, shop: MemoryShop
) -> None:
    sale = sold(shop)
    kept(shop, sale)
    shop.receipts["sale-1"]["faults"] = ["total: 5 on the receipt, 4 by its terms"]
    text = client.get("/r/sale-1").text
    assert "An amount does not agree" in text and "4 by its terms" in text
    shop.receipts["sale-1"]["sale"]["derivation"] = None
    assert "of an older version" in client.get("/r/sale-1").text


def test_a_receipt_that_has_not_come_yet_is_no_broken_page(client: FlaskClient) -> None:
    answer = client.get("/r/nobody")
    assert answer.status_code == 404 and "not here yet" in answer.text
    assert client.get("/r/nobody.json").status_code == 404
