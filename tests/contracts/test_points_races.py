"""Several at one account at once, on both databases: exactly one wins, and nothing is lost or doubled."""

from typing import Any

import pytest
from hub_fixtures import Open
from points_hub import ANNA, BORIS, NOW, agree, sell, spendable, sums
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from test_races import at_once

from retail.errors import LoyaltyRefused
from retail.loyalty.programme import MINUTE_MS
from sync_server.db import Database
from sync_server.loyalty import holds, merging, service

TRIES = 20
ROUNDS = 6
OVER = NOW + 20 * MINUTE_MS


def until_answered(db: Database, work: Any) -> Any:
    """A deadlock or a busy file is no answer: whoever asked asks again, under the same key."""
    for _ in range(TRIES):
        try:
            return db.write(work)
        except OperationalError:
            continue
    raise AssertionError(f"no answer after {TRIES} tries")


def hold(db: Database, name: str, points: int, answers: list[Any], customer: str = ANNA) -> Any:
    def work() -> None:
        try:
            wanted = holds.Wanted(name, customer, points, "till-1")
            answers.append(until_answered(db, lambda session: holds.place(session, wanted, NOW)))
        except LoyaltyRefused as refused:
            answers.append(refused.code)

    return work


def test_two_tills_that_spend_the_last_points_exactly_one_wins(open_shop: Open) -> None:
    tills = [open_shop() for _ in range(4)]
    for n in range(ROUNDS):
        sell(tills[0], ANNA, 100)
        answers: list[Any] = []
        at_once(*(hold(db, f"h-{n}-{place}", 100, answers) for place, db in enumerate(tills)))
        won = [answer for answer in answers if isinstance(answer, dict)]
        assert (len(won), answers.count("loyalty.short")) == (1, 3)
        tills[0].write(lambda session, won=won: holds.capture(session, won[0]["hold"], f"s-{won}"[:60], 100, NOW))  # type: ignore[misc]
        # The limit of burns within an hour is another matter.
        tills[0].write(lambda session: session.connection().exec_driver_sql("UPDATE points_holds SET placed_at = 1"))
    assert (sums(tills[0], ANNA)["active"], sums(tills[0], ANNA)["spent"]) == (0, 100 * ROUNDS)
    agree(tills[0], ANNA)


def test_the_same_key_at_once_is_one_hold_and_the_same_answer(open_shop: Open) -> None:
    both = [open_shop() for _ in range(3)]
    sell(both[0], ANNA, 1000)
    for n in range(ROUNDS):
        answers: list[Any] = []
        at_once(*(hold(db, f"h-{n}", 10, answers) for db in both))
        assert len(answers) == 3 and all(answer == answers[0] for answer in answers)
    assert sums(both[0], ANNA)["held"] == 10 * ROUNDS
    agree(both[0], ANNA)


def test_a_hold_that_expires_while_it_is_captured_ends_once(open_shop: Open) -> None:
    one, other = open_shop(), open_shop()
    for n in range(ROUNDS):
        sell(one, ANNA, 10)
        name, ended, posted = f"h-{n}", [], []
        one.write(lambda session, name=name: holds.place(session, holds.Wanted(name, ANNA, 10), NOW))  # type: ignore[misc]
        at_once(
            lambda name=name, ended=ended: ended.append(  # type: ignore[misc]
                until_answered(one, lambda session: holds.expire(session, name, OVER))
            ),
            lambda name=name, posted=posted: posted.append(  # type: ignore[misc]
                until_answered(other, lambda session: holds.capture(session, name, f"s-{name}", 10, OVER))
            ),
        )
        # Whoever came first: the goods are gone and the points are spent, once.
        assert posted == [{"posted": 10, "owed": 0}]
        assert sums(one, ANNA) == {
            "pending": 0, "active": 0, "held": 0, "spent": 10 * (n + 1), "expired": 0, "debt": 0,
        }  # fmt: skip
        one.write(lambda session: session.connection().exec_driver_sql("UPDATE points_holds SET placed_at = 1"))
    agree(one, ANNA)


def test_earning_burning_and_merging_at_once_lose_nothing(open_shop: Open) -> None:
    workers = [open_shop() for _ in range(4)]
    sell(workers[0], ANNA, 100)
    sell(workers[0], BORIS, 100)

    def earn(db: Database, who: str) -> Any:
        def work() -> None:
            for n in range(ROUNDS):
                bought = service.Purchase(f"at-once-{who}-{n}", who, service.earned_by(7, [("l", 7)]), 700, "", NOW)
                until_answered(db, lambda session, bought=bought: service.earn(session, bought, NOW))

        return work

    def merge() -> None:
        for n in range(ROUNDS):
            until_answered(workers[2], lambda session, n=n: merging.merge(session, f"m-{n}", ANNA, BORIS, "2001", NOW))
            until_answered(workers[2], lambda session, n=n: merging.part(session, f"p-{n}", ANNA, "2001", NOW))

    def burn() -> None:
        for n in range(ROUNDS):
            # Nothing stays held for long: who parts would be refused.
            until_answered(workers[3], lambda session, n=n: _burn(session, f"b-{n}"))

    at_once(earn(workers[0], ANNA), earn(workers[1], BORIS), merge, burn)
    db = workers[0]
    assert spendable(db, ANNA) + spendable(db, BORIS) == 200 + 2 * 7 * ROUNDS - 5 * ROUNDS
    agree(db, ANNA, BORIS)


def _burn(session: Session, name: str) -> None:
    holds.place(session, holds.Wanted(name, BORIS, 5), NOW)
    holds.capture(session, name, f"s-{name}", 5, NOW)


def test_n_threads_and_k_points_are_exactly_k_burns(open_shop: Open) -> None:
    tills = [open_shop() for _ in range(5)]
    sell(tills[0], ANNA, 3)
    answers: list[Any] = []
    at_once(*(hold(db, f"h-{n}", 1, answers) for n, db in enumerate(tills)))
    assert sum(isinstance(answer, dict) for answer in answers) == 3
    assert sums(tills[0], ANNA)["held"] == 3
    with pytest.raises(LoyaltyRefused):
        tills[0].write(lambda session: holds.place(session, holds.Wanted("h-9", ANNA, 1), NOW))
    agree(tills[0], ANNA)
