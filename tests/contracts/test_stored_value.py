"""Gift cards and store credit at the hub: money is spent once, and what is on a card is the sum of its entries."""

from typing import Any

import pytest
from hub_fixtures import Open
from sqlalchemy import select
from talking_device import NOW, rows
from test_races import at_once
from vouchers_bench import KEY, MINUTE, STORE, refusal

from retail.errors import RetailError, StoredValueRefused
from retail.guessing import WAIT_MAX_MS
from retail.stored_value import AMOUNT_MAX, CODE_LENGTH, HOLD_MS, PIN_TRIES_MAX, replayed
from retail.voucher_codes import made
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.staff.tables import audit
from sync_server.stored_value import batches, cards, queries, service
from sync_server.stored_value.cards import NewCard
from sync_server.stored_value.service import About
from sync_server.stored_value.tables import stored_value_entries, stored_value_holds, stored_values
from sync_server.tables import metadata
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.service import Asker

EUR = "EUR"
RACERS = 6
ASKER = Asker("till-1", STORE)
TILL = About("cart-1", "till-1", NOW)


def at(now: int, source: str = "cart-1") -> About:
    return About(source, "till-1", now)


def card(db: Database, amount: int = 5_000, **terms: Any) -> str:
    """A gift card with money on it: its account."""
    account = str(db.write(lambda s: cards.issue(s, KEY, NewCard(EUR, STORE, **terms), "staff-05", NOW))["account"])
    if amount:
        db.write(lambda session: service.load(session, account, f"load:{account}", amount, EUR, TILL))
    return account


def hold(db: Database, account: str, amount: int, key: str = "hold-1", now: int = NOW) -> dict[str, Any]:
    return db.write(lambda session: service.hold(session, account, key, amount, EUR, at(now)))


def capture(db: Database, amount: int, key: str = "sale-1", held: str = "hold-1", now: int = NOW) -> dict[str, Any]:
    return db.write(lambda session: service.capture(session, held, key, amount, at(now, "sale-1")))


def balance(db: Database, account: str) -> tuple[int, int]:
    """What is available and what is held, by the account, by the sum of its entries and by a replay from zero."""
    row = db.read(lambda session: queries.account_row(session, account))
    assert db.read(lambda session: queries.summed(session, account)) == (row.available, row.held)
    again = replayed(db.read(lambda session: queries.entries(session, account)))
    assert (again.available, again.held) == (row.available, row.held)
    pending = [one.amount for one in rows(db, stored_value_holds) if (one.account, one.state) == (account, "pending")]
    assert sum(pending) == row.held
    assert len(again.entries) == row.entries
    return row.available, row.held


def outcomes(open_shop: Open, acts: list[Any]) -> list[Any]:
    """All of them at once, each over a connection of its own: answers and codes of refusals."""
    found: list[Any] = []

    def work(db: Database, act: Any) -> Any:
        def do() -> None:
            try:
                found.append(db.write(act))
            except StoredValueRefused as refused:
                found.append(refused.code)

        return do

    at_once(*(work(open_shop(), act) for act in acts))
    return found


def test_money_is_loaded_held_taken_and_given_back(db: Database) -> None:
    account = card(db)
    answer = hold(db, account, 3_000)
    assert answer == {
        "account": account,
        "key": "hold-1",
        "currency": EUR,
        "available": 2_000,
        "held": 3_000,
        "hold": "hold-1",
        "until": NOW + HOLD_MS,
    }
    assert capture(db, 2_500)["available"] == 2_500
    assert balance(db, account) == (2_500, 0)
    db.write(lambda session: service.refund(session, account, "refund-1", 700, EUR, TILL))
    db.write(lambda session: service.adjust(session, account, "adjust-1", -200, TILL))
    hold(db, account, 3_000, "hold-2")
    db.write(lambda session: service.void(session, "hold-2", "void-2", TILL))
    assert balance(db, account) == (3_000, 0)
    kinds = [row["kind"] for row in db.read(lambda session: queries.history(session, account))]
    assert kinds == ["void", "hold", "adjust", "refund", "capture", "hold", "load"]


def test_a_card_that_is_spent_at_several_tills_at_once_is_spent_once(open_shop: Open) -> None:
    db = open_shop()
    account = card(db, 5_000)
    found = outcomes(
        open_shop,
        [
            lambda session, number=number: service.hold(session, account, f"hold-{number}", 3_000, EUR, TILL)
            for number in range(RACERS)
        ],
    )
    assert sorted(map(str, [one for one in found if isinstance(one, str)])) == ["stored_value.short"] * (RACERS - 1)
    assert balance(db, account) == (2_000, 3_000)


