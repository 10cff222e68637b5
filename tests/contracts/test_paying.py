"""One payer at a time, told to everybody; and where money was taken twice all the same, both sales are kept."""

import itertools
from functools import partial
from typing import Any

import pytest
from hub_fixtures import Open
from sqlalchemy import select
from talking_device import FIRST, NOW, PIECES, Talker, live_cart, make_sale, operation, phone, rows, terminal, view
from test_races import at_once, until_answered

from retail.lease import LEASE_MS
from retail.replica import applied
from sync_server.carts import checkout
from sync_server.db import Database
from sync_server.inbox import queries as inbox
from sync_server.inbox.tables import exceptions
from sync_server.orders.queries import last_counter
from sync_server.orders.tables import sales
from sync_server.outbox.tables import events

ITEM, OTHER = PIECES[0], PIECES[1]
COUNTERS = itertools.count(1)
ROUNDS = 8


def at(db: Database, dev: str) -> Talker:
    """A terminal that serves the first shopper and has one line in hand."""
    talker = Talker(db, terminal(dev))
    talker.ok("cart.attach", card=FIRST.card)
    talker.scan(ITEM.id)
    return talker


@pytest.fixture
def till(db: Database) -> Talker:
    return at(db, "till-1")


@pytest.fixture
def other(db: Database) -> Talker:
    return at(db, "till-2")


@pytest.fixture
def kiosk(db: Database) -> Talker:
    return at(db, "kiosk-1")


def held_by(talker: Talker) -> dict[str, int]:
    seen = view(talker.db, live_cart(talker.db, FIRST.id))
    return {row["id"]: row["quantity"] for row in seen["lines"].values() if row["owner"] == talker.device.dev}


def begin(talker: Talker, **lines: int) -> dict[str, Any]:
    return talker.do("checkout.begin", lines=lines or held_by(talker))


def paying(talker: Talker) -> Any:
    return view(talker.db, live_cart(talker.db, FIRST.id))["paying"]


def code(result: dict[str, Any]) -> str:
    assert result["status"] == "rejected", result
    return str(result["error"]["code"])


def sell(talker: Talker, fence: int = 0, sale: Any = None) -> dict[str, Any]:
    live = live_cart(talker.db, FIRST.id)
    made = sale or make_sale(talker.db, talker, live, next(COUNTERS), FIRST.id)
    return talker.ok("sale.commit", sale=made.as_dict(), card=FIRST.card, receipt={}, fence=fence)


def race(sent: dict[Talker, dict[str, Any]]) -> dict[Talker, dict[str, Any]]:
    """Each device says its word at the same moment as the others; what each was answered."""
    answers: dict[Talker, dict[str, Any]] = {}

    def say(talker: Talker) -> None:
        answers[talker] = until_answered(talker, sent[talker])

    at_once(*(partial(say, talker) for talker in sent))
    return answers


def test_everybody_sees_where_the_cart_is_being_paid_and_a_second_payer_is_told(till: Talker, other: Talker) -> None:
    lease = till.ok("checkout.begin", lines=held_by(till))
    assert (lease["fence"], lease["until"]) == (1, NOW + LEASE_MS)
    shown = paying(till)
    assert (shown["device"], shown["place"]["names"], shown["fence"]) == ("till-1", shown["place"]["names"], 1)
    refused = begin(other)
    assert code(refused) == "cart.being_paid"
    assert refused["error"]["params"]["place"] == shown["place"]["names"]
    assert rows(till.db, exceptions) == []


def test_a_repeated_begin_renews_the_lease_and_a_later_one_has_a_higher_fence(till: Talker, other: Talker) -> None:
    first = till.ok("checkout.begin", lines=held_by(till))
    till.now = NOW + 60_000
    again = till.ok("checkout.begin", lines=held_by(till))
    assert (again["fence"], again["until"]) == (first["fence"], NOW + 60_000 + LEASE_MS)
    till.ok("checkout.cancel")
    assert paying(till) is None
    assert other.ok("checkout.begin", lines=held_by(other))["fence"] == first["fence"] + 1


def test_a_lease_that_ran_out_stops_nobody(till: Talker, other: Talker) -> None:
    till.ok("checkout.begin", lines=held_by(till))
    other.now = NOW + LEASE_MS - 1
    assert code(begin(other)) == "cart.being_paid"
    other.now = NOW + LEASE_MS
    assert other.ok("checkout.begin", lines=held_by(other))["fence"] == 2
    assert paying(other)["device"] == "till-2"


def test_those_who_watch_are_told_that_a_lease_ran_out_also_by_a_hub_that_was_away(open_shop: Open) -> None:
    till = at(open_shop(), "till-1")
    till.ok("checkout.begin", lines=held_by(till))
    restarted = open_shop()
    stream = f"cart:{live_cart(restarted, FIRST.id)}"
    before = view(restarted, stream[5:])
    checkout.end_leases(restarted, NOW + LEASE_MS - 1)
    assert view(restarted, stream[5:]) == before
    for _ in range(2):
        checkout.end_leases(restarted, NOW + LEASE_MS)
    log = restarted.read(lambda session: list(session.execute(select(events).where(events.c.stream == stream))))
    assert [row.changes for row in log if "paying" in row.changes][-1] == {"paying": None}
    assert applied(before, log[-1].changes) == view(restarted, stream[5:])
    assert sum(row.changes == {"paying": None} for row in log) == 1


