"""A terminal proves what it says: replays, forks, clones, swapped operations and foreign keys at the hub's inbox."""

import re
from typing import Any

import pytest
from hub_fixtures import Open
from signing_device import Signing, code_for, key, statuses, use
from sqlalchemy import select
from talking_device import NOW, operation
from test_races import at_once

from retail.errors import RetailError
from sync_server.db import Database
from sync_server.errors import DeviceForked, EnrolRefused
from sync_server.inbox.tables import devices, exceptions, operations
from sync_server.staff.tables import audit
from sync_server.terminals import enrolment


def note(n: int = 0) -> dict[str, Any]:
    return operation("audit.note", action="drawer.opened", staff="", detail={"n": n})


def cases(db: Database) -> list[tuple[str, str]]:
    def look(session: Any) -> list[tuple[str, str]]:
        return [(row.kind, row.source) for row in session.execute(select(exceptions).order_by(exceptions.c.id))]

    return db.read(look)


def notes(db: Database) -> int:
    """How many drawers were opened, as the audit has it."""

    def look(session: Any) -> int:
        return len(session.execute(select(audit).where(audit.c.action == "drawer.opened")).all())

    return db.read(look)


def test_what_is_chained_and_signed_is_done_and_its_hash_is_kept(db: Database) -> None:
    till = Signing(db, "till-1")
    assert till.say(note(), note()) == ["ok", "ok"]
    assert till.say(note()) == ["ok"]
    row = db.read(lambda session: session.execute(select(devices)).one())
    assert (row.last_seq, row.chain, row.public_key) == (3, till.hash_at(3), till.signer.public)
    kept = db.read(lambda session: session.scalars(select(operations.c.chain).order_by(operations.c.seq)).all())
    assert kept == [till.hash_at(seq) for seq in (1, 2, 3)]


def test_a_batch_that_is_sent_again_gets_its_answers_again(db: Database) -> None:
    till = Signing(db, "till-1")
    till.say(note(), note(), note())
    assert statuses(till.send(till.batch())) == ["dup"] * 3
    assert statuses(till.send(till.batch(2, 2))) == ["dup"]
    till.written += [note()]
    assert statuses(till.send(till.batch(3))) == ["dup", "ok"]
    assert notes(db) == 4 and cases(db) == []


def test_a_number_too_high_is_a_gap_and_no_fork(db: Database) -> None:
    till = Signing(db, "till-1")
    till.written += [note(), note(), note()]
    assert statuses(till.send(till.batch(3))) == ["gap"]
    assert cases(db) == []


WRONG = {
    "unsigned": lambda batch: batch | {"signature": ""},
    "signed by another terminal": lambda batch: batch | {"signature": key("till-2").sign("till-1", 1, 3, "0" * 64)},
    "two operations swapped": lambda batch: batch | {"ops": [batch["ops"][1], batch["ops"][0], batch["ops"][2]]},
    "one left out": lambda batch: batch | {"ops": batch["ops"][:1] + batch["ops"][2:]},
    "one put in": lambda batch: batch | {"ops": [*batch["ops"], note()]},
    "one changed": lambda batch: batch | {"ops": [*batch["ops"][:2], batch["ops"][2] | {"at": 1}]},
    "under other numbers": lambda batch: batch | {"seq0": 2},
    "after another hash": lambda batch: batch | {"prev": "0" * 64},
}


@pytest.mark.parametrize("bend", WRONG.values(), ids=list(WRONG))
def test_what_its_key_has_not_signed_is_not_done_and_is_told_once(db: Database, bend: Any) -> None:
    till = Signing(db, "till-1")
    till.written += [note(), note(), note()]
    batch = till.batch()
    assert statuses(till.send(bend(batch))) == ["device.bad_signature"]
    assert statuses(till.send(bend(batch))) == ["device.bad_signature"]
    assert cases(db) == [("bad_signature", "till-1/1")]
    assert notes(db) == 0
    assert statuses(till.send(batch)) == ["ok"] * 3


def test_a_clone_that_speaks_second_is_in_quarantine_and_the_first_goes_on(db: Database) -> None:
    till = Signing(db, "till-1")
    till.say(note(1))
    clone = till.clone()
    assert till.say(note(2)) == ["ok"]
    assert clone.say(note(3), note(4)) == ["device.forked"]
    assert clone.say(note(5)) == ["gap"]
    assert statuses(clone.send(clone.batch(2))) == ["device.forked"]
    assert till.say(note(6)) == ["ok"]
    till.connect(through=3)
    assert cases(db) == [("fork", "till-1/1")]
    assert notes(db) == 3


def test_a_clone_with_more_to_say_than_the_hub_has_is_found_at_its_first_batch(db: Database) -> None:
    till = Signing(db, "till-1")
    till.say(note(1))
    clone = till.clone()
    till.say(note(2))
    clone.written += [note(3), note(4), note(5)]
    clone.connect()
    assert statuses(clone.send(clone.batch(3))) == ["device.forked"]


