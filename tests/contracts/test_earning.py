"""What a purchase earns at the hub, on both databases: tills are told the programme, and the ledger books the same."""

import json
from dataclasses import replace
from typing import Any

import orjson
from points_hub import ANNA, change_programme, spendable
from sqlalchemy import select
from talking_device import NOW, PIECES, SHOP, Talker, make_sale, rows, terminal, view

from retail.loyalty.programme import DEFAULT, DatedProgramme, Multiplier, dated_from
from retail.promotions.benefits import PointsTimes
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from sync_server.catalogue import pages, queries
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import queries as loyalty
from sync_server.promotions import service as promotions
from sync_server.terminals.tables import terminals

ITEM = max(PIECES[:10], key=lambda product: product.price)
CARD = next(shopper.card for shopper in SHOP.shoppers if shopper.id == ANNA)
STORE = SHOP.stores[0].id


def doubling(**more: Any) -> Any:
    return replace(DEFAULT, multipliers=(Multiplier("double", 2000, products=(ITEM.id,)),), **more)


def reference(db: Database) -> dict[str, Any]:
    def query(session: Any) -> bytes:
        row = session.execute(select(terminals).where(terminals.c.id == "till-1")).one()
        return pages.page(session, row, pages.standing(session, row), None)[0]

    found: dict[str, Any] = orjson.loads(db.read(query))
    return found


def at_the_till(db: Database) -> Talker:
    till = Talker(db, terminal("till-1"))
    till.scan(ITEM.id)
    till.ok("cart.attach", card=CARD)
    return till


def cart_of(db: Database, till: Talker) -> str:
    moved = view(db, till.visit)["moved_to"]
    return str(moved)


def test_a_new_programme_is_told_to_every_till_with_its_next_version(db: Database) -> None:
    before = reference(db)
    change_programme(db, doubling(), at=NOW - 1)
    change_programme(db, doubling(version=2, points=3), at=NOW + 5)
    after = reference(db)
    assert after["version"] == before["version"] + 2
    assert after["programmes"] == json.loads(json.dumps(after["programmes"]))
    told = dated_from(after["programmes"])
    assert told == (DatedProgramme(NOW + 5, doubling(version=2, points=3)), DatedProgramme(NOW - 1, doubling()))
    assert db.read(lambda session: queries.heads(session, STORE))["heads"]["programme"] == after["version"]


def test_the_cart_the_sale_and_the_ledger_say_the_same_number(db: Database) -> None:
    change_programme(db, doubling(), at=NOW - 1)
    with_coffee = Promotion("week", 0, {"en": "Week"}, PointsTimes(300, Selector(items=frozenset({ITEM.id}))))
    db.write(lambda session: promotions.put(session, with_coffee, "2001", NOW))
    db.write(lambda session: queries.programme(session, STORE))
    till = at_the_till(db)
    cart = cart_of(db, till)
    promotions.begin_and_end(db, NOW)
    earned = ITEM.price * 6 // 100
    assert view(db, cart)["totals"]["points"] == earned
    sale = make_sale(db, till, cart, 1, ANNA)
    assert sale.points == earned
    assert till.ok("sale.commit", sale=sale.as_dict(), card=CARD)["points"] == earned
    assert (spendable(db, ANNA), rows(db, exceptions)) == (earned, [])
    (entry,) = db.read(lambda session: loyalty.entries(session, ANNA))
    assert (entry.source, entry.line, entry.rule, entry.points) == (sale.id, sale.lines[0].id, "double", earned)


def test_a_sale_by_the_programme_before_is_no_case_for_anybody(db: Database) -> None:
    """The till was away when the programme changed: what its receipt promised is given."""
    change_programme(db, doubling(), at=NOW - 1)
    till = at_the_till(db)
    cart = cart_of(db, till)
    sale = make_sale(db, till, cart, 1, ANNA)
    change_programme(db, replace(DEFAULT, version=2, points=0), at=NOW - 1)
    till.ok("sale.commit", sale=sale.as_dict(), card=CARD)
    assert (spendable(db, ANNA), rows(db, exceptions)) == (ITEM.price * 2 // 100, [])
    assert sale.points == ITEM.price * 2 // 100


def test_open_carts_earn_by_a_programme_from_the_moment_in_which_it_begins(db: Database) -> None:
    till = at_the_till(db)
    cart = cart_of(db, till)
    moments = db.read(queries.pricing_moments)
    now = max(at for _, _, at in moments) + 1
    change_programme(db, replace(DEFAULT, points=7), at=now)
    assert view(db, cart)["totals"]["points"] == ITEM.price // 100
    promotions.begin_and_end(db, now)
    assert view(db, cart)["totals"]["points"] == ITEM.price * 7 // 100
