"""Who may do what to a cart, and what everybody who watches it is told."""

import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest
from talking_device import (
    FIRST,
    PIECES,
    SECOND,
    Talker,
    lines_of,
    live_cart,
    make_sale,
    operation,
    phone,
    rows,
    terminal,
    view,
)

from sync_server.carts.tables import carts
from sync_server.customers.tables import cards
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty.tables import points_entries
from sync_server.orders.tables import sales
from sync_server.outbox import service as outbox
from sync_server.stock import queries as stock

ITEM, OTHER = PIECES[0], PIECES[1]
COUNTERS = itertools.count(1)


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


@pytest.fixture
def shopper(db: Database) -> Talker:
    device = Talker(db, phone(FIRST.id))
    device.visit = live_cart(db, FIRST.id)
    return device


def code(result: dict[str, Any]) -> str:
    assert result["status"] == "rejected", result
    return str(result["error"]["code"])


def commit(till: Talker, cart: str, card: str = "", **changed: Any) -> dict[str, Any]:
    sale = make_sale(till.db, till, cart, next(COUNTERS), shopper=FIRST.id if card else "", **changed)
    return till.do("sale.commit", sale=sale.as_dict(), card=card, receipt={"lines": []})


def levels(db: Database, item: str) -> dict[str, int]:
    return db.read(lambda session: stock.of_item(session, item))


def test_a_scanned_line_stands_in_the_shoppers_cart_once_the_card_is_known(till: Talker, shopper: Talker) -> None:
    till.scan(ITEM.id)
    attached = till.ok("cart.attach", card=FIRST.card)
    assert (attached["cart"], attached["shopper"]["id"]) == (shopper.visit, FIRST.id)
    assert attached["shopper"]["points"] == FIRST.points
    till.scan(OTHER.id)
    seen = view(till.db, shopper.visit)
    assert [line["item"] for line in seen["lines"].values()] == [ITEM.id, OTHER.id]
    assert {line["place"]["device"] for line in seen["lines"].values()} == {"till-1"}
    assert seen["totals"]["in_hand"] == seen["totals"]["total"] == ITEM.price + OTHER.price
    assert view(till.db, till.visit)["status"] == "moved"


def test_a_phone_cannot_touch_what_a_till_has_in_hand(till: Talker, shopper: Talker) -> None:
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id)
    [line] = lines_of(till.db, shopper.visit, "till-1")
    for kind, body in (
        ("cart.set", {"to": 5000, "seen": 1000}),
        ("cart.remove", {"seen": 1000}),
        ("cart.take", {}),
    ):
        assert shopper.do(kind, line=line.id, **body)["status"] == "rejected"
    assert lines_of(till.db, shopper.visit, "till-1") == [line]
    shopper.ok("cart.add", line="mine", item=ITEM.id, quantity=-1000)
    assert lines_of(till.db, shopper.visit, "till-1") == [line]


@pytest.mark.parametrize("kind", ["cart.release", "cart.abandon", "cart.attach", "sale.commit", "audit.note"])
def test_a_phone_does_nothing_that_only_a_terminal_may(shopper: Talker, kind: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "cart.attach": {"card": FIRST.card},
        "sale.commit": {"sale": {}},
        "audit.note": {"action": "drawer.open"},
    }
    shopper.ok("cart.add", line="mine", item=ITEM.id, quantity=1000)
    assert code(shopper.do(kind, **bodies.get(kind, {}))) == "not_allowed"
    assert view(shopper.db, shopper.visit)["status"] == "open"
    assert len(view(shopper.db, shopper.visit)["lines"]) == 1


