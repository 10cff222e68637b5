"""Goods at the till: scanned, weighed, changed, paid; and what is refused without losing anything."""

import pytest
from till_bench import CASHIER, PIECES, SHOP, SHOPPER, WEIGHED, Bench, reference, scan_text

from retail.barcode import with_check_digit
from retail.cart import CART_LINES_MAX


def test_the_same_goods_scanned_twice_are_one_line(alone: Bench) -> None:
    alone.scan(PIECES[0])
    alone.scan(PIECES[0])
    (line,) = alone.view["lines"].values()
    assert (line["quantity"], line["total"], line["mine"]) == (2000, 2 * PIECES[0].price, True)
    assert alone.view["totals"]["in_hand"] == 2 * PIECES[0].price


def test_each_weighing_is_a_line_of_its_own(alone: Bench) -> None:
    alone.scan(WEIGHED[0], 345)
    alone.scan(WEIGHED[0], 345)
    assert [line["quantity"] for line in alone.view["lines"].values()] == [345, 345]


def test_goods_by_weight_without_a_weight_make_the_till_ask(alone: Bench) -> None:
    alone.ok("scan", text=WEIGHED[0].plu)
    assert alone.view["ask"]["product"]["id"] == WEIGHED[0].id and not alone.view["lines"]
    alone.ok("weigh", item=WEIGHED[0].id, quantity=512)
    (line,) = alone.view["lines"].values()
    assert line["quantity"] == 512 and alone.view["ask"] is None


def test_a_piece_cannot_be_weighed_nor_sold_in_halves(alone: Bench) -> None:
    assert alone.refused("weigh", item=PIECES[0].id, quantity=500) == "till.not_weighed"
    assert alone.refused("add", item=PIECES[0].id, quantity=500) == "cart.whole_pieces"
    line = alone.scan(PIECES[0])["line"]
    assert alone.refused("set", line=line, to=1500, seen=1000) == "cart.whole_pieces"


def test_goods_made_in_the_shop_are_found_by_the_number_inside_their_code(make_bench) -> None:
    bench: Bench = make_bench()
    body = reference()
    place = SHOP.products.index(PIECES[0])
    body["products"][place] = {**body["products"][place], "gtin": "", "plu": "40404"}
    bench.load_replica(body)
    bench.start()
    bench.sign_in()
    bench.ok("scan", text=with_check_digit("204040400000"), aim="]E0")
    assert [line["item"] for line in bench.view["lines"].values()] == [PIECES[0].id]


def test_a_quantity_is_set_from_what_was_seen(alone: Bench) -> None:
    line = alone.scan(PIECES[0])["line"]
    alone.scan(PIECES[0])
    alone.ok("set", line=line, to=5000, seen=1000)
    assert alone.view["lines"][line]["quantity"] == 6000
    alone.ok("remove", line=line, seen=6000)
    assert alone.view["lines"] == {}


def test_a_scan_during_done_begins_the_next_sale(alone: Bench) -> None:
    alone.sell(PIECES[0])
    assert alone.view["phase"] == "done"
    alone.scan(PIECES[1])
    assert alone.view["phase"] == "selling"
    assert [line["item"] for line in alone.view["lines"].values()] == [PIECES[1].id]


@pytest.mark.parametrize(
    ("command", "code"), [("pay_begin", "till.paying"), ("lock", "till.locked"), ("sign_out", "till.signed_out")]
)
def test_a_scan_that_comes_at_the_wrong_moment_is_refused_and_the_cart_is_kept(
    alone: Bench, command: str, code: str
) -> None:
    if command != "sign_out":
        alone.scan(PIECES[0])
    alone.ok(command)
    before = alone.view["lines"]
    text, aim = scan_text(PIECES[1])
    assert alone.refused("scan", text=text, aim=aim) == code
    assert alone.view["lines"] == before
    assert alone.view["notice"]["code"] == code and alone.view["sound"]["tone"] == "needs_you"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "barcode.empty"),
        ("\x00\x01\x02", "barcode.garbage"),
        ("9521234", "barcode.half"),
        ("9521234567891", "barcode.check_digit"),
        ("9" * 4096, "barcode.garbage"),
        ("hello", "barcode.unknown_kind"),
        ("9520000000004", "catalogue.unknown_code"),
    ],
)
def test_garbage_is_named_and_changes_nothing(alone: Bench, text: str, code: str) -> None:
    alone.scan(PIECES[0])
    before = alone.view["lines"]
    assert alone.refused("scan", text=text) == code
    assert alone.view["lines"] == before and alone.view["sound"]["tone"] == "unknown"