def test_the_same_key_at_once_and_again_is_one_entry_and_the_same_answer(open_shop: Open) -> None:
    db = open_shop()
    account = card(db, 5_000)
    act = lambda session: service.hold(session, account, "hold-1", 3_000, EUR, TILL)  # noqa: E731
    found = outcomes(open_shop, [act] * RACERS)
    assert found == [found[0]] * RACERS
    taken = outcomes(open_shop, [lambda session: service.capture(session, "hold-1", "sale-1", 3_000, TILL)] * RACERS)
    assert taken == [taken[0]] * RACERS
    assert hold(db, account, 3_000) == found[0], "also after everything about it has changed"
    assert balance(db, account) == (2_000, 0)
    assert refusal(lambda: hold(db, account, 3_001)).code == "stored_value.key_used"
    assert refusal(lambda: capture(db, 2_999)).code == "stored_value.key_used"


def test_two_sales_that_capture_one_hold_are_one_capture(open_shop: Open) -> None:
    db = open_shop()
    account = card(db, 5_000)
    hold(db, account, 5_000)
    found = outcomes(
        open_shop,
        [
            lambda session, number=number: service.capture(session, "hold-1", f"sale-{number}", 5_000, TILL)
            for number in range(RACERS)
        ],
    )
    assert found.count("stored_value.hold_gone") == RACERS - 1
    assert balance(db, account) == (0, 0)


@pytest.mark.parametrize("round_", range(4))
def test_a_hold_that_lapses_while_it_is_captured_is_captured_once_or_refused(open_shop: Open, round_: int) -> None:
    db = open_shop()
    account = card(db, 5_000)
    hold(db, account, 5_000)
    # The two clocks differ by the last millisecond, as those of two workers may.
    captures = [lambda session: service.capture(session, "hold-1", "sale-1", 5_000, at(NOW + HOLD_MS - 1))] * 2
    lapses = [lambda session: service.lapse(session, "hold-1", NOW + HOLD_MS)] * 2
    found = outcomes(open_shop, captures + lapses if round_ % 2 else lapses + captures)
    answers = [one for one in found if isinstance(one, dict)]
    if answers:
        assert answers == [answers[0]] * 2 and True not in found
        assert balance(db, account) == (0, 0)
    else:
        assert found.count("stored_value.hold_gone") == 2 and found.count(True) == 1
        assert balance(db, account) == (5_000, 0)


def test_what_lapsed_is_free_again_and_cannot_be_captured(db: Database) -> None:
    account = card(db)
    hold(db, account, 3_000)
    late = NOW + HOLD_MS
    assert refusal(lambda: capture(db, 3_000, now=late)).code == "stored_value.hold_gone"
    assert service.sweep(db, late - 1) == 0
    assert service.sweep(db, late) == 1
    assert service.sweep(db, late) == 0
    assert balance(db, account) == (5_000, 0)
    assert refusal(lambda: capture(db, 3_000, now=NOW)).code == "stored_value.hold_gone"


def test_a_hold_lasts_as_long_as_something_happens_in_its_cart(db: Database) -> None:
    account = card(db)
    hold(db, account, 3_000)
    now = NOW
    for _ in range(4):
        now += HOLD_MS - MINUTE
        db.write(lambda session, now=now: service.renew(session, "cart-1", now))  # type: ignore[misc]
        assert service.sweep(db, now + HOLD_MS - 1) == 0
    capture(db, 3_000, now=now)
    assert balance(db, account) == (2_000, 0)


def test_a_sale_that_is_heard_of_late_takes_what_is_there_or_says_that_it_is_not(db: Database) -> None:
    account = card(db)
    hold(db, account, 3_000)
    late = at(NOW + 2 * HOLD_MS, "sale-1")
    take = lambda session: service.capture_late(session, "hold-1", "sale-1", 3_000, late)  # noqa: E731
    first = db.write(take)
    assert (first["available"], balance(db, account)) == (2_000, (2_000, 0))
    assert db.write(take) == first
    hold(db, account, 1_500, "hold-2")
    assert service.sweep(db, late.at) == 1
    hold(db, account, 1_500, "hold-3", late.at)
    short = refusal(lambda: db.write(lambda s: service.capture_late(s, "hold-2", "sale-2", 1_500, late)))
    assert (short.code, short.params) == ("stored_value.short", {"available": 500})
    # One that is still good is captured as always.
    db.write(lambda session: service.capture_late(session, "hold-3", "sale-3", 1_000, late))
    assert balance(db, account) == (1_000, 0)