def test_a_strangers_cart_is_refused_to_phones_and_terminals(till: Talker, shopper: Talker) -> None:
    theirs = live_cart(till.db, SECOND.id)
    other_till = Talker(till.db, terminal("till-2"))
    other_till.scan(ITEM.id)
    other_till.ok("cart.attach", card=SECOND.card)
    before = view(till.db, theirs)
    body = {"line": "stranger", "item": ITEM.id, "quantity": 1000}
    assert code(shopper.do("cart.add", theirs, **body)) == "not_allowed"
    assert code(shopper.do("cart.add", other_till.visit, **body)) == "not_allowed"
    assert code(till.do("cart.add", theirs, **body)) == "not_allowed"
    assert code(till.do("cart.add", other_till.visit, **body)) == "not_allowed"
    assert code(till.do("cart.release", other_till.visit)) == "not_allowed"
    assert code(shopper.do("cart.add", "no-such-cart", **body)) == "cart.unknown"
    assert view(till.db, theirs) == before


def test_a_second_shopper_is_refused_unless_the_cashier_replaces_the_first(till: Talker) -> None:
    first, second = live_cart(till.db, FIRST.id), live_cart(till.db, SECOND.id)
    till.scan(ITEM.id)
    till.ok("cart.attach", card=FIRST.card)
    assert till.ok("cart.attach", card=FIRST.card)["cart"] == first
    assert code(till.do("cart.attach", card=SECOND.card)) == "cart.other_shopper"
    assert till.ok("cart.attach", card=SECOND.card, replace=True)["cart"] == second
    till.scan(OTHER.id)
    assert view(till.db, first)["lines"] == {}
    assert len(view(till.db, second)["lines"]) == 2


def test_a_kiosk_cannot_replace_a_shopper(db: Database) -> None:
    kiosk = Talker(db, terminal("kiosk-1"))
    kiosk.ok("cart.attach", card=FIRST.card)
    assert code(kiosk.do("cart.attach", card=SECOND.card, replace=True)) == "cart.other_shopper"


def test_a_till_takes_what_a_phone_chose_and_a_released_line_is_anybodys(till: Talker, shopper: Talker) -> None:
    shopper.ok("cart.add", line="mine", item=ITEM.id, quantity=2000)
    till.ok("cart.attach", card=FIRST.card)
    till.ok("cart.take", line="mine")
    assert [line.id for line in lines_of(till.db, shopper.visit, "till-1")] == ["mine"]
    till.ok("cart.release")
    other_till = Talker(till.db, terminal("till-2"))
    other_till.ok("cart.attach", card=FIRST.card)
    other_till.ok("cart.take", line="mine")
    assert [line.quantity for line in lines_of(till.db, shopper.visit, "till-2")] == [2000]


def test_goods_that_go_back_to_the_shelf_leave_the_cart_and_the_visit_is_over(till: Talker, shopper: Talker) -> None:
    shopper.ok("cart.add", line="mine", item=ITEM.id, quantity=1000)
    till.ok("cart.attach", card=FIRST.card)
    till.scan(OTHER.id)
    till.ok("cart.abandon")
    assert list(view(till.db, shopper.visit)["lines"]) == ["mine"]
    assert view(till.db, till.visit)["status"] == "closed"
    assert code(till.do("cart.add", line="late", item=ITEM.id, quantity=1000)) == "cart.closed"


def test_a_sale_moves_stock_and_points_and_only_its_own_lines(till: Talker, shopper: Talker) -> None:
    before = levels(till.db, ITEM.id)["main-street"]
    shopper.ok("cart.add", line="for-later", item=OTHER.id, quantity=1000)
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, pieces=3)
    left: list[Any] = []
    till.db.after_commit.append(lambda told: left.extend(told.get(outbox.LEFT, ())))
    result = commit(till, shopper.visit, FIRST.card)
    earned = 3 * ITEM.price // 100
    assert result["result"]["points"] == earned
    assert levels(till.db, ITEM.id)["main-street"] == before - 3000
    assert till.db.read(lambda session: loyalty.balance(session, FIRST.id)) == FIRST.points + earned
    assert list(view(till.db, shopper.visit)["lines"]) == ["for-later"]
    assert view(till.db, till.visit)["status"] == "closed"
    assert set(left) == {("till-1", f"cart:{till.visit}"), ("till-1", f"cart:{shopper.visit}")}
    assert rows(till.db, exceptions) == []


