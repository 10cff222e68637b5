"""Promotions at the hub, on both databases: versions, tills, open carts, and the clock of the store."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import select
from talking_device import NOW, PIECES, SHOP, Talker, make_sale, phone, rows, terminal, view

from retail.errors import PromotionError
from retail.promotions.benefits import EachUnit, Multibuy
from retail.promotions.calculators import Percent
from retail.promotions.promotion import Promotion
from retail.promotions.selector import Selector
from retail.replica import applied
from sync_server.catalogue import pages, queries
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events
from sync_server.promotions import service
from sync_server.promotions.tables import promotion_versions
from sync_server.terminals.tables import terminals

ITEM = PIECES[0]
MANAGER = next(member for member in SHOP.staff if member.role == "manager")
STORE = SHOP.stores[0]


def selling(item: str = ITEM.id) -> Selector:
    return Selector(items=frozenset({item}))


def half(**more: Any) -> Promotion:
    return Promotion("half", 0, {"en": "Half price", "ru": "Полцены"}, EachUnit(Percent(5000), selling()), **more)


def put(db: Database, promotion: Promotion, at: int = NOW) -> Promotion:
    return db.write(lambda session: service.put(session, promotion, MANAGER.id, at))


def told(db: Database, since: int) -> dict[str, Any]:
    """The changes since a version, as a till gets them."""

    def query(session: Any) -> bytes:
        row = session.execute(select(terminals).where(terminals.c.id == "till-1")).one()
        place = pages.Place(pages.CHANGES, 1, since, pages.END)
        return pages.page(session, row, pages.standing(session, row), place)[0]

    found: dict[str, Any] = orjson.loads(db.read(query))
    return found


def cart_with(db: Database, pieces: int) -> Talker:
    till = Talker(db, terminal("till-1"))
    till.visit = f"visit-{uuid.uuid4().hex}"
    till.scan(ITEM.id, pieces)
    return till


def test_every_version_of_a_promotion_is_kept_with_who_made_it(db: Database) -> None:
    first = put(db, half())
    second = put(db, replace(first, paused=True), NOW + 1)
    assert (first.version, second.version) == (1, 2)
    found = [row for row in rows(db, promotion_versions) if row.promotion == "half"]
    assert [(row.version, row.changed_by, row.at, row.body["paused"]) for row in found] == [
        (1, MANAGER.id, NOW, False),
        (2, MANAGER.id, NOW + 1, True),
    ]


def test_of_two_managers_who_change_one_promotion_the_second_is_told_to_look_again(db: Database) -> None:
    seen = put(db, half())
    put(db, replace(seen, lane=20))
    with pytest.raises(PromotionError) as caught:
        put(db, replace(seen, lane=30))
    assert caught.value.code == "promotion.changed"
    with pytest.raises(PromotionError):
        put(db, half())


def test_a_promotion_that_no_till_could_apply_is_refused_and_nothing_is_changed(db: Database) -> None:
    wrong = Promotion("wrong", 0, {"en": "3 for 3"}, Multibuy(3, 3, selling()))
    with pytest.raises(PromotionError) as caught:
        put(db, wrong)
    assert "benefit.pay" in caught.value.params["reason"]
    assert not [row for row in rows(db, promotion_versions) if row.promotion == "wrong"]


def test_a_till_hears_of_a_new_promotion_of_its_next_version_and_that_it_is_gone(db: Database) -> None:
    version = db.read(lambda session: queries.heads(session, STORE.id))["reference"]
    put(db, half())
    page = told(db, version)
    assert [(row["id"], row["version"]) for row in page["promotions"]] == [("half", 1)]
    db.write(lambda session: service.withdraw(session, "half", MANAGER.id, NOW))
    page = told(db, page["version"])
    assert (page["promotions"], page["gone"]["promotions"]) == ([], ["half"])
    with pytest.raises(PromotionError):
        db.write(lambda session: service.withdraw(session, "never", MANAGER.id, NOW))


def test_an_open_cart_costs_less_as_soon_as_a_promotion_is_there_and_its_watchers_are_told(db: Database) -> None:
    till = cart_with(db, 2)
    before, name = view(db, till.visit), f"cart:{till.visit}"
    seen = db.read(lambda session: outbox.position(session, name))[1]
    put(db, half())
    after = view(db, till.visit)
    assert (before["totals"]["total"], before["totals"]["off"]) == (2 * ITEM.price, 0)
    assert after["totals"]["off"] == before["totals"]["total"] - after["totals"]["total"] > 0
    (line,) = after["lines"].values()
    assert line["given"] == [{"promotion": "half", "names": half().names, "off": after["totals"]["off"]}]
    query = select(events).where(events.c.stream == name, events.c.version > seen)
    assert [row.changes for row in db.read(lambda session: session.execute(query).all())] == [None]


def test_a_promotion_that_needs_several_lines_is_told_for_every_line_that_it_touches(db: Database) -> None:
    """State and events: the scan of one line changes what another one costs."""
    goods = Selector(items=frozenset(product.id for product in PIECES[:3]))
    put(db, Promotion("three", 0, {"en": "3 for 2", "ru": "3 по цене 2"}, Multibuy(3, 2, goods)))
    till = cart_with(db, 1)
    name = f"cart:{till.visit}"
    state = json.loads(json.dumps(view(db, till.visit)))
    for product in PIECES[1:3]:
        seen = db.read(lambda session: outbox.position(session, name))[1]
        till.scan(product.id)
        query = select(events.c.changes).where(events.c.stream == name, events.c.version > seen)
        for changes in db.read(lambda session, query=query: list(session.scalars(query))):  # type: ignore[misc]
            state = applied(state, changes)
        assert state == json.loads(json.dumps(view(db, till.visit)))
    assert state["totals"]["off"] == min(product.price for product in PIECES[:3])
    assert all(line["given"] for line in state["lines"].values())
    assert state["hints"] == []


def test_what_is_in_a_hand_and_what_was_chosen_online_are_two_purchases(db: Database) -> None:
    shopper = SHOP.shoppers[0]
    put(db, Promotion("pair", 0, {"en": "2 for 1", "ru": "2 по цене 1"}, Multibuy(2, 1, selling())))
    till, other = cart_with(db, 1), Talker(db, phone(shopper.id))
    till.ok("cart.attach", card=shopper.card)
    found = till.ok("cart.add", line=uuid.uuid4().hex, item=PIECES[1].id, quantity=1000)["cart"]
    other.ok("cart.add", found, line=uuid.uuid4().hex, item=ITEM.id, quantity=1000)
    totals = view(db, found)["totals"]
    assert totals["off"] == 0
    other.ok("cart.add", found, line=uuid.uuid4().hex, item=ITEM.id, quantity=1000)
    assert view(db, found)["totals"]["off"] == ITEM.price


def test_a_cart_costs_something_else_from_the_moment_in_which_a_promotion_begins_and_ends(db: Database) -> None:
    """The hub was away at midnight: it prices the carts anew when it is back, once."""
    local = "2026-06-01T00:00"
    midnight = int(datetime(2026, 5, 31, 21, tzinfo=UTC).timestamp() * 1000)
    assert STORE.zone == "Europe/Tallinn"
    put(db, half(begin=local, end="2026-06-02T00:00"), midnight - 60_000)
    till = cart_with(db, 1)
    name = f"cart:{till.visit}"

    def moment(now: int) -> tuple[int, int]:
        service.begin_and_end(db, now)
        return view(db, till.visit)["totals"]["off"], db.read(lambda session: outbox.position(session, name))[1]

    before, at = moment(midnight - 1)
    begun, told_of = moment(midnight)
    assert (before, begun > 0, told_of) == (0, True, at + 1)
    assert moment(midnight + 3_600_000) == (begun, told_of), "nothing began or ended since"
    assert moment(midnight + 24 * 3_600_000) == (0, told_of + 1)


def test_a_sale_is_derived_by_the_promotions_of_the_moment_in_which_its_payment_began(db: Database) -> None:
    """A till without network sold at half price; when the sale arrives the promotion is over."""
    minute = 60_000
    end = datetime.fromtimestamp((NOW + minute) / 1000, UTC)
    put(db, half(end=end.astimezone(ZoneInfo(STORE.zone)).isoformat()[:16]))
    till = cart_with(db, 2)
    sale = make_sale(db, till, till.visit, 900_001, at=NOW + 5 * minute, priced_at=NOW)
    assert sale.promotions[0].id == "half"
    service.begin_and_end(db, NOW + 5 * minute)
    till.ok("sale.commit", sale=sale.as_dict())
    assert [row.kind for row in rows(db, exceptions)] == []