@pytest.mark.parametrize("ending", ["checkout.cancel", "cart.release", "cart.abandon"])
def test_whoever_stops_paying_lets_the_next_one_pay(till: Talker, other: Talker, ending: str) -> None:
    till.ok("checkout.begin", lines=held_by(till))
    till.ok(ending)
    assert paying(till) is None
    other.ok("checkout.begin", lines=held_by(other))


def test_the_sale_ends_its_own_lease_and_nobody_elses(till: Talker, other: Talker) -> None:
    lease = till.ok("checkout.begin", lines=held_by(till))
    sell(other)
    assert paying(till)["device"] == "till-1"
    sell(till, lease["fence"])
    assert paying(till) is None


def test_a_till_may_not_take_a_kiosks_lines_while_they_are_being_paid_there(till: Talker, kiosk: Talker) -> None:
    [line] = held_by(kiosk)
    kiosk.ok("checkout.begin", lines=held_by(kiosk))
    assert code(till.do("cart.take", line=line)) == "cart.being_paid"
    kiosk.ok("checkout.cancel")
    till.ok("cart.take", line=line)


def test_a_lease_covers_the_holders_lines_and_the_shopper_goes_on_choosing(till: Talker, other: Talker) -> None:
    till.ok("checkout.begin", lines=held_by(till))
    shopper = Talker(till.db, phone(FIRST.id))
    shopper.visit = live_cart(till.db, FIRST.id)
    shopper.ok("cart.add", line="later", item=OTHER.id, quantity=2000)
    shopper.ok("cart.set", line="later", to=1000, seen=2000)
    other.scan(OTHER.id)
    other.ok("cart.take", line="later")
    assert code(shopper.do("checkout.begin", lines={"later": 1000})) == "not_allowed"


def test_a_payer_who_sees_something_else_is_sent_back_to_the_cart(till: Talker, kiosk: Talker) -> None:
    [line] = held_by(kiosk)
    till.ok("cart.take", line=line)
    assert code(kiosk.do("checkout.begin", lines={line: 1000})) == "cart.stale"
    assert code(begin(till, **{line: 2000})) == "cart.stale"
    assert code(begin(till, unknown=1000)) == "cart.stale"
    assert paying(till) is None


def test_money_that_was_taken_twice_is_two_sales_and_one_case_for_a_person(till: Talker, kiosk: Talker) -> None:
    """The kiosk paid while it was cut off; its lease ran out, a till took the goods over and was paid as well."""
    lease = kiosk.ok("checkout.begin", lines=held_by(kiosk))
    live = live_cart(till.db, FIRST.id)
    late = make_sale(till.db, kiosk, live, next(COUNTERS), FIRST.id)
    [line] = held_by(kiosk)
    till.now = kiosk.now = NOW + LEASE_MS
    till.ok("cart.take", line=line)
    till.ok("checkout.begin", lines=held_by(till))
    sell(till)
    sell(kiosk, lease["fence"], late)
    kept = {row.id: row.number for row in rows(till.db, sales)}
    assert len(kept) == 2
    [found] = till.db.read(lambda session: inbox.open_exceptions(session, "main-street")).values()
    assert (found["kind"], found["params"]["number"]) == ("paid_twice", late.number)
    [other] = set(kept.values()) - {late.number}
    assert found["params"]["other"] == other
    assert found["figures"] == [{"what": "paid", "line": line, "sold": late.lines[0].names, "derived": other}]


def test_of_two_tills_that_begin_at_once_exactly_one_pays(open_shop: Open) -> None:
    pair = [at(open_shop(), dev) for dev in ("till-1", "till-2")]
    fences: list[int] = []
    for _ in range(ROUNDS):
        answers = race({one: operation("checkout.begin", one.visit, lines=held_by(one)) for one in pair})
        winners = [talker for talker in pair if answers[talker]["status"] == "ok"]
        assert len(winners) == 1
        assert paying(winners[0])["device"] == winners[0].device.dev
        fences.append(answers[winners[0]]["result"]["fence"])
        winners[0].ok("checkout.cancel")
    assert fences == list(range(1, ROUNDS + 1))


def test_of_two_sales_of_one_line_at_once_the_later_one_opens_the_case(open_shop: Open) -> None:
    kiosk, till = at(open_shop(), "kiosk-1"), at(open_shop(), "till-1")
    live = live_cart(till.db, FIRST.id)
    late = make_sale(till.db, kiosk, live, next(COUNTERS), FIRST.id)
    [line] = held_by(kiosk)
    till.ok("cart.take", line=line)
    soon = make_sale(till.db, till, live, next(COUNTERS), FIRST.id)
    race({t: operation("sale.commit", t.visit, sale=s.as_dict()) for t, s in ((kiosk, late), (till, soon))})
    assert len(rows(till.db, sales)) == 2
    assert [row.kind for row in rows(till.db, exceptions)] == ["paid_twice"]


def test_a_terminal_that_is_set_up_anew_goes_on_behind_its_millionth_sale(till: Talker) -> None:
    for counter in (999_999, 1_000_000, 7):
        made = make_sale(till.db, till, till.scan(PIECES[0].id), counter)
        till.ok("sale.commit", sale=made.as_dict(), card="", receipt={})
        till.visit = f"visit-{counter}"
    counters = [till.db.read(lambda session, at=at: last_counter(session, at)) for at in ("till-1", "till-2")]
    assert counters == [1_000_000, 0]