def test_a_card_of_another_currency_a_blocked_one_and_one_whose_time_is_over_pay_nothing(db: Database) -> None:
    account = card(db, expires_at=NOW + MINUTE)

    def refused(currency: str = EUR, now: int = NOW) -> str:
        act = lambda session: service.hold(session, account, f"hold-{now}", 100, currency, at(now))  # noqa: E731
        return refusal(lambda: db.write(act)).code

    assert refused("USD") == "stored_value.currency"
    assert refused(now=NOW + MINUTE) == "stored_value.over"
    db.write(lambda session: cards.block(session, account, "staff-05", NOW))
    assert refused() == "stored_value.blocked"
    db.write(lambda session: cards.block(session, account, "staff-05", NOW, blocked=False))
    assert hold(db, account, 100)["available"] == 4_900


def test_what_is_on_a_card_whose_time_is_over_lapses_but_for_payments_under_way(db: Database) -> None:
    account = card(db, expires_at=NOW + MINUTE)
    hold(db, account, 3_000)
    assert service.sweep(db, NOW + MINUTE) == 1
    assert balance(db, account) == (0, 3_000)
    capture(db, 2_000, now=NOW + 2 * MINUTE)
    assert service.sweep(db, NOW + 2 * MINUTE) == 1
    assert balance(db, account) == (0, 0)
    lapsed = [row.amount for row in rows(db, stored_value_entries) if row.kind == "expire"]
    assert sorted(lapsed) == [1_000, 2_000]


@pytest.mark.parametrize("amount", [0, -1, AMOUNT_MAX + 1])
def test_an_amount_that_cannot_be_right_is_refused(db: Database, amount: int) -> None:
    account = card(db)
    assert refusal(lambda: hold(db, account, amount)).code == "stored_value.amount"
    assert balance(db, account) == (5_000, 0)


def test_more_than_was_held_is_not_captured(db: Database) -> None:
    account = card(db)
    hold(db, account, 1_000)
    refused = refusal(lambda: capture(db, 1_001))
    assert (refused.code, refused.params) == ("stored_value.more_than_held", {"held": 1_000})
    assert refusal(lambda: capture(db, 1, held="hold-of-nobody")).code == "stored_value.hold_gone"
    assert balance(db, account) == (4_000, 1_000)


def find(db: Database, code: str, pin: str = "", now: int = NOW) -> dict[str, Any]:
    return db.write(lambda session: cards.find(session, KEY, code, ASKER, now, pin))


def refused_find(db: Database, code: str, pin: str = "", now: int = NOW) -> RetailError:
    return refusal(lambda: find(db, code, pin, now))


def test_a_card_is_found_by_its_code_and_its_pin_and_neither_lies_in_the_database(db: Database) -> None:
    given = db.write(lambda session: cards.issue(session, KEY, NewCard(EUR, STORE, pin=True), "staff-05", NOW))
    plain = given["code"].replace("-", "")
    assert find(db, given["code"].lower(), given["pin"])["hint"] == f"…{plain[-4:]}"
    for table in metadata.sorted_tables:
        for row in rows(db, table):
            said = repr(tuple(row)).upper()
            assert plain not in said and given["code"] not in said and f"'{given['pin']}'" not in said, table.name
    assert refused_find(db, given["code"]).code == "stored_value.pin_needed"
    assert refused_find(db, made(7, 12)).code == "stored_value.coupon"


def test_a_pin_is_tried_a_few_times_only_and_a_manager_opens_the_card_again(db: Database) -> None:
    given = db.write(lambda session: cards.issue(session, KEY, NewCard(EUR, STORE, pin=True), "staff-05", NOW))
    wrong = "0" * len(given["pin"]) if given["pin"][0] != "0" else "1" * len(given["pin"])
    now = NOW
    for left in range(PIN_TRIES_MAX - 1, 0, -1):
        refused = refused_find(db, given["code"], wrong, now)
        assert (refused.code, refused.params) == ("stored_value.pin_wrong", {"left": left})
        now += WAIT_MAX_MS
    assert refused_find(db, given["code"], wrong, now).code == "stored_value.pin_locked"
    assert refused_find(db, given["code"], given["pin"], now + 365 * 24 * 60 * MINUTE).code == "stored_value.pin_locked"
    assert [row.source.startswith("card:") for row in rows(db, exceptions) if row.kind == vouchers.CASE] == [True]
    db.write(lambda session: cards.unlock(session, given["account"], "staff-05", now))
    assert find(db, given["code"], given["pin"], now)


def test_a_lost_card_whose_finder_tried_its_pin_is_good_again_under_its_new_code(db: Database) -> None:
    given = db.write(lambda session: cards.issue(session, KEY, NewCard(EUR, STORE, pin=True), "staff-05", NOW))
    wrong = "0" * len(given["pin"]) if given["pin"][0] != "0" else "1" * len(given["pin"])
    now = NOW
    for _ in range(PIN_TRIES_MAX):
        refused_find(db, given["code"], wrong, now)
        now += WAIT_MAX_MS
    assert refused_find(db, given["code"], given["pin"], now).code == "stored_value.pin_locked"
    db.write(lambda session: cards.block(session, given["account"], "staff-05", now))
    fresh = db.write(lambda session: cards.replace(session, KEY, given["account"], "staff-05", now))
    assert find(db, fresh["code"], fresh["pin"], now)
    [noted] = [row.detail for row in rows(db, audit) if row.action == "stored_value.replaced"]
    assert noted["unblocked"] is True


