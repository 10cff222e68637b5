"""Coupons at the hub: as many uses as there are, whoever races for them, and no code in clear."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hub_fixtures import Open
from sqlalchemy import select
from sqlalchemy.orm import Session
from talking_device import NOW, operation, rows, terminal
from test_races import at_once
from vouchers_bench import KEY, MINUTE, STORE, asked, batch, claim, local, refusal, refused_claim

from retail.coupons import CLAIM_MS, CODE_LENGTH, CouponBatch
from retail.errors import CouponRefused, RetailError
from retail.guessing import FIRST_WAIT_MS, REPORTED_FROM
from retail.messages import Batch
from retail.voucher_codes import made
from sync_server.coupons import batches, queries, service
from sync_server.coupons.tables import coupon_batches, coupon_codes, coupon_entries, coupon_slots
from sync_server.db import Database
from sync_server.inbox import queries as waiting
from sync_server.inbox import service as inbox
from sync_server.inbox.tables import exceptions
from sync_server.staff.tables import audit
from sync_server.tables import metadata
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.key import CodeKey

RACERS = 8
LATER = NOW + CLAIM_MS


def race(open_shop: Open, asking: list[service.Asked]) -> tuple[list[str], list[str]]:
    """All of them at once, each over a connection of its own: the claims that got a use, and the codes of refusals."""
    got: list[str] = []
    refused: list[str] = []

    def work(db: Database, one: service.Asked) -> Any:
        def ask() -> None:
            try:
                got.append(db.write(lambda session: service.claim(session, KEY, one))["claim"])
            except CouponRefused as error:
                refused.append(error.code)

        return ask

    at_once(*(work(open_shop(), one) for one in asking))
    return got, refused


def pay(db: Database, one: str, sale: str = "", now: int = NOW) -> dict[str, Any]:
    return db.write(lambda session: service.confirm(session, one, sale or f"sale-of-{one}", now))


@pytest.mark.parametrize("uses", [1, 3])
def test_checkouts_that_race_for_a_code_get_exactly_as_many_uses_as_it_has(open_shop: Open, uses: int) -> None:
    db = open_shop()
    [code] = batch(db, uses=uses)
    got, refused = race(open_shop, [asked(code) for _ in range(RACERS)])
    assert len(got) == uses
    assert refused == ["coupon.in_use"] * (RACERS - uses)
    for one in got:
        pay(db, one)
    assert refused_claim(db, code).code == "coupon.used_up"
    assert sorted(row.slot for row in rows(db, coupon_slots)) == list(range(uses))


@pytest.mark.parametrize("uses", [1, 3])
def test_uses_that_lapsed_are_raced_for_again_and_no_use_is_made_of_it(open_shop: Open, uses: int) -> None:
    db = open_shop()
    [code] = batch(db, uses=uses)
    old = [claim(db, code) for _ in range(uses)]
    got, refused = race(open_shop, [asked(code, LATER) for _ in range(RACERS)])
    assert (len(got), len(refused)) == (uses, RACERS - uses)
    assert {refusal(lambda one=one: pay(db, one, now=LATER)).code for one in old} == {"coupon.claim_gone"}  # type: ignore[misc]
    assert len(rows(db, coupon_slots)) == uses


def test_two_cards_of_one_person_race_for_the_only_use_that_she_has(open_shop: Open) -> None:
    db, pair = open_shop(), ("anna", "boris")
    codes = batch(db, codes=8, per_customer=1)
    asking = [asked(code, shopper=pair[n % 2], merged=(pair[1 - n % 2],)) for n, code in enumerate(codes)]
    got, refused = race(open_shop, asking)
    assert (len(got), set(refused)) == (1, {"coupon.customer_limit"})


def test_paying_with_a_claim_that_lapsed_and_taking_it_race_and_one_of_the_two_wins(open_shop: Open) -> None:
    db = open_shop()
    for code in batch(db, codes=6):
        old, new = claim(db, code), asked(code, LATER)
        paying, taking = open_shop(), open_shop()
        outcomes: list[str] = []

        def work(act: Any, name: str, outcomes: list[str] = outcomes) -> Any:
            def do() -> None:
                try:
                    act()
                    outcomes.append(name)
                except CouponRefused as error:
                    outcomes.append(error.code)

            return do

        at_once(
            work(lambda old=old, paying=paying: pay(paying, old, now=LATER), "paid"),
            work(
                lambda new=new, taking=taking: taking.write(lambda session: service.claim(session, KEY, new)), "taken"
            ),
        )
        assert sorted(outcomes) in (["coupon.used_up", "paid"], ["coupon.claim_gone", "taken"])
        [slot] = [row for row in rows(db, coupon_slots) if row.claim in (old, new.claim)]
        assert slot.state == ("used" if "paid" in outcomes else "claimed")


def test_the_same_claim_twice_is_one_use_also_at_the_same_moment(open_shop: Open) -> None:
    db = open_shop()
    [code] = batch(db, uses=9)
    one = asked(code)
    got, refused = race(open_shop, [one] * 4)
    assert (got, refused) == ([one.claim] * 4, [])
    assert len(rows(db, coupon_slots)) == 1
    [other] = batch(db, name="winter")
    misused = replace(one, typed=other)
    assert refusal(lambda: db.write(lambda s: service.claim(s, KEY, misused))).code == "coupon.claim_used"


def test_a_customer_who_races_with_several_codes_of_an_offer_gets_as_many_as_it_allows(open_shop: Open) -> None:
    db = open_shop()
    codes = batch(db, codes=RACERS, per_customer=2)
    got, refused = race(open_shop, [asked(code, shopper="anna") for code in codes])
    assert (len(got), set(refused)) == (2, {"coupon.customer_limit"})
    pay(db, got[0])
    # What is given back can be used again, what was paid cannot.
    assert db.write(lambda session: service.release(session, got[1], NOW))
    free = next(code for code in codes if _is_free(db, code))
    pay(db, claim(db, free, shopper="anna"))
    left = next(code for code in codes if _is_free(db, code))
    assert refused_claim(db, left, shopper="anna").code == "coupon.customer_limit"
    assert claim(db, left, shopper="boris")


def _is_free(db: Database, code: str) -> bool:
    code_hash = KEY.hashed(code.replace("-", ""))
    return not [row for row in rows(db, coupon_slots) if row.code == code_hash and row.state != "free"]


def test_a_limit_counts_all_ids_of_one_customer_and_asks_for_one(db: Database) -> None:
    one, two, three = batch(db, codes=3, per_customer=1)
    pay(db, claim(db, one, shopper="old-anna"))
    assert refused_claim(db, two, shopper="anna", merged=("old-anna",)).code == "coupon.customer_limit"
    assert refused_claim(db, two).code == "coupon.who"
    assert claim(db, three, shopper="boris")


def test_a_claim_lasts_as_long_as_something_happens_in_its_cart(db: Database) -> None:
    [code] = batch(db)
    one = claim(db, code, cart="cart-1")
    at = NOW
    for _ in range(5):
        at += CLAIM_MS - 1
        db.write(lambda session, at=at: service.renew(session, "cart-1", at))  # type: ignore[misc]
        assert refused_claim(db, code, at).params == {"minutes": 15}  # type: ignore[misc]
    assert db.read(lambda session: queries.promotions_in(session, "cart-1", at)) == {"promotion-autumn"}
    assert not db.write(lambda session: service.lapse(session, at + CLAIM_MS - 1))
    assert db.write(lambda session: service.lapse(session, at + CLAIM_MS)) == 1
    assert db.read(lambda session: queries.in_cart(session, "cart-1", at)) == []
    # Nobody else has taken it, so the late sale of that cart still gets it.
    pay(db, one, now=at + 2 * CLAIM_MS)
    assert [entry["kind"] for entry in db.read(lambda session: queries.history(session, one))] == [
        "claim",
        "lapse",
        "confirm",
    ]


def test_what_a_sale_used_is_used_once_however_often_it_is_sent(db: Database) -> None:
    [code] = batch(db, uses=2)
    one = claim(db, code)
    assert pay(db, one, "sale-1") == pay(db, one, "sale-1") == {"claim": one, "batch": "autumn", "sale": "sale-1"}
    assert refusal(lambda: pay(db, one, "sale-2")).code == "coupon.claim_used"
    assert not db.write(lambda session: service.release(session, one, NOW)), "what was paid is not given back"
    assert db.write(lambda session: service.restore(session, one, NOW))
    assert not db.write(lambda session: service.restore(session, one, NOW))
    assert refusal(lambda: pay(db, one, "sale-1")).code == "coupon.claim_gone", "an old message does not use it again"
    assert [claim(db, code), claim(db, code)]


def test_a_cart_that_is_emptied_gives_its_coupons_back(db: Database) -> None:
    one, two = batch(db, codes=2)
    for code in (one, two):
        claim(db, code, cart="cart-1")
    assert db.write(lambda session: service.release_cart(session, "cart-1", NOW)) == 2
    assert claim(db, one, cart="cart-2") and claim(db, two, cart="cart-3")


def test_who_the_cart_belongs_to_decides_which_coupons_it_keeps(db: Database) -> None:
    one, two = batch(db, codes=2, per_customer=1)
    [free] = batch(db, name="for-all")
    pay(db, claim(db, one, shopper="boris"))
    limited = claim(db, two, shopper="anna", cart="cart-1")
    kept = claim(db, free, shopper="anna", cart="cart-1")
    [dropped] = db.write(lambda session: service.attach(session, "cart-1", "boris", NOW))
    assert (dropped["claim"], dropped["error"]["code"]) == (limited, "coupon.customer_limit")
    assert [row["claim"] for row in db.read(lambda session: queries.in_cart(session, "cart-1", NOW))] == [kept]
    assert claim(db, two, shopper="anna")


def test_a_coupon_is_refused_by_the_clock_of_the_store(db: Database) -> None:
    [code] = batch(db, begins=local(NOW + 5 * MINUTE), ends=local(NOW + 10 * MINUTE))
    assert refused_claim(db, code).code == "coupon.not_yet"
    one = claim(db, code, NOW + 6 * MINUTE)
    assert refused_claim(db, code, NOW + 20 * MINUTE).code == "coupon.over"
    # What a cart has claimed in time it may pay with.
    pay(db, one, now=NOW + 20 * MINUTE)


def test_a_pause_and_a_withdrawn_code_refuse_new_claims_and_leave_a_trace(db: Database) -> None:
    one, two = batch(db, codes=2)
    terms = CouponBatch("autumn", "promotion-autumn", paused=True)
    db.write(lambda session: batches.change(session, terms, "staff-05", NOW))
    assert refused_claim(db, one).code == "coupon.paused"
    db.write(lambda session: batches.change(session, replace(terms, paused=False), "staff-05", NOW))
    db.write(lambda session: batches.block(session, KEY, one, "staff-05", NOW))
    assert refused_claim(db, one).code == "coupon.blocked"
    assert claim(db, two)
    noted = [row.action for row in rows(db, audit) if row.action.startswith("coupons.")]
    assert noted == ["coupons.batch", "coupons.changed", "coupons.changed", "coupons.code_blocked"]


class CutOff(Exception):
    """Somebody pulled the plug."""


def test_a_batch_that_was_cut_off_goes_on_with_the_same_codes_and_reports_how_far_it_is(open_shop: Open) -> None:
    db, other = open_shop(), open_shop()
    wanted = batches.Wanted(CouponBatch("many", "promotion-many"), "Many", 1_200)
    told: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        told.append((done, of))
        if len(told) == 1:
            raise CutOff

    db.write(lambda session: batches.begin(session, KEY, wanted, "staff-05", NOW))
    with pytest.raises(CutOff):
        batches.make(db, KEY, "many", progress)
    before = list(batches.all_codes(db, KEY, "many"))
    assert refusal(lambda: db.write(lambda s: batches.seal(s, "many", "staff-05", NOW))).code == "voucher.incomplete"
    assert db.write(lambda session: batches.begin(session, KEY, wanted, "staff-05", NOW))["made"] == 500
    at_once(lambda: batches.make(db, KEY, "many", progress), lambda: batches.make(other, KEY, "many"))
    codes = list(batches.all_codes(other, KEY, "many"))
    assert told[0] == (500, 1_200) and told[-1] == (1_200, 1_200)
    assert codes[:500] == before
    assert [number for number, _ in codes] == list(range(1_200))
    assert len({code for _, code in codes}) == 1_200 == len(rows(db, coupon_codes))
    for index in (0, 700, 1_199):
        assert claim(db, codes[index][1])


def test_nothing_in_the_database_tells_a_code_and_a_sealed_batch_shows_none(open_shop: Open) -> None:
    db = open_shop()
    code, *_ = batch(db, codes=3)
    pay(db, claim(db, code))
    plain = code.replace("-", "")
    for table in metadata.sorted_tables:
        for row in rows(db, table):
            said = repr(tuple(row)).upper()
            assert plain not in said and code not in said, table.name
            assert KEY.secret.hex().upper() not in said
    db.write(lambda session: batches.seal(session, "autumn", "staff-05", NOW))
    assert refusal(lambda: list(batches.all_codes(db, KEY, "autumn"))).code == "voucher.sealed"
    [sealed] = rows(db, coupon_batches)
    assert sealed.seed is None
    [shown] = db.read(queries.batches)
    assert (shown["sealed"], shown["used"], shown["claimed"], shown["made"]) == (True, 1, 0, 3)
    assert not {"seed", "key"} & set(shown)


def test_another_key_is_named_as_what_it_is_and_is_no_guess_of_the_shopper(db: Database) -> None:
    [code] = batch(db)
    other = CodeKey(b"x" * 32)
    one = asked(code)
    for _ in range(REPORTED_FROM):
        assert refusal(lambda: db.write(lambda s: service.claim(s, other, one))).code == "voucher.other_key"
    assert refusal(lambda: db.write(lambda s: batches.codes(s, other, "autumn"))).code == "voucher.other_key"
    assert claim(db, code)


def nobodys(number: int) -> str:
    return made(number, CODE_LENGTH)


def test_who_guesses_codes_waits_longer_each_time_and_a_person_is_told_once(db: Database) -> None:
    [code] = batch(db)
    now = NOW
    for wrong in range(1, REPORTED_FROM + 3):
        assert refused_claim(db, nobodys(wrong), now, "mallory").code == "coupon.unknown"
        if wrong > 2:
            waits = FIRST_WAIT_MS << (wrong - 3)
            refused = refused_claim(db, code, now, "mallory")
            assert (refused.code, refused.params) == ("voucher.wait", {"seconds": waits // 1000})
            now += waits
    [case] = [row for row in rows(db, exceptions) if row.kind == vouchers.CASE and "shopper" in row.source]
    assert (case.store, case.detail["device"]) == (STORE, "till-1")
    shown = db.read(lambda session: waiting.open_exceptions(session, STORE))[str(case.id)]
    assert shown["params"]["source"] == "mallory" and str(REPORTED_FROM) in shown["message"].format(**shown["params"])
    # Another device of the same shopper waits as well, another shopper at another device does not.
    refused_claim(db, nobodys(99), now, "mallory")
    assert refused_claim(db, code, now, "mallory", device="phone").code == "voucher.wait"
    assert claim(db, code, now, "anna", device="till-2")


def test_slips_of_the_finger_are_no_guesses(db: Database) -> None:
    [code] = batch(db)
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(20):
        assert refused_claim(db, slip).code == "voucher.check"
        assert refused_claim(db, code[:-1]).code == "voucher.length"
    assert claim(db, code.lower().replace("-", " "))


def test_an_operation_with_a_wrong_code_is_refused_and_counted_and_no_case_holds_its_code(db: Database) -> None:
    device = terminal("till-1")

    def carry(session: Session, _device: Any, _seq: int, sent: Any, now: int) -> dict[str, Any]:
        return service.claim(session, KEY, asked(sent.body["note"], now))

    answers = []
    for seq in range(1, 5):
        sent = operation("cart.note", "cart-1", note=nobodys(seq))
        given = Batch(seq0=seq, ops=[sent])
        answers += db.write(lambda session, given=given: inbox.accept(session, device, given, carry, NOW))["results"]  # type: ignore[misc]
    assert [answer["error"]["code"] for answer in answers] == ["coupon.unknown"] * 3 + ["voucher.wait"]
    assert not [row for row in rows(db, exceptions) if row.kind == "rejected"]


def test_every_use_is_told_by_its_entries(db: Database) -> None:
    [code] = batch(db, uses=3)
    paid, given_back, open_still = (claim(db, code, cart=f"cart-{uuid.uuid4()}") for _ in range(3))
    pay(db, paid)
    db.write(lambda session: service.release(session, given_back, NOW))
    entries = db.read(lambda session: session.execute(select(coupon_entries)).all())
    kinds = {one: {row.kind for row in entries if row.claim == one} for one in (paid, given_back, open_still)}
    assert kinds == {paid: {"claim", "confirm"}, given_back: {"claim", "release"}, open_still: {"claim"}}


def test_a_claim_that_nobody_made_is_not_paid_with(db: Database) -> None:
    error: RetailError = refusal(lambda: pay(db, "claim-of-nobody"))
    assert error.code == "coupon.claim_gone"