def test_a_card_that_nobody_knows_leaves_the_cart_as_it_is(alone: Bench) -> None:
    alone.scan(PIECES[0])
    assert alone.refused("attach", card="2999999999999") == "card.unknown_offline"
    assert alone.view["shopper"] is None and len(alone.view["lines"]) == 1


def test_a_second_shopper_is_refused_unless_the_cashier_says_so(alone: Bench) -> None:
    alone.ok("attach", card=SHOPPER.card)
    assert alone.refused("attach", card=SHOP.shoppers[1].card) == "cart.other_shopper"
    alone.ok("attach", card=SHOP.shoppers[1].card, replace=True)
    assert alone.view["shopper"]["id"] == SHOP.shoppers[1].id


def test_the_line_after_the_last_is_refused_and_the_rest_can_be_paid(alone: Bench) -> None:
    state = alone.counter.till
    item = WEIGHED[0].id
    for _ in range(CART_LINES_MAX):
        alone.ok("weigh", item=item, quantity=100)
    assert alone.refused("weigh", item=item, quantity=100) == "cart.too_many_lines"
    assert len(alone.view["lines"]) == CART_LINES_MAX and state.cart.lines == {}
    alone.ok("pay_begin")
    alone.ok("tender", kind="cash", amount=alone.view["payment"]["due"])
    assert alone.view["last_sale"]["lines"] == CART_LINES_MAX


def test_a_payment_goes_on_until_it_is_covered(alone: Bench) -> None:
    assert alone.refused("pay_begin") == "sale.empty"
    alone.scan(PIECES[0])
    alone.ok("pay_begin")
    due = alone.view["payment"]["due"]
    assert alone.ok("tender", kind="cash", amount=1) == {"sale": None}
    assert (alone.view["payment"]["paid"], alone.view["payment"]["left"]) == (1, due - 1)
    assert alone.refused("pay_commit") == "tender.short"
    assert alone.refused("tender", kind="cash", amount=0) == "tender.amount"
    alone.ok("tender_remove", n=1)
    alone.ok("pay_cancel")
    assert alone.view["phase"] == "selling" and alone.view["payment"] is None and len(alone.view["lines"]) == 1
    sale = alone.sell()
    assert (sale["number"], sale["total"], sale["change"]) == ("01-01-000001", due, 0)


def test_numbers_of_sales_have_no_gaps_and_no_repeats(alone: Bench) -> None:
    numbers = [alone.sell(PIECES[n])["number"] for n in range(3)]
    assert numbers == ["01-01-000001", "01-01-000002", "01-01-000003"]


def test_giving_up_a_cart_is_noted_with_who_did_it(alone: Bench) -> None:
    alone.scan(PIECES[0])
    alone.ok("void_cart")
    assert alone.view["lines"] == {}
    kinds = [row[0] for row in alone.rows("SELECT kind FROM outbox WHERE seq > 0 ORDER BY seq")]
    assert kinds == ["cart.add", "audit.note", "cart.abandon"]
    (body,) = alone.rows("SELECT body FROM outbox WHERE kind = 'audit.note'")[0]
    assert '"cart.voided"' in body and CASHIER.id in body


def test_goods_in_the_till_keep_the_cashier_from_signing_out(alone: Bench) -> None:
    alone.scan(PIECES[0])
    assert alone.refused("sign_out") == "till.cart_open"
    alone.ok("void_cart")
    alone.ok("sign_out")
    assert alone.view["phase"] == "signed_out" and alone.view["staff"] is None
