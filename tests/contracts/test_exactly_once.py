"""What a device asked for happens once, whatever the network repeats, and one bad operation stops no other."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from talking_device import FIRST, PIECES, SHOP, Talker, live_cart, operation, phone, rows, terminal, view

from retail.errors import MessageError
from sync_server.carts import service as carts
from sync_server.db import Database
from sync_server.inbox.tables import exceptions, operations
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events
from sync_server.staff import service as staff
from sync_server.staff.tables import audit

ITEM = PIECES[0].id


@pytest.fixture
def till(db: Database) -> Talker:
    return Talker(db, terminal("till-1"))


def add(talker: Talker, line: str = "a", pieces: int = 1, item: str = ITEM) -> dict[str, Any]:
    return operation("cart.add", talker.visit, line=line, item=item, quantity=pieces * 1000)


def quantity(talker: Talker) -> int:
    return sum(line["quantity"] for line in view(talker.db, talker.visit)["lines"].values())


def test_the_same_batch_twice_is_carried_out_once_and_answered_the_same(till: Talker) -> None:
    batch = [add(till), operation("cart.add", till.visit, line="b", item="no-such-item", quantity=1000), add(till)]
    first = till.send(*batch)
    again = till.send(*batch, seq0=1)
    assert [row["status"] for row in first] == ["ok", "rejected", "ok"]
    assert again == [{**row, "dup": True} for row in first]
    assert quantity(till) == 2000
    assert len(rows(till.db, operations)) == 3
    assert len(rows(till.db, events)) == 2


def test_overlapping_batches_add_only_what_is_new(till: Talker) -> None:
    first, second, third = add(till), add(till), add(till)
    till.send(first, second)
    answers = till.send(second, third, seq0=2)
    assert [row.get("dup", False) for row in answers] == [True, False]
    assert quantity(till) == 3000


def test_a_number_with_other_contents_is_a_conflict_that_a_person_sees_once(till: Talker) -> None:
    till.send(add(till))
    other = add(till, pieces=50)
    for _ in range(3):
        assert till.send(other, seq0=1) == [{"seq": 1, "status": "conflict"}]
    assert quantity(till) == 1000
    [found] = rows(till.db, exceptions)
    assert (found.kind, found.source, found.detail["sent"]) == ("conflict", "till-1/1/1", other)


def test_a_phone_that_uses_all_its_numbers_twice_is_one_case_and_hides_nobody_s(db: Database) -> None:
    first, second = Talker(db, phone(FIRST.id)), Talker(db, phone(FIRST.id, "another"))
    for talker in (first, second):
        talker.send(*(operation("cart.remove", live_cart(db, FIRST.id), line="a", seen=0) for _ in range(5)))
        again = [operation("cart.remove", live_cart(db, FIRST.id), line="b", seen=0) for _ in range(5)]
        assert {row["status"] for row in talker.send(*again, seq0=1)} == {"conflict"}
    assert [(row.kind, row.source) for row in rows(db, exceptions)] == [("conflict", FIRST.id)]


def test_an_id_under_a_second_number_is_refused_and_does_nothing(till: Talker) -> None:
    once = add(till)
    till.send(once)
    [answer] = till.send(once)
    assert (answer["status"], answer["error"]["code"]) == ("rejected", "message.id_used")
    assert quantity(till) == 1000
    assert till.send(add(till))[0]["status"] == "ok"


def test_a_number_too_high_is_a_gap_and_nothing_is_done(till: Talker) -> None:
    till.send(add(till))
    answer = till.send(add(till), add(till), seq0=3)
    assert answer == [{"seq": 3, "status": "gap"}, {"seq": 4, "status": "gap"}]
    assert (till.seq, quantity(till)) == (1, 1000)


def test_a_new_incarnation_counts_from_one_and_the_old_one_is_refused(till: Talker) -> None:
    till.send(add(till))
    reinstalled = till.again(inc=2)
    assert reinstalled.send(add(reinstalled))[0]["status"] == "ok"
    with pytest.raises(MessageError) as refused:
        till.send(add(till))
    assert refused.value.code == "device.old_incarnation"
    assert reinstalled.send(add(reinstalled))[0]["seq"] == 2


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("not an operation", "message.malformed"),
        (None, "message.malformed"),
        (operation("cart.explode", "v"), "message.unknown_kind"),
        ({**operation("cart.add", "v"), "ver": 2}, "message.unknown_version"),
        (operation("cart.add", "v", line="a", item=ITEM, quantity="2"), "message.malformed"),
        (operation("cart.add", None, line="a", item=ITEM, quantity=1000), "message.no_cart"),
        (operation("audit.note", action="\x00", staff="\ud800"), None),
        (operation("cart.attach", "v", card="29123456"), "card.unknown"),
        (operation("sale.commit", "v", sale={"id": "\x00"}), "sale.malformed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_operation_that_makes_no_sense_is_refused_alone(till: Talker, raw: Any, code: str | None) -> None:
    answers = till.send(add(till), raw, add(till))
    assert [answers[0]["status"], answers[2]["status"]] == ["ok", "ok"]
    if code is not None:
        assert answers[1]["status"] == "rejected"
        assert answers[1]["error"]["code"] == code
        assert [row.detail["sent"] for row in rows(till.db, exceptions)] == [raw]
    assert till.send(raw, seq0=2)[0]["dup"]
    assert quantity(till) == 2000


def test_a_deeply_nested_operation_does_not_block_the_queue(till: Talker) -> None:
    nested: Any = "deep"
    for _ in range(900):
        nested = [nested]
    answers = till.send({**operation("audit.note"), "body": {"action": "a", "detail": {"x": nested}}}, add(till))
    assert answers[1]["status"] == "ok"
    assert len(answers) == 2


def test_a_refused_operation_undoes_what_it_had_begun_and_tells_nobody(
    till: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    till.db.after_commit.append(told.append)
    original = carts.operate

    def operate_then_fail(*given: Any) -> None:
        original(*given)
        raise KeyError("a fault of ours, after everything was written")

    till.send(add(till))
    before, events_before = view(till.db, till.visit), rows(till.db, events)
    monkeypatch.setattr(carts, "operate", operate_then_fail)
    [answer] = till.send(add(till))
    monkeypatch.setattr(carts, "operate", original)
    assert (answer["status"], answer["error"]["code"]) == ("rejected", "hub.fault")
    assert (view(till.db, till.visit), rows(till.db, events)) == (before, events_before)
    assert outbox.TOLD not in told[-1]
    assert [row.kind for row in rows(till.db, exceptions)] == ["rejected"]
    assert till.send(add(till))[0]["status"] == "ok"


def test_a_fault_in_a_phones_operation_is_kept_for_a_person_too(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    shopper = Talker(db, phone(FIRST.id))

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(carts, "operate", fail)
    [answer] = shopper.send(operation("cart.add", live_cart(db, FIRST.id), line="a", item=ITEM, quantity=1000))
    assert answer["error"]["code"] == "hub.fault"
    assert "Traceback" not in str(answer)
    assert len(rows(db, exceptions)) == 1


def test_a_failing_database_acknowledges_nothing_and_the_resend_is_carried_out_once(
    till: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [add(till), operation("audit.note", action="drawer.open"), add(till)]
    original = staff.note

    def disk_full(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(staff, "note", disk_full)
    with pytest.raises(OperationalError):
        till.send(*batch)
    assert rows(till.db, operations) == rows(till.db, events) == rows(till.db, exceptions) == []
    monkeypatch.setattr(staff, "note", original)
    assert [row["status"] for row in till.send(*batch)] == ["ok"] * 3
    assert (quantity(till), len(rows(till.db, audit))) == (2000, 1)


def test_a_connection_that_breaks_inside_an_operation_acknowledges_nothing(
    till: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = staff.note

    def break_off(session: Any, *given: Any) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        session.connection().connection.dbapi_connection.execute("PRAGMA query_only = ON")
        original(session, *given)

    till.send(add(till))
    monkeypatch.setattr(staff, "note", break_off)
    with pytest.raises(OperationalError):
        till.send(operation("audit.note", action="drawer.open"))
    monkeypatch.setattr(staff, "note", original)
    if till.db.engine.dialect.name == "sqlite":
        raw = till.db.engine.raw_connection()
        raw.cursor().execute("PRAGMA query_only = OFF")
        raw.close()
    assert len(rows(till.db, operations)) == 1
    assert till.send(operation("audit.note", action="drawer.open"))[0]["status"] == "ok"


def test_two_devices_with_the_same_numbers_do_not_disturb_each_other(db: Database) -> None:
    ours, theirs = Talker(db, terminal("till-1")), Talker(db, terminal("till-2"))
    for talker in (ours, theirs):
        talker.send(add(talker, line=uuid.uuid4().hex))
        assert quantity(talker) == 1000
    assert len(SHOP.terminals) == 4
