"""A code that does not fit shuts nobody out, its answer is kept for a while only, and withdrawing waits for a sale."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hub_fixtures import Open
from signing_device import Signing, code_for, key, use
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from talking_device import NOW, operation

from retail.errors import RetailError
from sync_server.db import Database
from sync_server.errors import EnrolRefused
from sync_server.inbox import service as inbox
from sync_server.outbox import life
from sync_server.outbox.life import Life
from sync_server.terminals import enrolment, queries, service
from sync_server.terminals.enrolment import CODE_LIFE_MS
from sync_server.terminals.presence import DAY_CHECK_MS, Presence
from sync_server.terminals.tables import enrolment_codes

WAIT_S = 10


def note() -> dict[str, Any]:
    return operation("audit.note", action="drawer.opened", staff="", detail={})


def refusal(db: Database, code: str, name: str, now: int = NOW, **said: Any) -> RetailError:
    with pytest.raises(EnrolRefused) as refused:
        use(db, code, key(name), now, **said)
    return refused.value


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"terminal": "till-1"}, "enrol.other_terminal"),
        ({"terminal": "till-2", "store": "elsewhere"}, "enrol.other_terminal"),
        ({"kind": "kiosk"}, "enrol.other_kind"),
        ({"terminal": "till-2", "hub": "the-hub-before"}, "enrol.other_hub"),
    ],
    ids=lambda one: str(one) if isinstance(one, str) else " ".join(one),
)
def test_a_code_that_is_typed_at_the_wrong_terminal_shuts_nobody_out_and_stays_good(
    db: Database, said: dict[str, Any], why: str
) -> None:
    till = Signing(db, "till-2")
    code = code_for(db, "till-2")
    refused = refusal(db, code, "another machine", **said)
    assert refused.code == why and "{" not in refused.sentence
    assert till.say(note()) == ["ok"]
    assert db.read(lambda session: queries.by_token(session, till.answer["token"])) is not None
    assert use(db, code, key("new"), kind="till", terminal="till-2", store="main-street")["inc"] == 2


def test_a_hub_says_who_it_is_and_is_the_same_after_an_old_copy_of_it_was_put_back(
    db: Database, tmp_path: Path
) -> None:
    made = Life(db, tmp_path, lambda: NOW, alone=True)
    made.beat()
    first = Signing(db, "till-1").answer["hub"]
    assert first and first == db.read(life.hub_id)
    before = db.read(life.current)
    db.write(lambda session: life.renew(session, "an old copy", NOW))
    made.beat()
    assert db.read(life.current) != before
    assert use(db, code_for(db, "till-2"), key("two"), hub=first)["hub"] == first


def test_a_hub_that_was_there_before_hubs_had_ids_is_given_one_once(db: Database, tmp_path: Path) -> None:
    made = Life(db, tmp_path, lambda: NOW, alone=True)
    made.beat()
    db.write(lambda session: session.execute(text("UPDATE lives SET hub = ''")))
    made.beat()
    found = db.read(life.hub_id)
    made.beat()
    assert found and db.read(life.hub_id) == found


def stored(db: Database) -> list[Any]:
    return db.read(lambda session: list(session.scalars(select(enrolment_codes.c.answer))))


def test_a_used_code_gives_its_answer_for_a_while_only(db: Database) -> None:
    code = code_for(db, "till-1")
    answer = use(db, code, key("one"))
    late = NOW + 2 * CODE_LIFE_MS
    assert use(db, code, key("one"), late - 1) == answer
    assert refusal(db, code, "one", late).code == "enrol.code_used"


def test_what_a_code_was_answered_is_forgotten_by_itself(db: Database) -> None:
    use(db, code_for(db, "till-1"), key("one"))
    clock = NOW + 2 * CODE_LIFE_MS - 1
    presence = Presence(db, lambda: clock)
    presence.report()
    assert stored(db) != [None]
    clock += DAY_CHECK_MS
    presence.report()
    assert stored(db) == [None]
    nulls = "SELECT count(*) FROM enrolment_codes WHERE answer IS NULL"
    assert db.read(lambda session: session.scalar(text(nulls))) == 1, "else each minute would write them all again"


def test_withdrawing_a_terminal_waits_for_its_sale_and_neither_has_to_begin_again(open_shop: Open) -> None:
    db, other, third = open_shop(), open_shop(), open_shop()
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    till = Signing(db, "till-1")
    begun: list[str] = []

    def withdraw(session: Session) -> None:
        begun.append("withdrawal")
        enrolment.revoke(session, "till-1", "staff-05", NOW)

    thread = threading.Thread(target=other.write, args=(withdraw,))

    def sell(session: Session) -> None:
        begun.append("sale")
        # As a sale does it: first who it is to the inbox, then that it was seen.
        inbox.known(session, "till-1")
        if thread.ident is None:
            thread.start()
            until_somebody_waits(third)
        service.sold(session, "till-1", NOW, "001-01-000001")

    db.write(sell)
    thread.join(WAIT_S)
    assert begun == ["sale", "withdrawal"]
    assert till.say(note()) == ["unauthorised"]


def until_somebody_waits(db: Database) -> None:
    """Until a transaction of this database waits for the row of another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ends_at = time.monotonic() + WAIT_S
    while not db.read(lambda session: session.scalar(text(waiting))):
        assert time.monotonic() < ends_at, "nobody waits"