def test_a_till_that_serves_the_same_shopper_twice_still_hears_the_cart(till: Talker, shopper: Talker) -> None:
    parked = Talker(till.db, till.device)
    till.ok("cart.attach", card=FIRST.card)
    parked.seq = till.seq
    parked.ok("cart.attach", card=FIRST.card)
    till.seq = parked.seq
    left: list[Any] = []
    till.db.after_commit.append(lambda told: left.extend(told.get(outbox.LEFT, ())))
    till.ok("cart.release")
    assert left == [("till-1", f"cart:{till.visit}")]


def test_a_line_that_reached_the_till_after_its_sale_is_the_shoppers_again(till: Talker, shopper: Talker) -> None:
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id)
    sale = make_sale(till.db, till, shopper.visit, next(COUNTERS), FIRST.id)
    shopper.ok("cart.add", line="for-later", item=OTHER.id, quantity=1000)
    till.ok("cart.take", line="for-later")
    till.ok("sale.commit", sale=sale.as_dict(), card=FIRST.card, receipt={})
    [line] = view(till.db, shopper.visit)["lines"].values()
    assert (line["id"], line["owner"]) == ("for-later", "hub")
    shopper.ok("cart.remove", line="for-later", seen=1000)


def test_a_sale_at_a_wrong_price_is_kept_as_it_is_and_shown_to_a_person(till: Talker) -> None:
    till.scan(ITEM.id)
    sale = make_sale(till.db, till, till.visit, next(COUNTERS))
    cheaper = replace(sale.lines[0], unit_price=1, total=1)
    wrong = replace(sale, lines=(cheaper,), total=1, tenders=(replace(sale.tenders[0], amount=1),))
    till.ok("sale.commit", sale=wrong.as_dict(), receipt={})
    [kept] = rows(till.db, sales)
    assert kept.total == 1
    [found] = rows(till.db, exceptions)
    assert (found.kind, found.source) == ("discrepancy", sale.id)
    assert {row["what"] for row in found.detail["rows"]} >= {"total", "unit_price"}


def test_a_sale_with_a_card_that_nobody_has_is_kept_without_points(till: Talker) -> None:
    till.scan(ITEM.id)
    result = commit(till, till.visit, card="2999999999999")
    assert (result["status"], result["result"]["points"]) == ("ok", 0)
    assert len(rows(till.db, sales)) == 1
    [found] = rows(till.db, exceptions)
    assert "card" in {row["what"] for row in found.detail["rows"]}


def test_a_sale_from_somebody_elses_visit_is_kept_and_the_visit_stays_theirs(till: Talker) -> None:
    other_till = Talker(till.db, terminal("till-2"))
    other_till.scan(OTHER.id)
    till.scan(ITEM.id)
    sale = make_sale(till.db, till, till.visit, next(COUNTERS))
    till.ok("sale.commit", other_till.visit, sale=sale.as_dict(), receipt={})
    assert view(till.db, other_till.visit)["status"] == "open"
    assert len(view(till.db, other_till.visit)["lines"]) == 1
    assert len(rows(till.db, sales)) == 1
    assert [row.detail["rows"][0]["what"] for row in rows(till.db, exceptions)] == ["cart"]


def test_a_cloned_tills_second_sale_of_one_number_is_kept_for_a_person(till: Talker) -> None:
    till.scan(ITEM.id)
    first = make_sale(till.db, till, till.visit, 77)
    till.ok("sale.commit", sale=first.as_dict(), receipt={})
    clone = till.again(inc=2)
    clone.scan(OTHER.id)
    second = make_sale(till.db, clone, clone.visit, 77)
    before = levels(till.db, OTHER.id)
    assert code(clone.do("sale.commit", sale=second.as_dict(), receipt={})) == "sale.number_used"
    assert [row.id for row in rows(till.db, sales)] == [first.id]
    [found] = rows(till.db, exceptions)
    assert found.detail["sent"]["body"]["sale"]["id"] == second.id
    assert levels(till.db, OTHER.id) == before


