"""The walk of the demonstration, step by step: what one person at a till and one with a phone would see."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sample_shop
from omnitill.visitors import BenchHands, Phone, TillPage

TERMINAL = "till-1"
PAPER_TIMEOUT_S = 10.0
SHOP = sample_shop.build()
CASHIER = next(member for member in SHOP.staff if member.role == "cashier" and member.store == SHOP.stores[0].id)
SHOPPER = SHOP.shoppers[0]
SCANNED, ADDED = [product for product in SHOP.products if not product.measured and not product.family][:2]


class WalkBroken(Exception):
    """A step did not see what it must see; the message says what it saw instead."""


@dataclass(slots=True)
class Walk:
    """What the steps hand on to one another: where the pages are, who stands where, and what has been seen so far."""

    addresses: dict[str, str]
    data: Path
    seen: dict[str, Any] = field(default_factory=dict)
    till: TillPage | None = None
    phone: Phone | None = None
    bench: BenchHands | None = None

    def close(self) -> None:
        for one in (self.till, self.phone, self.bench):
            if one is not None:
                one.close()

    def people(self) -> tuple[TillPage, Phone, BenchHands]:
        assert self.till is not None and self.phone is not None and self.bench is not None
        return self.till, self.phone, self.bench


def _ms(later: float, earlier: float) -> float:
    return round((later - earlier) * 1000, 1)


def the_cashier_signs_in(walk: Walk) -> dict[str, Any]:
    walk.till = TillPage(walk.addresses["till"])
    walk.till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    walk.till.sees("the open till", lambda view: view["phase"] == "selling")
    return {"cashier": CASHIER.name}


def the_shopper_signs_in(walk: Walk) -> dict[str, Any]:
    walk.phone = Phone(walk.addresses["shop"], SHOPPER.email, SHOPPER.password)
    profile, _ = walk.phone.sees_of_mine("the shopper", lambda mine: mine["shopper"])
    return {"shopper": profile["name"]}


def the_card_is_scanned(walk: Walk) -> dict[str, Any]:
    walk.bench = BenchHands(walk.addresses["bench"])
    till, _, bench = walk.people()
    bench.scan(TERMINAL, SHOPPER.card)
    till.sees("the shopper", lambda view: view["shopper"] and not view["shopper"]["pending"])
    return {"card": SHOPPER.card}


def a_scan_stands_on_till_and_phone(walk: Walk) -> dict[str, Any]:
    till, phone, bench = walk.people()

    def held(state: dict[str, Any]) -> Any:
        return next((line for line in state["lines"].values() if line["item"] == SCANNED.id), None)

    def held_twice(state: dict[str, Any]) -> Any:
        line = held(state)
        return line if line and line["quantity"] == 2000 else None

    # The first code warms every part up; the second is the one that is measured.
    bench.scan(TERMINAL, sample_shop.scan_text(SCANNED)[0])
    till.sees("the first scan", held)
    phone.sees_in_cart("the first scan", held)
    began = bench.scan(TERMINAL, sample_shop.scan_text(SCANNED)[0])
    on_till, till_at = till.sees(
        "the second scan", lambda state: (line := held(state)) and line["quantity"] == 2000 and line
    )
    on_phone, phone_at = phone.sees_in_cart("the second scan", held_twice)
    if on_phone["total"] != on_till["total"]:
        raise WalkBroken(f"the till says {on_till['total']}, the phone {on_phone['total']}")
    return {
        "line_on_the_till": {"names": on_till["names"], "quantity": on_till["quantity"], "total": on_till["total"]},
        "line_on_the_phone": {"place": on_phone["place"]["names"], "quantity": 2000, "total": on_phone["total"]},
        "scan_to_till_ms": _ms(till_at, began),
        "scan_to_phone_ms": _ms(phone_at, began),
    }


def what_the_phone_adds_stands_on_the_till(walk: Walk) -> dict[str, Any]:
    till, phone, _ = walk.people()
    began = time.monotonic()
    phone.add(ADDED.id)
    line, seen_at = till.sees(
        "what the phone added",
        lambda view: next((one for one in view["lines"].values() if one["item"] == ADDED.id), None),
    )
    if line["mine"] or line["owner"] != "hub":
        raise WalkBroken("what the phone added stands at the till as if it were in hand")
    return {"virtual_line_on_the_till": line["names"], "phone_to_till_ms": _ms(seen_at, began)}


def cash_is_taken(walk: Walk) -> dict[str, Any]:
    till, _, _ = walk.people()
    due = SCANNED.price * 2
    till.do("pay_begin")
    till.do("tender", kind="cash", amount=due + 500)
    sale, _ = till.sees("the sale", lambda view: view["phase"] == "done" and view["last_sale"])
    if (sale["total"], sale["change"]) != (due, 500):
        raise WalkBroken(f"{due} was due and 500 too much given, but the till says {sale}")
    return {"sale_number": sale["number"], "total": sale["total"], "change": sale["change"]}


def the_receipt_comes_and_the_drawer_opens(walk: Walk) -> dict[str, Any]:
    till, _, bench = walk.people()
    till.sees("the printer's confirmation", lambda view: view["last_sale"]["print"] == "confirmed", PAPER_TIMEOUT_S)
    number = walk.seen["sale_number"]
    receipts = ["\n".join(receipt["text"]) for receipt in bench.paper(TERMINAL)]
    found = [text for text in receipts if number in text]
    if len(found) != 1 or "€" not in found[0]:
        raise WalkBroken(f"of {len(receipts)} receipts {len(found)} are of sale {number} with the euro sign right")
    if not bench.drawer_open(TERMINAL):
        raise WalkBroken("the drawer is shut after a cash sale")
    return {"receipt": found[0], "drawer": "open"}


def the_phone_shows_order_receipt_and_points(walk: Walk) -> dict[str, Any]:
    _, phone, _ = walk.people()
    number = walk.seen["sale_number"]
    order, _ = phone.sees_of_mine(
        "the paid order",
        lambda mine: next((one for one in mine["orders"].values() if one["number"] == number), None),
    )
    if not order["receipt"].get("blocks"):
        raise WalkBroken("the order has no receipt")
    phone.sees_in_cart(
        "the cart without what was paid",
        lambda cart: [line["item"] for line in cart["lines"].values()] == [ADDED.id],
    )
    balance, _ = phone.sees_of_mine("the points", lambda mine: mine["points"]["active"])
    return {"points_earned": order["points"], "points": balance}


def the_hub_stored_everything_once(walk: Walk) -> dict[str, Any]:
    till, _, _ = walk.people()
    till.sees("an empty outbox", lambda view: view["link"]["unsent"] == 0)
    number = walk.seen["sale_number"]
    rows = {
        "hub_sales": _count(walk.data / "hub.sqlite", "SELECT count(*) FROM sales WHERE number = ?", number),
        "hub_stock_moves": _count(
            walk.data / "hub.sqlite",
            "SELECT count(*) FROM stock_moves WHERE source IN (SELECT id FROM sales WHERE number = ?)",
            number,
        ),
        "hub_points_given_once": _count(
            walk.data / "hub.sqlite",
            "SELECT count(*) FROM sales s WHERE number = ? AND points ="
            " (SELECT sum(e.points) FROM points_entries e WHERE e.source = s.id AND e.kind = 'earn')",
            number,
        ),
        "hub_exceptions": _count(walk.data / "hub.sqlite", "SELECT count(*) FROM exceptions"),
        "till_sales": _count(
            walk.data / TERMINAL / "till.sqlite", "SELECT count(*) FROM sales WHERE number = ?", number
        ),
        "till_unsent": _count(
            walk.data / TERMINAL / "till.sqlite", "SELECT count(*) FROM outbox WHERE status = 'waiting'"
        ),
    }
    expected = {
        "hub_sales": 1,
        "hub_stock_moves": 1,
        "hub_points_given_once": 1,
        "hub_exceptions": 0,
        "till_sales": 1,
        "till_unsent": 0,
    }
    if rows != expected:
        raise WalkBroken(f"stored rows are {rows}, expected {expected}")
    return {"stored_rows": rows}


def _count(file: Path, query: str, *values: Any) -> int:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return int(connection.execute(query, values).fetchone()[0])


STEPS: list[Callable[[Walk], dict[str, Any]]] = [
    the_cashier_signs_in,
    the_shopper_signs_in,
    the_card_is_scanned,
    a_scan_stands_on_till_and_phone,
    what_the_phone_adds_stands_on_the_till,
    cash_is_taken,
    the_receipt_comes_and_the_drawer_opens,
    the_phone_shows_order_receipt_and_points,
    the_hub_stored_everything_once,
]
"""In order; what each answers is added to the JSON line."""