@pytest.mark.parametrize("written_since", [0, 1], ids=["an old copy", "a clone with as many operations"])
def test_a_copy_is_not_let_in(db: Database, written_since: int) -> None:
    till = Signing(db, "till-1")
    till.say(note())
    copy = till.clone()
    till.say(note())
    copy.written += [note() for _ in range(written_since)]
    for _ in range(2):
        with pytest.raises(DeviceForked):
            copy.connect()
    assert cases(db) == [("fork", "till-1/1")]
    till.connect()


def test_with_a_new_code_everything_of_the_quarantined_copy_arrives_once(db: Database) -> None:
    till = Signing(db, "till-1")
    till.say(note(1))
    copy = till.clone()
    till.say(note(2))
    copy.say(note(3), note(4))
    again = Signing(db, "till-1", "the copy's new key", inc=1)
    assert (again.answer["inc"], again.answer["known"]) == (2, {"inc": 1, "last_seq": 2})
    assert again.say(*copy.written) == ["dup", "ok", "ok"]
    assert notes(db) == 4
    with pytest.raises(RetailError, match="set up anew"):
        till.say(note())
    assert notes(db) == 4


def test_what_another_device_carried_out_is_nobody_elses_to_carry_over(db: Database) -> None:
    till, other = Signing(db, "till-1"), Signing(db, "till-2")
    shared = note()
    assert till.say(shared) == ["ok"]
    assert other.say(shared) == ["rejected"]
    again = Signing(db, "till-1", "new")
    assert again.say(shared | {"at": 5}) == ["rejected"]
    assert notes(db) == 1


def test_a_withdrawn_terminal_says_nothing_more(db: Database) -> None:
    till = Signing(db, "till-1")
    till.say(note())
    db.write(lambda session: enrolment.revoke(session, "till-1", "staff-05", NOW))
    assert till.say(note()) == ["unauthorised"]
    assert notes(db) == 1 and cases(db) == []


def refusal(db: Database, code: str, name: str, now: int = NOW) -> str:
    with pytest.raises(EnrolRefused) as refused:
        use(db, code, key(name), now)
    return refused.value.code


def test_a_code_is_for_one_key_which_gets_the_same_answer_again(db: Database) -> None:
    code = code_for(db, "till-1")
    assert re.fullmatch(r"\d{8}", code)
    answer = use(db, code, key("one"))
    assert (answer["terminal"], answer["kind"], answer["store"]) == ("till-1", "till", "main-street")
    assert use(db, code, key("one")) == answer
    assert refusal(db, code, "two") == "enrol.code_used"
    use(db, code_for(db, "till-1"), key("two"))
    assert refusal(db, code, "one") == "enrol.code_used"


def test_a_code_is_good_for_a_quarter_of_an_hour_and_only_the_newest(db: Database) -> None:
    old = code_for(db, "till-1")
    assert refusal(db, old, "one", NOW + enrolment.CODE_LIFE_MS) == "enrol.code_expired"
    code = code_for(db, "till-1", NOW + 1)
    assert refusal(db, old, "one", NOW + 2) == "enrol.code_expired"
    assert use(db, code, key("one"), NOW + 2)["inc"] == 1
    assert refusal(db, "00000000", "one") == "enrol.code_unknown"


def test_whoever_guesses_is_stopped_for_a_while(db: Database) -> None:
    for _ in range(enrolment.TRIES_MAX):
        db.write(lambda session: enrolment.count_try(session, NOW))
    with pytest.raises(EnrolRefused) as refused:
        db.write(lambda session: enrolment.count_try(session, NOW))
    assert refused.value.code == "enrol.wait" and 0 < refused.value.params["seconds"] <= 15 * 60 + 1
    db.write(lambda session: enrolment.count_try(session, NOW + enrolment.CODE_LIFE_MS))


def test_two_who_race_for_a_code_get_one_terminal(open_shop: Open) -> None:
    db, other = open_shop(), open_shop()
    code = code_for(db, "till-1")
    told: list[str] = []

    def attempt(mine: Database, name: str) -> None:
        try:
            told.append(f"incarnation {use(mine, code, key(name))['inc']}")
        except EnrolRefused as error:
            told.append(error.code)

    at_once(lambda: attempt(db, "one"), lambda: attempt(other, "two"))
    assert sorted(told) == ["enrol.code_used", "incarnation 1"]


def test_making_and_using_a_code_is_in_the_audit(db: Database) -> None:
    use(db, code_for(db, "till-1"), key("one"))

    def look(session: Any) -> list[tuple[str, str]]:
        return [(row.action, row.staff) for row in session.execute(select(audit).order_by(audit.c.id))]

    assert db.read(look)[-2:] == [("terminal.code_made", "staff-05"), ("terminal.enrolled", "staff-05")]
