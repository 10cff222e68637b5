"""Attacks by way of returns, each by its name, on both databases. More are in tests/contracts/test_returns.py."""

from dataclasses import replace

from talking_device import FIRST, PIECES, SHOP, Talker, make_sale, rows, terminal
from test_returns import COUNTERS, back, code, points, say, sold

from retail.promotions.benefits import Multibuy
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
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


def test_return_of_the_same_goods_at_two_tills_one_of_them_offline(db: Database) -> None:
    here, away = Talker(db, terminal("till-1")), Talker(db, terminal("till-2"))
    had = points(db)
    sale = sold(here, 2)
    # The till that is away sees a receipt of which nothing came back, and gives the cash.
    blind = back(away, sale, 2)
    assert say(here, back(here, sale, 1))["status"] == "ok"
    assert say(away, blind, given=True)["status"] == "ok"
    # Its cash is gone and a person is told; points, stock and the count of what came back move once.
    (case,) = rows(db, exceptions)
    assert (case.kind, case.detail["rows"][0]["sold"], case.detail["rows"][0]["derived"]) == ("returned", 2000, 1000)
    assert [row.quantity for row in rows(db, returned_lines)] == [1000]
    assert points(db) == had + sale.points - blind.lines[0].points // 2
    assert code(say(here, back(here, sale, 2, before=0))) == "return.too_many"


def test_a_refused_return_whose_money_was_given_all_the_same(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    sale = sold(till, 1)
    asked = back(till, sale, 1)
    assert say(till, back(till, sale, 1))["status"] == "ok"
    assert code(say(till, asked)) == "return.too_many"
    # The cashier had not waited: the same document comes again, is kept once, and books nothing.
    assert say(till, asked, given=True)["status"] == "ok"
    assert [row.kind for row in rows(db, exceptions)] == ["returned"]
    assert [row.quantity for row in rows(db, returned_lines)] == [1000]
    assert len(rows(db, sale_returns)) == 2
