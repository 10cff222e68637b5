"""Coupons that a cart sets aside at the hub, on both databases: each use once."""

from functools import partial

import pytest
from holds_bench import AUTUMN, ITEM, OTHER, code_of, coupon, differing, offer, sale_of, sell, states
from hub_fixtures import Open
from talking_device import FIRST, NOW, SECOND, Talker, live_cart, operation, phone, rows, terminal, view
from test_races import at_once
from vouchers_bench import batch

from retail.coupons import CLAIM_MS
from retail.errors import RetailError
from sync_server.coupons import service as coupons
from sync_server.coupons.tables import coupon_slots
from sync_server.db import Database


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def test_a_coupon_typed_at_the_till_lowers_the_cart_and_its_sale_uses_it_up(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id, 2)
    before = view(db, till.visit)["totals"]["total"]
    held = coupon(till, code)
    assert (held["promotion"], held["names"]["en"], held["until"]) == (AUTUMN, "Autumn", NOW + CLAIM_MS)
    seen = view(db, till.visit)
    assert seen["totals"]["off"] == before - seen["totals"]["total"] > 0
    assert [(row["claim"], row["promotion"]) for row in seen["coupons"]] == [(held["hold"], AUTUMN)]
    sale = sale_of(till, held)
    assert [row.promotion for row in sale.coupons] == [AUTUMN]
    sell(till, sale)
    assert (states(db), differing(db)) == (["used"], [])
    assert code_of(lambda: coupon(Talker(db, terminal("till-2")), code)) == "coupon.used_up"