def test_codes_of_cards_that_do_not_exist_are_guesses(db: Database) -> None:
    account = card(db)
    for number in range(3):
        assert refused_find(db, made(number, CODE_LENGTH)).code == "stored_value.unknown"
    assert refused_find(db, made(9, CODE_LENGTH)).code == "voucher.wait"
    assert balance(db, account) == (5_000, 0)


def test_a_lost_card_gets_another_code_for_the_same_money(db: Database) -> None:
    given = db.write(lambda session: cards.issue(session, KEY, NewCard(EUR, STORE), "staff-05", NOW))
    db.write(lambda session: service.load(session, given["account"], "load-1", 900, EUR, TILL))
    fresh = db.write(lambda session: cards.replace(session, KEY, given["account"], "staff-05", NOW))
    assert find(db, fresh["code"])["available"] == 900
    assert refused_find(db, given["code"]).code == "stored_value.unknown"


def test_a_customers_credit_is_one_account_for_each_currency(open_shop: Open) -> None:
    db = open_shop()
    act = lambda session: cards.credit(session, "anna", EUR, STORE, "till-1", NOW)  # noqa: E731
    assert len(set(outcomes(open_shop, [act] * 4))) == 1
    account = db.write(act)
    db.write(lambda session: service.refund(session, account, "refund-1", 1_500, EUR, TILL))
    other = db.write(lambda session: cards.credit(session, "anna", "USD", STORE, "till-1", NOW))
    assert other != account
    shown = db.read(lambda session: queries.of_customer(session, "anna"))
    assert sorted((row["currency"], row["available"]) for row in shown) == [(EUR, 1_500), ("USD", 0)]


def test_a_batch_of_cards_is_made_in_pages_and_each_is_loaded_when_it_is_sold(open_shop: Open) -> None:
    db = open_shop()
    wanted = batches.Wanted("xmas", "Christmas", NewCard(EUR, STORE, pin=True), 700)
    told: list[tuple[int, int]] = []
    db.write(lambda session: batches.begin(session, KEY, wanted, "staff-05", NOW))
    batches.make(db, KEY, "xmas", lambda done, of: told.append((done, of)))
    assert told == [(500, 700), (700, 700)]
    made_cards = list(batches.all_codes(db, KEY, "xmas"))
    assert [number for number, _, _ in made_cards] == list(range(700))
    _, code, pin = made_cards[650]
    account = find(db, code, pin)["id"]
    db.write(lambda session: service.load(session, account, "load-1", 2_000, EUR, TILL))
    assert balance(db, account) == (2_000, 0)
    assert db.write(lambda session: batches.make_page(session, KEY, "xmas"))["made"] == 700
    db.write(lambda session: batches.seal(session, "xmas", "staff-05", NOW))
    assert refusal(lambda: db.read(lambda s: batches.codes(s, KEY, "xmas"))).code == "voucher.sealed"


def test_what_the_shop_owes_is_told_by_the_entries_up_to_any_day(db: Database) -> None:
    account = card(db, 5_000)
    credit = db.write(lambda session: cards.credit(session, "anna", EUR, STORE, "till-1", NOW))
    later = NOW + 10 * MINUTE
    db.write(lambda session: service.refund(session, credit, "refund-1", 800, EUR, at(later)))
    hold(db, account, 3_000, now=later)
    capture(db, 1_000, now=later + 1)
    owed = lambda when: {  # noqa: E731
        row["kind"]: row["amount"] for row in db.read(lambda session: queries.owed(session, when))
    }
    assert owed(NOW - 1) == {}
    assert owed(NOW) == {"gift_card": 5_000}
    assert owed(later) == {"gift_card": 5_000, "store_credit": 800}, "what is held is still owed"
    assert owed(later + 1) == {"gift_card": 4_000, "store_credit": 800}
    moved = db.read(lambda session: queries.moved(session, later, later + 2))
    assert [(row["kind"], row["entry"], row["count"], row["amount"]) for row in moved] == [
        ("gift_card", "capture", 1, -1_000),
        ("store_credit", "refund", 1, 800),
    ]
    on_them = db.read(lambda session: session.execute(select(stored_values)).all())
    assert sum(row.available + row.held for row in on_them) == sum(owed(later + 1).values())
