"""Attacks by way of returns, each by its name, on both databases. More are in tests/contracts/test_returns.py."""

from dataclasses import replace

from talking_device import FIRST, PIECES, SHOP, Talker, make_sale, rows, terminal
from test_returns import COUNTERS, back, code, points, say, sold

from retail.promotions.benefits import Multibuy
from sync_server.db import Database
from sync_server.orders.tables import returned_lines, sale_returns

THREE_FOR_TWO = next(one for one in SHOP.promotions if isinstance(one.benefit, Multibuy) and one.benefit.take == 3)
BOOK = next(one for one in PIECES if THREE_FOR_TWO.benefit.targets[0].matches(one))


def test_return_of_three_items_one_by_one_against_a_3_for_2(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    sale = sold(till, 3, BOOK.id)
    assert [row.id for row in sale.promotions] == [THREE_FOR_TWO.id]
    assert sale.total == BOOK.price * 2
    given = []
    for n in range(3):
        document = back(till, sale, 1, before=n)
        assert say(till, document)["status"] == "ok"
        given.append(document.total)
        # Whoever stops here has paid for what he keeps: never has more come back than the share of these units.
        assert sum(given) <= -(-sale.total * (n + 1) // 3)
    assert sum(given) == sale.total
    assert code(say(till, back(till, sale, 1))) == "return.too_many"


def test_goods_brought_back_piece_by_piece_keep_no_points(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    before = points(db)
    sale = sold(till, 3)
    assert points(db) > before
    for n in range(3):
        assert say(till, back(till, sale, 1, before=n))["status"] == "ok"
    assert points(db) == before


def test_exchange_with_a_price_difference(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    first = sold(till, 1)
    before = points(db) - first.points
    document = back(till, first, 1)
    assert say(till, document)["status"] == "ok"
    dearer = sold(till, 2)
    assert dearer.total - document.total > 0
    assert points(db) == before + dearer.points
    # What was exchanged for can come back like anything else, and what it was exchanged from cannot.
    assert code(say(till, back(till, first, 1))) == "return.too_many"
    assert say(till, back(till, dearer, 2))["status"] == "ok"
    assert points(db) == before
    assert sorted((row.quantity, row.sold) for row in rows(db, returned_lines)) == [(1000, 1000), (2000, 2000)]


def test_a_return_that_says_more_than_was_paid(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    sale = sold(till, 2)
    honest = back(till, sale, 1)
    for bent in (
        replace(honest, total=honest.total * 2),
        replace(honest, refunds=tuple(replace(row, amount=row.amount + 1) for row in honest.refunds)),
        replace(honest, lines=tuple(replace(row, total=row.total + 1) for row in honest.lines)),
        replace(honest, lines=tuple(replace(row, points=0) for row in honest.lines)),
    ):
        assert code(say(till, bent)) == "return.changed"
    assert rows(db, sale_returns) == []


def test_a_return_of_what_was_never_sold(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    till.ok("cart.attach", card=FIRST.card)
    mine = sold(till, 1)
    till.ok("cart.attach", card=FIRST.card)
    unpaid = make_sale(db, till, till.scan(BOOK.id, 1), next(COUNTERS), FIRST.id)
    foreign = replace(back(till, mine, 1), lines=back(till, unpaid, 1).lines)
    assert code(say(till, foreign)) == "return.unknown_line"
