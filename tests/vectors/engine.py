"""Our engine behind the test vectors: a file's world and case in, the expected result out."""

from collections import Counter
from datetime import datetime
from typing import Any

from retail.card_loads import CardLoad
from retail.cart import CartLine
from retail.catalogue import Product, TaxPart, TaxRate
from retail.occasion import Occasion
from retail.price_lists import PriceLists, breaks_from, price_list_from
from retail.pricing import PriceBook, price
from retail.promotions.kinds import promotion_from
from retail.promotions.promotion import RuleBook
from retail.sale import Sale, SaleHead, close
from retail.stock import moves_of
from retail.tax import TaxRules
from retail.tender import Tender


def book_of(world: dict[str, Any]) -> PriceBook:
    store = world["store"]
    return PriceBook(
        1,
        store["currency"],
        {row["id"]: Product(gtin="", names={"en": row["id"]}, **row) for row in world["products"]},
        {row["code"]: TaxRate(row["code"], {}, row["rate"], tuple(map(_part, row["parts"]))) for row in world["rates"]},
        RuleBook(1, [promotion_from(row) for row in world["promotions"]]),
        PriceLists(
            {row["id"]: price_list_from(row) for row in world["price_lists"]},
            {
                item: {name: breaks_from(rows) for name, rows in lists.items()}
                for item, lists in world["offers"].items()
            },
        ),
        TaxRules(store["tax_added"], store["tax_rounding"]),
        store["cash_step"],
    )


def _part(row: dict[str, Any]) -> TaxPart:
    return TaxPart({}, row["ppm"], row["compound"])


def sale_of(world: dict[str, Any], case: dict[str, Any]) -> Sale:
    """The case as the sale that it becomes."""
    said = case["occasion"]
    when = Occasion(
        datetime.fromisoformat(said["local"]),
        said["store"],
        said["channel"],
        said["shopper"],
        frozenset(said["groups"]),
        said["tier"],
        said["first_purchase"],
        frozenset(said["coupons"]),
    )
    lines = [
        CartLine(
            f"line-{n}",
            row["item"],
            row["quantity"],
            "till-1",
            said["channel"],
            n,
            weighed=row["weighed"],
            pack=row.get("pack", 0),
        )
        for n, row in enumerate(case["cart"], 1)
    ]
    book = book_of(world)
    head = SaleHead("sale", "01-01-000001", said["store"], "till-1", "cashier", "cart", said["shopper"], 1)
    loads = [CardLoad(f"load-{n}", amount) for n, amount in enumerate(case.get("loads", []), 1)]
    tenders = [Tender("cash", amount) for amount in case["cash"]]
    return close(head, price(lines, book, when), tenders, book, 0, (), loads)


def expected(sale: Sale) -> dict[str, Any]:
    stock = Counter[str]()
    for move in moves_of(sale):
        stock[move.item] += move.quantity
    return {
        "lines": [
            {
                "unit_price": line.unit_price,
                "price_list": line.price_list,
                "off": dict(sorted(line.discounts.items())),
                "tax": line.tax,
                "total": line.total,
            }
            for line in sale.lines
        ],
        "taxes": [{"code": row.code, "net": row.net, "tax": row.tax, "gross": row.gross} for row in sale.taxes],
        "saved": {row.id: row.saved for row in sale.promotions},
        "total": sale.total,
        "cash_rounding": sale.rounding,
        "change": sale.change,
    } | ({"stock": stock} if any(line.parts for line in sale.lines) else {})
