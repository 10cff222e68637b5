"""Two customers that are one person share an account, and part with what is theirs; on both databases."""

from typing import Any

import pytest
from holds_bench import ask, on_card
from points_hub import ANNA, BORIS, CLARA, HOUR_MS, NOW, YEAR_MS, agree, do, nothing, place, sell, spendable, sums
from sqlalchemy import select
from talking_device import SHOP, Talker, rows, terminal

from retail.errors import LoyaltyRefused, StoredValueRefused
from sync_server.catalogue.tables import reference_changes
from sync_server.customers import queries as customers
from sync_server.customers.service import set_groups, stream
from sync_server.db import Database
from sync_server.loyalty import holds, merging, queries, service, sweep, telling
from sync_server.loyalty.service import LineBack
from sync_server.outbox.tables import events
from sync_server.stored_value import cards
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About


def test_merging_and_parting_restores_both_exactly(db: Database) -> None:
    sale = sell(db, ANNA, 100)
    sell(db, BORIS, 70)
    place(db, "h-1", ANNA, 30)
    do(db, holds.capture, "h-1", "s-1", 30, NOW)
    before = [db.read(lambda session, who=who: queries.replayed(session, who)) for who in (ANNA, BORIS)]  # type: ignore[misc]
    assert do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW) == {"account": BORIS, "free": 140}
    assert do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW) == {"account": BORIS, "free": 140}
    assert spendable(db, ANNA) == spendable(db, BORIS) == 140
    agree(db, ANNA, BORIS)
    assert do(db, merging.part, "p-1", ANNA, "2001", NOW) == {"account": ANNA, "free": 70}
    after = [db.read(lambda session, who=who: queries.replayed(session, who)) for who in (ANNA, BORIS)]  # type: ignore[misc]
    assert before == after
    do(db, service.take_back, "r-1", sale, [LineBack("l-0", 100, 0, 1, 1)], 0, 0, NOW)
    agree(db, ANNA, BORIS)


def shown(db: Database, customer: str) -> Any:
    """The points that the stream's last event shows."""
    query = select(events.c.changes).where(events.c.stream == stream(customer)).order_by(events.c.version.desc())
    found = db.read(lambda session: session.scalar(query.limit(1)))
    return found["points"]["active"] if found else None


def test_merged_customers_have_each_others_groups_and_credit_and_their_own_again_when_they_part(db: Database) -> None:
    def give(session: Any) -> str:
        account = cards.credit(session, ANNA, "EUR", "main-street", "staff-05", NOW)
        stored_value.refund(session, account, "refund-1", 700, "EUR", About("sale-0", "till-1", NOW))
        return account

    def belongs() -> list[list[str]]:
        found = {row["shopper"]: row["groups"] for row in db.read(lambda s: customers.cards_of(s, numbers, NOW))}
        return [found[ANNA], found[BORIS]]

    numbers = [next(one.card for one in SHOP.shoppers if one.id == who) for who in (ANNA, BORIS)]
    account = db.write(give)
    for who, name in ((ANNA, "staff"), (BORIS, "club")):
        do(db, set_groups, who, [name], NOW)
    assert belongs() == [["staff"], ["club"]]
    do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW)
    assert belongs() == [["club", "staff"]] * 2
    # The card of the one pays with the credit of the other.
    till = Talker(db, terminal("till-1"))
    till.ok("cart.attach", card=numbers[1])
    assert ask(till, "store_credit", hold="credit", amount=300, card=numbers[1])["left"] == 400
    till.ok("hold.void", hold="credit", kind="store_credit")
    do(db, merging.part, "p-1", ANNA, "2001", NOW)
    assert belongs() == [["staff"], ["club"]]
    with pytest.raises(StoredValueRefused):
        ask(till, "store_credit", amount=300, card=numbers[1])
    assert on_card(db, account) == (700, 0)


def test_groups_that_one_of_merged_customers_gets_are_told_with_the_cards_of_both(db: Database) -> None:
    do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW)
    do(db, set_groups, ANNA, ["staff"], NOW)
    told = {row.key for row in rows(db, reference_changes) if row.kind == "cards"}
    assert {one.card for one in SHOP.shoppers if one.id in (ANNA, BORIS)} <= told


def test_everybody_in_an_account_is_shown_what_time_did_to_it(db: Database) -> None:
    sell(db, ANNA, 100)
    do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW)
    place(db, "h-1", ANNA, 30)
    sweep.sweep(db, NOW + HOUR_MS)
    assert shown(db, ANNA) == shown(db, BORIS) == 100
    sweep.sweep(db, NOW + YEAR_MS)
    assert shown(db, ANNA) == shown(db, BORIS) == 0
    do(db, merging.part, "p-1", ANNA, "2001", NOW)
    do(db, service.adjust, "a-1", ANNA, 5, "2001", NOW)
    do(db, telling.tell, ANNA, NOW)
    assert (shown(db, ANNA), shown(db, BORIS)) == (5, 0)


def test_both_cards_of_merged_customers_earn_and_burn_and_part_with_what_is_theirs(db: Database) -> None:
    sell(db, ANNA, 100)
    sell(db, CLARA, 10)
    place(db, "h-0", ANNA, 20)
    do(db, merging.merge, "m-0", CLARA, ANNA, "2001", NOW)
    do(db, merging.merge, "m-1", ANNA, BORIS, "2001", NOW)
    sell(db, ANNA, 5)
    sell(db, BORIS, 40)
    assert do(db, holds.capture, "h-0", "s-0", 20, NOW) == {"posted": 20, "owed": 0}
    place(db, "h-1", CLARA, 130)
    with pytest.raises(LoyaltyRefused) as refused:
        do(db, merging.part, "p-1", ANNA, "2001", NOW)
    assert refused.value.code == "loyalty.held"
    do(db, holds.void, "h-1", NOW)
    agree(db, ANNA, BORIS, CLARA)
    do(db, merging.part, "p-1", ANNA, "2001", NOW)
    assert sums(db, ANNA) == sums(db, CLARA) == nothing(active=95, spent=20)
    assert sums(db, BORIS) == nothing(active=40)
    do(db, merging.part, "p-2", CLARA, "2001", NOW)
    assert spendable(db, CLARA) + spendable(db, ANNA) == 95
    for wrong in (CLARA, BORIS):
        with pytest.raises(LoyaltyRefused):
            do(db, merging.part, f"p-{wrong}", wrong, "2001", NOW)
    with pytest.raises(LoyaltyRefused):
        do(db, merging.merge, "m-9", ANNA, ANNA, "2001", NOW)
    agree(db, ANNA, BORIS, CLARA)