def test_each_message_about_a_coupon_can_come_again(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    held = coupon(till, code, hold="h-1")
    assert coupon(till, code, hold="h-1") == held
    # Without its code as well: the till keeps none.
    assert coupon(till, "", hold="h-1") == held
    assert code_of(lambda: coupon(till, code, hold="h-2")) == "coupon.here"
    sent = operation("sale.commit", till.visit, sale=sale_of(till, held).as_dict(), card="", receipt={})
    [first] = till.send(sent)
    [again] = till.send(sent, seq0=first["seq"])
    assert (first["status"], again["dup"], again["result"]) == ("ok", True, first["result"])
    assert (states(db), differing(db)) == (["used"], [])


def test_a_coupon_that_is_taken_off_is_free_for_others_at_once(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    held = coupon(till, code)
    assert till.ok("hold.void", hold=held["hold"], kind="coupon") == {"freed": True}
    assert till.ok("hold.void", hold=held["hold"], kind="coupon") == {"freed": False}
    assert (view(db, till.visit)["coupons"], view(db, till.visit)["totals"]["off"]) == ([], 0)
    assert coupon(Talker(db, terminal("till-2")), code)
    # The old claim is gone for ever, however late its message comes.
    assert code_of(lambda: coupon(till, code, hold=held["hold"])) == "coupon.claim_gone"


def test_a_till_that_was_killed_leaves_a_coupon_that_lapses_and_the_cart_costs_what_it_did(
    db: Database, till: Talker
) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    full = view(db, till.visit)["totals"]["total"]
    coupon(till, code)
    db.write(lambda session: coupons.lapse(session, NOW + CLAIM_MS))
    assert (view(db, till.visit)["totals"]["total"], view(db, till.visit)["coupons"]) == (full, [])
    assert coupon(Talker(db, terminal("till-2")), code)


def test_a_sale_that_comes_after_its_claim_lapsed_takes_the_use_that_is_still_free(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    sale = sale_of(till, coupon(till, code))
    db.write(lambda session: coupons.lapse(session, NOW + CLAIM_MS))
    till.now = NOW + CLAIM_MS
    sell(till, sale)
    assert (states(db), differing(db)) == (["used"], [])


def test_a_sale_whose_coupon_somebody_else_has_meanwhile_is_kept_for_a_person(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    sale = sale_of(till, coupon(till, code))
    other = Talker(db, terminal("till-2"))
    other.now = till.now = NOW + CLAIM_MS
    coupon(other, code)
    sell(till, sale)
    assert ("coupon", "coupon.claim_gone") in differing(db)
    assert states(db) == ["claimed"]


def test_a_coupon_that_gave_nothing_is_not_used_by_the_sale(db: Database, till: Talker) -> None:
    till.scan(ITEM.id)
    sale = sale_of(till, {"kind": "coupon", "hold": "h", "promotion": "nothing-of-this-name"})
    assert sale.coupons == ()


def test_two_tills_that_race_for_the_last_use_one_has_it(open_shop: Open) -> None:
    db = open_shop()
    code = offer(db)
    for round in range(3):
        tills = [Talker(open_shop(), terminal(name)) for name in ("till-1", "till-2")]
        got: list[str] = []
        codes: list[str] = []

        def work(one: Talker, got: list[str] = got, codes: list[str] = codes) -> None:
            try:
                got.append(coupon(one, code)["hold"])
            except RetailError as error:
                codes.append(error.code)

        at_once(*(partial(work, one) for one in tills))
        assert (len(got), codes) == (1, ["coupon.in_use"]), round
        db.write(lambda session, one=got[0]: coupons.release(session, one, NOW))  # type: ignore[misc]


def test_what_the_visit_has_claimed_is_the_shoppers_once_the_card_is_shown(db: Database, till: Talker) -> None:
    code = offer(db, uses=9, per_customer=1)
    till.scan(ITEM.id)
    assert code_of(lambda: coupon(till, code)) == "coupon.who"
    held = coupon(till, code, card=FIRST.card)
    till.ok("cart.attach", card=FIRST.card)
    live = live_cart(db, FIRST.id)
    assert [row["claim"] for row in view(db, live)["coupons"]] == [held["hold"]]
    other = Talker(db, terminal("till-2"))
    assert code_of(lambda: coupon(other, code, card=FIRST.card)) == "coupon.customer_limit"
    sell(till, sale_of(till, held, shopper=FIRST.id), FIRST.card)
    assert (states(db), differing(db)) == (["used"], [])


def test_what_a_phone_has_claimed_stays_its_shoppers_when_the_till_goes_on_with_another(
    db: Database, till: Talker
) -> None:
    code, [second] = offer(db), batch(db, name="winter")
    anna, boris = live_cart(db, FIRST.id), live_cart(db, SECOND.id)
    hers = coupon(Talker(db, phone(FIRST.id)), code, cart=anna)
    till.ok("cart.attach", card=FIRST.card)
    tills = coupon(till, second, card=FIRST.card)
    till.ok("cart.attach", card=SECOND.card, replace=True)
    assert [row["claim"] for row in view(db, anna)["coupons"]] == [hers["hold"]]
    assert [row["claim"] for row in view(db, boris)["coupons"]] == [tills["hold"]]
    whose = {row.claim: (row.cart, row.customer) for row in rows(db, coupon_slots)}
    assert whose == {hers["hold"]: (anna, FIRST.id), tills["hold"]: (boris, SECOND.id)}


def test_a_coupon_from_the_phone_counts_at_the_till_and_not_while_somebody_pays(db: Database, till: Talker) -> None:
    code = offer(db)
    live = live_cart(db, FIRST.id)
    hand = Talker(db, phone(FIRST.id))
    held = coupon(hand, code, cart=live)
    till.ok("cart.attach", card=FIRST.card)
    line = till.scan(ITEM.id) and next(iter(view(db, live)["lines"].values()))
    assert line["list_total"] > line["total"]
    till.ok("checkout.begin", lines={line["id"]: 1000})
    [other] = batch(db, name="winter")
    with pytest.raises(RetailError, match="being paid") as caught:
        coupon(hand, other, cart=live)
    assert caught.value.code == "cart.being_paid"
    assert hand.do("hold.void", live, hold=held["hold"], kind="coupon")["error"]["code"] == "cart.being_paid"
    sell(till, sale_of(till, held, shopper=FIRST.id), FIRST.card)
    assert (states(db), differing(db), view(db, live)["coupons"]) == (["used"], [], [])


def test_a_coupon_from_the_phone_lasts_as_long_as_its_cart_is_being_filled(db: Database) -> None:
    code, live, minute = offer(db), live_cart(db, FIRST.id), 60_000
    hand = Talker(db, phone(FIRST.id))
    coupon(hand, code, cart=live)
    hand.do("cart.add", live, at=NOW + 10 * minute, line="l-1", item=ITEM.id, quantity=1000)
    assert coupons.sweep(db, NOW + CLAIM_MS - minute // 10) == 0
    assert coupons.sweep(db, NOW + CLAIM_MS + minute) == 0
    assert states(db) == ["claimed"]
    assert coupons.sweep(db, NOW + 10 * minute + CLAIM_MS) == 1
    assert states(db) == ["free"]


def test_nobody_touches_what_another_cart_has_set_aside(db: Database, till: Talker) -> None:
    code = offer(db)
    till.scan(ITEM.id)
    held = coupon(till, code)
    other = Talker(db, terminal("till-2"))
    other.scan(OTHER.id)
    assert other.do("hold.void", hold=held["hold"], kind="coupon")["error"]["code"] == "not_allowed"
    assert code_of(lambda: coupon(other, "", cart=till.visit, hold=held["hold"])) == "not_allowed"
    # Nor with a sale that names it.
    stolen = sale_of(other, held)
    sell(other, stolen)
    assert ("coupon", "coupon.claim_gone") in differing(db)
    assert states(db) == ["claimed"]