def test_a_sale_that_was_made_at_another_terminal_is_refused_and_kept(till: Talker) -> None:
    till.scan(ITEM.id)
    sale = make_sale(till.db, till, till.visit, next(COUNTERS), terminal="till-2")
    assert code(till.do("sale.commit", sale=sale.as_dict(), receipt={})) == "sale.not_yours"
    assert len(rows(till.db, exceptions)) == 1


def test_the_largest_figures_of_a_sale_fit_into_the_database(till: Talker) -> None:
    till.scan(ITEM.id)
    till.ok("cart.attach", card=FIRST.card)
    huge = make_sale(till.db, till, live_cart(till.db, FIRST.id), next(COUNTERS), FIRST.id, points=10**15)
    assert till.ok("sale.commit", sale=huge.as_dict(), card=FIRST.card, receipt={})["points"] == 10**15
    assert [row.kind for row in rows(till.db, exceptions)] == ["discrepancy"]


def test_a_sale_of_goods_that_were_never_counted_opens_their_level_below_zero(till: Talker) -> None:
    missing = next(product for product in PIECES if "main-street" not in levels(till.db, product.id) or True)
    till.scan(missing.id, pieces=9000)
    commit(till, till.visit)
    assert levels(till.db, missing.id)["main-street"] < 0


def test_each_shopper_has_one_live_cart_by_schema(db: Database) -> None:
    live = [row.shopper for row in rows(db, carts) if not row.opened_by]
    assert len(live) == len(set(live)) == len(rows(db, cards))


def test_a_phone_cannot_ask_for_a_part_of_a_piece(shopper: Talker) -> None:
    assert code(shopper.do("cart.add", line="half", item=ITEM.id, quantity=500)) == "cart.whole_pieces"


def test_the_five_hundred_and_first_line_is_refused_in_words(till: Talker) -> None:
    weighed = [
        operation("cart.add", till.visit, line=f"l{n}", item=ITEM.id, quantity=1000, weighed=True) for n in range(501)
    ]
    results = [row for start in range(0, 501, 200) for row in till.send(*weighed[start : start + 200])]
    assert [row["status"] for row in results] == ["ok"] * 500 + ["rejected"]
    assert results[-1]["error"] == {
        "code": "cart.too_many_lines",
        "message": "A cart holds {limit} lines at most. Pay this one and go on in a new one.",
        "params": {"limit": 500},
    }


def test_points_are_a_ledger_with_one_entry_for_each_sale(till: Talker) -> None:
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id)
    commit(till, live_cart(till.db, FIRST.id), FIRST.card)
    entries = [row for row in rows(till.db, points_entries) if row.customer == FIRST.id]
    balance = till.db.read(lambda session: loyalty.balance(session, FIRST.id))
    assert sorted(row.kind for row in entries) == ["adjust", "earn"]
    assert sum(row.points for row in entries) == balance


def test_what_a_till_scans_while_it_takes_the_same_item_stays_on_the_line_it_named(
    till: Talker, shopper: Talker
) -> None:
    chosen = uuid.uuid4().hex
    shopper.ok("cart.add", line=chosen, item=ITEM.id, quantity=1000, fulfilment="carry_out")
    till.ok("cart.attach", card=FIRST.card)
    # The till does not know yet that the take is done when it scans another of the same.
    till.ok("cart.take", line=chosen)
    till.ok("cart.add", line="scanned", item=ITEM.id, quantity=1000)
    till.ok("cart.add", line="scanned", item=ITEM.id, quantity=2000)
    held = {line.id: line.quantity for line in lines_of(till.db, shopper.visit, "till-1")}
    assert held == {chosen: 1000, "scanned": 3000}
