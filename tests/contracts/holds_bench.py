"""Terminals and phones that have the hub set things aside, and sell with them."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from talking_device import NOW, PIECES, PLACES, STORES, Talker, rows
from vouchers_bench import KEY, batch, refusal

from retail.messages import HoldWanted
from retail.pricing import price
from retail.promotions.benefits import EachUnit
from retail.promotions.calculators import Percent
from retail.promotions.promotion import LANE_COUPON, Promotion
from retail.promotions.selector import Selector
from retail.sale import Sale, SaleCoupon, SaleHead, close
from retail.tender import Tender
from sync_server.carts import queries as carts
from sync_server.catalogue import queries as catalogue
from sync_server.coupons.tables import coupon_slots
from sync_server.db import Database
from sync_server.holds import service
from sync_server.inbox.tables import exceptions
from sync_server.promotions import service as promotions
from sync_server.stored_value import cards, queries
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About

ITEM, OTHER = PIECES[:2]
AUTUMN = "promotion-autumn"
COUNTERS = itertools.count(1)
HOLDS = itertools.count(1)
SECOND_MS = 1_000


def offer(db: Database, **terms: Any) -> str:
    """A code that takes a fifth off all goods; `terms` of its batch."""
    fifth = Promotion(AUTUMN, 0, {"en": "Autumn", "ru": "Осень"}, EachUnit(Percent(2000), Selector()))
    wanted = replace(fifth, coupon=True, lane=LANE_COUPON)
    db.write(lambda session: promotions.put(session, wanted, "staff-05", NOW))
    [code] = batch(db, **terms)
    return code


def card(db: Database, amount: int, pin: bool = False) -> dict[str, Any]:
    """A gift card with so much on it: `{account, code, pin}`."""

    def issue(session: Any) -> dict[str, Any]:
        made = cards.issue(session, KEY, cards.NewCard("EUR", "main-street", pin=pin), "staff-05", NOW)
        stored_value.load(session, made["account"], f"load-{made['account']}", amount, "EUR", About("", "till-1", NOW))
        return made

    return db.write(issue)


def ask(talker: Talker, kind: str, hold: str = "", db: Database | None = None, **more: Any) -> dict[str, Any]:
    """Ask for a hold as a terminal does; `{hold, …}`."""
    named = {"cart": talker.visit, "hold": hold or f"hold-{next(HOLDS)}", "currency": "EUR"} | more
    wanted = HoldWanted(kind=kind, **named)  # type: ignore[arg-type]
    return (db or talker.db).write(lambda session: service.place(session, KEY, talker.device, wanted, talker.now))


def coupon(talker: Talker, code: str, **more: Any) -> dict[str, Any]:
    return ask(talker, "coupon", code=code, **more)


def sale_of(talker: Talker, *held: dict[str, Any], shopper: str = "", **changed: Any) -> Sale:
    """The sale of what the till holds, priced as the till does it, paid with what it holds and the rest in cash."""
    place = PLACES[talker.device.dev]
    used = [one for one in held if one["kind"] == "coupon"]
    paid = [one for one in held if one["kind"] != "coupon"]

    def query(session: Any) -> Sale:
        book = catalogue.book(session, place.store)
        occasion = catalogue.occasion(session, place.store, place.kind, shopper, NOW)
        occasion = replace(occasion, coupons=frozenset(one["promotion"] for one in used))
        stored = carts.get(session, talker.visit)
        stored = carts.get(session, stored.cart.moved_to) if stored.cart.moved_to else stored
        priced = price(stored.cart.of(talker.device.dev), book, occasion)
        number = f"{STORES[place.store].code}-{place.code}-{next(COUNTERS):06d}"
        head = SaleHead(uuid.uuid4().hex, number, place.store, place.id, "staff-anna", talker.visit, shopper, NOW)
        tenders = [Tender(one["kind"], one["amount"], one["hold"], one.get("points", 0)) for one in paid]
        left = priced.total - sum(tender.amount for tender in tenders)
        tenders += [Tender("cash", left)] if left else []
        return close(head, priced, tenders, book, 0, [SaleCoupon(one["hold"], one["promotion"]) for one in used])

    return replace(talker.db.read(query), **changed)


def sell(talker: Talker, sale: Sale, number: str = "") -> dict[str, Any]:
    return talker.ok("sale.commit", sale=sale.as_dict(), card=number, receipt={})


def differing(db: Database) -> list[tuple[str, Any]]:
    """What the hub found wrong with sales: what and why."""
    found = [row.detail["rows"] for row in rows(db, exceptions) if row.kind == "discrepancy"]
    return [(row["what"], row["derived"]) for rows_of_one in found for row in rows_of_one]


def code_of(act: Callable[[], Any]) -> str:
    return refusal(act).code


def on_card(db: Database, account: str) -> tuple[int, int]:
    row = db.read(lambda session: queries.account_row(session, account))
    assert db.read(lambda session: queries.summed(session, account)) == (row.available, row.held)
    return row.available, row.held


def states(db: Database) -> list[str]:
    return [row.state for row in rows(db, coupon_slots)]
