"""Sales of one line in the words of docs/returns.md."""

import re
from collections.abc import Sequence
from typing import Any

from retail.returns import ReturnHead
from retail.sale import Sale, SaleLine, SaleMark
from retail.tender import Tender

HEAD = ReturnHead("r1", "01-01-000002", "store", "till-1", "c1", "does not fit", 1)


def mark(off: int) -> SaleMark:
    return SaleMark("offer", off)


def sale_line(**given: Any) -> SaleLine:
    usual: dict[str, Any] = {
        "id": "line",
        "item": "item",
        "names": {"en": "Boots"},
        "quantity": 1000,
        "unit": "piece",
        "weighed": False,
        "unit_price": 300,
        "total": 300,
        "tax_code": "A",
        "tax": 50,
        "points": 3,
        "fulfilment": "carry_out",
    }
    return SaleLine(**usual | given)


def sale_of(lines: Sequence[SaleLine], tenders: Sequence[Tender], change: int = 0) -> Sale:
    total = sum(line.total for line in lines)
    paid = sum(tender.amount for tender in tenders) - change
    return Sale(
        "s1",
        "01-01-000001",
        "store",
        "till-1",
        "c1",
        "cart",
        "",
        tuple(lines),
        (),
        total,
        tuple(tenders),
        change,
        0,
        "EUR",
        1,
        1,
        rounding=paid - total,
    )


def tenders_of(words: str) -> list[Tender]:
    """`points 500/250, cash 400`"""
    found = []
    for kind, amount, points in re.findall(r"([a-z_]+) (\d+)(?:/(\d+))?", words):
        found.append(Tender(kind, int(amount), points=int(points or 0)))
    return found
